// SPDX-License-Identifier: MIT
// What an output stream can show: whether it is a terminal, its size, colours and signs.
#ifndef ORGRUN_CLI_TERMINAL_H
#define ORGRUN_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

enum terminal_colour { COLOUR_AUTO = 0, COLOUR_ALWAYS, COLOUR_NEVER };

/* `width` is 0 where nothing limits it (a file or a pipe without COLUMNS). */
struct terminal {
    int fd;
    bool tty;
    bool dumb;    /* a terminal that cannot move its cursor */
    bool colour;  /* ANSI colours */
    bool unicode; /* signs beyond ASCII */
    int width;
    int height;
};

/* As getenv(3). */
typedef const char *terminal_env_fn(const char *name);

/* Looks at fd. setlocale must have been called. */
void terminal_look(struct terminal *t, int fd, enum terminal_colour when);

/* Takes the size in force now; leaves what was there when the system does not say. */
void terminal_measure(struct terminal *t);

/* Decides on colours: the option, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0 and TERM, then whether
 * it is a terminal. */
bool terminal_wants_colour(enum terminal_colour when, bool tty, terminal_env_fn *env);

/* Opens /dev/null on descriptors 0 to 2 where they are closed, so that no file of ours lands there
 * and receives a diagnostic; the wrong way round, so that using them still fails. */
void terminal_hold_descriptors(void);

/* Colours and weights, as parameters of CSI m. */
#define SGR_BOLD "1"
#define SGR_DIM "2"
#define SGR_RED "31"
#define SGR_GREEN "32"
#define SGR_YELLOW "33"
#define SGR_MAGENTA "35"
#define SGR_CYAN "36"

/* Starts and ends a stretch of text in that colour; nothing where colours are off. */
void terminal_paint(FILE *out, const struct terminal *t, const char *sgr);
void terminal_plain(FILE *out, const struct terminal *t);

#endif
