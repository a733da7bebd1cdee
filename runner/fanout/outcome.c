// SPDX-License-Identifier: MIT
// From one attempt in an account to the record of its target.
#include "fanout/outcome.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "fanout/injection.h"

#include <string.h>

/* The Region a child works in: its target's, or for a once-per-account task the source's. */
static const char *child_region(const struct run *r, const struct target *t)
{
    return t->region[0] ? t->region : r->source.region;
}

static int set_own_vars(const struct run *r, const struct target *t, struct child_env *env,
                        struct orgrun_error *err)
{
    const struct account *a = &t->account->account;
    const struct {
        const char *name, *value;
    } vars[] = {
        {"AWS_REGION", child_region(r, t)},
        {"AWS_DEFAULT_REGION", child_region(r, t)},
        {"ORGRUN_RUN_ID", r->id},
        {"ORGRUN_ACCOUNT_ID", a->id},
        {"ORGRUN_ACCOUNT_NAME", account_label(a)},
        {"ORGRUN_REGION", t->region},
        {"ORGRUN_TASK", t->task->name},
    };
    for (size_t i = 0; i < sizeof vars / sizeof *vars; i++) {
        int rc = child_env_set(env, vars[i].name, vars[i].value, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int set_task_vars(const struct run *r, const struct target *t, struct child_env *env,
                         struct orgrun_error *err)
{
    for (size_t i = 0; i < t->task->env.len; i++) {
        AUTO(free_ptr) char *pair = plan_expand(t, r->id, t->task->env.items[i]);
        char *eq = pair ? strchr(pair, '=') : NULL;
        if (!eq)
            return error_nomem(err);
        *eq = '\0';
        int rc = child_env_set(env, pair, eq + 1, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* runs/<run>/<account>/<region or global>/, made; and the two paths in it, relative. */
static int name_outputs(const struct run *r, const struct target *t, struct attempt_log *log,
                        struct orgrun_error *err)
{
    char dir[256];
    (void)snprintf(dir, sizeof dir, "runs/%s/%s/%s", r->id, t->account->account.id,
                   t->region[0] ? t->region : "global");
    (void)snprintf(log->stdout_path, sizeof log->stdout_path, "%s/%s.stdout", dir, t->task->name);
    (void)snprintf(log->stderr_path, sizeof log->stderr_path, "%s/%s.stderr", dir, t->task->name);
    AUTO(free_ptr) char *path = fs_join(r->ctx->state_dir, dir);
    return path ? fs_mkdirs(path, 0700, err) : error_nomem(err);
}

/* Everything a child needs, prepared; released by child_clear in any state. */
struct child {
    struct child_env env;
    struct redact_set *redact;
    struct injection injection;
    struct strv argv;
    char *cwd, *out, *err;
};

static void child_clear(struct child *c)
{
    injection_end(&c->injection);
    child_env_clear(&c->env);
    redact_set_free(c->redact);
    strv_clear(&c->argv);
    free(c->cwd);
    free(c->out);
    free(c->err);
}

static int child_prepare(struct child *c, struct run *r, const struct target *t,
                         struct credentials *session, struct attempt_log *log,
                         struct orgrun_error *err)
{
    const char *const *parent = (const char *const *)strv_array(&r->ctx->environment);
    int rc = child_env_init(&c->env, parent, &t->task->pass_env, err);
    if (rc == 0)
        rc = set_own_vars(r, t, &c->env, err);
    if (rc == 0)
        rc = set_task_vars(r, t, &c->env, err);
    if (rc == 0)
        rc = redact_set_new(&c->redact, err);
    if (rc == 0) /* last: nothing a job says may stand in the session's place */
        rc = injection_begin(&c->injection, r, t, session, &c->env, c->redact, err);
    if (rc == 0)
        rc = plan_argv(t, r->id, r->scripts[t->task - r->job->tasks], &c->argv, err);
    if (rc == 0)
        rc = name_outputs(r, t, log, err);
    if (rc)
        return rc;
    c->out = fs_join(r->ctx->state_dir, log->stdout_path);
    c->err = fs_join(r->ctx->state_dir, log->stderr_path);
    c->cwd = t->task->cwd ? plan_expand(t, r->id, t->task->cwd) : NULL;
    return c->out && c->err && (c->cwd || !t->task->cwd) ? 0 : error_nomem(err);
}

void outcome_attempt(struct run *r, unsigned slot, const struct target *t,
                     struct credentials *session, struct attempt_log *log)
{
    AUTO(child_clear) struct child c = {0};
    struct orgrun_error err = {0};
    (void)snprintf(log->session_arn, sizeof log->session_arn, "%s", credentials_arn(session));
    int rc = child_prepare(&c, r, t, session, log, &err);
    if (rc == 0) {
        struct exec_spec spec = {
            .slot = slot,
            .argv = strv_array(&c.argv),
            .env = &c.env,
            .cwd = c.cwd,
            .timeout_ms = t->task->timeout_ms,
            .kill_after_ms = t->task->kill_after_ms,
            .output_max = r->job->limits.output,
            .redact = c.redact,
            .stdout_path = c.out,
            .stderr_path = c.err,
        };
        rc = exec_run(r->exec, &spec, &log->result, &err);
    }
    (void)snprintf(log->hint, sizeof log->hint, "%s", err.hint);
    if (rc) {
        log->ran = false;
        log->verdict = (struct verdict){.outcome = ORGRUN_ERROR};
        (void)snprintf(log->verdict.reason, sizeof log->verdict.reason, "%s", err.message);
        return;
    }
    log->ran = log->result.out.sha256[0] != '\0'; /* or there was nothing to start, or a stop */
    char why[256];
    (void)run_stopping(r, why, sizeof why);
    verdict_of(t->task, &log->result, err.message, why, &log->verdict);
}

struct target_record outcome_of(const struct target *t, enum orgrun_outcome outcome,
                                const char *reason, const char *hint)
{
    const struct account *a = &t->account->account;
    return (struct target_record){
        .account_id = a->id,
        .account_name = a->name,
        .ou_path = a->ou_path,
        .region = t->region,
        .task = t->task->name,
        .outcome = outcome,
        .reason = reason,
        .hint = hint && hint[0] ? hint : NULL,
        .exit_code = -1,
    };
}

void outcome_record(struct run *r, const struct target *t, const struct attempt_log *log)
{
    struct target_record rec = outcome_of(t, log->verdict.outcome, log->verdict.reason, log->hint);
    rec.attempts = log->attempts;
    rec.session_arn = log->session_arn[0] ? log->session_arn : NULL;
    if (log->ran) {
        const struct exec_result *x = &log->result;
        rec.first_line = x->first_line[0] ? x->first_line : NULL;
        rec.exit_code = x->exit_code;
        rec.signal = x->signal;
        rec.started_ms = x->started_ms;
        rec.duration_ms = x->duration_ms;
        rec.stdout_path = log->stdout_path;
        rec.stdout_bytes = (int64_t)x->out.bytes;
        rec.stdout_cut = (int64_t)x->out.cut;
        rec.stdout_sha256 = x->out.sha256;
        rec.stderr_path = log->stderr_path;
        rec.stderr_bytes = (int64_t)x->err_.bytes;
        rec.stderr_cut = (int64_t)x->err_.cut;
        rec.stderr_sha256 = x->err_.sha256;
    }
    struct orgrun_error err = {0};
    if (store_put_target(r->writer, &rec, &err))
        run_stop(r, STOP_RECORD, "%s", err.message);
}
