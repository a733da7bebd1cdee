// SPDX-License-Identifier: MIT
// Tests of exec_run: how a child ends, what it is born with, what of its output is kept.
#include "unit/exec/exec_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void ends(void **state)
{
    static const struct {
        const char *script;
        enum exec_end end;
        int exit_code, signal;
    } cases[] = {
        {"exit 0", EXEC_EXITED, 0, 0},
        {"exit 1", EXEC_EXITED, 1, 0},
        {"exit 127", EXEC_EXITED, 127, 0},
        {"exit 255", EXEC_EXITED, 255, 0},
        {"kill -KILL $$", EXEC_SIGNALLED, -1, SIGKILL},
        {"kill -TERM $$", EXEC_SIGNALLED, -1, SIGTERM},
        {"kill -PIPE $$", EXEC_SIGNALLED, -1, SIGPIPE},
    };
    struct exec_fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(SH(f, cases[i].script), 0);
        assert_int_equal(f->result.end, cases[i].end);
        assert_int_equal(f->result.exit_code, cases[i].exit_code);
        assert_int_equal(f->result.signal, cases[i].signal);
        assert_int_equal(f->err.code, 0);
    }
}

static void outputs_are_kept_apart(void **state)
{
    struct exec_fixture *f = *state;
    int64_t before = clock_wall_ms(clock_system);
    assert_int_equal(SH(f, "echo out; echo >&2; echo ' err' >&2; echo more"), 0);
    int64_t after = clock_wall_ms(clock_system);
    exec_fixture_assert_file(f->out_path, "out\nmore\n");
    exec_fixture_assert_file(f->err_path, "\n err\n");
    assert_int_equal(f->result.out.bytes, 9);
    assert_int_equal(f->result.err_.bytes, 6);
    assert_string_equal(f->result.out.sha256,
                        "0ddb9cdbb69cd93f37a25a0bef4d547ec13f809050966cb52b2c0dfa6e3b35f4");
    assert_string_equal(f->result.first_line, "err");
    assert_true(f->result.started_ms >= before && f->result.started_ms <= after);
    assert_true(f->result.duration_ms >= 0 && f->result.duration_ms <= after - before + 1);
}

static void silence_leaves_empty_files(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(RUN(f, "true"), 0);
    exec_fixture_assert_file(f->out_path, "");
    exec_fixture_assert_file(f->err_path, "");
    assert_int_equal(f->result.out.bytes, 0);
    assert_string_equal(f->result.err_.sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(f->result.first_line, "");
}

static void only_the_given_environment(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", "source-credentials", 1), 0);
    assert_int_equal(child_env_set(&f->env, "AWS_REGION", "eu-west-1", NULL), 0);
    assert_int_equal(RUN(f, "env"), 0);
    exec_fixture_assert_file(f->out_path, "PATH=/usr/bin:/bin\nAWS_REGION=eu-west-1\n");
}

static void descriptors_do_not_leak(void **state)
{
    struct exec_fixture *f = *state;
    int leaky[] = {open("/dev/null", O_RDWR), dup(1), fcntl(0, F_DUPFD, 700)};
    assert_int_equal(RUN(f, CHILD_PROBE, "fds"), 0);
    exec_fixture_assert_file(f->out_path, "0:blocking 1:blocking 2:blocking stdin 0\n");
    for (size_t i = 0; i < sizeof leaky / sizeof *leaky; i++)
        close(leaky[i]);
}

/* A parent that was started without standard descriptors: the pipes' ends may be 0, 1 and 2. */
static void closed_standard_descriptors(void **state)
{
    struct exec_fixture *f = *state;
    int saved[3];
    for (int fd = 0; fd < 3; fd++) {
        saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
        close(fd);
    }
    struct exec *outer = f->x;
    int made = exec_new(&f->x, 1, clock_system, NULL, NULL);
    int rc = made ? made : SH(f, "echo out; echo err >&2");
    if (made == 0)
        exec_free(f->x);
    f->x = outer;
    for (int fd = 0; fd < 3; fd++) {
        dup2(saved[fd], fd);
        close(saved[fd]);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    exec_fixture_assert_file(f->out_path, "out\n");
    exec_fixture_assert_file(f->err_path, "err\n");
}

static void on_signal(int sig)
{
    (void)sig;
}

static void signals_are_reset(void **state)
{
    struct exec_fixture *f = *state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, handle = {.sa_handler = on_signal};
    struct sigaction old[3];
    sigset_t block, old_mask;
    sigaction(SIGPIPE, &ignore, &old[0]);
    sigaction(SIGHUP, &ignore, &old[1]);
    sigaction(SIGUSR1, &handle, &old[2]);
    sigfillset(&block);
    sigprocmask(SIG_BLOCK, &block, &old_mask);
    int rc = RUN(f, CHILD_PROBE, "signals");
    sigset_t now;
    sigprocmask(SIG_SETMASK, &old_mask, &now);
    struct sigaction here;
    sigaction(SIGHUP, &old[1], &here);
    sigaction(SIGPIPE, &old[0], NULL);
    sigaction(SIGUSR1, &old[2], NULL);
    assert_int_equal(rc, 0);
    exec_fixture_assert_file(f->out_path, "death 9\n");
    assert_true(here.sa_handler == SIG_IGN); /* ours stay as they were */
    assert_int_equal(sigismember(&now, SIGTERM), 1);
}

static void session_of_its_own(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(RUN(f, CHILD_PROBE, "ids"), 0);
    exec_fixture_assert_file(f->out_path, "leader session\n");
    assert_int_equal(RUN(f, CHILD_PROBE, "tty"), 0);
    exec_fixture_assert_file(f->out_path, "no terminal\n");
}

static void works_in_cwd(void **state)
{
    struct exec_fixture *f = *state;
    exec_fixture_file(f, "tool", "#!/bin/sh\necho \"$0 in $PWD\"\n", 0700);
    f->spec.cwd = f->dir;
    assert_int_equal(RUN(f, "./tool"), 0);
    char want[128];
    snprintf(want, sizeof want, "./tool in %s\n", f->dir);
    exec_fixture_assert_file(f->out_path, want);
}

static void path_is_the_childs(void **state)
{
    struct exec_fixture *f = *state;
    exec_fixture_file(f, "only-here", "#!/bin/sh\necho found\n", 0700);
    assert_int_equal(RUN(f, "only-here"), 0);
    assert_int_equal(f->result.end, EXEC_NOT_STARTED);
    char path[128];
    snprintf(path, sizeof path, "/nowhere:%s:/bin", f->dir);
    assert_int_equal(child_env_set(&f->env, "PATH", path, NULL), 0);
    assert_int_equal(RUN(f, "only-here"), 0);
    exec_fixture_assert_file(f->out_path, "found\n");
}

static void flood_is_bounded(void **state)
{
    struct exec_fixture *f = *state;
    f->spec.output_max = 1000;
    assert_int_equal(SH(f, "head -c 100000000 /dev/zero | tr '\\0' x; printf end"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 0);
    assert_int_equal(f->result.out.cut, 100000003 - 1000);
    char *text = exec_fixture_read(f->out_path);
    assert_int_equal(strlen(text), f->result.out.bytes);
    assert_true(strlen(text) <= 1064);
    assert_string_equal(text + strlen(text) - 6, "xxxend");
    assert_non_null(strstr(text, "x\n[orgrun: 99999003 bytes cut here]\nx"));
    free(text);
}

static void output_is_redacted(void **state)
{
    struct exec_fixture *f = *state;
    struct redact_set *set;
    assert_int_equal(redact_set_new(&set, NULL), 0);
    assert_int_equal(redact_set_add(set, "ASIAEXAMPLESECRET", 17, NULL), 0);
    f->spec.redact = set;
    /* In two writes with a pause between that the reader sees. */
    assert_int_equal(SH(f, "printf 'k=ASIAEXAM'; sleep 0.05; echo PLESECRET;"
                           "echo 'bad ASIAEXAMPLESECRET' >&2"),
                     0);
    exec_fixture_assert_file(f->out_path, "k=[redacted]\n");
    exec_fixture_assert_file(f->err_path, "bad [redacted]\n");
    assert_string_equal(f->result.first_line, "bad [redacted]");
    redact_set_free(set);
}

static void second_attempt_replaces_the_first(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(SH(f, "echo a long first attempt"), 0);
    assert_int_equal(SH(f, "echo second"), 0);
    exec_fixture_assert_file(f->out_path, "second\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, exec_fixture_setup, exec_fixture_teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(ends),
        TEST(outputs_are_kept_apart),
        TEST(silence_leaves_empty_files),
        TEST(only_the_given_environment),
        TEST(descriptors_do_not_leak),
        TEST(closed_standard_descriptors),
        TEST(signals_are_reset),
        TEST(session_of_its_own),
        TEST(works_in_cwd),
        TEST(path_is_the_childs),
        TEST(flood_is_bounded),
        TEST(output_is_redacted),
        TEST(second_attempt_replaces_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
