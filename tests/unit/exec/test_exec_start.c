// SPDX-License-Identifier: MIT
// Tests of exec_run where the program does not start: the exact reason, and nothing left behind.
#include "unit/exec/exec_fixture.h"

#include "exec/spawn.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Replaces each "@" by the fixture's directory; one of a few static places. */
static const char *in_dir(const struct exec_fixture *f, const char *text)
{
    static char places[4][512];
    static size_t turn;
    char *out = places[turn++ % 4];
    size_t n = 0;
    for (; *text; text++)
        n += *text == '@' ? (size_t)snprintf(out + n, 512 - n, "%s", f->dir)
                          : (size_t)snprintf(out + n, 512 - n, "%c", *text);
    out[n] = '\0';
    return out;
}

static int open_descriptors(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

/* Not started, for this reason; no file, no descriptor and no outcome of an earlier run is left. */
static void assert_not_started(struct exec_fixture *f, int rc, const char *message,
                               const char *hint)
{
    assert_int_equal(rc, 0);
    assert_int_equal(f->err.code, ORGRUN_ESPAWN);
    assert_string_equal(f->err.message, message);
    assert_string_equal(f->err.hint, hint);
    assert_int_equal(f->result.end, EXEC_NOT_STARTED);
    assert_int_equal(f->result.exit_code, -1);
    assert_int_equal(f->result.signal, 0);
    assert_int_equal(f->result.duration_ms, 0);
    assert_true(f->result.started_ms > 0);
    assert_string_equal(f->result.out.sha256, "");
    assert_string_equal(f->result.err_.sha256, "");
    assert_string_equal(f->result.first_line, "");
    assert_int_equal(access(f->out_path, F_OK), -1);
    assert_int_equal(access(f->err_path, F_OK), -1);
}

#define PATH_HINT                                                                                  \
    "install it or give its full path; a child's PATH is that of orgrun unless the task's env "    \
    "sets another"
#define INTERPRETER_HINT                                                                           \
    "look at the '#!' line of a script (and for a carriage return at its end), or at the loader "  \
    "a binary was built for"

/* "@" is the directory that holds the files made below. */
static const struct {
    const char *program, *path, *cwd, *message, *hint;
} cases[] = {
    {"no-such-program", NULL, NULL, "cannot start no-such-program: not found in PATH", PATH_HINT},
    {"true", "/nowhere:/etc/passwd", NULL, "cannot start true: not found in PATH", PATH_HINT},
    {"@/absent", NULL, NULL, "cannot start @/absent: there is no such file", ""},
    {"/etc/passwd/tool", NULL, NULL, "cannot start /etc/passwd/tool: there is no such file", ""},
    {"./absent", NULL, "@", "cannot start ./absent: there is no such file",
     "the path is taken from the task's directory, @"},
    {"", NULL, NULL, "cannot start a program: its name is empty", ""},
    {"@/plain", NULL, NULL, "cannot start @/plain: it is not executable", "chmod +x @/plain"},
    {"./plain", NULL, "@", "cannot start ./plain: it is not executable", "chmod +x ./plain"},
    {"plain", "/nowhere:@:/bin", NULL, "cannot start @/plain: it is not executable",
     "chmod +x @/plain"},
    {"@", NULL, NULL, "cannot start @: it is a directory", ""},
    {"@/orphan", NULL, NULL, "cannot start @/orphan: the interpreter of @/orphan does not exist",
     INTERPRETER_HINT},
    {"orphan", "/nowhere:@", NULL,
     "cannot start orphan: the interpreter of @/orphan does not exist", INTERPRETER_HINT},
    {"./orphan", NULL, "@", "cannot start ./orphan: the interpreter of ./orphan does not exist",
     INTERPRETER_HINT},
    {"true", NULL, "/nowhere/at all",
     "cannot start true: cannot enter directory /nowhere/at all: No such file or directory", ""},
    {"true", NULL, "@/plain", "cannot start true: cannot enter directory @/plain: Not a directory",
     ""},
};

static void reasons(void **state)
{
    struct exec_fixture *f = *state;
    exec_fixture_file(f, "plain", "echo no\n", 0600);
    exec_fixture_file(f, "orphan", "#!/nowhere/sh\r\n", 0700);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char program[128], cwd[128], message[512];
        snprintf(program, sizeof program, "%s", in_dir(f, cases[i].program));
        snprintf(cwd, sizeof cwd, "%s", in_dir(f, cases[i].cwd ? cases[i].cwd : ""));
        snprintf(message, sizeof message, "%s", in_dir(f, cases[i].message));
        const char *path = cases[i].path ? in_dir(f, cases[i].path) : "/usr/bin:/bin";
        assert_int_equal(child_env_set(&f->env, "PATH", path, NULL), 0);
        f->spec.cwd = cases[i].cwd ? cwd : NULL;
        int before = open_descriptors();
        int rc = RUN(f, program);
        assert_not_started(f, rc, message, in_dir(f, cases[i].hint));
        assert_int_equal(open_descriptors(), before);
    }
}

static void wrong_format(void **state)
{
    struct exec_fixture *f = *state;
    struct utsname machine;
    assert_int_equal(uname(&machine), 0);
    char hint[256];
    snprintf(hint, sizeof hint, "a script needs a '#!' line, a binary must be built for %s",
             machine.machine);
    static const char *const texts[] = {"echo no first line\n", "",
                                        "\x7f"
                                        "ELF of nothing"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s", exec_fixture_file(f, "tool", texts[i], 0700));
        int rc = RUN(f, path);
        assert_not_started(
            f, rc, in_dir(f, "cannot start @/tool: not a program that this machine can run"), hint);
        unlink(path);
    }
}

static void arguments_too_long(void **state)
{
    struct exec_fixture *f = *state;
    char *argument = malloc(200001);
    assert_non_null(argument);
    memset(argument, 'x', 200000);
    argument[200000] = '\0';
    int rc = RUN(f, "true", argument);
    free(argument);
    assert_not_started(
        f, rc, "cannot start true: its arguments and environment are too long (200025 bytes)",
        "hand long values over in a file; one argument may have 128 KiB, all together a quarter "
        "of the stack limit");
}

/* A runner that still works after each of the above. */
static void works_after_a_failure(void **state)
{
    struct exec_fixture *f = *state;
    assert_int_equal(RUN(f, "no-such-program"), 0);
    assert_int_equal(f->result.end, EXEC_NOT_STARTED);
    assert_int_equal(SH(f, "echo yes; exit 3"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(f->result.exit_code, 3);
    assert_int_equal(f->err.code, 0);
    exec_fixture_assert_file(f->out_path, "yes\n");
}

static void names_no_path_can_have(void **state)
{
    struct exec_fixture *f = *state;
    char name[301], message[512];
    memset(name, 'n', 300);
    name[300] = '\0';
    snprintf(message, sizeof message, "cannot start %s: File name too long", name);
    int rc = RUN(f, name);
    assert_not_started(f, rc, message, "");
}

/* A spawner that fails `times` times in one way, and then is the system's. */
struct refusal {
    int times, stage, errnum, calls;
};

static int refuse(void *self, const struct spawn_request *request, struct spawn_child *child)
{
    struct refusal *r = self;
    if (r->calls++ >= r->times)
        return spawn_system.spawn(NULL, request, child);
    request->slot->report = (struct warden_report){.stage = r->stage, .errnum = r->errnum};
    return -1;
}

static const struct spawn_ops refusing = {refuse};

static void no_process(void **state)
{
    static const struct {
        int stage, errnum;
        const char *message, *hint;
    } failures[] = {
        {SPAWN_CLONE, EAGAIN,
         "cannot start true: cannot make a process: Resource temporarily unavailable",
         "raise the limits on processes (ulimit -u, the cgroup's pids.max), descriptors "
         "(ulimit -n) or memory, or lower the concurrency"},
        {SPAWN_SETUP, EPERM,
         "cannot start true: cannot set its process up: Operation not permitted", ""},
        {SPAWN_EXEC, EIO, "cannot start /usr/bin/true: Input/output error", ""},
    };
    struct exec_fixture *f = *state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        struct refusal r = {.times = 1, .stage = failures[i].stage, .errnum = failures[i].errnum};
        exec_set_spawn(f->x, &refusing, &r);
        int rc = RUN(f, "true");
        assert_not_started(f, rc, failures[i].message, failures[i].hint);
        assert_int_equal(r.calls, 1);
    }
}

/* Busy with another thread's child between clone and execve: tried again, but not for ever. */
static void busy_program(void **state)
{
    struct exec_fixture *f = *state;
    struct refusal passes = {.times = 3, .stage = SPAWN_EXEC, .errnum = ETXTBSY};
    exec_set_spawn(f->x, &refusing, &passes);
    assert_int_equal(RUN(f, "true"), 0);
    assert_int_equal(f->result.end, EXEC_EXITED);
    assert_int_equal(passes.calls, 4);
    struct refusal stays = {.times = 100, .stage = SPAWN_EXEC, .errnum = ETXTBSY};
    exec_set_spawn(f->x, &refusing, &stays);
    int rc = RUN(f, "true");
    assert_not_started(f, rc, "cannot start /usr/bin/true: Text file busy", "");
    assert_int_equal(stays.calls, 8);
}

static void after_a_stop(void **state)
{
    struct exec_fixture *f = *state;
    exec_stop(f->x, EXEC_GENTLY);
    assert_int_equal(SH(f, "echo never"), 0);
    assert_int_equal(f->result.end, EXEC_CANCELLED);
    assert_int_equal(f->result.exit_code, -1);
    assert_int_equal(f->err.code, 0);
    assert_string_equal(f->result.out.sha256, "");
    assert_int_equal(access(f->out_path, F_OK), -1);
}

static void no_place_for_output(void **state)
{
    struct exec_fixture *f = *state;
    f->spec.stderr_path = "/nowhere/err";
    int rc = SH(f, "echo never");
    assert_int_equal(rc, ORGRUN_EIO);
    assert_int_equal(f->err.code, ORGRUN_EIO);
    assert_string_equal(f->err.message, "cannot create /nowhere/err: No such file or directory");
    assert_int_equal(access(f->out_path, F_OK), -1);
}

static void no_descriptors(void **state)
{
    struct exec_fixture *f = *state;
    struct rlimit before, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){.rlim_cur = (rlim_t)open_descriptors() + 1, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    int rc = SH(f, "echo never");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(rc, ORGRUN_EIO);
    assert_string_equal(f->err.message, "cannot make a pipe: Too many open files");
    assert_string_equal(f->err.hint,
                        "raise the limit on open files (ulimit -n) or lower the concurrency");
    assert_int_equal(access(f->out_path, F_OK), -1);
    assert_int_equal(SH(f, "echo again"), 0);
    exec_fixture_assert_file(f->out_path, "again\n");
}

static void ignored_children(void **state)
{
    (void)state;
    static const struct sigaction refused[] = {{.sa_handler = SIG_IGN},
                                               {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct sigaction before;
        struct exec *x = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(sigaction(SIGCHLD, &refused[i], &before), 0);
        int rc = exec_new(&x, 1, clock_system, NULL, &err);
        assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
        assert_int_equal(rc, ORGRUN_EUSAGE);
        assert_string_equal(err.message, "SIGCHLD is ignored: how children end would not be known");
        assert_string_equal(err.hint, "set its disposition to SIG_DFL before a run");
        assert_null(x);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, exec_fixture_setup, exec_fixture_teardown)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(reasons),
        TEST(wrong_format),
        TEST(arguments_too_long),
        TEST(works_after_a_failure),
        TEST(names_no_path_can_have),
        TEST(no_process),
        TEST(busy_program),
        TEST(after_a_stop),
        TEST(no_place_for_output),
        TEST(no_descriptors),
        cmocka_unit_test(ignored_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
