// SPDX-License-Identifier: MIT
// The environment of a request, and its files in a directory of their own.
#include "helpers/probe/probe_home.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fs.h"
#include "helpers/probe/probe_field.h"

#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)16 << 20)

/* Variables that name a file or a directory. */
static const char *const places[] = {"HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
                                     "AWS_WEB_IDENTITY_TOKEN_FILE",
                                     "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"};

static bool is_place(const char *name)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(name, places[i]) == 0)
            return true;
    return false;
}

static const json_t *env_of(const json_t *request)
{
    return probe_field(request, "input", "env|environment");
}

static int take_environment(struct probe_home *h, const json_t *env)
{
    const char *name;
    json_t *value;
    int rc = 0;
    json_object_foreach((json_t *)(uintptr_t)env, name, value)
    {
        const char *text = json_string_value(value);
        bool moved = h->root[0] && is_place(name) && text && text[0] == '/';
        rc = rc || !text ? rc : strv_printf(&h->env, "%s=%s%s", name, moved ? h->root : "", text);
    }
    if (rc == 0 && h->root[0] && !json_object_get(env, "HOME"))
        rc = strv_printf(&h->env, "HOME=%s/home/probe", h->root);
    return rc;
}

/* "~/x" and "/x" as the absolute path that the request means; heap, or NULL. */
static char *expand(const json_t *env, const char *path)
{
    const char *home = json_string_value(json_object_get(env, "HOME"));
    char *out;
    bool tilde = path[0] == '~' && path[1] == '/';
    if (!tilde)
        return strdup(path);
    return asprintf(&out, "%s%s", home ? home : "/home/probe", path + 1) < 0 ? NULL : out;
}

static bool is_of_a_path(char c)
{
    return c && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/", c);
}

/* Puts `root` before each of the paths in the text. */
static void move_paths(struct buf *out, const char *root, const json_t *env, const json_t *files,
                       const char *text)
{
    for (const char *at = text; *at; at++) {
        const char *name;
        json_t *unused;
        bool moved = false;
        json_object_foreach((json_t *)(uintptr_t)files, name, unused)
        {
            AUTO(free_ptr) char *path = expand(env, name);
            size_t len = path ? strlen(path) : 0;
            moved = moved || (len && strncmp(at, path, len) == 0 && !is_of_a_path(at[len]) &&
                              (at == text || !is_of_a_path(at[-1])));
        }
        if (moved)
            (void)buf_puts(out, root);
        (void)buf_putc(out, *at);
    }
}

static int write_text(const char *path, const struct buf *text, struct orgrun_error *err)
{
    AUTO(free_ptr) char *dir = strdup(path);
    if (!dir)
        return error_nomem(err);
    *strrchr(dir, '/') = '\0';
    int rc = fs_mkdirs(dir, 0700, err);
    struct fs_atomic file = {0};
    if (rc == 0)
        rc = fs_atomic_open(&file, path, 0700, err); /* it may be a program */
    if (rc)
        return rc;
    if (fwrite(text->len ? text->data : "", 1, text->len, file.file) != text->len) {
        fs_atomic_abort(&file);
        return error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", path);
    }
    return fs_atomic_commit(&file, err);
}

static int put_file(const struct probe_home *h, const json_t *env, const json_t *files,
                    const char *name, const json_t *value, struct orgrun_error *err)
{
    AUTO(free_ptr) char *path = expand(env, name);
    AUTO(buf_clear) struct buf text;
    buf_init_secret(&text, FILE_MAX);
    if (!path)
        return error_nomem(err);
    if (path[0] != '/' || strstr(path, "/../") || !json_is_string(value))
        return error_set(err, ORGRUN_EUSAGE,
                         "files must be {path: text}, and paths absolute or of ~/");
    AUTO(free_ptr) char *full = NULL;
    if (asprintf(&full, "%s%s", h->root, path) < 0) {
        full = NULL;
        return error_nomem(err);
    }
    move_paths(&text, h->root, env, files, json_string_value(value));
    int rc = buf_check(&text, "a file", err);
    return rc ? rc : write_text(full, &text, err);
}

int probe_home_open(struct probe_home *h, const json_t *request, struct orgrun_error *err)
{
    const json_t *env = env_of(request), *files = probe_field(request, "input", "files");
    const char *name;
    json_t *value;
    *h = (struct probe_home){0};
    if (files) {
        (void)snprintf(h->root, sizeof h->root, "/tmp/orgrun-probe-XXXXXX");
        if (!mkdtemp(h->root)) {
            h->root[0] = '\0';
            return error_set_errno(err, ORGRUN_EIO, errno, "cannot make a directory");
        }
    }
    int rc = take_environment(h, env) ? error_nomem(err) : 0;
    json_object_foreach((json_t *)(uintptr_t)files, name, value)
    {
        rc = rc ? rc : put_file(h, env, files, name, value, err);
    }
    return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void probe_home_clear(struct probe_home *h)
{
    if (h->root[0])
        (void)nftw(h->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    strv_clear(&h->env);
}

json_t *probe_home_text(const struct probe_home *h, const char *text)
{
    AUTO(buf_clear) struct buf out;
    size_t len = strlen(h->root);
    buf_init(&out, SIZE_MAX);
    while (*text) {
        if (len && strncmp(text, h->root, len) == 0)
            text += len;
        else
            (void)buf_putc(&out, *text++);
    }
    return probe_text(buf_str(&out));
}
