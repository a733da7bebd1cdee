// SPDX-License-Identifier: MIT
// The probe's `profiles`: the texts of the shared files to the merged set. A property with nested
// ones is given as its raw text, as the SDKs' parser tests want it.
#include "helpers/probe/probe.h"

#include "aws/profile.h"
#include "base/cleanup.h"
#include "helpers/probe/probe_field.h"

#include <stdio.h>

static json_t *sections_of(const struct profile_section *sections, size_t len)
{
    json_t *answer = json_object();
    for (size_t i = 0; i < len; i++) {
        json_t *properties = json_object();
        for (size_t j = 0; j < sections[i].properties_len; j++)
            (void)json_object_set_new(properties, sections[i].properties[j].name,
                                      probe_text(sections[i].properties[j].value));
        (void)json_object_set_new(answer, sections[i].name, properties);
    }
    return answer;
}

json_t *probe_profiles(const json_t *request, char *error, size_t error_size)
{
    const char *config = probe_field_text(request, "input", "config_file|configFile");
    const char *credentials =
        probe_field_text(request, "input", "credentials_file|credentialsFile");
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct orgrun_error err = {0};
    (void)error;
    (void)error_size;
    if (profile_set_parse(&set, config, "config", credentials, "credentials", NULL, &err))
        return json_pack("{s:o}", "error", probe_text(err.message));
    json_t *answer =
        json_pack("{s:o, s:o}", "profiles", sections_of(set.profiles, set.profiles_len),
                  "sso_sessions", sections_of(set.sso_sessions, set.sso_sessions_len));
    if (set.services_len)
        (void)json_object_set_new(answer, "services", sections_of(set.services, set.services_len));
    return answer;
}
