// SPDX-License-Identifier: MIT
// The code of an MFA device: from the command line, or asked on the terminal.
#include "cli/mfa.h"

#include "cli/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int fail(struct orgrun_error *err, const char *serial, const char *what, const char *hint)
{
    err->code = ORGRUN_ECREDENTIALS;
    (void)snprintf(err->message, sizeof err->message, "%s %s", what, serial);
    (void)snprintf(err->hint, sizeof err->hint, "%s", hint);
    return err->code;
}

/* TokenCode: six digits. Source: STS API Reference, AssumeRole. */
static bool is_code(const char *text)
{
    return strlen(text) == 6 && strspn(text, "0123456789") == 6;
}

/* Reads a line without showing it. */
static bool read_hidden(int fd, char *line, size_t size)
{
    struct termios shown, hidden;
    if (tcgetattr(fd, &shown))
        return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(fd, TCSAFLUSH, &hidden);
    ssize_t n = read(fd, line, size - 1);
    (void)tcsetattr(fd, TCSAFLUSH, &shown);
    (void)dprintf(fd, "\n");
    line[n > 0 ? n : 0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return n > 0;
}

static int ask_person(const char *serial, char *code, size_t size, struct orgrun_error *err)
{
    int tty = isatty(STDIN_FILENO) && isatty(STDERR_FILENO)
                  ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
                  : -1;
    if (tty < 0)
        return fail(err, serial, "a code is needed of the MFA device",
                    "There is no terminal to ask on: give it with --mfa-code.");
    char line[64];
    (void)dprintf(tty, "Code of the MFA device %s: ", serial);
    bool read = read_hidden(tty, line, sizeof line);
    (void)close(tty);
    if (!read || !is_code(line))
        return fail(err, serial, "no code was given of the MFA device", "A code has six digits.");
    (void)snprintf(code, size, "%s", line);
    return 0;
}

int mfa_ask(void *user, const char *serial, char *code, size_t size, struct orgrun_error *err)
{
    struct cli *cli = user;
    const char *given = cli->settings.mfa_code;
    if (!given)
        return ask_person(serial, code, size, err);
    if (cli->mfa_code_used)
        return fail(err, serial, "another code is needed, of the MFA device",
                    "AWS takes a code once, and --mfa-code was used already.");
    if (!is_code(given))
        return fail(err, serial, "--mfa-code is not a code of the MFA device",
                    "A code has six digits.");
    cli->mfa_code_used = true;
    (void)snprintf(code, size, "%s", given);
    return 0;
}
