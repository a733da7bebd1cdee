// SPDX-License-Identifier: MIT
// The merged set of profiles: made from texts or files, searched by name.
#include "aws/profile.h"

#include "aws/profile_parse.h"
#include "aws/provider.h"
#include "base/cleanup.h"
#include "base/fs.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- made from texts ---- */

int profile_set_parse(struct profile_set *out, const char *config_text, const char *config_name,
                      const char *credentials_text, const char *credentials_name,
                      const struct log *log, struct orgrun_error *err)
{
    *out = (struct profile_set){0};
    AUTO(profile_chunks_clear) struct profile_chunks chunks = {0};
    int rc = 0;
    if (config_text)
        rc = profile_parse(&chunks, config_text, PROFILE_FILE_CONFIG, config_name, log, err);
    if (!rc && credentials_text)
        rc = profile_parse(&chunks, credentials_text, PROFILE_FILE_CREDENTIALS, credentials_name,
                           log, err);
    if (!rc)
        rc = profile_merge(out, &chunks, config_name, log, err);
    if (rc)
        profile_set_clear(out);
    return rc;
}

static void clear_sections(struct profile_section *sections, size_t len)
{
    for (size_t i = 0; i < len; i++)
        profile_section_clear(&sections[i]);
    free(sections);
}

void profile_set_clear(struct profile_set *s)
{
    clear_sections(s->profiles, s->profiles_len);
    clear_sections(s->sso_sessions, s->sso_sessions_len);
    clear_sections(s->services, s->services_len);
    *s = (struct profile_set){0};
}

/* ---- made from files ---- */

/* Where one of the files is, heap: the variable's value ("~/" is HOME), or the place under HOME.
 * NULL with no error set when there is no such place. */
static char *locate(const char *const *env, const char *variable, const char *fallback)
{
    const char *home = provider_getenv(env, "HOME");
    const char *path = provider_getenv(env, variable);
    if (path && strncmp(path, "~/", 2) == 0)
        return home ? fs_join(home, path + 2) : NULL;
    if (path)
        return strdup(path);
    return home ? fs_join(home, fallback) : NULL;
}

/* Straight into a secret buffer: base's reader would leave copies of the keys behind. */
static int read_all(int fd, const char *path, struct buf *out, struct orgrun_error *err)
{
    char chunk[16384];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            (void)buf_append(out, chunk, (size_t)n);
    int errnum = errno;
    secret_wipe(chunk, sizeof chunk);
    if (n < 0)
        return error_set_errno(err, ORGRUN_EIO, errnum, "cannot read %s", path);
    if (out->len && memchr(out->data, '\0', out->len))
        return error_set(err, ORGRUN_ECREDENTIALS, "%s holds a NUL byte: it is no text", path);
    return buf_check(out, path, err);
}

/* A missing file leaves out empty. */
static int read_file(const char *path, struct buf *out, struct orgrun_error *err)
{
    AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot open %s", path);
    return read_all(fd, path, out, err);
}

int profile_set_load(struct profile_set *out, const char *const *env, const struct log *log,
                     struct orgrun_error *err)
{
    *out = (struct profile_set){0};
    static const struct {
        const char *variable, *fallback;
    } files[] = {
        {"AWS_CONFIG_FILE", ".aws/config"},
        {"AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"},
    };
    AUTO(free_ptr) char *config = locate(env, files[0].variable, files[0].fallback);
    AUTO(free_ptr) char *credentials = locate(env, files[1].variable, files[1].fallback);
    AUTO(buf_clear) struct buf config_text, credentials_text;
    buf_init_secret(&config_text, PROFILE_FILE_MAX);
    buf_init_secret(&credentials_text, PROFILE_FILE_MAX);
    int rc = config ? read_file(config, &config_text, err) : 0;
    if (!rc && credentials)
        rc = read_file(credentials, &credentials_text, err);
    if (rc)
        return rc;
    return profile_set_parse(out, buf_str(&config_text), config, buf_str(&credentials_text),
                             credentials, log, err);
}

/* ---- searched ---- */

const struct profile_section *profile_find(const struct profile_set *s, const char *name)
{
    for (size_t i = 0; s && i < s->profiles_len; i++)
        if (strcmp(s->profiles[i].name, name) == 0)
            return &s->profiles[i];
    return NULL;
}

static const struct profile_property *find_property(const struct profile_property *items,
                                                    size_t len, const char *name)
{
    for (size_t i = len; i > 0; i--) /* of nested ones the last counts */
        if (strcasecmp(items[i - 1].name, name) == 0)
            return &items[i - 1];
    return NULL;
}

const char *profile_get(const struct profile_section *p, const char *property)
{
    const struct profile_property *found =
        p ? find_property(p->properties, p->properties_len, property) : NULL;
    return found ? found->value : NULL;
}

const char *profile_nested(const struct profile_section *p, const char *property, const char *key)
{
    const struct profile_property *parent =
        p ? find_property(p->properties, p->properties_len, property) : NULL;
    const struct profile_property *found =
        parent ? find_property(parent->nested, parent->nested_len, key) : NULL;
    return found ? found->value : NULL;
}
