// SPDX-License-Identifier: MIT
// Access: the way into the accounts that a job or a session asks for, when it is not AssumeRole.
#ifndef ORGRUN_FANOUT_ACCESS_H
#define ORGRUN_FANOUT_ACCESS_H

#include "aws/portal.h"
#include "fanout/renewal.h"
#include "fanout/source.h"

/* "sso:SESSION/ROLE": how plans and messages call what stands in a role's place. Heap; NULL = out
 * of memory. */
char *access_name(const char *sso_session, const char *sso_role);

/* The portal of an sso-session; a login that is too old is known here, before anything is run. Call
 * after source_connect; source outlives it. As portal_new. */
int access_open(struct portal **out, struct source *source, const char *sso_session,
                const char *sso_role, struct orgrun_error *err);

/* The options of a broker that opens sessions that way: through the portal, or with NULL by
 * AssumeRole. terms are borrowed for its life, as is the source. */
struct broker_opts access_broker_opts(struct source *source, struct portal *p,
                                      const struct sts_terms *terms);

/* Keeps the login good. It is lost only when AWS says so: sessions that are open outlive it. */
struct renewable access_renewable(struct portal *p, const struct source *source);

#endif
