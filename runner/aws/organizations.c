// SPDX-License-Identifier: MIT
// Organizations: ListAccounts page by page.
#include "aws/organizations.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_LEN 20
#define ANSWER_MAX (1024 * 1024)
#define TOKEN_MAX (128 * 1024)
#define TEXT_MAX (8 * 1024)
#define TIMEOUT_MS 30000
#define CONTENT_TYPE "Content-Type: application/x-amz-json-1.1"
#define TARGET "X-Amz-Target: AWSOrganizationsV20161128.ListAccounts"

/* What to do about an error AWS gives. */
static const struct {
    const char *code;
    const char *hint;
} hints[] = {
    {"AWSOrganizationsNotInUseException",
     "The account of these credentials is in no organization. Use credentials of the "
     "organization's "
     "management account, or give the accounts as a list or a file."},
    {"AccessDeniedException",
     "Only the management account or a delegated administrator may list the accounts, and the "
     "caller needs organizations:ListAccounts. Otherwise give the accounts as a list or a file."},
};

DEFINE_CLEANUP(free_json, json_t, json_decref)

void organizations_page_clear(struct organizations_page *p)
{
    for (size_t i = 0; i < p->len; i++)
        account_clear(&p->accounts[i]);
    free(p->accounts);
    free(p->next_token);
    *p = (struct organizations_page){0};
}

static json_t *load(const char *json, size_t len, json_error_t *error)
{
    return json_loadb(json, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, error);
}

/* Copies a member that may be missing or null; *out stays NULL then. A NUL in it, which JSON can
 * say and C cannot hold, becomes U+FFFD. */
static int copy_text(const json_t *object, const char *member, size_t max, char **out,
                     struct orgrun_error *err)
{
    const json_t *value = json_object_get(object, member);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return error_set(err, ORGRUN_EPROTOCOL, "%s is no text", member);
    AUTO(buf_clear) struct buf text;
    buf_init(&text, max);
    const char *s = json_string_value(value);
    const char *end = s + json_string_length(value);
    for (; s < end; s++) {
        if (*s)
            (void)buf_putc(&text, *s);
        else
            (void)buf_puts(&text, "\xef\xbf\xbd");
    }
    if (buf_check(&text, member, err))
        return err ? err->code : ORGRUN_ELIMIT;
    *out = buf_take(&text, err);
    return *out ? 0 : ORGRUN_ENOMEM;
}

/* Is "arn:<partition>:organizations::<owner>:account/o-x/<id>" owned by the account itself? */
static bool is_management(const json_t *object, const char *id)
{
    const char *arn = json_string_value(json_object_get(object, "Arn"));
    char owner[ACCOUNT_ID_SIZE];
    int matched = 0;
    return arn &&
           sscanf(arn, "arn:%*31[a-z0-9-]:organizations::%12[0-9]:account/%n", owner, &matched) ==
               1 &&
           matched && strcmp(owner, id) == 0;
}

static int parse_account(const json_t *object, struct account *a, struct orgrun_error *err)
{
    const json_t *value = json_object_get(object, "Id");
    const char *id = json_string_value(value);
    if (!id || json_string_length(value) != strlen(id) || !text_is_account_id(id))
        return error_set(err, ORGRUN_EPROTOCOL, "an account has no Id of 12 digits");
    memcpy(a->id, id, sizeof a->id);
    int rc = copy_text(object, "Name", TEXT_MAX, &a->name, err);
    if (!rc)
        rc = copy_text(object, "Email", TEXT_MAX, &a->email, err);
    if (!rc)
        rc = copy_text(object, "State", TEXT_MAX, &a->state, err);
    if (!rc && !a->state)
        rc = copy_text(object, "Status", TEXT_MAX, &a->state, err);
    if (!rc && (!a->state || !a->state[0]))
        rc = error_set(err, ORGRUN_EPROTOCOL, "account %s has neither State nor Status", id);
    double joined = json_number_value(json_object_get(object, "JoinedTimestamp"));
    if (joined > 0 && joined < 1e12)
        a->joined_ms = (int64_t)(joined * 1000 + 0.5);
    a->management = is_management(object, id);
    return rc;
}

static int parse_page(const json_t *root, struct organizations_page *page, struct orgrun_error *err)
{
    const json_t *accounts = json_object_get(root, "Accounts");
    if (!json_is_array(accounts))
        return error_set(err, ORGRUN_EPROTOCOL, "there is no list of Accounts");
    size_t len = json_array_size(accounts);
    page->accounts = calloc(len ? len : 1, sizeof *page->accounts);
    if (!page->accounts)
        return error_nomem(err);
    for (size_t i = 0; i < len; i++) {
        page->len = i + 1;
        int rc = parse_account(json_array_get(accounts, i), &page->accounts[i], err);
        if (rc)
            return rc;
    }
    int rc = copy_text(root, "NextToken", TOKEN_MAX, &page->next_token, err);
    if (!rc && page->next_token && !page->next_token[0]) {
        free(page->next_token);
        page->next_token = NULL;
    }
    return rc;
}

int organizations_parse_accounts(const char *json, size_t len, struct organizations_page *out,
                                 struct orgrun_error *err)
{
    json_error_t where;
    AUTO(free_json) json_t *root = load(json, len, &where);
    struct organizations_page page = {0};
    int rc = root ? parse_page(root, &page, err)
                  : error_set(err, ORGRUN_EPROTOCOL, "no JSON: %s", where.text);
    if (rc) {
        organizations_page_clear(&page);
        error_context(err, "cannot read the ListAccounts answer");
        return rc;
    }
    *out = page;
    return 0;
}

static int check_answer(const char *body, size_t len)
{
    json_error_t where;
    AUTO(free_json) json_t *root = load(body, len, &where);
    return !json_is_object(root);
}

/* {"MaxResults": 20, "NextToken": ...}; NULL when out of memory. */
static char *request_body(const char *token)
{
    AUTO(free_json)
    json_t *body = json_pack("{s:i,s:s*}", "MaxResults", PAGE_LEN, "NextToken", token);
    return body ? json_dumps(body, JSON_COMPACT) : NULL;
}

static void add_hint(struct aws_answer *answer)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (strcmp(answer->aws.code, hints[i].code) == 0)
            error_hint(&answer->err, "%s", hints[i].hint);
    }
}

int organizations_list_accounts_begin(struct aws_pending **out, struct aws_client *client,
                                      const struct endpoint *endpoint, struct credentials *source,
                                      const char *token, struct orgrun_error *err)
{
    static const char *const headers[] = {CONTENT_TYPE, TARGET, NULL};
    AUTO(free_ptr) char *body = request_body(token);
    if (!body)
        return error_nomem(err);
    const struct aws_call_spec spec = {.operation = "organizations:ListAccounts",
                                       .endpoint = endpoint,
                                       .credentials = source,
                                       .method = "POST",
                                       .path = "/",
                                       .headers = headers,
                                       .body = body,
                                       .body_len = strlen(body),
                                       .max_body = ANSWER_MAX,
                                       .timeout_ms = TIMEOUT_MS,
                                       .check = check_answer};
    return aws_call_begin(out, client, &spec, err);
}

int organizations_list_accounts_end(struct aws_pending *pending, struct organizations_page *out,
                                    struct aws_answer *answer)
{
    int rc = aws_call_end(pending, answer);
    if (rc)
        add_hint(answer);
    else
        rc = organizations_parse_accounts(buf_str(&answer->body), answer->body.len, out,
                                          &answer->err);
    return answer->rc = rc;
}
