// SPDX-License-Identifier: MIT
// Organizations: ListAccounts page by page (JSON 1.1).
#ifndef ORGRUN_AWS_ORGANIZATIONS_H
#define ORGRUN_AWS_ORGANIZATIONS_H

#include "aws/call.h"
#include "base/account.h"

#define ORGANIZATIONS_ID_SIZE 35 /* "o-" and at most 32 of [a-z0-9] */

struct organizations_page {
    struct account *accounts;
    size_t len;
    char organization_id[ORGANIZATIONS_ID_SIZE]; /* by its first account's ARN; "" = not known */
    char *next_token;                            /* NULL at the end */
};
void organizations_page_clear(struct organizations_page *p);

/* Reads a ListAccounts answer. `State` is read first, then `Status`; an account with neither, or
 * without a 12-digit Id, is ORGRUN_EPROTOCOL. `management` is set where the ARN's owner is the
 * account itself. NextToken absent or null ends. */
int organizations_parse_accounts(const char *json, size_t len, struct organizations_page *out,
                                 struct orgrun_error *err);

/* Asks for one page (token NULL = the first); organizations_list_accounts_end waits for it. */
int organizations_list_accounts_begin(struct aws_pending **out, struct aws_client *client,
                                      const struct endpoint *endpoint, struct credentials *source,
                                      const char *token, struct orgrun_error *err);

/* Takes the call over. *answer is filled for its AWS error and request id; the caller clears it
 * either way. Errors carry a hint: not in an organization, not the management account or a
 * delegated administrator, denied. */
int organizations_list_accounts_end(struct aws_pending *pending, struct organizations_page *out,
                                    struct aws_answer *answer);

#endif
