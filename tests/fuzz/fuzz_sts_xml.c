// SPDX-License-Identifier: MIT
// Fuzzes the reading of STS answers: never a crash, sessions that are whole, errors that are read.
#include "aws/sts.h"
#include "aws/sts_xml.h"
#include "base/cleanup.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_CLEANUP(drop_credentials, struct credentials, credentials_unref)

static void require_protocol(int rc, const struct orgrun_error *err, const char *begin)
{
    require(rc == ORGRUN_EPROTOCOL && err->code == rc && text_starts(err->message, begin));
    require_readable(err->message, false);
}

static void check_assume_role(const char *xml, size_t len)
{
    AUTO(drop_credentials) struct credentials *c = NULL;
    struct orgrun_error err = {0};
    int rc = sts_parse_assume_role(xml, len, &c, &err);
    if (rc) {
        require(!c);
        require_protocol(rc, &err, "cannot read the AssumeRole answer: ");
        return;
    }
    require(err.code == 0 && text_is_account_id(credentials_account_id(c)));
    require(strstr(credentials_arn(c), credentials_account_id(c)) != NULL);
    require(credentials_access_key_id(c)[0] && !secret_empty(credentials_secret_key(c)));
    require(!secret_empty(credentials_session_token(c)));
    require(credentials_expires_ms(c) != CREDENTIALS_NEVER);
}

static void check_identity(const char *xml, size_t len)
{
    struct sts_identity identity = {0};
    struct orgrun_error err = {0};
    int rc = sts_parse_identity(xml, len, &identity, &err);
    if (rc) {
        require_protocol(rc, &err, "cannot read the GetCallerIdentity answer: ");
        return;
    }
    require(text_is_account_id(identity.account) && identity.arn[0] && identity.user_id[0]);
    sts_identity_clear(&identity);
}

/* What is found of two elements of any document. */
static void check_fields(const char *xml, size_t len)
{
    struct sts_xml_field fields[] = {{.path = "a/b"}, {.path = "a/c/d"}};
    struct orgrun_error err = {0};
    int rc = sts_xml_read(xml, len, fields, 2, &err);
    if (rc)
        require_protocol(rc, &err, "the XML ");
    for (size_t i = 0; i < 2; i++)
        require(rc || (fields[i].seen && fields[i].text.len > 0 && fields[i].text.len <= len));
    sts_xml_fields_clear(fields, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *xml = (const char *)data;
    check_assume_role(xml, size);
    check_identity(xml, size);
    check_fields(xml, size);
    return 0;
}
