// SPDX-License-Identifier: MIT
// The code of an MFA device: from the command line, or asked on the terminal.
#include "cli/mfa.h"

#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

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

/* Waits for a line, or for a signal that is to end the program: the terminal is put right before it
 * does. */
static bool await_line(int tty, int signals)
{
    struct pollfd fds[] = {{tty, POLLIN, 0}, {signals, POLLIN, 0}};
    int n;
    do
        n = poll(fds, 2, -1);
    while (n < 0 && errno == EINTR);
    return n > 0 && !fds[1].revents;
}

/* Asks, and reads a line without showing it. What was typed before the question is dropped. */
static bool read_hidden(int tty, const char *serial, char *line, size_t size)
{
    struct termios shown, hidden;
    sigset_t ends, old;
    (void)sigemptyset(&ends);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        (void)sigaddset(&ends, ending[i]);
    if (tcgetattr(tty, &shown))
        return false;
    (void)pthread_sigmask(SIG_BLOCK, &ends, &old);
    int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(tty, TCSAFLUSH, &hidden);
    (void)dprintf(tty, "Code of the MFA device %s: ", serial);
    ssize_t n = await_line(tty, signals) ? read(tty, line, size - 1) : -1;
    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    (void)dprintf(tty, "\n");
    if (signals >= 0)
        (void)close(signals);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
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
    bool read = read_hidden(tty, serial, line, sizeof line);
    (void)close(tty);
    if (!read || !is_code(line))
        return fail(err, serial, "no code was given of the MFA device", "A code has six digits.");
    (void)snprintf(code, size, "%s", line);
    return 0;
}

void mfa_hide(struct cli *cli)
{
    const char *given = cli->settings.mfa_code;
    if (!given)
        return;
    (void)snprintf(cli->mfa_code, sizeof cli->mfa_code, "%s", given);
    explicit_bzero((char *)(uintptr_t)given, strlen(given));
    cli->settings.mfa_code = cli->mfa_code;
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
