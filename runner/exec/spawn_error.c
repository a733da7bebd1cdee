// SPDX-License-Identifier: MIT
// Why a program could not be started, in words.
#include "base/cleanup.h"
#include "base/fs.h"
#include "exec/spawn.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* As the child saw the path, whose working directory may not be ours. False when nothing is there.
 */
static bool stat_as_child(const struct spawn_request *request, const char *path, struct stat *st)
{
    if (path[0] == '/' || !request->cwd)
        return stat(path, st) == 0;
    AUTO(free_ptr) char *joined = fs_join(request->cwd, path);
    return joined && stat(joined, st) == 0;
}

/* The path at which a file is although execve found nothing: then something it needs is missing. */
static const char *existing(const struct spawn_request *request)
{
    struct stat st;
    for (size_t i = 0; request->program->paths[i]; i++) {
        const char *path = request->program->paths[i];
        if (stat_as_child(request, path, &st) && S_ISREG(st.st_mode))
            return path;
    }
    return NULL;
}

static void not_found(const struct spawn_request *request, const char *path,
                      struct orgrun_error *err)
{
    const struct program *program = request->program;
    const char *there = existing(request);
    if (there) {
        error_set(err, ORGRUN_ESPAWN, "cannot start %s: the interpreter of %s does not exist",
                  program->name, there);
        error_hint(err, "look at the '#!' line of a script (and for a carriage return at its "
                        "end), or at the loader a binary was built for");
    } else if (program->name[0] == '\0') {
        error_set(err, ORGRUN_ESPAWN, "cannot start a program: its name is empty");
    } else if (program->searched) {
        error_set(err, ORGRUN_ESPAWN, "cannot start %s: not found in PATH", program->name);
        error_hint(err, "install it or give its full path; a child's PATH is that of orgrun "
                        "unless the task's env sets another");
    } else {
        error_set(err, ORGRUN_ESPAWN, "cannot start %s: there is no such file", path);
        if (path[0] != '/' && request->cwd)
            error_hint(err, "the path is taken from the task's directory, %s", request->cwd);
    }
}

static void denied(const struct spawn_request *request, const char *path, struct orgrun_error *err)
{
    struct stat st;
    bool there = stat_as_child(request, path, &st);
    if (there && S_ISDIR(st.st_mode)) {
        error_set(err, ORGRUN_ESPAWN, "cannot start %s: it is a directory", path);
    } else if (there && S_ISREG(st.st_mode) && (st.st_mode & 0111) == 0) {
        error_set(err, ORGRUN_ESPAWN, "cannot start %s: it is not executable", path);
        error_hint(err, "chmod +x %s", path);
    } else {
        error_set_errno(err, ORGRUN_ESPAWN, EACCES, "cannot start %s", path);
    }
}

static void wrong_format(const struct spawn_request *request, const char *path,
                         struct orgrun_error *err)
{
    (void)request;
    struct utsname machine;
    const char *processor = uname(&machine) == 0 ? machine.machine : "this machine";
    error_set(err, ORGRUN_ESPAWN, "cannot start %s: not a program that this machine can run", path);
    error_hint(err, "a script needs a '#!' line, a binary must be built for %s", processor);
}

static void too_big(const struct spawn_request *request, const char *path, struct orgrun_error *err)
{
    (void)path;
    size_t bytes = 0;
    char *const *const vectors[] = {request->argv, request->envp};
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++)
        for (char *const *item = vectors[v]; *item; item++)
            bytes += strlen(*item) + 1;
    error_set(err, ORGRUN_ESPAWN,
              "cannot start %s: its arguments and environment are too long (%zu bytes)",
              request->program->name, bytes);
    error_hint(err, "hand long values over in a file; one argument may have 128 KiB, all together "
                    "a quarter of the stack limit");
}

static void exec_error(const struct spawn_request *request, struct orgrun_error *err)
{
    static const struct {
        int errnum;
        void (*explain)(const struct spawn_request *, const char *path, struct orgrun_error *);
    } known[] = {
        {ENOENT, not_found}, {ENOTDIR, not_found},    {EACCES, denied},
        {E2BIG, too_big},    {ENOEXEC, wrong_format},
    };
    const struct warden_report *report = &request->slot->report;
    const char *path = request->program->paths[report->path];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].errnum == report->errnum) {
            known[i].explain(request, path, err);
            return;
        }
    }
    error_set_errno(err, ORGRUN_ESPAWN, report->errnum, "cannot start %s", path);
}

void spawn_error(const struct spawn_request *request, struct orgrun_error *err)
{
    const struct warden_report *report = &request->slot->report;
    const char *name = request->program->name;
    switch ((enum spawn_stage)report->stage) {
    case SPAWN_EXEC:
        exec_error(request, err);
        break;
    case SPAWN_CHDIR:
        error_set_errno(err, ORGRUN_ESPAWN, report->errnum,
                        "cannot start %s: cannot enter directory %s", name, request->cwd);
        break;
    case SPAWN_CLONE:
        error_set_errno(err, ORGRUN_ESPAWN, report->errnum,
                        "cannot start %s: cannot make a process", name);
        error_hint(err, "raise the limits on processes (ulimit -u, the cgroup's pids.max), "
                        "descriptors (ulimit -n) or memory, or lower the concurrency");
        break;
    default:
        error_set_errno(err, ORGRUN_ESPAWN, report->errnum,
                        "cannot start %s: cannot set its process up", name);
        break;
    }
}
