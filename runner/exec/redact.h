// SPDX-License-Identifier: MIT
// Redaction: planted secrets never survive in a stream, wherever it is cut into reads.
#ifndef ORGRUN_EXEC_REDACT_H
#define ORGRUN_EXEC_REDACT_H

#include "base/secret.h"

#include <stddef.h>

#define REDACT_MARK "[redacted]"

/* The patterns of one child. Secrets may be added while streams are redacted, by any thread: what
 * is fed after redact_set_add has returned is redacted of them, so a secret that is added before a
 * child learns of it never comes out. Nothing is forgotten. */
struct redact_set;
int redact_set_new(struct redact_set **out, struct orgrun_error *err);
/* Adding twice is adding once. A secret of fewer than 8 bytes is refused (it would redact ordinary
 * text): ORGRUN_EUSAGE. ORGRUN_ELIMIT when the forms of all secrets take more than 8 MiB, which is
 * some five hundred sessions. ORGRUN_ENOMEM. After a failure some forms may be in the set. */
int redact_set_add(struct redact_set *s, const char *secret, size_t len, struct orgrun_error *err);
void redact_set_free(struct redact_set *s); /* wipes */

/* One stream. Bytes go in as read, come out through `emit` in order, redacted; up to the longest
 * pattern less one is held back until more comes or redact_finish. */
typedef int redact_emit_fn(void *user, const char *data, size_t len);
struct redactor;
int redactor_new(struct redactor **out, struct redact_set *set, redact_emit_fn *emit, void *user,
                 struct orgrun_error *err);
/* 0, or what emit returned when not 0, or ORGRUN_ENOMEM. */
int redactor_feed(struct redactor *r, const char *data, size_t len);
int redactor_finish(struct redactor *r);
void redactor_free(struct redactor *r); /* wipes what is held */

#endif
