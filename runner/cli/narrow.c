// SPDX-License-Identifier: MIT
// --ou, --tag and --joined-after in place of what a job file says in accounts.organization.
#include "cli/narrow.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTING "accounts.organization="

bool narrow_given(const struct settings *s)
{
    return s->ous.len > 0 || s->tags.len > 0 || s->joined_after;
}

static json_t *list_of(const struct words *words)
{
    json_t *list = json_array();
    for (size_t i = 0; i < words->len; i++)
        (void)json_array_append_new(list, json_string(words->at[i]));
    return list;
}

/* {KEY: [VALUE, ...]}, or NULL when one is not KEY=VALUE. */
static json_t *tags_of(const struct words *words)
{
    json_t *map = json_object();
    for (size_t i = 0; i < words->len; i++) {
        const char *equals = strchr(words->at[i], '=');
        if (!equals || equals == words->at[i]) {
            json_decref(map);
            return NULL;
        }
        char *key = words_copy(words->at[i], (size_t)(equals - words->at[i]));
        if (!json_object_get(map, key))
            (void)json_object_set_new(map, key, json_array());
        (void)json_array_append_new(json_object_get(map, key), json_string(equals + 1));
        free(key);
    }
    return map;
}

struct orgrun_command narrow_command(const struct settings *s)
{
    return (struct orgrun_command){
        .accounts = s->accounts.at,
        .accounts_file = s->accounts_file,
        .organization = s->organization || narrow_given(s),
        .ous = s->ous.at,
        .tags = s->tags.at,
        .joined_after = s->joined_after,
        .include = s->include.at,
        .exclude = s->exclude.at,
        .role = s->role,
        .external_id = s->external_id,
        .sso_session = s->sso_session,
        .sso_role = s->sso_role,
    };
}

const char *narrow_set(struct settings *s)
{
    if (!narrow_given(s))
        return NULL;
    json_t *tags = tags_of(&s->tags);
    if (!tags)
        return "--tag is KEY=VALUE, such as environment=prod";
    json_t *rules = json_object();
    if (s->ous.len)
        (void)json_object_set_new(rules, "ous", list_of(&s->ous));
    if (s->tags.len)
        (void)json_object_set(rules, "tags", tags);
    if (s->joined_after)
        (void)json_object_set_new(rules, "joined_after", json_string(s->joined_after));
    char *text = json_dumps(rules, JSON_ENSURE_ASCII); /* as YAML reads it too */
    json_decref(tags);
    json_decref(rules);
    size_t size = sizeof SETTING + (text ? strlen(text) : 0);
    char *setting = words_alloc(NULL, size);
    (void)snprintf(setting, size, SETTING "%s", text ? text : "");
    free(text);
    words_keep(&s->set, setting);
    return NULL;
}
