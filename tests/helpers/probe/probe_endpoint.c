// SPDX-License-Identifier: MIT
// The probe's `endpoint`: a service's parameters, as the endpoint rule sets name them, to its URL.
#include "helpers/probe/probe.h"

#include "aws/endpoint.h"
#include "base/cleanup.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>

json_t *probe_endpoint(const json_t *request, char *error, size_t error_size)
{
    AUTO(strv_clear) struct strv env = {0};
    struct endpoint_params params = {
        .service = probe_field_text(request, "params", "service"),
        .region = probe_field_text(request, "params", "Region|region"),
        .use_fips = probe_field_bool(request, "params", "UseFIPS"),
        .use_dual_stack = probe_field_bool(request, "params", "UseDualStack"),
        .use_global_endpoint = probe_field_bool(request, "params", "UseGlobalEndpoint"),
        .endpoint = probe_field_text(request, "params", "Endpoint|endpoint"),
    };
    if (!params.service) {
        (void)snprintf(error, error_size, "\"service\" is missing or no string");
        return NULL;
    }
    if (probe_environment(request, &env)) {
        (void)snprintf(error, error_size, "out of memory");
        return NULL;
    }
    if (!params.endpoint)
        params.endpoint = endpoint_from_env((const char *const *)strv_array(&env), params.service);
    struct endpoint endpoint;
    struct orgrun_error err = {0};
    if (endpoint_resolve(&params, &endpoint, &err))
        return json_pack("{s:o}", "error", probe_text(err.message));
    return json_pack("{s:o, s:o, s:o}", "url", probe_text(endpoint.url), "signing_region",
                     probe_text(endpoint.signing_region), "signing_name",
                     probe_text(endpoint.signing_name));
}
