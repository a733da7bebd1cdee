// SPDX-License-Identifier: MIT
// Fuzzes the reading of shared AWS files: never a crash, names that are names, and errors and
// warnings that quote nothing of the texts.
#include "aws/profile.h"
#include "base/cleanup.h"
#include "fuzz/fuzz_text.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_INPUT 65536

static void require_name(const char *name, const char *marks)
{
    require(name && name[0]);
    for (const char *c = name; *c; c++)
        require((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                strchr(marks, *c));
}

static void require_property(const struct profile_section *s, const struct profile_property *p)
{
    require_name(p->name, "-_");
    require(p->value != NULL && profile_get(s, p->name) == p->value);
    for (size_t i = 0; i < p->nested_len; i++) {
        require(p->nested[i].name && p->nested[i].name[0] && p->nested[i].value);
        require(!strchr(p->nested[i].value, '\n'));
        require(profile_nested(s, p->name, p->nested[i].name) != NULL);
    }
}

static void require_sections(const struct profile_section *sections, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        require_name(sections[i].name, "-_/.%@:+");
        for (size_t k = 0; k < i; k++)
            require(strcmp(sections[k].name, sections[i].name) != 0);
        for (size_t k = 0; k < sections[i].properties_len; k++)
            require_property(&sections[i], &sections[i].properties[k]);
    }
}

/* "config:<line>: " or "credentials:<line>: ", then words of ours: nothing of a text of digits. */
static void require_message(const char *message)
{
    const char *rest = strchr(message, ':');
    size_t name = rest ? (size_t)(rest - message) : 0;
    require((name == 6 && strncmp(message, "config", name) == 0) ||
            (name == 11 && strncmp(message, "credentials", name) == 0));
    rest++;
    rest += strspn(rest, "0123456789");
    require(rest[0] == ':' && rest[1] == ' ' && !strpbrk(rest, "0123456789"));
    require_readable(message, false);
}

static void on_log(void *user, enum orgrun_log_level level, const char *message)
{
    (void)user;
    (void)level;
    require_message(message);
}

/* The first byte says where the config text ends, in 256ths. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > MAX_INPUT)
        return 0;
    size_t cut = (size - 1) * data[0] / 255;
    AUTO(free_ptr) char *config = strndup((const char *)data + 1, cut);
    AUTO(free_ptr) char *credentials = strndup((const char *)data + 1 + cut, size - 1 - cut);
    const struct log log = {.write = on_log, .least = ORGRUN_LOG_DEBUG};
    struct profile_set set;
    struct orgrun_error err = {0};
    require(config && credentials);
    int rc = profile_set_parse(&set, config, "config", credentials, "credentials", &log, &err);
    require(rc == err.code && (rc == 0 || rc == ORGRUN_ECREDENTIALS));
    if (rc) {
        require(!set.profiles && !set.profiles_len);
        require_message(err.message);
        return 0;
    }
    require_sections(set.profiles, set.profiles_len);
    require_sections(set.sso_sessions, set.sso_sessions_len);
    require_sections(set.services, set.services_len);
    profile_set_clear(&set);
    return 0;
}
