// SPDX-License-Identifier: MIT
// Making and freeing a context; asking its run to stop.
#include "fanout/context.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/secret.h"
#include "orgrun/run.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

extern char **environ;

const char *orgrun_version(void)
{
    return ORGRUN_VERSION;
}

/* Serialises the embedder's log function, as its contract says. */
static void locked_log(void *user, enum orgrun_log_level level, const char *message)
{
    struct orgrun_ctx *ctx = user;
    pthread_mutex_lock(&ctx->log_lock);
    ctx->log_fn(ctx->log_user, level, message);
    pthread_mutex_unlock(&ctx->log_lock);
}

static const char *find_env(const struct strv *env, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < env->len; i++)
        if (strncmp(env->items[i], name, n) == 0 && env->items[i][n] == '=' && env->items[i][n + 1])
            return env->items[i] + n + 1;
    return NULL;
}

/* $XDG_STATE_HOME/orgrun, else ~/.local/state/orgrun (XDG Base Directory Specification). */
static int choose_state_dir(struct orgrun_ctx *ctx, const char *wanted, struct orgrun_error *err)
{
    if (wanted) {
        ctx->state_dir = strdup(wanted);
        return ctx->state_dir ? 0 : error_nomem(err);
    }
    const char *xdg = find_env(&ctx->environment, "XDG_STATE_HOME");
    const char *home = find_env(&ctx->environment, "HOME");
    if (xdg && xdg[0] == '/')
        ctx->state_dir = fs_join(xdg, "orgrun");
    else if (home)
        ctx->state_dir = fs_join(home, ".local/state/orgrun");
    else {
        (void)error_set(err, ORGRUN_EUSAGE,
                        "no state directory: neither XDG_STATE_HOME nor HOME is set");
        return error_hint(err, "name one with --state DIR");
    }
    return ctx->state_dir ? 0 : error_nomem(err);
}

static int copy_environment(struct orgrun_ctx *ctx, const char *const *env,
                            struct orgrun_error *err)
{
    char *const *own = environ;
    for (size_t i = 0; env ? env[i] != NULL : own[i] != NULL; i++)
        if (strv_push(&ctx->environment, env ? env[i] : own[i]))
            return error_nomem(err);
    return 0;
}

static int copy_optional(char **out, const char *text, struct orgrun_error *err)
{
    *out = text ? strdup(text) : NULL;
    return text && !*out ? error_nomem(err) : 0;
}

int orgrun_ctx_new(struct orgrun_ctx **out, const struct orgrun_ctx_opts *opts,
                   struct orgrun_error *err)
{
    static const struct orgrun_ctx_opts none;
    if (!opts)
        opts = &none;
    *out = NULL;
    struct orgrun_ctx *ctx = calloc(1, sizeof *ctx);
    if (!ctx)
        return error_nomem(err);
    pthread_mutex_init(&ctx->log_lock, NULL);
    pthread_mutex_init(&ctx->run_lock, NULL);
    ctx->clock = clock_system;
    ctx->refresh = opts->refresh;
    ctx->log_fn = opts->log;
    ctx->log_user = opts->log_user;
    ctx->mfa = opts->mfa;
    ctx->mfa_user = opts->mfa_user;
    ctx->log = (struct log){opts->log ? locked_log : NULL, ctx, opts->log_least};
    ctx->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = ctx->stop_fd < 0 ? error_set_errno(err, ORGRUN_EIO, errno, "cannot create an eventfd")
                              : copy_environment(ctx, opts->environment, err);
    if (rc == 0)
        rc = choose_state_dir(ctx, opts->state_dir, err);
    if (rc == 0)
        rc = copy_optional(&ctx->profile, opts->profile, err);
    if (rc == 0)
        rc = copy_optional(&ctx->region, opts->region, err);
    if (rc == 0)
        rc = copy_optional(&ctx->mfa_serial, opts->mfa_serial, err);
    if (rc) {
        orgrun_ctx_free(ctx);
        return rc;
    }
    *out = ctx;
    return 0;
}

void orgrun_ctx_free(struct orgrun_ctx *ctx)
{
    if (!ctx)
        return;
    for (size_t i = 0; i < ctx->environment.len; i++) /* it held the source credentials */
        secret_wipe(ctx->environment.items[i], strlen(ctx->environment.items[i]));
    strv_clear(&ctx->environment);
    free(ctx->state_dir);
    free(ctx->profile);
    free(ctx->region);
    free(ctx->mfa_serial);
    if (ctx->stop_fd >= 0)
        close(ctx->stop_fd);
    pthread_mutex_destroy(&ctx->log_lock);
    pthread_mutex_destroy(&ctx->run_lock);
    free(ctx);
}

const char *orgrun_ctx_state_dir(const struct orgrun_ctx *ctx)
{
    return ctx->state_dir;
}

void context_stop_reset(struct orgrun_ctx *ctx)
{
    uint64_t count;
    atomic_store(&ctx->stop_signal, 0);
    atomic_store(&ctx->stop_count, 0);
    while (read(ctx->stop_fd, &count, sizeof count) > 0)
        ;
}

void orgrun_run_stop(struct orgrun_ctx *ctx, int signum)
{
    int saved = errno, none = 0;
    (void)atomic_compare_exchange_strong(&ctx->stop_signal, &none, signum);
    atomic_fetch_add(&ctx->stop_count, 1);
    uint64_t one = 1;
    ssize_t n = write(ctx->stop_fd, &one, sizeof one);
    (void)n; /* only fails when the counter is full, and then it is readable already */
    errno = saved;
}
