// SPDX-License-Identifier: MIT
// Organizations: ListAccounts page by page.
#include "aws/organizations.h"

#include "aws/organizations_json.h"
#include "base/cleanup.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_LEN 20
#define ANSWER_MAX (1024 * 1024)
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

void organizations_page_clear(struct organizations_page *p)
{
    for (size_t i = 0; i < p->len; i++)
        account_clear(&p->accounts[i]);
    free(p->accounts);
    free(p->next_token);
    *p = (struct organizations_page){0};
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
    int rc = organizations_json_text(object, "Name", ORGANIZATIONS_TEXT_MAX, &a->name, err);
    if (!rc)
        rc = organizations_json_text(object, "Email", ORGANIZATIONS_TEXT_MAX, &a->email, err);
    if (!rc)
        rc = organizations_json_text(object, "State", ORGANIZATIONS_TEXT_MAX, &a->state, err);
    if (!rc && !a->state)
        rc = organizations_json_text(object, "Status", ORGANIZATIONS_TEXT_MAX, &a->state, err);
    if (!rc && (!a->state || !a->state[0]))
        rc = error_set(err, ORGRUN_EPROTOCOL, "account %s has neither State nor Status", id);
    double joined = json_number_value(json_object_get(object, "JoinedTimestamp"));
    if (joined > 0 && joined < 1e12)
        a->joined_ms = (int64_t)(joined * 1000 + 0.5);
    a->management = is_management(object, id);
    return rc;
}

/* "o-x" of an account's "arn:<partition>:organizations::<owner>:account/o-x/<id>"; "" when no ARN
 * says it. */
static void read_organization_id(const json_t *accounts, char out[ORGANIZATIONS_ID_SIZE])
{
    const char *arn = json_string_value(json_object_get(json_array_get(accounts, 0), "Arn"));
    out[0] = '\0';
    if (!arn ||
        sscanf(arn, "arn:%*31[a-z0-9-]:organizations::%*12[0-9]:account/%34[a-z0-9-]/", out) != 1)
        out[0] = '\0';
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
    read_organization_id(accounts, page->organization_id);
    return organizations_json_token(root, &page->next_token, err);
}

int organizations_parse_accounts(const char *json, size_t len, struct organizations_page *out,
                                 struct orgrun_error *err)
{
    json_error_t where;
    AUTO(free_json) json_t *root = organizations_json_load(json, len, &where);
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
                                       .check = organizations_json_check};
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
