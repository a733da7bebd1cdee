// SPDX-License-Identifier: MIT
// The trust policies of the roles, and the MFA codes that some of them ask for.
#include "sandbox/form.h"
#include "sandbox/sandbox.h"

#include <string.h>

bool mfa_holds(struct sandbox *sb, const struct call *call, bool *shown, struct answer *answer)
{
    const struct auth_request *r = call->request;
    char serial[257], code[32];
    bool has_code = form_get(r->body, r->body_len, "TokenCode", code, sizeof(code));
    if (!form_get(r->body, r->body_len, "SerialNumber", serial, sizeof(serial)))
        return true;
    *shown = has_code && strcmp(code, sb->opts->mfa_code) == 0 && !sb->mfa_used;
    if (!*shown) {
        answer_xml_error(answer, ANSWER_STS_XMLNS, 403, "AccessDenied",
                         "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
        return false;
    }
    sb->mfa_used = true;
    return true;
}

static bool asks_mfa(const struct faults *f, const char *account)
{
    return strcmp(f->ask_mfa, "all") == 0 || strcmp(f->ask_mfa, account) == 0;
}

/* Without a hub every role trusts the source and no role; with one, its role trusts the source and
 * the others trust that role alone. */
static bool trusts(const struct faults *f, const struct key *caller, const char *account)
{
    bool is_role = caller->kind == KEY_ROLE;
    if (!f->hub[0] || strcmp(f->hub, account) == 0)
        return !is_role;
    return is_role && strcmp(caller->account, f->hub) == 0;
}

bool trust_holds(const struct sandbox *sb, const struct key *caller, const char *account,
                 const char *role, const char *external_id, bool shown)
{
    const struct org_account *target = org_find(&sb->org, account);
    const struct options *opts = sb->opts;
    return target && !target->denied && !target->suspended &&
           trusts(&sb->faults, caller, account) && strcmp(role, opts->role) == 0 &&
           (!opts->external_id || strcmp(external_id, opts->external_id) == 0) &&
           (!asks_mfa(&sb->faults, account) || shown || caller->mfa);
}
