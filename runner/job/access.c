// SPDX-License-Identifier: MIT
// Access: the way into the accounts other than a role to assume.
#include "job/loading.h"

#include <stdlib.h>
#include <string.h>

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-"

/* Source: API Reference of IAM Identity Center, CreatePermissionSet: Name. */
static int permission_set_read(const struct field_at *at, const struct node *value, void *dst,
                               struct orgrun_error *err)
{
    int rc = field_text(at, value, dst, err);
    if (rc == 0 && value->text[strspn(value->text, NAME_CHARS)])
        rc = field_wrong(at, value, err,
                         "the name of a permission set, which holds only letters, digits and "
                         "_+=,.@-");
    return rc;
}

static const struct field sso_fields[] = {
    {"session", field_text, offsetof(struct job_access, sso_session), 1, 128, .required = true},
    {"role", permission_set_read, offsetof(struct job_access, sso_role), 1, 64, .required = true},
};

static int sso_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "a mapping with the keys session and role");
    return field_read_map(at->loading, value, "access.sso", sso_fields,
                          sizeof sso_fields / sizeof *sso_fields, dst, err);
}

static const struct field fields[] = {{"sso", sso_read, 0, .required = true}};

int job_access_read(const struct field_at *at, const struct node *value, void *dst,
                    struct orgrun_error *err)
{
    if (value->kind != NODE_MAP)
        return field_wrong(at, value, err, "a mapping with the key sso");
    return field_read_map(at->loading, value, "access", fields, sizeof fields / sizeof *fields, dst,
                          err);
}

int access_check(const struct loading *l, const struct node *root, struct orgrun_error *err)
{
    static const char hint[] =
        "Sessions are either assumed (role) or come from IAM Identity Center (access), with what "
        "the permission set says: take one of the two away.";
    const struct job_accounts *accounts = &l->job->accounts;
    const struct node_item *role = node_find(root, "role");
    if (role) {
        int rc =
            node_error(&role->mark, err, "\"role\" and \"access\" in the job exclude one another");
        (void)error_hint(err, "%s", hint);
        return rc;
    }
    for (size_t i = 0; i < accounts->list_len; i++) {
        const struct job_entry *e = &accounts->list[i];
        if (!e->role && !e->external_id)
            continue;
        int rc = node_error(&l->marks[i], err,
                            "\"%s\" of account %s and \"access\" in the job exclude one another",
                            e->role ? "role" : "external_id", e->account.id);
        (void)error_hint(err, "%s", hint);
        return rc;
    }
    return 0;
}

void job_access_clear(struct job_access *access)
{
    free(access->sso_session);
    free(access->sso_role);
    *access = (struct job_access){0};
}
