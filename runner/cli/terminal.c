// SPDX-License-Identifier: MIT
// Looking at a terminal.
#include "cli/terminal.h"

#include "cli/value.h"

#include <fcntl.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MAX 1000

static const char *process_env(const char *name)
{
    return getenv(name);
}

static bool is_set(const char *value)
{
    return value && *value;
}

bool terminal_wants_colour(enum terminal_colour when, bool tty, terminal_env_fn *env)
{
    if (when != COLOUR_AUTO)
        return when == COLOUR_ALWAYS;
    if (is_set(env("NO_COLOR")))
        return false;
    const char *force = env("CLICOLOR_FORCE"), *soft = env("CLICOLOR"), *term = env("TERM");
    if (is_set(force) && strcmp(force, "0") != 0)
        return true;
    if ((soft && strcmp(soft, "0") == 0) || !is_set(term) || strcmp(term, "dumb") == 0)
        return false;
    return tty;
}

void terminal_measure(struct terminal *t)
{
    struct winsize size;
    if (t->tty && ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        t->width = size.ws_col;
        t->height = size.ws_row;
    }
}

void terminal_look(struct terminal *t, int fd, enum terminal_colour when)
{
    const char *term = getenv("TERM"), *columns = getenv("COLUMNS");
    int64_t width = 0;
    if (columns)
        (void)value_number(columns, 1, WIDTH_MAX, &width);
    *t = (struct terminal){.fd = fd, .tty = isatty(fd), .width = (int)width};
    t->dumb = !is_set(term) || strcmp(term, "dumb") == 0;
    t->colour = terminal_wants_colour(when, t->tty, process_env);
    t->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (t->tty && t->width == 0)
        t->width = 80;
    if (t->tty)
        t->height = 24;
    terminal_measure(t);
}

void terminal_hold_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void terminal_paint(FILE *out, const struct terminal *t, const char *sgr)
{
    if (t->colour && *sgr)
        (void)fprintf(out, "\033[%sm", sgr);
}

void terminal_plain(FILE *out, const struct terminal *t)
{
    if (t->colour)
        (void)fputs("\033[0m", out);
}
