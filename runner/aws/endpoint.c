// SPDX-License-Identifier: MIT
// Endpoints: the general rule, what the services' tables say against it, and custom URLs.
#include "aws/endpoint.h"

#include "aws/provider.h"
#include "aws/service.h"
#include "base/cleanup.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

DEFINE_CLEANUP(free_url, CURLU, curl_url_cleanup)
DEFINE_CLEANUP(free_curl, char, curl_free)

/* Regions of the time before regional endpoints, whose legacy STS endpoint is the global one. */
static const char *const sts_legacy_regions[] = {
    "ap-northeast-1", "ap-south-1",   "ap-southeast-1", "ap-southeast-2", "aws-global",
    "ca-central-1",   "eu-central-1", "eu-north-1",     "eu-west-1",      "eu-west-2",
    "eu-west-3",      "sa-east-1",    "us-east-1",      "us-east-2",      "us-west-1",
    "us-west-2",      NULL,
};

static bool is_host_label(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > 63 || s[0] == '-')
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '-')
            return false;
    return true;
}

/* Labels with dots between them: "api.ecr". */
static bool is_host(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > 63 || s[0] == '-' || s[0] == '.')
        return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '-' && (*s != '.' || s[1] == '.' || !s[1]))
            return false;
    return true;
}

static bool is_set(const char *s)
{
    return s && *s;
}

/* ---- custom endpoints ---- */

static char *url_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static bool is_loopback_host(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

/* NULL when the text is not a URL with scheme and host. */
static CURLU *url_parse(const char *text)
{
    AUTO(free_url) CURLU *url = curl_url();
    if (!url || curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return NULL;
    return TAKE_PTR(url);
}

bool endpoint_is_loopback(const char *url)
{
    AUTO(free_url) CURLU *parsed = url_parse(url);
    AUTO(free_curl) char *host = parsed ? url_part(parsed, CURLUPART_HOST) : NULL;
    return host && is_loopback_host(host);
}

bool endpoint_is_link_local(const char *url)
{
    static const char *const hosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                        "169.254.169.254", "[fd00:ec2::254]"};
    AUTO(free_url) CURLU *parsed = url_parse(url);
    AUTO(free_curl) char *host = parsed ? url_part(parsed, CURLUPART_HOST) : NULL;
    for (size_t i = 0; host && i < sizeof hosts / sizeof *hosts; i++)
        if (strcasecmp(host, hosts[i]) == 0)
            return true;
    return false;
}

static int refuse(struct orgrun_error *err, const char *why)
{
    return error_set(err, ORGRUN_EUSAGE, "Invalid Configuration: the custom endpoint %s", why);
}

/* The text of the URL is not repeated in errors: it may hold a password. */
static int check_custom(const char *text, struct orgrun_error *err)
{
    AUTO(free_url) CURLU *url = url_parse(text);
    AUTO(free_curl) char *scheme = url ? url_part(url, CURLUPART_SCHEME) : NULL;
    AUTO(free_curl) char *host = url ? url_part(url, CURLUPART_HOST) : NULL;
    if (!scheme || !host || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)) {
        refuse(err, "is not an http or https URL");
        error_hint(err, "write it as https://host[:port][/path]");
        return ORGRUN_EUSAGE;
    }
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                         CURLUPART_FRAGMENT};
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
        AUTO(free_curl) char *part = url_part(url, unwanted[i]);
        if (part)
            return refuse(err, "has a user, query or fragment, which an endpoint cannot have");
    }
    if (strcmp(scheme, "http") == 0 && !is_loopback_host(host)) {
        error_set(err, ORGRUN_EUSAGE,
                  "Invalid Configuration: the custom endpoint http://%s is not encrypted", host);
        error_hint(err, "use https; plain http is allowed to localhost, 127.0.0.0/8 and [::1]");
        return ORGRUN_EUSAGE;
    }
    return 0;
}

static int resolve_custom(const struct endpoint_params *p, const struct service *service,
                          struct endpoint *out, struct orgrun_error *err)
{
    if (p->use_fips)
        return error_set(err, ORGRUN_EUSAGE,
                         "Invalid Configuration: FIPS and custom endpoint are not supported");
    if (p->use_dual_stack)
        return error_set(err, ORGRUN_EUSAGE,
                         "Invalid Configuration: Dualstack and custom endpoint are not supported");
    int rc = check_custom(p->endpoint, err);
    if (rc)
        return rc;
    size_t len = strlen(p->endpoint);
    while (len > 0 && p->endpoint[len - 1] == '/')
        len--;
    if (len >= sizeof out->url)
        return refuse(err, "is too long");
    memcpy(out->url, p->endpoint, len);
    out->url[len] = '\0';
    (void)snprintf(out->signing_region, sizeof out->signing_region, "%s",
                   is_set(p->region) ? p->region : "us-east-1");
    (void)snprintf(out->signing_name, sizeof out->signing_name, "%s", service->signing_name);
    return 0;
}

/* ---- the rule sets ---- */

static void put(struct endpoint *out, const char *host, const char *fips, const char *region,
                const char *suffix, const char *signing_region, const char *signing_name)
{
    (void)snprintf(out->url, sizeof out->url, "https://%s%s%s%s.%s", host, fips, *region ? "." : "",
                   region, suffix);
    (void)snprintf(out->signing_region, sizeof out->signing_region, "%s", signing_region);
    (void)snprintf(out->signing_name, sizeof out->signing_name, "%s", signing_name);
}

static bool is_legacy(const struct endpoint_params *p)
{
    if (!p->use_global_endpoint)
        return strcmp(p->region, "aws-global") == 0;
    for (const char *const *r = sts_legacy_regions; *r; r++)
        if (strcmp(p->region, *r) == 0)
            return true;
    return false;
}

/* The legacy endpoint of STS, which is global and in the name of us-east-1; false when the Region's
 * own is meant. */
static bool resolve_legacy_sts(const struct endpoint_params *p, struct endpoint *out)
{
    if (strcmp(p->service, "sts") != 0 || p->use_fips || p->use_dual_stack || !is_legacy(p))
        return false;
    put(out, "sts", "", "", "amazonaws.com", "us-east-1", "sts");
    return true;
}

static int check_support(const struct endpoint_params *p, const struct partition *in,
                         struct orgrun_error *err)
{
    bool fips = !p->use_fips || in->supports_fips;
    bool dual = !p->use_dual_stack || in->supports_dual_stack;
    if (fips && dual)
        return 0;
    if (p->use_fips && p->use_dual_stack)
        return error_set(
            err, ORGRUN_EUSAGE,
            "FIPS and DualStack are enabled, but this partition does not support one or both");
    if (!fips)
        return error_set(err, ORGRUN_EUSAGE,
                         "FIPS is enabled but this partition does not support FIPS");
    return error_set(err, ORGRUN_EUSAGE,
                     "DualStack is enabled but this partition does not support DualStack");
}

int endpoint_resolve(const struct endpoint_params *params, struct endpoint *out,
                     struct orgrun_error *err)
{
    struct service service = service_find(params->service);
    if (is_set(params->endpoint))
        return resolve_custom(params, &service, out, err);
    if (!is_set(params->region))
        return error_set(err, ORGRUN_EUSAGE, "Invalid Configuration: Missing Region");
    if (!is_host_label(params->region))
        return error_set(err, ORGRUN_EUSAGE,
                         "Invalid Configuration: the Region \"%s\" is not a valid host label",
                         params->region);
    if (!is_host(service.host))
        return error_set(err, ORGRUN_EUSAGE,
                         "Invalid Configuration: the service \"%s\" is not a valid host label",
                         params->service);
    const struct partition *in = partition_of_region(params->region);
    if (resolve_legacy_sts(params, out))
        return 0;
    int rc = check_support(params, in, err);
    if (rc || service_host(&service, params, in, out))
        return rc;
    bool gov = strcmp(in->name, "aws-us-gov") == 0;
    bool plain = gov && (service.rules & (params->use_dual_stack ? SERVICE_GOV_FIPS_PLAIN_DUAL
                                                                 : SERVICE_GOV_FIPS_PLAIN));
    bool dual = params->use_dual_stack || (service.rules & SERVICE_DUAL_STACK_ONLY);
    const char *region =
        service.rules & SERVICE_GLOBAL ? in->implicit_global_region : params->region;
    put(out, service.host, params->use_fips && !plain ? "-fips" : "", region,
        dual ? in->dual_stack_dns_suffix : in->dns_suffix, region, service.signing_name);
    return 0;
}

/* ---- the environment ---- */

const char *endpoint_from_env(const char *const *env, const char *service)
{
    const char *ignore = provider_getenv(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (ignore && strcasecmp(ignore, "true") == 0)
        return NULL;
    char setting[SERVICE_SETTING_SIZE], name[SERVICE_SETTING_SIZE + 32];
    service_setting(service, setting);
    (void)snprintf(name, sizeof name, "AWS_ENDPOINT_URL_%s", setting);
    const char *url = provider_getenv(env, name);
    return url ? url : provider_getenv(env, "AWS_ENDPOINT_URL");
}
