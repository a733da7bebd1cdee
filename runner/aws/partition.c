// SPDX-License-Identifier: MIT
// The partitions of AWS: which Region lies in which, and what names end in there.
#include "aws/endpoint.h"

#include <ctype.h>
#include <string.h>

#define PREFIXES_MAX 9

/* As in the SDKs' partitions data: a Region is its partition's pseudo-Region, or one of the
 * prefixes followed by "<word>-<number>". */
static const struct rule {
    const char *global; /* "" when there is none */
    const char *prefixes[PREFIXES_MAX + 1];
    struct partition partition;
} rules[] = {
    {"aws-global",
     {"us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"},
     {"aws", "amazonaws.com", "api.aws", true, true, "us-east-1"}},
    {"aws-cn-global",
     {"cn-"},
     {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", true, true, "cn-northwest-1"}},
    {"",
     {"eusc-de-"},
     {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", true, true, "eusc-de-east-1"}},
    {"aws-iso-global",
     {"us-iso-"},
     {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov", true, true, "us-iso-east-1"}},
    {"aws-iso-b-global",
     {"us-isob-"},
     {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", true, true, "us-isob-east-1"}},
    {"aws-iso-e-global",
     {"eu-isoe-"},
     {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", true, true, "eu-isoe-west-1"}},
    {"aws-iso-f-global",
     {"us-isof-"},
     {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", true, true, "us-isof-south-1"}},
    {"aws-us-gov-global",
     {"us-gov-"},
     {"aws-us-gov", "amazonaws.com", "api.aws", true, true, "us-gov-west-1"}},
};
#define RULES (sizeof rules / sizeof *rules)

static size_t word_len(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '_')
        n++;
    return n;
}

/* "<word>-<number>" and nothing more. */
static bool is_word_and_number(const char *s)
{
    size_t n = word_len(s);
    if (n == 0 || s[n] != '-')
        return false;
    s += n + 1;
    size_t digits = strspn(s, "0123456789");
    return digits > 0 && s[digits] == '\0';
}

static bool rule_has(const struct rule *r, const char *region)
{
    if (r->global[0] && strcmp(region, r->global) == 0)
        return true;
    for (const char *const *p = r->prefixes; *p; p++) {
        size_t n = strlen(*p);
        if (strncmp(region, *p, n) == 0 && is_word_and_number(region + n))
            return true;
    }
    return false;
}

const struct partition *partition_of_region(const char *region)
{
    for (size_t i = 0; region && i < RULES; i++)
        if (rule_has(&rules[i], region))
            return &rules[i].partition;
    return &rules[0].partition;
}

const struct partition *partition_find(const char *name)
{
    for (size_t i = 0; name && i < RULES; i++)
        if (strcmp(name, rules[i].partition.name) == 0)
            return &rules[i].partition;
    return NULL;
}

const struct partition *partition_at(size_t i)
{
    return i < RULES ? &rules[i].partition : NULL;
}

bool region_is_valid(const char *region)
{
    if (!region || strlen(region) > 32)
        return false;
    int parts = 0;
    const char *s = region;
    for (;;) {
        size_t letters = strspn(s, "abcdefghijklmnopqrstuvwxyz");
        if (letters < 2)
            break;
        parts++;
        s += letters;
        if (*s++ != '-')
            return false;
    }
    size_t digits = strspn(s, "0123456789");
    return parts >= 2 && digits > 0 && s[digits] == '\0';
}
