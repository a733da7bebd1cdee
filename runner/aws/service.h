// SPDX-License-Identifier: MIT
// The services of AWS by name: what their hosts, signatures and settings are called.
#ifndef ORGRUN_AWS_SERVICE_H
#define ORGRUN_AWS_SERVICE_H

#include "aws/endpoint.h"

/* How a service's rule set departs from "https://<host>[-fips].<Region>.<suffix>". */
enum service_rule {
    SERVICE_GOV_FIPS_PLAIN = 1,      /* aws-us-gov: the ordinary endpoint is the FIPS one */
    SERVICE_GOV_FIPS_PLAIN_DUAL = 2, /* the dual-stack one too */
    SERVICE_DUAL_STACK_ONLY = 4,     /* the suffix is always that of dual stack */
    SERVICE_GLOBAL = 8               /* always the partition's implicit global Region */
};

struct service {
    const char *name;         /* as the SDKs and the aws CLI call it: "ec2", "elbv2" */
    const char *host;         /* "elasticloadbalancing" */
    const char *signing_name; /* in the credential scope */
    const char *setting;      /* of AWS_ENDPOINT_URL_<setting>; NULL = name in capitals */
    int rules;                /* enum service_rule */
};

/* By name, else by host; an unknown service goes by its own name in all things. `name` is borrowed
 * for the life of the answer. */
struct service service_find(const char *name);

#define SERVICE_SETTING_SIZE 96
/* "ELASTIC_LOAD_BALANCING_V2": the service in names of environment variables and, in small letters,
 * of the shared config's services section. Source: AWS SDKs and Tools Reference Guide,
 * "Service-specific endpoints". */
void service_setting(const char *name, char out[SERVICE_SETTING_SIZE]);

/* The endpoint of a service whose host follows no rule, where that is so for the partition and
 * variant asked for; false when the general rule holds. Source: the endpoint rule sets of the AWS
 * service models. */
bool service_host(const struct service *service, const struct endpoint_params *params,
                  const struct partition *in, struct endpoint *out);

#endif
