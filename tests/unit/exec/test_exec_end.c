// SPDX-License-Identifier: MIT
// Tests of how exec_run ends a child and its group: time-outs, signals that are ignored, pipes that
// others hold, processes that ran away.
#include "unit/exec/exec_fixture.h"

#include "unit/exec/process.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define HOUR_MS 3600000
/* Longer than any of these takes unless something is waited for that should not be. */
#define SOON_MS 20000

/* A clock that a child moves on by an hour when it makes the file "tick": so a time-out comes when
 * the child is ready for it, and not after a guess of how long that takes. */
static int64_t ticking_mono_ms(void *self)
{
    const struct exec_fixture *f = self;
    char path[128];
    snprintf(path, sizeof path, "%s/tick", f->dir);
    int64_t hours = access(path, F_OK) == 0;
    return clock_mono_ms(clock_system) + hours * HOUR_MS;
}

static int64_t ticking_wall_ms(void *self)
{
    (void)self;
    return clock_wall_ms(clock_system);
}

static const struct clock_ops ticking = {.mono_ms = ticking_mono_ms, .wall_ms = ticking_wall_ms};

/* The fixture with that clock, a time-out of an hour and its directory as the working one. */
static int setup(void **state)
{
    exec_fixture_setup(state);
    struct exec_fixture *f = *state;
    exec_free(f->x);
    const struct clock clock = {.ops = &ticking, .self = f};
    assert_int_equal(exec_new(&f->x, 8, clock, NULL, &f->err), 0);
    f->spec.cwd = f->dir;
    f->spec.timeout_ms = HOUR_MS;
    return 0;
}

/* What a child says once it is ready to be timed out. */
/* Not before the beginning was read off the clock. */
#define TICK "sleep 0.3; : >tick; echo ready; "
#define WAIT_LONG "while :; do sleep 0.02; done"

static int number_in(struct exec_fixture *f, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    char *text = exec_fixture_read(path);
    int n = atoi(text);
    free(text);
    return n;
}

/* The child's own pid, which the script wrote to "pid", is that of its group. */
static void assert_group_gone(struct exec_fixture *f)
{
    pid_t group = number_in(f, "pid");
    assert_true(group > 1);
    assert_true(process_group_ends(group));
}

static void time_outs(void **state)
{
    static const struct {
        const char *script;
        int64_t kill_after_ms;
        int signal;
        int64_t least_ms; /* after the hour */
        const char *out;
    } cases[] = {
        {TICK "exec sleep 60", HOUR_MS, SIGTERM, 0, "ready\n"},
        {"trap 'echo told; exit 7' TERM; " TICK WAIT_LONG, HOUR_MS, 0, 0, "ready\ntold\n"},
        {"trap '' TERM; " TICK WAIT_LONG, 50, SIGKILL, 50, "ready\n"},
        {"trap 'echo told' TERM; " TICK WAIT_LONG, 50, SIGKILL, 50, "ready\ntold\n"},
        /* One that is stopped has to go on to see the signal. */
        {TICK "kill -STOP $$; exec sleep 60", HOUR_MS, SIGTERM, 0, "ready\n"},
        /* The shell dies at once, what it started gives its locks back first. */
        {"(trap 'sleep 0.4; echo cleaned; exit' TERM; " TICK WAIT_LONG ") & wait", HOUR_MS, SIGTERM,
         0, "ready\ncleaned\n"},
        /* The same, but it does not end in the time it was promised. */
        {"(trap 'echo told' TERM; " TICK WAIT_LONG ") & wait", 300, SIGTERM, 0, "ready\ntold\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setup(state);
        struct exec_fixture *f = *state;
        char script[512];
        snprintf(script, sizeof script, "echo $$ >pid; %s", cases[i].script);
        f->spec.kill_after_ms = cases[i].kill_after_ms;
        assert_int_equal(SH(f, script), 0);
        assert_int_equal(f->result.end, EXEC_TIMED_OUT);
        assert_int_equal(f->result.exit_code, -1);
        assert_int_equal(f->result.signal, cases[i].signal);
        assert_true(f->result.duration_ms >= HOUR_MS + cases[i].least_ms);
        assert_true(f->result.duration_ms < HOUR_MS + SOON_MS);
        exec_fixture_assert_file(f->out_path, cases[i].out);
        assert_group_gone(f);
        exec_fixture_teardown(state);
    }
    *state = NULL;
}

/* One that has answered before its time is up is not called timed out for what its group does:
 * the clock ticks once the child is a zombie. */
static void end_before_the_time_out(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(SH(f, "echo $$ >pid; (until grep -q ') Z ' /proc/$$/stat; do :; done; " TICK
                           "exec sleep 60) & exit 4"),
                     0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 4);
    assert_group_gone(f);
}

static void no_time_out(void **state)
{
    struct exec_fixture *f = *state;
    f->spec.timeout_ms = 0;
    assert_int_equal(SH(f, TICK "exit 4"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 4);
}

/* End of its output is not the end of a child. */
static void closes_its_output_and_lives(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(SH(f, "echo out; echo err >&2; exec >/dev/null 2>&1; sleep 0.3; exit 4"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 4);
    assert_true(f->result.duration_ms >= 300);
    exec_fixture_assert_file(f->out_path, "out\n");
    exec_fixture_assert_file(f->err_path, "err\n");
}

/* Nor is the end of a child the end of its pipes: they are awaited for a moment, not for ever. */
static void others_hold_the_pipes(void **state)
{
    struct exec_fixture *f = *state;
    int64_t before = clock_mono_ms(clock_system);
    assert_int_equal(SH(f, "echo $$ >pid; sleep 60 & sleep 60 & echo started; exit 5"), 0);
    int64_t took = clock_mono_ms(clock_system) - before;
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 5);
    assert_int_equal(f->result.signal, 0);
    assert_true(took >= 200 && took < SOON_MS);
    assert_true(f->result.duration_ms <= took - 150); /* the child's own end */
    exec_fixture_assert_file(f->out_path, "started\n");
    assert_group_gone(f);
}

/* What they write in that moment still counts. */
static void late_output(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(SH(f, "(sleep 0.02; echo late) & exit 0"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    exec_fixture_assert_file(f->out_path, "late\n");
}

/* A process that has left the group is out of reach, but nothing waits for it. */
static void runaway(void **state)
{
    static const char *const does[] = {"exec sleep 60", "while :; do echo noise; done"};
    for (size_t i = 0; i < sizeof does / sizeof *does; i++) {
        setup(state);
        struct exec_fixture *f = *state;
        char script[256];
        snprintf(script, sizeof script,
                 "setsid sh -c 'echo $$ >away; mv away runaway; %s' & "
                 "while ! test -e runaway; do sleep 0.01; done; exit 6",
                 does[i]);
        int64_t before = clock_mono_ms(clock_system);
        assert_int_equal(SH(f, script), 0);
        assert_true(clock_mono_ms(clock_system) - before < SOON_MS);
        assert_int_equal(f->result.end, EXEC_EXITED);
        assert_int_equal(f->result.exit_code, 6);
        pid_t pid = number_in(f, "runaway");
        assert_true(pid > 1);
        if (i == 0) {
            assert_true(process_lives(pid));
            assert_int_equal(kill(pid, SIGKILL), 0);
        }
        assert_true(process_ends(pid)); /* the noisy one of the closed pipe */
        exec_fixture_teardown(state);
    }
    *state = NULL;
}

static void many_processes(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(SH(f, "echo $$ >pid; i=0; "
                           "while test $i -lt 200; do sleep 60 & i=$((i+1)); done; "
                           "echo $i; exit 0"),
                     0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    exec_fixture_assert_file(f->out_path, "200\n");
    assert_group_gone(f);
}

/* Two hundred that ignore TERM, of which each starts another when it is told to end. */
static void many_unwilling_processes(void **state)
{
    struct exec_fixture *f = *state;
    f->spec.kill_after_ms = 100;
    assert_int_equal(SH(f, "echo $$ >pid; trap 'sleep 60 &' TERM; i=0; "
                           "while test $i -lt 50; do (trap 'sleep 60 &' TERM; " WAIT_LONG
                           ") & i=$((i+1)); done; " TICK WAIT_LONG),
                     0);
    assert_int_equal(f->result.end, EXEC_TIMED_OUT);
    assert_int_equal(f->result.signal, SIGKILL);
    assert_group_gone(f);
}

/* The disk is full, as it were: the child is of no use any more. */
static void output_cannot_be_written(void **state)
{
    struct exec_fixture *f = *state;
    struct rlimit before, small;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 1000, .rlim_max = before.rlim_max};
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &old), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = SH(f, "echo $$ >pid; head -c 300000 /dev/zero; exec sleep 60");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(sigaction(SIGXFSZ, &old, NULL), 0);
    char message[256];
    snprintf(message, sizeof message, "cannot write %s: File too large", f->out_path);
    assert_int_equal(rc, ORGRUN_EIO);
    assert_int_equal(f->err.code, ORGRUN_EIO);
    assert_string_equal(f->err.message, message);
    assert_int_equal(access(f->out_path, F_OK), -1);
    assert_group_gone(f);
}

/* What the log is told. */
struct heard {
    int pid, calls;
    char message[256];
};

static void hear(void *user, enum orgrun_log_level level, const char *message)
{
    struct heard *h = user;
    assert_int_equal(level, ORGRUN_LOG_INFO);
    snprintf(h->message, sizeof h->message, "%s", message);
    h->calls++;
}

static void killing_is_logged(void **state)
{
    struct exec_fixture *f = *state;
    struct heard heard = {0};
    const struct log log = {.write = hear, .user = &heard, .least = ORGRUN_LOG_INFO};
    exec_free(f->x);
    const struct clock clock = {.ops = &ticking, .self = f};
    assert_int_equal(exec_new(&f->x, 1, clock, &log, NULL), 0);
    f->spec.kill_after_ms = 30;
    assert_int_equal(SH(f, "echo $$ >pid; trap '' TERM; " TICK WAIT_LONG), 0);
    char message[256];
    snprintf(message, sizeof message, "/bin/sh (pid %d) went on after SIGTERM: killed",
             number_in(f, "pid"));
    assert_int_equal(heard.calls, 1);
    assert_string_equal(heard.message, message);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, exec_fixture_teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_outs),
        TEST(end_before_the_time_out),
        TEST(no_time_out),
        TEST(closes_its_output_and_lives),
        TEST(others_hold_the_pipes),
        TEST(late_output),
        cmocka_unit_test(runaway),
        TEST(many_processes),
        TEST(many_unwilling_processes),
        TEST(output_cannot_be_written),
        TEST(killing_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
