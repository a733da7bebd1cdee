// SPDX-License-Identifier: MIT
// The file of a book of places: its name, whose it may be, and that it is written whole.
#include "fanout/places_cache.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>

/* The path, heap; NULL when out of memory. */
static char *path_of(const char *state_dir, const struct places_key *key)
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    char hex[17], name[64];
    AUTO(free_ptr) char *text = NULL;
    int len = asprintf(&text, "%s\n%s\n%s", key->endpoint, key->partition, key->organization);
    if (len < 0) {
        text = NULL;
        return NULL;
    }
    if (EVP_Digest(text, (size_t)len, digest, NULL, EVP_sha256(), NULL) != 1)
        return NULL;
    for (size_t i = 0; i < 8; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    (void)snprintf(name, sizeof name, "cache/organization-%s.json", hex);
    return fs_join(state_dir, name);
}

/* 1 when the file is there and this user's alone, 0 when there is none, else negative. */
static int check_file(const char *path, struct orgrun_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : error_set_errno(err, ORGRUN_EIO, errno, "it cannot be read");
    if (!S_ISREG(st.st_mode))
        return error_set(err, ORGRUN_EIO, "it is no file");
    if (st.st_uid != geteuid() || (st.st_mode & 022))
        return error_set(err, ORGRUN_EIO, "others can write it");
    return 1;
}

void places_cache_read(struct places_book *b, const char *state_dir, const struct places_key *key,
                       int64_t now_ms, const struct log *log)
{
    struct orgrun_error err = {0};
    struct buf text;
    AUTO(free_ptr) char *path = path_of(state_dir, key);
    int rc = path ? check_file(path, &err) : 0;
    if (rc == 0)
        return;
    if (rc > 0) {
        rc = fs_read_file(path, PLACES_BOOK_MAX, &text, &err);
        if (rc == 0) {
            rc = places_book_parse(b, buf_str(&text), text.len, key, now_ms, &err);
            buf_clear(&text);
        }
    }
    if (rc)
        log_warn(log, "the cache %s is not used: %s", path, err.message);
}

void places_cache_write(const struct places_book *b, const char *state_dir,
                        const struct places_key *key, int64_t least_ms, const struct log *log)
{
    struct orgrun_error err = {0};
    struct fs_atomic file = {0};
    AUTO(free_ptr) char *path = path_of(state_dir, key);
    AUTO(free_ptr) char *text = places_book_text(b, key, least_ms, &err);
    int rc = path && text ? fs_atomic_open(&file, path, 0600, &err) : error_nomem(&err);
    if (rc == 0 && text && file.file) {
        (void)fputs(text, file.file);
        rc = fs_atomic_commit(&file, &err);
    }
    if (rc)
        log_warn(log, "the organization is not kept for the next time: %s", err.message);
}
