// SPDX-License-Identifier: MIT
// The view's thread, its lines and its live block.
#include "cli/view.h"

#include "cli/eventlog.h"
#include "cli/glyph.h"
#include "cli/paint.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/value.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FRAME_MS 100          /* a live block is painted at most so often */
#define FIRST_FRAME_MS 150    /* a run shorter than this shows none */
#define STATUS_MS 10000       /* between two lines of progress */
#define STATUS_IDLE_MS 60000  /* ... when nothing has changed */
#define PENDING_MAX (1 << 16) /* bytes of lines not yet written; then whoever adds waits */

struct view {
    struct view_opts opts;
    bool live;
    int wake_fd;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t written;
    struct progress progress;
    char state_dir[512];
    FILE *pending; /* lines to be written, over `text`; NULL while there are none */
    char *text;
    size_t text_len;
    bool ended;
    /* The thread's own. */
    unsigned stops_told;
    int64_t status_ms;
    size_t status_done;
    char *block; /* painted last, and still on the terminal; or NULL */
};

static void wake(struct view *v)
{
    uint64_t one = 1;
    (void)!write(v->wake_fd, &one, sizeof one);
}

/* Where a new line of the thread's own goes; NULL when there is no memory for it. */
static FILE *line_open(struct view *v)
{
    if (!v->pending)
        v->pending = open_memstream(&v->text, &v->text_len);
    return v->pending;
}

/* The same for all others, who wait while too much is pending. */
static FILE *line_start(struct view *v)
{
    while (v->text_len > PENDING_MAX) {
        wake(v);
        (void)pthread_cond_wait(&v->written, &v->lock);
    }
    return line_open(v);
}

/* Makes what was written to line_start's stream ready for the thread. */
static void line_done(struct view *v)
{
    (void)fflush(v->pending);
    if (!v->live)
        wake(v);
}

/* Takes the lines out; NULL when there are none. To be freed. */
static char *lines_take(struct view *v)
{
    if (!v->pending)
        return NULL;
    (void)fclose(v->pending);
    char *text = v->text;
    v->pending = NULL;
    v->text = NULL;
    v->text_len = 0;
    (void)pthread_cond_broadcast(&v->written);
    return text;
}

static void write_message(struct view *v, FILE *out, const char *level, const char *prefix,
                          const char *text)
{
    if (v->opts.json) {
        eventlog_message(out, level, text, "", value_wall_ms());
        return;
    }
    (void)fputs(prefix, out);
    glyph_write(out, text, v->opts.terminal.unicode);
    (void)fputc('\n', out);
}

static bool is_trouble(const struct orgrun_event *event)
{
    return event->kind == ORGRUN_EVENT_TARGET_DONE &&
           (event->outcome == ORGRUN_FAILED || event->outcome == ORGRUN_ERROR);
}

/* Whether an event has a line of its own. */
static bool has_line(const struct view *v, const struct orgrun_event *event)
{
    const struct view_opts *o = &v->opts;
    if (is_trouble(event))
        return true;
    if (o->quiet)
        return false;
    if (o->json)
        return true;
    switch (event->kind) {
    case ORGRUN_EVENT_RUN_STARTED:
        return !v->live && o->progress != VIEW_NONE;
    case ORGRUN_EVENT_TARGET_DONE:
        return o->verbose > 0;
    case ORGRUN_EVENT_RETRY:
        return !v->live && o->verbose > 0;
    case ORGRUN_EVENT_REPORT:
        return true;
    default:
        return false;
    }
}

static void write_event(struct view *v, FILE *out, const struct orgrun_event *event)
{
    const struct terminal *t = &v->opts.terminal;
    if (v->opts.json) {
        eventlog_event(out, event, value_wall_ms());
        return;
    }
    switch (event->kind) {
    case ORGRUN_EVENT_RUN_STARTED:
        paint_start(out, &v->progress, v->state_dir);
        break;
    case ORGRUN_EVENT_TARGET_DONE:
        paint_done(out, event, t, v->live && v->opts.verbose == 0 ? t->width - 1 : 0);
        break;
    case ORGRUN_EVENT_REPORT:
        (void)fputs("report: ", out);
        glyph_write(out, event->message, t->unicode);
        break;
    default:
        glyph_write(out, event->message, t->unicode);
        break;
    }
    (void)fputc('\n', out);
}

void view_event(void *user, const struct orgrun_event *event)
{
    struct view *v = user;
    (void)pthread_mutex_lock(&v->lock);
    progress_apply(&v->progress, event, value_mono_ms());
    FILE *out = has_line(v, event) ? line_start(v) : NULL;
    if (out) {
        write_event(v, out, event);
        line_done(v);
    }
    (void)pthread_mutex_unlock(&v->lock);
}

void view_log(void *user, enum orgrun_log_level level, const char *message)
{
    struct view *v = user;
    if (v->opts.quiet)
        return;
    (void)pthread_mutex_lock(&v->lock);
    FILE *out = line_start(v);
    if (out) {
        write_message(v, out, eventlog_level(level),
                      level == ORGRUN_LOG_WARNING ? "orgrun: warning: " : "orgrun: ", message);
        line_done(v);
    }
    (void)pthread_mutex_unlock(&v->lock);
}

/* Tells of the first and of the second stop. */
static void notice_stops(struct view *v)
{
    int signum;
    unsigned stops = signals_stops(&signum);
    unsigned told = v->stops_told;
    v->stops_told = stops;
    if (stops <= told || told > 1)
        return;
    const char *text = stops > 1          ? "stopping: killing children"
                       : signum == SIGINT ? "stopping: ending children; press Ctrl-C again to kill "
                                            "them now"
                       : signum == SIGTERM ? "stopping on SIGTERM: ending children"
                                           : "stopping on SIGHUP: ending children";
    FILE *out = line_open(v);
    if (out) {
        write_message(v, out, "warning", "", text);
        line_done(v);
    }
}

/* A line of progress for a log, now and then. */
static void notice_status(struct view *v, int64_t now_ms)
{
    size_t done = progress_done(&v->progress);
    int64_t since = now_ms - v->status_ms;
    if (v->live || v->ended || v->opts.json || v->opts.quiet || v->opts.progress == VIEW_NONE ||
        since < (done == v->status_done ? STATUS_IDLE_MS : STATUS_MS))
        return;
    FILE *out = line_open(v);
    if (!out)
        return;
    paint_status(out, &v->progress, now_ms);
    (void)fputc('\n', out);
    line_done(v);
    v->status_ms = now_ms;
    v->status_done = done;
}

/* The block as it is to be seen now; NULL for none. To be freed. */
static char *block_paint(struct view *v, int64_t now_ms)
{
    char *block = NULL;
    size_t len;
    if (!v->live || v->ended || now_ms - v->progress.began_ms < FIRST_FRAME_MS)
        return NULL;
    FILE *out = open_memstream(&block, &len);
    if (!out)
        return NULL;
    paint_live(out, &v->progress, &v->opts.terminal, now_ms);
    (void)fclose(out);
    return block;
}

/* One frame: over the old block come the lines, then the new block. Line by line, and in one
 * write, so that nothing flickers. */
static void frame_write(FILE *out, struct view *v, const char *lines, const char *block)
{
    if (v->live && (v->block || block)) {
        if (v->block)
            (void)fprintf(
                out, "\r\033[%dA",
                paint_rows(v->block, v->opts.terminal.width ? v->opts.terminal.width : 80));
        else
            (void)fputs("\033[?25l", out);
        if (lines || !block)
            (void)fputs("\033[J", out);
    }
    if (lines)
        (void)fputs(lines, out);
    for (const char *line = block; line && *line;) {
        int n = (int)strcspn(line, "\n");
        (void)fprintf(out, "\033[K%.*s\n", n, line);
        line += n + 1;
    }
    if (block)
        (void)fputs("\033[J", out);
    else if (v->block)
        (void)fputs("\033[?25h", out);
}

static void write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (n == 0 || errno != EINTR)
            return;
    }
}

/* Looks around and writes what there is; painting under the lock, writing outside of it. Returns
 * whether the view has ended. */
static bool look_around(struct view *v)
{
    (void)pthread_mutex_lock(&v->lock);
    int64_t now_ms = value_mono_ms();
    terminal_measure(&v->opts.terminal);
    if (v->live && signals_resumed()) { /* the shell has written below the block */
        free(v->block);
        v->block = NULL;
    }
    bool ended = v->ended;
    notice_stops(v);
    notice_status(v, now_ms);
    char *lines = lines_take(v), *block = block_paint(v, now_ms);
    (void)pthread_mutex_unlock(&v->lock);

    char *frame = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&frame, &len);
    if (out) {
        frame_write(out, v, lines, block);
        (void)fclose(out);
        signals_cursor_hidden(block != NULL);
        write_all(STDERR_FILENO, frame, len);
    }
    free(frame);
    free(lines);
    free(v->block);
    v->block = block;
    return ended;
}

static void *run_view(void *arg)
{
    struct view *v = arg;
    while (!look_around(v)) {
        struct pollfd woken = {.fd = v->wake_fd, .events = POLLIN};
        uint64_t times;
        if (poll(&woken, 1, v->live ? FRAME_MS : STATUS_MS / 10) > 0)
            (void)!read(v->wake_fd, &times, sizeof times);
    }
    return NULL;
}

static void view_free(struct view *v)
{
    if (v->wake_fd >= 0)
        (void)close(v->wake_fd);
    free(lines_take(v));
    free(v->block);
    progress_clear(&v->progress);
    (void)pthread_cond_destroy(&v->written);
    (void)pthread_mutex_destroy(&v->lock);
    free(v);
}

/* Signals belong to the thread that runs the job, and that may wait at a terminal. */
static int start_thread(struct view *v)
{
    sigset_t all, old;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&v->thread, NULL, run_view, v);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc;
}

struct view *view_start(const struct view_opts *opts, struct orgrun_error *err)
{
    struct view *v = calloc(1, sizeof *v);
    if (!v) {
        *err = (struct orgrun_error){ORGRUN_ENOMEM, "out of memory", ""};
        return NULL;
    }
    v->opts = *opts;
    v->live = opts->progress == VIEW_AUTO && opts->terminal.tty && !opts->terminal.dumb &&
              !opts->json && !opts->quiet && !opts->stdout_shared;
    (void)pthread_mutex_init(&v->lock, NULL);
    (void)pthread_cond_init(&v->written, NULL);
    (void)glyph_clean(v->progress.job, sizeof v->progress.job, opts->job, true);
    v->progress.began_ms = v->status_ms = value_mono_ms();
    v->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = v->wake_fd < 0 ? errno : start_thread(v);
    if (rc) {
        *err = (struct orgrun_error){.code = ORGRUN_EIO};
        (void)snprintf(err->message, sizeof err->message, "cannot start the progress view: %s",
                       strerror(rc));
        view_free(v);
        return NULL;
    }
    return v;
}

void view_set_state(struct view *v, const char *state_dir)
{
    (void)pthread_mutex_lock(&v->lock);
    (void)glyph_clean(v->state_dir, sizeof v->state_dir, state_dir, v->opts.terminal.unicode);
    (void)pthread_mutex_unlock(&v->lock);
}

int view_wake_fd(const struct view *v)
{
    return v->wake_fd;
}

void view_finish(struct view *v, const struct orgrun_run_result *result)
{
    if (!v)
        return;
    (void)pthread_mutex_lock(&v->lock);
    FILE *out = result && !v->opts.quiet && !v->opts.json ? line_start(v) : NULL;
    if (out) {
        paint_end(out, &v->progress, result, &v->opts.terminal, value_mono_ms());
        (void)fputc('\n', out);
        line_done(v);
    }
    v->ended = true;
    wake(v);
    (void)pthread_mutex_unlock(&v->lock);
    (void)pthread_join(v->thread, NULL);
    view_free(v);
}
