// SPDX-License-Identifier: MIT
// Running one child from spawn to outcome.
#include "exec/exec.h"

#include "base/cleanup.h"
#include "base/secret.h"
#include "exec/stream.h"
#include "exec/supervise.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK_SIZE (64u << 10)

struct exec {
    struct warden *warden;
    struct stop stop;
    int null_fd; /* standard input of every child */
    unsigned slots;
    struct clock clock;
    const struct log *log;
    const struct spawn_ops *spawn;
    void *spawn_self;
};

/* With SIGCHLD ignored the kernel throws exit statuses away; and an old kernel would only be found
 * out in the child. */
static int check_system(struct orgrun_error *err)
{
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0 &&
        (action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT))) {
        error_set(err, ORGRUN_EUSAGE, "SIGCHLD is ignored: how children end would not be known");
        return error_hint(err, "set its disposition to SIG_DFL before a run");
    }
    if (close_range(~0U, ~0U, 0) != 0)
        return error_set_errno(err, ORGRUN_ESPAWN, errno, "this kernel has no close_range");
    return 0;
}

int exec_new(struct exec **out, unsigned slots, struct clock clock, const struct log *log,
             struct orgrun_error *err)
{
    int rc = check_system(err);
    if (rc)
        return rc;
    struct exec *x = calloc(1, sizeof *x);
    if (!x)
        return error_nomem(err);
    *x = (struct exec){.slots = slots, .clock = clock, .log = log, .spawn = &spawn_system};
    rc = warden_new(&x->warden, slots, err);
    if (rc)
        goto fail_warden;
    rc = stop_init(&x->stop, err);
    if (rc)
        goto fail_stop;
    x->null_fd = child_io_above_stdio(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (x->null_fd < 0) {
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot open /dev/null");
        goto fail_null;
    }
    *out = x;
    return 0;

fail_null:
    stop_clear(&x->stop);
fail_stop:
    warden_free(x->warden, NULL);
fail_warden:
    free(x);
    return rc;
}

void exec_free(struct exec *x)
{
    if (!x)
        return;
    warden_free(x->warden, x->log);
    stop_clear(&x->stop);
    close(x->null_fd);
    free(x);
}

void exec_stop(struct exec *x, enum exec_stop_level level)
{
    stop_raise(&x->stop, level);
}

void exec_set_spawn(struct exec *x, const struct spawn_ops *ops, void *self)
{
    x->spawn = ops;
    x->spawn_self = self;
}

/* One exec_run: everything it holds. */
struct attempt {
    struct exec *x;
    const struct exec_spec *spec;
    struct program program;
    struct child_io io;
    struct stream streams[CHILD_STREAMS];
    struct spawn_request request;
    struct spawn_child child;
    char *chunk;
    struct orgrun_error *err;
};

/* Releases what is left of any state; files that were not closed are removed. */
static void attempt_drop(struct attempt *a)
{
    program_clear(&a->program);
    child_io_close(&a->io);
    for (int i = 0; i < CHILD_STREAMS; i++)
        stream_abort(&a->streams[i]);
    free(a->chunk);
}

static int prepare(struct attempt *a)
{
    const struct exec_spec *spec = a->spec;
    const char *const paths[CHILD_STREAMS] = {spec->stdout_path, spec->stderr_path};
    int rc = program_init(&a->program, spec->argv[0], child_env_get(spec->env, "PATH"), a->err);
    for (int i = 0; i < CHILD_STREAMS && rc == 0; i++)
        rc = stream_open(&a->streams[i], paths[i], spec->output_max, spec->redact, a->err);
    if (rc == 0)
        rc = child_io_open(&a->io, a->err);
    if (rc)
        return rc;
    a->chunk = malloc(CHUNK_SIZE);
    if (!a->chunk)
        return error_nomem(a->err);
    a->request = (struct spawn_request){
        .program = &a->program,
        .argv = spec->argv,
        .envp = child_env_array(spec->env),
        .cwd = spec->cwd,
        .fds = {a->x->null_fd, a->io.write_fd[CHILD_OUT], a->io.write_fd[CHILD_ERR]},
        .slot = warden_slot(a->x->warden, spec->slot),
    };
    return 0;
}

/* A program that was written a moment ago may still be open for writing in a child of another
 * thread that has not got to its execve: that passes. */
static int spawn(struct attempt *a)
{
    static const int waits_ms[] = {1, 2, 5, 10, 20, 50, 100};
    struct exec *x = a->x;
    for (size_t i = 0;; i++) {
        if (x->spawn->spawn(x->spawn_self, &a->request, &a->child) == 0)
            return 0;
        const struct warden_report *report = &a->request.slot->report;
        if (report->errnum != ETXTBSY || i == sizeof waits_ms / sizeof *waits_ms)
            return -1;
        struct pollfd stop = {.fd = x->stop.fds[EXEC_GENTLY - 1], .events = POLLIN};
        (void)poll(&stop, 1, waits_ms[i]);
    }
}

static int take_data(void *user, int stream, const char *data, size_t len)
{
    struct attempt *a = user;
    return stream_write(&a->streams[stream], data, len, a->err);
}

/* The group is dead by now: the warden can forget it, and only then may its number go to others. */
static int reap(struct attempt *a, siginfo_t *info)
{
    atomic_store(&a->request.slot->group, 0);
    int rc;
    do {
        rc = waitid(P_PIDFD, (id_t)a->child.pidfd, info, WEXITED);
    } while (rc < 0 && errno == EINTR);
    int errnum = errno;
    close(a->child.pidfd);
    if (rc < 0)
        return error_set_errno(a->err, ORGRUN_EIO, errnum, "how a child ended is not known");
    return 0;
}

/* From the running child to the closed files. */
static int see_through(struct attempt *a, struct exec_result *result, int64_t started_mono_ms)
{
    const struct exec_spec *spec = a->spec;
    const struct supervise_opts opts = {
        .child = &a->child,
        .io = &a->io,
        .stop = &a->x->stop,
        .log = a->x->log,
        .name = a->program.name,
        .clock = a->x->clock,
        .timeout_ms = spec->timeout_ms,
        .kill_after_ms = spec->kill_after_ms > 0 ? spec->kill_after_ms : EXEC_KILL_AFTER_MS,
        .on_data = take_data,
        .user = a,
        .chunk = a->chunk,
        .chunk_size = CHUNK_SIZE,
    };
    struct supervise_result seen;
    siginfo_t info = {0};
    int rc = supervise(&opts, &seen, a->err);
    secret_wipe(a->chunk, seen.most_read); /* it was not redacted yet */
    int reap_rc = reap(a, &info);
    if (rc || reap_rc)
        return rc ? rc : reap_rc;
    wait_status_map(info.si_code, info.si_status, seen.cause, result);
    result->duration_ms = seen.ended_mono_ms - started_mono_ms;

    rc = stream_close(&a->streams[CHILD_OUT], &result->out, a->err);
    if (rc == 0)
        rc = stream_close(&a->streams[CHILD_ERR], &result->err_, a->err);
    return rc ? rc : stream_first_line(&a->streams[CHILD_ERR], result->first_line, a->err);
}

static int not_started(struct attempt *a, struct exec_result *result)
{
    spawn_error(&a->request, a->err);
    *result = (struct exec_result){
        .end = EXEC_NOT_STARTED, .exit_code = -1, .started_ms = result->started_ms};
    return 0;
}

int exec_run(struct exec *x, const struct exec_spec *spec, struct exec_result *result,
             struct orgrun_error *err)
{
    assert(spec->slot < x->slots);
    *result = (struct exec_result){
        .end = EXEC_CANCELLED, .exit_code = -1, .started_ms = clock_wall_ms(x->clock)};
    if (stop_level(&x->stop))
        return 0;
    AUTO(attempt_drop)
    struct attempt a = {
        .x = x, .spec = spec, .io = {.read_fd = {-1, -1}, .write_fd = {-1, -1}}, .err = err};
    int rc = prepare(&a);
    if (rc)
        return rc;
    int64_t started_mono_ms = clock_mono_ms(x->clock);
    result->started_ms = clock_wall_ms(x->clock);
    if (spawn(&a))
        return not_started(&a, result);
    child_io_close_write(&a.io);
    rc = see_through(&a, result, started_mono_ms);
    /* An emulator that makes a fork of our vfork has us go on before the child's report is there.
     */
    if (rc == 0 && a.request.slot->report.stage != SPAWN_STARTED)
        return not_started(&a, result);
    return rc;
}
