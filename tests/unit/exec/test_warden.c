// SPDX-License-Identifier: MIT
// Tests of the warden: whatever kills the process that runs children, their groups go with it.
#include "exec/warden.h"

#include "exec/exec.h"
#include "unit/exec/process.h"
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that plays orgrun, and the pipe on which it tells pids. */
struct victim {
    pid_t pid;
    int pipe;
};

static struct victim victim_start(void (*live)(int pipe))
{
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    struct victim v = {.pid = fork(), .pipe = fds[0]};
    assert_true(v.pid >= 0);
    if (v.pid == 0) {
        live(fds[1]);
        for (;;)
            pause();
    }
    close(fds[1]);
    return v;
}

static void tell(int pipe, pid_t pid)
{
    if (write(pipe, &pid, sizeof pid) != (ssize_t)sizeof pid)
        _exit(1);
}

static pid_t hear(const struct victim *v)
{
    pid_t pid = 0;
    assert_int_equal(read(v->pipe, &pid, sizeof pid), sizeof pid);
    assert_true(pid > 1);
    return pid;
}

static void victim_kill(struct victim *v, int sig)
{
    int status;
    assert_int_equal(kill(v->pid, sig), 0);
    assert_int_equal(waitpid(v->pid, &status, 0), v->pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == sig);
    close(v->pipe);
}

/* A group of two processes that do nothing until they are killed. */
static pid_t make_group(void)
{
    pid_t leader = fork();
    if (leader == 0) {
        (void)setsid();
        (void)close_range(3, ~0U, 0); /* as execve would: the warden's pipe among them */
        (void)!fork();
        for (;;)
            pause();
    }
    while (leader > 0 && process_group_size(leader) < 2)
        (void)poll(NULL, 0, 1);
    return leader;
}

/* Three groups of which the table names two. */
static void keep_groups(int pipe)
{
    struct warden *w;
    if (warden_new(&w, 4, NULL))
        _exit(1);
    tell(pipe, warden_pid(w));
    for (unsigned i = 0; i < 3; i++) {
        pid_t group = make_group();
        if (i < 2)
            atomic_store(&warden_slot(w, 3 * i)->group, group);
        tell(pipe, group);
    }
}

static void groups_in_the_table_are_killed(void **state)
{
    (void)state;
    static const int signals[] = {SIGKILL, SIGTERM, SIGABRT};
    for (size_t i = 0; i < COUNT(signals); i++) {
        struct victim v = victim_start(keep_groups);
        pid_t warden = hear(&v), first = hear(&v), last = hear(&v), unlisted = hear(&v);
        assert_true(process_lives(warden));
        /* What a terminal or a service manager sends to every process does not end it. */
        assert_int_equal(kill(warden, SIGTERM), 0);
        assert_int_equal(kill(warden, SIGHUP), 0);
        assert_int_equal(kill(warden, SIGINT), 0);
        assert_int_equal(process_group_size(first), 2);
        victim_kill(&v, signals[i]);
        assert_true(process_group_ends(first));
        assert_true(process_group_ends(last));
        assert_true(process_ends(warden));
        assert_int_equal(process_group_size(unlisted), 2);
        assert_int_equal(kill(-unlisted, SIGKILL), 0);
        assert_true(process_group_ends(unlisted));
    }
}

#define CHILDREN 4

struct child {
    struct exec *x;
    unsigned slot;
    int pipe;
};

/* A real child, whose own children write their pids, as the shell does, to the victim's pipe by
 * way of its name under /proc. */
static void *run_child(void *arg)
{
    const struct child *c = arg;
    static const char *const parent[] = {"PATH=/usr/bin:/bin", NULL};
    struct child_env env;
    struct exec_result result;
    char shell[] = "/bin/sh", option[] = "-c", script[256];
    snprintf(script, sizeof script,
             "trap '' TERM HUP; sleep 600 & sleep 600 & echo $$ >/proc/%d/fd/%d; wait; wait",
             (int)getpid(), c->pipe);
    char *argv[] = {shell, option, script, NULL};
    if (child_env_init(&env, parent, NULL, NULL))
        _exit(1);
    char out[96], complaints[96];
    snprintf(out, sizeof out, "/tmp/orgrun-warden-%d-%u.out", (int)getppid(), c->slot);
    snprintf(complaints, sizeof complaints, "/tmp/orgrun-warden-%d-%u.err", (int)getppid(),
             c->slot);
    const struct exec_spec spec = {.slot = c->slot,
                                   .argv = argv,
                                   .env = &env,
                                   .output_max = 4096,
                                   .stdout_path = out,
                                   .stderr_path = complaints};
    (void)exec_run(c->x, &spec, &result, NULL);
    _exit(1); /* they were not to end by themselves */
}

static void run_children(int pipe)
{
    static struct child children[CHILDREN];
    struct exec *x;
    if (exec_new(&x, CHILDREN, clock_system, NULL, NULL))
        _exit(1);
    for (unsigned i = 0; i < CHILDREN; i++) {
        pthread_t thread;
        children[i] = (struct child){.x = x, .slot = i, .pipe = pipe};
        if (pthread_create(&thread, NULL, run_child, &children[i]))
            _exit(1);
    }
}

static void children_die_with_us(void **state)
{
    (void)state;
    struct victim v = victim_start(run_children);
    FILE *lines = fdopen(dup(v.pipe), "r");
    assert_non_null(lines);
    pid_t groups[CHILDREN];
    for (size_t i = 0; i < CHILDREN; i++) {
        int pid;
        assert_int_equal(fscanf(lines, "%d", &pid), 1);
        groups[i] = pid;
        assert_int_equal(process_group_size(pid), 3);
    }
    fclose(lines);
    victim_kill(&v, SIGKILL);
    for (size_t i = 0; i < CHILDREN; i++)
        assert_true(process_group_ends(groups[i]));
    for (unsigned i = 0; i < CHILDREN; i++) {
        char path[96];
        snprintf(path, sizeof path, "/tmp/orgrun-warden-%d-%u.out", (int)getpid(), i);
        assert_int_equal(unlink(path), 0);
        snprintf(path, sizeof path, "/tmp/orgrun-warden-%d-%u.err", (int)getpid(), i);
        assert_int_equal(unlink(path), 0);
    }
}

static void keeps_nothing_of_ours_open(void **state)
{
    (void)state;
    struct warden *w;
    int ours = open("/dev/null", O_RDWR);
    assert_int_equal(warden_new(&w, 1, NULL), 0);
    pid_t pid = warden_pid(w);
    char path[64], cwd[16] = "";
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
    for (int ms = 0; ms < PROCESS_WAIT_MS && strcmp(cwd, "/") != 0; ms++) { /* its last step */
        ssize_t n = readlink(path, cwd, sizeof cwd - 1);
        cwd[n > 0 ? n : 0] = '\0';
        (void)poll(NULL, 0, 1);
    }
    assert_string_equal(cwd, "/");
    assert_int_equal(getsid(pid), pid);
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        assert_string_equal(e->d_name, "0");
        n++;
    }
    if (dir) /* without CAP_SYS_PTRACE nobody may look into one that cannot be dumped */
        closedir(dir);
    assert_int_equal(n, dir != NULL);
    warden_free(w, NULL);
    assert_false(process_lives(pid));
    close(ours);
}

struct heard {
    int calls;
    char message[128];
};

static void note(void *user, enum orgrun_log_level level, const char *message)
{
    struct heard *h = user;
    assert_int_equal(level, ORGRUN_LOG_WARNING);
    snprintf(h->message, sizeof h->message, "%s", message);
    h->calls++;
}

static void its_own_death_is_told(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct log log = {.write = note, .user = &heard};
    struct warden *w;
    assert_int_equal(warden_new(&w, 1, NULL), 0);
    warden_free(w, &log);
    assert_int_equal(heard.calls, 0);
    assert_int_equal(warden_new(&w, 1, NULL), 0);
    assert_int_equal(kill(warden_pid(w), SIGKILL), 0);
    assert_true(process_ends(warden_pid(w)));
    warden_free(w, &log);
    assert_int_equal(heard.calls, 1);
    assert_string_equal(heard.message, "the warden process had ended before its time (status 9)");
    warden_free(NULL, &log);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_in_the_table_are_killed),
        cmocka_unit_test(children_die_with_us),
        cmocka_unit_test(keeps_nothing_of_ours_open),
        cmocka_unit_test(its_own_death_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
