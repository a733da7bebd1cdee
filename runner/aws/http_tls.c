// SPDX-License-Identifier: MIT
// The certificate authorities that connections are verified against: one store, loaded once,
// shared.
#include "aws/http_tls.h"

#include "base/cleanup.h"
#include "base/thread.h"

#include <ctype.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#define WHY_SIZE 256

struct http_tls {
    X509_STORE *store;
    char *file;     /* to be loaded as a whole, or in reserve behind a directory; may be NULL */
    bool directory; /* a hashed directory answers first */
    bool begun;     /* the loader was started, or there is nothing to load */
    bool loading;   /* the loader is to be joined */
    bool whole;     /* file is in the store */
    pthread_t loader;
    char why[WHY_SIZE];
};

/* Loads t->file into the store; false with `why` set. */
static bool load_file(struct http_tls *t)
{
    ERR_clear_error();
    if (X509_STORE_load_file(t->store, t->file)) {
        t->whole = true;
        return true;
    }
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    (void)snprintf(t->why, sizeof t->why, "no certificate could be read from %s: %s", t->file,
                   reason ? reason : "unknown reason");
    ERR_clear_error();
    return false;
}

static void *load_in_thread(void *arg)
{
    (void)load_file(arg);
    return NULL;
}

void http_tls_begin(struct http_tls *t)
{
    if (t->begun)
        return;
    t->begun = true;
    if (t->directory || !t->file)
        return;
    t->loading = thread_create(&t->loader, load_in_thread, t) == 0;
    if (!t->loading)
        (void)load_file(t);
}

static void wait_for_loader(struct http_tls *t)
{
    if (!t->loading)
        return;
    pthread_join(t->loader, NULL);
    t->loading = false;
}

X509_STORE *http_tls_store(struct http_tls *t)
{
    wait_for_loader(t);
    return t->why[0] ? NULL : t->store;
}

const char *http_tls_why(const struct http_tls *t)
{
    return t->why;
}

bool http_tls_whole(const struct http_tls *t)
{
    if (!t->directory || !t->file)
        return true; /* a loader may be at work: `whole` is its own until it is joined */
    return t->whole;
}

bool http_tls_widen(struct http_tls *t)
{
    if (http_tls_whole(t))
        return true;
    bool widened = load_file(t);
    t->why[0] = '\0'; /* the directory still stands */
    return widened;
}

/* Does the directory hold a name as OpenSSL looks it up, "<8 hex digits>.<digit>"? */
static bool is_hashed(const char *path)
{
    DIR *dir = path && path[0] ? opendir(path) : NULL;
    if (!dir)
        return false;
    bool found = false;
    for (const struct dirent *e; !found && (e = readdir(dir));)
        found = strspn(e->d_name, "0123456789abcdef") == 8 && e->d_name[8] == '.' &&
                isdigit((unsigned char)e->d_name[9]);
    closedir(dir);
    return found;
}

static bool is_readable(const char *path)
{
    return path && path[0] && access(path, R_OK) == 0;
}

static int add_directory(struct http_tls *t, const char *path)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(t->store, X509_LOOKUP_hash_dir());
    if (!lookup || X509_LOOKUP_add_dir(lookup, path, X509_FILETYPE_PEM) != 1)
        return ORGRUN_ENOMEM;
    t->directory = true;
    return 0;
}

static int keep_file(struct http_tls *t, const char *path)
{
    t->file = strdup(path);
    return t->file ? 0 : ORGRUN_ENOMEM;
}

/* Finds where this system keeps its authorities. */
static int find_system(struct http_tls *t)
{
    const char *named = secure_getenv(X509_get_default_cert_file_env());
    if (is_readable(named))
        return keep_file(t, named);
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    const char *dirs[] = {secure_getenv(X509_get_default_cert_dir_env()), curl->capath,
                          X509_get_default_cert_dir()};
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0] && !t->directory; i++) {
        if (is_hashed(dirs[i]) && add_directory(t, dirs[i]))
            return ORGRUN_ENOMEM;
    }
    const char *files[] = {curl->cainfo, X509_get_default_cert_file()};
    for (size_t i = 0; i < sizeof files / sizeof files[0] && !t->file; i++) {
        if (is_readable(files[i]) && keep_file(t, files[i]))
            return ORGRUN_ENOMEM;
    }
    return 0;
}

static int use_bundle(struct http_tls *t, const char *bundle, struct orgrun_error *err)
{
    AUTO(close_fd) int fd = open(bundle, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        error_set_errno(err, ORGRUN_EIO, errno, "cannot read the CA bundle %s", bundle);
        error_hint(err, "AWS_CA_BUNDLE must name a readable PEM file, or be unset.");
        return ORGRUN_EIO;
    }
    if (keep_file(t, bundle))
        return error_nomem(err);
    http_tls_begin(t);
    return 0;
}

int http_tls_new(struct http_tls **out, const char *bundle, struct orgrun_error *err)
{
    struct http_tls *t = calloc(1, sizeof *t);
    if (!t)
        return error_nomem(err);
    t->store = X509_STORE_new();
    int rc = t->store ? 0 : error_nomem(err);
    if (!rc) {
        /* As libcurl sets them on a store of its own. */
        X509_STORE_set_flags(t->store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
        rc = bundle ? use_bundle(t, bundle, err) : find_system(t);
        if (rc == ORGRUN_ENOMEM)
            error_nomem(err);
    }
    if (rc) {
        http_tls_free(t);
        return rc;
    }
    *out = t;
    return 0;
}

void http_tls_free(struct http_tls *t)
{
    if (!t)
        return;
    wait_for_loader(t);
    X509_STORE_free(t->store);
    free(t->file);
    free(t);
}
