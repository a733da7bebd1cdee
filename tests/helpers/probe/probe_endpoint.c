// SPDX-License-Identifier: MIT
// The probe's `endpoint`: a service's parameters, as the endpoint rule sets name them, to its URL.
#include "helpers/probe/probe.h"

#include "aws/endpoint.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>

json_t *probe_endpoint(const json_t *request, char *error, size_t error_size)
{
    const struct endpoint_params params = {
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
    struct endpoint endpoint;
    struct orgrun_error err = {0};
    if (endpoint_resolve(&params, &endpoint, &err))
        return json_pack("{s:o}", "error", probe_text(err.message));
    return json_pack("{s:o, s:o, s:o}", "url", probe_text(endpoint.url), "signing_region",
                     probe_text(endpoint.signing_region), "signing_name",
                     probe_text(endpoint.signing_name));
}
