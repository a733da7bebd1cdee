// SPDX-License-Identifier: MIT
// Tests of exec_run from many threads at once: nobody's descriptors, environment or output are
// another's; and of stopping them all.
#include "unit/unit.h"

#include "base/fs.h"
#include "exec/exec.h"
#include "unit/exec/process.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define THREADS 32
#define ROUNDS 3
#define SOON_MS 20000

struct rig;

/* One worker: what it is to run, and what came of it. */
struct worker {
    struct rig *rig;
    unsigned slot;
    int rounds;
    pthread_t thread;
    char out_path[96], err_path[96];
    struct exec_result result;
    struct orgrun_error err;
    int rc, failures;
};

struct rig {
    struct exec *x;
    char dir[64];
    const char *script; /* "$N" is the worker's number; the working directory is dir */
    int64_t kill_after_ms;
    struct worker workers[THREADS];
};

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    strcpy(r->dir, "/tmp/orgrun-threads-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    assert_int_equal(exec_new(&r->x, THREADS, clock_system, NULL, NULL), 0);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    exec_free(r->x);
    DIR *dir = opendir(r->dir);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    assert_int_equal(rmdir(r->dir), 0);
    free(r);
    return 0;
}

/* No assertions here: cmocka's are for the thread that runs the test. */
static void run_once(struct worker *w)
{
    static const char *const parent[] = {"PATH=/usr/bin:/bin", NULL};
    char number[16];
    snprintf(number, sizeof number, "%u", w->slot);
    struct child_env env;
    char shell[] = "/bin/sh", option[] = "-c";
    char *script = strdup(w->rig->script);
    char *argv[] = {shell, option, script, NULL};
    w->rc = child_env_init(&env, parent, NULL, &w->err);
    if (w->rc == 0)
        w->rc = child_env_set(&env, "N", number, &w->err);
    const struct exec_spec spec = {.slot = w->slot,
                                   .argv = argv,
                                   .env = &env,
                                   .cwd = w->rig->dir,
                                   .kill_after_ms = w->rig->kill_after_ms,
                                   .output_max = 1u << 20,
                                   .stdout_path = w->out_path,
                                   .stderr_path = w->err_path};
    if (w->rc == 0)
        w->rc = exec_run(w->rig->x, &spec, &w->result, &w->err);
    child_env_clear(&env);
    free(script);
}

static bool holds(const char *path, const char *want)
{
    struct buf text;
    bool same = fs_read_file(path, 1u << 20, &text, NULL) == 0 && strcmp(buf_str(&text), want) == 0;
    buf_clear(&text);
    return same;
}

/* Each round the outcome, the output and the complaint must be this worker's own. */
static void *run_rounds(void *arg)
{
    struct worker *w = arg;
    char out[160], line[32];
    snprintf(out, sizeof out, "0:blocking 1:blocking 2:blocking stdin 0\nworker %u\n", w->slot);
    snprintf(line, sizeof line, "complaint %u", w->slot);
    for (int i = 0; i < w->rounds; i++) {
        run_once(w);
        if (w->rc || w->result.end != EXEC_EXITED || w->result.exit_code != (int)w->slot + 1 ||
            strcmp(w->result.first_line, line) != 0 || !holds(w->out_path, out))
            w->failures++;
    }
    return NULL;
}

static void *run_alone(void *arg)
{
    run_once(arg);
    return NULL;
}

static void start(struct rig *r, const char *script, void *(*run)(void *))
{
    r->script = script;
    for (unsigned i = 0; i < THREADS; i++) {
        struct worker *w = &r->workers[i];
        *w = (struct worker){.rig = r, .slot = i, .rounds = ROUNDS};
        snprintf(w->out_path, sizeof w->out_path, "%s/out-%u", r->dir, i);
        snprintf(w->err_path, sizeof w->err_path, "%s/err-%u", r->dir, i);
        assert_int_equal(pthread_create(&w->thread, NULL, run, w), 0);
    }
}

static void join(struct rig *r)
{
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(r->workers[i].thread, NULL);
}

/* Waits until every worker's child has made the file "<name>-<its number>". */
static void await_files(const struct rig *r, const char *name)
{
    for (unsigned i = 0; i < THREADS; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s-%u", r->dir, name, i);
        for (int ms = 0; ms < SOON_MS && access(path, F_OK) != 0; ms++)
            (void)poll(NULL, 0, 1);
        assert_int_equal(access(path, F_OK), 0);
    }
}

static pid_t pid_in(const struct rig *r, unsigned i)
{
    char path[128];
    struct buf text;
    snprintf(path, sizeof path, "%s/pid-%u", r->dir, i);
    assert_int_equal(fs_read_file(path, 64, &text, NULL), 0);
    pid_t pid = (pid_t)atoi(buf_str(&text));
    buf_clear(&text);
    assert_true(pid > 1);
    return pid;
}

static void nothing_leaks_between_children(void **state)
{
    struct rig *r = *state;
    start(r, CHILD_PROBE " fds; echo worker $N; echo complaint $N >&2; exit $((N+1))", run_rounds);
    join(r);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_string_equal(r->workers[i].err.message, "");
        assert_int_equal(r->workers[i].failures, 0);
    }
}

/* All at once in fact: each child goes on when it sees every other. */
static void all_run_at_once(void **state)
{
    struct rig *r = *state;
    start(r,
          ": >here-$N; i=0; while test $i -lt 32; do "
          "if test -e here-$i; then i=$((i+1)); else sleep 0.01; fi; done",
          run_alone);
    join(r);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(r->workers[i].rc, 0);
        assert_int_equal(r->workers[i].result.end, EXEC_EXITED);
        assert_int_equal(r->workers[i].result.exit_code, 0);
    }
}

#define PID "echo $$ >pid-$N.new; mv pid-$N.new pid-$N; "

static void stop_gently(void **state)
{
    struct rig *r = *state;
    r->kill_after_ms = 600000;
    start(r, "trap 'echo told; exit 1' TERM; sleep 600 & " PID "wait", run_alone);
    await_files(r, "pid");
    exec_stop(r->x, EXEC_GENTLY);
    exec_stop(r->x, EXEC_GENTLY);
    join(r);
    for (unsigned i = 0; i < THREADS; i++) {
        const struct worker *w = &r->workers[i];
        assert_int_equal(w->rc, 0);
        assert_int_equal(w->result.end, EXEC_CANCELLED);
        assert_int_equal(w->result.exit_code, -1);
        assert_int_equal(w->result.signal, 0);
        assert_true(holds(w->out_path, "told\n"));
        assert_true(process_group_ends(pid_in(r, i)));
    }
}

/* The second signal of somebody who has waited long enough. */
static void stop_at_once_after_gently(void **state)
{
    struct rig *r = *state;
    r->kill_after_ms = 600000;
    start(r, "trap ': >told-$N' TERM; " PID "while :; do sleep 0.05; done", run_alone);
    await_files(r, "pid");
    exec_stop(r->x, EXEC_GENTLY);
    await_files(r, "told");
    exec_stop(r->x, EXEC_AT_ONCE);
    exec_stop(r->x, EXEC_GENTLY); /* takes nothing back */
    join(r);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(r->workers[i].rc, 0);
        assert_int_equal(r->workers[i].result.end, EXEC_CANCELLED);
        assert_int_equal(r->workers[i].result.signal, SIGKILL);
        assert_true(process_group_ends(pid_in(r, i)));
    }
    r->workers[0].rig->script = "echo never";
    run_once(&r->workers[0]);
    assert_int_equal(r->workers[0].rc, 0);
    assert_int_equal(r->workers[0].result.end, EXEC_CANCELLED);
    assert_string_equal(r->workers[0].result.out.sha256, "");
}

static struct exec *stopped_by_signal;

static void on_signal(int sig)
{
    (void)sig;
    exec_stop(stopped_by_signal, EXEC_AT_ONCE);
}

static void stop_from_a_handler(void **state)
{
    struct rig *r = *state;
    struct sigaction handle = {.sa_handler = on_signal}, before;
    stopped_by_signal = r->x;
    assert_int_equal(sigaction(SIGUSR1, &handle, &before), 0);
    start(r, PID "exec sleep 600", run_alone);
    await_files(r, "pid");
    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    join(r);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(r->workers[i].rc, 0);
        assert_int_equal(r->workers[i].result.end, EXEC_CANCELLED);
        assert_int_equal(r->workers[i].result.signal, SIGKILL);
    }
}

/* Somewhere between the clone and the first read: no child may be lost or left. */
static void stop_while_starting(void **state)
{
    struct rig *r = *state;
    start(r, PID "exec sleep 600", run_alone);
    for (int ms = 0; ms < SOON_MS && access(r->workers[3].out_path, F_OK) != 0; ms++)
        (void)poll(NULL, 0, 1);
    exec_stop(r->x, EXEC_AT_ONCE);
    join(r);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(r->workers[i].rc, 0);
        assert_int_equal(r->workers[i].result.end, EXEC_CANCELLED);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(nothing_leaks_between_children), TEST(all_run_at_once),     TEST(stop_gently),
        TEST(stop_at_once_after_gently),      TEST(stop_from_a_handler), TEST(stop_while_starting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
