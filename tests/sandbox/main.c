// SPDX-License-Identifier: MIT
// orgrun-sandbox: an offline AWS organization. Options, organization, certificates, server, the
// line that says it is ready, and the end.
#include "base/cleanup.h"
#include "base/fs.h"
#include "sandbox/server.h"
#include "sandbox/tls.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int write_file(const char *path, const char *text, struct orgrun_error *err)
{
    struct fs_atomic file = {0};
    int rc = fs_atomic_open(&file, path, 0600, err);
    if (rc != 0)
        return rc;
    if (fputs(text, file.file) == EOF) {
        fs_atomic_abort(&file);
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", path);
    }
    return fs_atomic_commit(&file, err);
}

static const char *without_mfa(const struct org *org)
{
    for (size_t i = 0; i < org->len; i++)
        if (!org->accounts[i].mfa)
            return org->accounts[i].id;
    return NULL;
}

/* The one line of JSON: where the sandbox is and how to get in. */
static int announce(const struct sandbox *sb, int port, const char *ca, struct orgrun_error *err)
{
    char url[64];
    snprintf(url, sizeof(url), "%s://127.0.0.1:%d", ca ? "https" : "http", port);
    json_t *value = json_pack(
        "{s:s, s:i, s:s?, s:s, s:s, s:s, s:s?, s:s, s:s?}", "url", url, "port", port, "ca", ca,
        "management_account", org_management(&sb->org)->id, "access_key_id", sb->source->id,
        "secret_access_key", sb->source->secret, "session_token", sb->source->token, "role",
        sb->opts->role, "account_without_mfa", without_mfa(&sb->org));
    AUTO(free_ptr) char *text = json_dumps(value, JSON_COMPACT);
    AUTO(buf_clear) struct buf out;
    buf_init(&out, ANSWER_BODY_MAX);
    json_decref(value);
    if (!text)
        return error_nomem(err);
    buf_printf(&out, "%s\n", text);
    const char *line = buf_str(&out);
    int rc = sb->opts->ready_file ? write_file(sb->opts->ready_file, line, err) : 0;
    if (rc == 0 && (fputs(line, stdout) == EOF || fflush(stdout) != 0))
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot write to standard output");
    return rc;
}

/* Waits for SIGTERM, SIGINT or, if asked, the end of standard input. */
static void wait_for_end(int signals, bool until_eof)
{
    struct pollfd fds[] = {{.fd = signals, .events = POLLIN},
                           {.fd = until_eof ? STDIN_FILENO : -1, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[0].revents)
            return;
        char ignored[256];
        if (fds[1].revents && read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0)
            return;
    }
}

/* Blocks the signals that end the program, for the threads to come too, and makes them readable. */
static int catch_signals(struct orgrun_error *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return error_set(err, ORGRUN_EIO, "cannot block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd >= 0 ? fd : error_set_errno(err, ORGRUN_EIO, errno, "signalfd");
}

static int serve(struct sandbox *sb, struct orgrun_error *err)
{
    const struct options *opts = sb->opts;
    AUTO(tls_clear) struct tls tls = {0};
    AUTO(free_ptr) char *ca = NULL;
    struct server *server = NULL;
    AUTO(close_fd) int signals = catch_signals(err);
    if (signals < 0)
        return signals;
    int rc = 0;
    if (opts->tls) {
        rc = tls_init(&tls, err);
        if (rc == 0 && !(ca = fs_join(opts->tls, "ca.pem")))
            rc = error_nomem(err);
        if (rc == 0)
            rc = write_file(ca, tls.ca_pem, err);
    }
    const struct server_tls pair = {tls.certificate_pem, tls.key_pem};
    if (rc == 0)
        rc = server_start(&server, sb, opts->port, opts->tls ? &pair : NULL, err);
    if (rc == 0)
        rc = announce(sb, server_port(server), ca, err);
    if (rc == 0)
        wait_for_end(signals, opts->until_eof);
    server_stop(server);
    return rc;
}

int main(int argc, char **argv)
{
    AUTO(options_clear) struct options opts;
    struct sandbox sb;
    struct orgrun_error err = {0};
    int rc = options_parse(&opts, argc, argv, &err);
    if (rc == 0 && opts.help) {
        options_help();
        return 0;
    }
    if (rc == 0 && (rc = sandbox_init(&sb, &opts, &err)) == 0) {
        rc = serve(&sb, &err);
        sandbox_clear(&sb);
    }
    if (rc != 0)
        fprintf(stderr, "orgrun-sandbox: %s\n", err.message);
    return rc == 0 ? 0 : rc == ORGRUN_EUSAGE ? 2 : 1;
}
