// SPDX-License-Identifier: MIT
// What a person sees of a run while it is under way, on standard error, painted by a thread of its
// own so that a slow terminal does not hold the run up.
#ifndef ORGRUN_CLI_VIEW_H
#define ORGRUN_CLI_VIEW_H

#include "cli/terminal.h"
#include "orgrun/orgrun.h"

enum view_progress { VIEW_AUTO = 0, VIEW_PLAIN, VIEW_NONE };

/* `live` wants a terminal that can move its cursor; without it, lines. */
struct view_opts {
    struct terminal terminal; /* of standard error */
    enum view_progress progress;
    bool quiet;         /* nothing but failed and error targets */
    bool json;          /* events and diagnostics as JSON lines */
    bool stdout_shared; /* a report goes to this terminal while the run is under way */
    int verbose;
    const char *job; /* its name */
};

struct view;

/* Starts the view; NULL with err when there is no memory, descriptor or thread for it. */
struct view *view_start(const struct view_opts *opts, struct orgrun_error *err);

/* The state directory, for the first line; before the run starts. Copied. */
void view_set_state(struct view *v, const char *state_dir);

/* An orgrun_event_fn and an orgrun_log_fn; user is the view. */
void view_event(void *user, const struct orgrun_event *event);
void view_log(void *user, enum orgrun_log_level level, const char *message);

/* The eventfd that has the view look around at once. Borrowed. */
int view_wake_fd(const struct view *v);

/* Writes what is left and, unless result is NULL, how the run ended; clears the live block, shows
 * the cursor and frees the view. NULL is fine. */
void view_finish(struct view *v, const struct orgrun_run_result *result);

#endif
