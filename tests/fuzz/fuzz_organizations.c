// SPDX-License-Identifier: MIT
// Fuzzes the reading of ListAccounts answers: never a crash, accounts that are whole.
#include "aws/organizations.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_utf8(const char *text)
{
    unsigned cp;
    for (size_t len = text ? strlen(text) : 0, n; len > 0; text += n, len -= n)
        require((n = text_decode(text, len, &cp)) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct organizations_page page = {0};
    struct orgrun_error err = {0};
    int rc = organizations_parse_accounts((const char *)data, size, &page, &err);
    require(rc == err.code);
    if (rc) {
        require(rc == ORGRUN_EPROTOCOL || rc == ORGRUN_ELIMIT);
        require(!page.accounts && !page.len && !page.next_token);
        require_readable(err.message, false);
        require_readable(err.hint, true);
        return 0;
    }
    for (size_t i = 0; i < page.len; i++) {
        const struct account *a = &page.accounts[i];
        require(text_is_account_id(a->id) && a->state && a->state[0]);
        require_utf8(a->name);
        require_utf8(a->email);
        require_utf8(a->state);
    }
    require(!page.next_token || page.next_token[0]);
    organizations_page_clear(&page);
    return 0;
}
