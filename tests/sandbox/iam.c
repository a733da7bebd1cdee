// SPDX-License-Identifier: MIT
// IAM (query protocol, version 2010-05-08): GetAccountSummary, so that a compliance job has a
// question to ask.
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>

bool iam_answer(struct sandbox *sb, const struct call *call, struct answer *answer)
{
    if (strcmp(call->action, "GetAccountSummary") != 0)
        return false;
    const struct org_account *account = org_find(&sb->org, call->caller->account);
    const struct {
        const char *key;
        int value;
    } summary[] = {{"Users", 3},
                   {"Groups", 1},
                   {"Roles", 12},
                   {"MFADevices", 2},
                   {"AccountAccessKeysPresent", 0},
                   {"AccountMFAEnabled", account && account->mfa}};
    answer_xml_begin(answer, ANSWER_IAM_XMLNS, call->action);
    buf_puts(&answer->body, "    <SummaryMap>\n");
    for (size_t i = 0; i < sizeof(summary) / sizeof(summary[0]); i++)
        buf_printf(&answer->body,
                   "      <entry>\n        <key>%s</key>\n        <value>%d</value>\n      "
                   "</entry>\n",
                   summary[i].key, summary[i].value);
    buf_puts(&answer->body, "    </SummaryMap>\n");
    answer_xml_end(answer, call->action);
    return true;
}
