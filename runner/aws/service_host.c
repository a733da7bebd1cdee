// SPDX-License-Identifier: MIT
// Hosts that follow no rule: global services, legacy names, FIPS and dual-stack names of their own.
#include "aws/service.h"

#include <stdio.h>
#include <string.h>

/* Which variants of an endpoint a row is for. */
enum variant { PLAIN = 1, FIPS = 2, DUAL = 4, BOTH = 8 };
#define ANY (PLAIN | FIPS | DUAL | BOTH)

/* In a pattern: {f} "-fips" where FIPS is asked for; {r} the signing Region; {s} the partition's
 * suffix for the variant, {p} the one without and {d} the one with dual stack. */
struct host {
    const char *service;
    const char *where; /* partitions and Regions, with a blank between two; or "*" */
    int variants;
    const char *pattern;
    const char *region; /* signing Region; NULL: the implicit global one, "": the one asked for */
};

/* The first row that fits counts. */
static const struct host hosts[] = {
    {"iam", "aws", PLAIN | FIPS, "iam{f}.{s}", NULL},
    {"iam", "aws", DUAL | BOTH, "iam{f}.global.{s}", NULL},
    {"iam", "aws-cn", PLAIN, "iam.{r}.{s}", "cn-north-1"},
    {"iam", "aws-cn", DUAL, "iam.global.{s}", "cn-north-1"},
    {"iam", "aws-us-gov", ANY, "iam.us-gov.{s}", NULL},
    {"iam", "aws-iso", FIPS, "iam{f}.{r}.{s}", NULL},
    {"iam", "aws-iso-b", FIPS, "iam{f}.{r}.{s}", NULL},
    {"iam", "*", PLAIN, "iam.{r}.{s}", NULL},
    {"iam", "*", ANY, "iam{f}.{s}", NULL},
    {"route53", "aws", DUAL | BOTH, "route53{f}.global.{s}", NULL},
    {"route53", "aws-cn", DUAL, "route53.global.{s}", NULL},
    {"route53", "aws-eusc", DUAL, "route53.global.{s}", NULL},
    {"route53", "aws-us-gov", ANY, "route53.us-gov.{s}", NULL},
    {"route53", "*", ANY, "route53{f}.{s}", NULL},
    {"cloudfront", "aws", DUAL | BOTH, "cloudfront{f}.global.{s}", NULL},
    {"cloudfront", "aws-cn", PLAIN | FIPS, "cloudfront{f}.{r}.{s}", NULL},
    {"cloudfront", "*", ANY, "cloudfront{f}.{s}", NULL},
    {"budgets", "aws", DUAL, "budgets.{r}.{s}", NULL},
    {"budgets", "aws-eusc", PLAIN | DUAL, "budgets.{r}.{d}", NULL},
    {"budgets", "aws-iso-b", PLAIN, "budgets.global.{s}", NULL},
    {"budgets", "aws-iso-e", PLAIN, "budgets.global.{s}", NULL},
    {"budgets", "aws-iso-f", PLAIN, "budgets.global.{s}", NULL},
    {"budgets", "*", ANY, "budgets{f}.{s}", NULL},
    {"organizations", "aws", PLAIN | FIPS, "organizations{f}.{r}.{s}", NULL},
    {"organizations", "aws-us-gov", PLAIN | FIPS, "organizations.{r}.{s}", NULL},
    {"organizations", "aws-cn", PLAIN, "organizations.{r}.{s}", NULL},
    {"organizations", "aws-iso", PLAIN, "organizations.{r}.{s}", NULL},
    {"organizations", "aws-iso-b", PLAIN, "organizations.{r}.{s}", NULL},
    {"organizations", "aws-iso-f", PLAIN, "organizations.{r}.{s}", NULL},
    {"waf", "aws", PLAIN | FIPS, "waf{f}.{s}", NULL},
    {"savingsplans", "aws", PLAIN, "savingsplans.{s}", NULL},
    {"savingsplans", "aws", DUAL, "savingsplans.global.{s}", NULL},
    {"shield", "aws", PLAIN | FIPS, "shield{f}.{r}.{s}", NULL},
    {"support", "aws", PLAIN, "support.{r}.{s}", NULL},
    {"support", "aws-us-gov", PLAIN | FIPS, "support.{r}.{s}", NULL},
    {"support", "aws-cn", PLAIN, "support.{r}.{s}", "cn-north-1"},
    {"support", "aws-iso", PLAIN, "support.{r}.{s}", NULL},
    {"support", "aws-iso-b", PLAIN, "support.{r}.{s}", NULL},
    {"networkmanager", "aws", ANY, "networkmanager{f}.{r}.{s}", "us-west-2"},
    {"networkmanager", "aws-us-gov", ANY, "networkmanager.{r}.{s}", NULL},
    {"networkmanager", "*", ANY, "networkmanager{f}.{r}.{s}", NULL},
    {"chime", "aws", PLAIN, "chime.{r}.{s}", NULL},
    {"billingconductor", "aws", PLAIN, "billingconductor.{r}.{s}", NULL},
    {"freetier", "aws", PLAIN | DUAL, "freetier.{r}.{d}", NULL},
    {"billing", "aws", PLAIN, "billing.{r}.{d}", NULL},
    {"ce", "aws-eusc", PLAIN, "ce.{r}.{d}", NULL},
    {"health", "aws-eusc", ANY, "health{f}.{r}.{d}", ""},
    {"databrew", "us-gov-west-1", FIPS, "databrew.{r}.{s}", ""},
    {"dms", "aws-iso aws-iso-b", FIPS, "dms.{r}.{s}", ""},
    {"bcm-data-exports", "aws-iso aws-iso-b aws-iso-e aws-iso-f", PLAIN | DUAL,
     "bcm-data-exports.{r}.{p}", NULL},
    {"iotsecuretunneling", "aws aws-cn aws-us-gov", DUAL | BOTH, "api.iot-tunneling{f}.{r}.{s}",
     ""},
    {"kafka", "aws-eusc aws-cn", DUAL, "kafka-api.{r}.{s}", ""},
    {"secretsmanager", "aws-cn", DUAL, "secretsmanager.{r}.{p}", ""},
    {"partnercentral-channel", "aws-us-gov", ANY, "partnercentral-channel{f}.us-gov.{d}", ""},
    {"codecatalyst", "*", ANY, "codecatalyst{f}.global.{d}", ""},
    {"partnercentral-channel", "*", ANY, "partnercentral-channel{f}.global.{d}", ""},
    {"route53-recovery-control-config", "aws", PLAIN, "route53-recovery-control-config.{r}.{s}",
     "us-west-2"},
    {"route53-recovery-control-config", "aws", DUAL, "arc-recovery-control-config.{r}.{s}",
     "us-west-2"},
    {"geo-maps", "aws aws-us-gov", ANY, "maps.geo{f}.{r}.{s}/v2", ""},
    {"geo-places", "aws aws-us-gov", ANY, "places.geo{f}.{r}.{s}", ""},
    {"geo-routes", "aws-us-gov", ANY, "routes.geo{f}.{r}.us-gov.{s}/v2", ""},
    {"geo-routes", "aws", ANY, "routes.geo{f}.{r}.{s}/v2", ""},
    {"sdb", "us-east-1", PLAIN, "sdb.{s}", ""},
    {"simpledbv2", "us-east-1", PLAIN, "sdb.{s}", ""},
    {"signin", "aws", PLAIN, "{r}.signin.aws.amazon.com", ""},
    {"signin", "aws-cn", PLAIN, "{r}.signin.amazonaws.cn", ""},
    {"signin", "aws-us-gov", PLAIN, "{r}.signin.amazonaws-us-gov.com", ""},
    {"sustainability", "aws", PLAIN | DUAL, "api.sustainability.{r}.{d}", ""},
    {"sustainability", "aws-us-gov", ANY, "sustainability{f}.us-gov.{d}", ""},
    {"sustainability", "*", ANY, "sustainability{f}.global.{d}", ""},
    {"secretsmanager", "aws aws-us-gov", DUAL | BOTH, "secretsmanager{f}.{r}.{p}", ""},
    {"servicediscovery", "aws aws-cn aws-us-gov", DUAL, "servicediscovery.{r}.{p}", ""},
    {"cognito-identity", "aws", DUAL, "cognito-identity.{r}.{p}", ""},
    {"cognito-identity", "us-east-1 us-east-2 us-west-1 us-west-2", BOTH,
     "cognito-identity-fips.{r}.{p}", ""},
    {"cognito-idp", "aws", DUAL, "cognito-idp.{r}.{p}", ""},
    {"cognito-idp", "us-east-1 us-east-2 us-west-1 us-west-2", BOTH, "cognito-idp-fips.{r}.{p}",
     ""},
    {"ecr-public", "aws", DUAL, "ecr-public.{r}.{s}", ""},
    {"marketplace-catalog", "us-east-1", DUAL, "catalog-marketplace.{r}.{s}", ""},
    {"mediaconvert", "cn-northwest-1", PLAIN, "subscribe.mediaconvert.{r}.{s}", ""},
    {"stepfunctions", "us-gov-west-1", FIPS, "states.{r}.{s}", ""},
    {"stepfunctions", "aws-us-gov", DUAL, "states-fips.{r}.{s}", ""},
    {"swf", "aws-us-gov", DUAL, "swf-fips.{r}.{s}", ""},
    {"transcribe", "aws-cn", PLAIN, "cn.transcribe.{r}.{s}", ""},
    {"transcribe", "aws", FIPS, "fips.transcribe.{r}.{s}", ""},
    {"transcribe", "aws-us-gov", FIPS, "fips.transcribe.{r}.{s}", ""},
    {"iot-data", "cn-north-1", PLAIN, "data.ats.iot.{r}.{s}", ""},
    {"iot-data", "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 us-gov-east-1 us-gov-west-1",
     FIPS, "data.iot-fips.{r}.{s}", ""},
    {"marketplace-entitlement", "aws-cn", PLAIN, "entitlement-marketplace.{r}.{s}", ""},
    {"marketplace-entitlement", "aws-eusc", PLAIN, "entitlement-marketplace.{r}.{s}", ""},
    {"marketplace-entitlement", "aws aws-cn", DUAL, "entitlement-marketplace.{r}.{s}", ""},
    {"meteringmarketplace", "aws-eusc", PLAIN, "metering-marketplace.{r}.{s}", ""},
    {"meteringmarketplace", "aws aws-cn aws-us-gov", DUAL, "metering-marketplace.{r}.{s}", ""},
    {"s3", "*", DUAL | BOTH, "s3{f}.dualstack.{r}.{p}", ""},
    {"s3control", "*", DUAL | BOTH, "s3-control{f}.dualstack.{r}.{p}", ""},
    {"batch", "aws", FIPS, "fips.batch.{r}.{s}", ""},
    {"eks", "aws", FIPS, "fips.eks.{r}.{s}", ""},
    {"lex-models", "aws aws-us-gov", FIPS, "models-fips.lex.{r}.{s}", ""},
    {"lex-runtime", "aws aws-us-gov", FIPS, "runtime-fips.lex.{r}.{s}", ""},
    {"sagemaker", "aws aws-us-gov", FIPS, "api-fips.sagemaker.{r}.{s}", ""},
    {"sagemaker-metrics", "aws", FIPS, "metrics-fips.sagemaker.{r}.{s}", ""},
    {"sagemaker-runtime", "aws", FIPS, "runtime-fips.sagemaker.{r}.{s}", ""},
    {"ecr", "*", DUAL | BOTH, "ecr{f}.{r}.{s}", ""},
    {"efs", "aws aws-cn aws-us-gov", DUAL | BOTH, "efs{f}.{r}.{s}", ""},
    {"es", "aws aws-cn aws-us-gov", DUAL, "aos.{r}.{s}", ""},
    {"opensearch", "aws aws-cn aws-us-gov", DUAL, "aos.{r}.{s}", ""},
    {"kafka", "aws-us-gov", BOTH, "kafka-api.{r}.{s}", ""},
    {"kafka", "aws aws-us-gov", DUAL | BOTH, "kafka-api{f}.{r}.{s}", ""},
    {"detective", "aws aws-us-gov", DUAL | BOTH, "detective{f}.{r}.{s}", ""},
    {"mediatailor", "aws", DUAL, "mediatailor.{r}.{s}", ""},
    {"dynamodbstreams", "aws aws-cn aws-us-gov", DUAL | BOTH, "streams-dynamodb{f}.{r}.{s}", ""},
    {"timestream-query", "aws-us-gov", DUAL | BOTH, "timestream-query.{r}.{s}", ""},
    {"timestream-query", "aws", DUAL | BOTH, "timestream-query{f}.{r}.{s}", ""},
    {"timestream-write", "aws-us-gov", DUAL | BOTH, "timestream-ingest.{r}.{s}", ""},
    {"timestream-write", "aws", DUAL | BOTH, "timestream-ingest{f}.{r}.{s}", ""},
};

/* What the tokens of a pattern stand for. */
struct words {
    const char *region, *plain, *dual;
    bool use_fips, use_dual_stack;
};

static const char *word(const struct words *w, char token)
{
    switch (token) {
    case 'f':
        return w->use_fips ? "-fips" : "";
    case 'r':
        return w->region;
    case 'p':
        return w->plain;
    case 'd':
        return w->dual;
    default:
        return w->use_dual_stack ? w->dual : w->plain;
    }
}

/* Pattern and words are short: a URL always has room for them. */
static void expand(const char *pattern, const struct words *w, struct endpoint *out)
{
    size_t len = (size_t)snprintf(out->url, sizeof out->url, "https://");
    for (const char *p = pattern; *p && len < sizeof out->url - 1; p++) {
        if (*p == '{') {
            len += (size_t)snprintf(out->url + len, sizeof out->url - len, "%s", word(w, p[1]));
            p += 2;
        } else {
            out->url[len++] = *p;
            out->url[len] = '\0';
        }
    }
}

static bool is_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static const struct host *find(const char *service, const struct endpoint_params *p,
                               const struct partition *in)
{
    int variant = p->use_fips         ? (p->use_dual_stack ? BOTH : FIPS)
                  : p->use_dual_stack ? DUAL
                                      : PLAIN;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const struct host *h = &hosts[i];
        if ((h->variants & variant) && strcmp(h->service, service) == 0 &&
            (is_in(h->where, "*") || is_in(h->where, in->name) || is_in(h->where, p->region)))
            return h;
    }
    return NULL;
}

bool service_host(const struct service *service, const struct endpoint_params *params,
                  const struct partition *in, struct endpoint *out)
{
    const struct host *h = find(service->name, params, in);
    if (!h)
        return false;
    const char *region = !h->region     ? in->implicit_global_region
                         : h->region[0] ? h->region
                                        : params->region;
    const struct words words = {.region = region,
                                .plain = in->dns_suffix,
                                .dual = in->dual_stack_dns_suffix,
                                .use_fips = params->use_fips,
                                .use_dual_stack = params->use_dual_stack};
    expand(h->pattern, &words, out);
    (void)snprintf(out->signing_region, sizeof out->signing_region, "%s", region);
    (void)snprintf(out->signing_name, sizeof out->signing_name, "%s", service->signing_name);
    return true;
}
