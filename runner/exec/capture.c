// SPDX-License-Identifier: MIT
// One output stream into one file: the head as it comes, the tail in a ring until the end.
#include "exec/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_MAX (64u << 10)
#define BLOCK 8192

struct capture {
    char *path;
    int fd;
    size_t head_max;
    size_t tail_max;
    uint64_t head_len; /* bytes of the stream that went into the head */
    uint64_t tail_len; /* bytes of the stream past the head, the cut ones too */
    char *tail;        /* ring of tail_max; the byte n past the head is at n % tail_max */
    char *block;       /* bytes not yet written */
    size_t block_len;
    uint64_t bytes; /* of the file, block included */
    EVP_MD_CTX *digest;
};

/* An earlier attempt's file is removed, never followed or truncated: it may be a link by now. */
static int create(const char *path)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(path, flags, 0600);
    if (fd < 0 && errno == EEXIST && unlink(path) == 0)
        fd = open(path, flags, 0600);
    return fd;
}

static void drop(struct capture *c)
{
    if (c->fd >= 0)
        close(c->fd);
    EVP_MD_CTX_free(c->digest);
    free(c->tail);
    free(c->block);
    free(c->path);
    free(c);
}

int capture_open(struct capture **out, const char *path, size_t max, struct orgrun_error *err)
{
    struct capture *c = calloc(1, sizeof *c);
    if (!c)
        return error_nomem(err);
    c->fd = -1;
    c->tail_max = max / 4 < TAIL_MAX ? max / 4 : TAIL_MAX;
    c->head_max = max - c->tail_max;
    c->path = strdup(path);
    if (!c->path) {
        drop(c);
        return error_nomem(err);
    }
    c->fd = create(path);
    if (c->fd < 0) {
        int errnum = errno;
        drop(c);
        return error_set_errno(err, ORGRUN_EIO, errnum, "cannot create %s", path);
    }
    *out = c;
    return 0;
}

static int write_all(struct capture *c, const char *data, size_t len, struct orgrun_error *err)
{
    while (len > 0) {
        ssize_t n = write(c->fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", c->path);
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int flush(struct capture *c, struct orgrun_error *err)
{
    size_t len = c->block_len;
    c->block_len = 0;
    return write_all(c, c->block, len, err);
}

/* Both are made by the first byte: most streams have none. */
static int prepare(struct capture *c, struct orgrun_error *err)
{
    if (!c->block)
        c->block = malloc(BLOCK);
    if (!c->digest) {
        c->digest = EVP_MD_CTX_new();
        if (c->digest && EVP_DigestInit_ex(c->digest, EVP_sha256(), NULL) != 1) {
            EVP_MD_CTX_free(c->digest);
            c->digest = NULL;
        }
    }
    return c->block && c->digest ? 0 : error_nomem(err);
}

/* Appends to the file. */
static int put(struct capture *c, const char *data, size_t len, struct orgrun_error *err)
{
    if (len == 0)
        return 0;
    int rc = prepare(c, err);
    if (rc)
        return rc;
    EVP_DigestUpdate(c->digest, data, len);
    c->bytes += len;
    if (len > BLOCK - c->block_len && (rc = flush(c, err)) != 0)
        return rc;
    if (len >= BLOCK)
        return write_all(c, data, len, err);
    memcpy(c->block + c->block_len, data, len);
    c->block_len += len;
    return 0;
}

static int put_tail(struct capture *c, const char *data, size_t len, struct orgrun_error *err)
{
    if (c->tail_max && !c->tail) {
        c->tail = malloc(c->tail_max);
        if (!c->tail)
            return error_nomem(err);
    }
    if (len > c->tail_max) {
        c->tail_len += len - c->tail_max;
        data += len - c->tail_max;
        len = c->tail_max;
    }
    if (len == 0)
        return 0;
    size_t at = (size_t)(c->tail_len % c->tail_max);
    size_t first = len < c->tail_max - at ? len : c->tail_max - at;
    memcpy(c->tail + at, data, first);
    memcpy(c->tail, data + first, len - first);
    c->tail_len += len;
    return 0;
}

int capture_write(struct capture *c, const char *data, size_t len, struct orgrun_error *err)
{
    size_t room = (size_t)(c->head_max - c->head_len);
    size_t head = len < room ? len : room;
    int rc = put(c, data, head, err);
    c->head_len += head;
    return rc || head == len ? rc : put_tail(c, data + head, len - head, err);
}

/* Writes what the ring holds, after the line that says what it does not. */
static int finish_tail(struct capture *c, uint64_t *cut, struct orgrun_error *err)
{
    *cut = c->tail_len > c->tail_max ? c->tail_len - c->tail_max : 0;
    if (!*cut)
        return put(c, c->tail, (size_t)c->tail_len, err);
    char line[64];
    int n =
        snprintf(line, sizeof line, "\n[orgrun: %llu bytes cut here]\n", (unsigned long long)*cut);
    int rc = put(c, line, (size_t)n, err);
    if (rc || c->tail_max == 0)
        return rc;
    size_t oldest = (size_t)(c->tail_len % c->tail_max);
    rc = put(c, c->tail + oldest, c->tail_max - oldest, err);
    return rc ? rc : put(c, c->tail, oldest, err);
}

static void finish_digest(struct capture *c, char out[65])
{
    static const char of_nothing[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    if (!c->digest) {
        memcpy(out, of_nothing, sizeof of_nothing);
        return;
    }
    static const char digits[] = "0123456789abcdef";
    unsigned char md[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(c->digest, md, NULL);
    for (size_t i = 0; i < 32; i++) {
        out[i * 2] = digits[md[i] >> 4];
        out[i * 2 + 1] = digits[md[i] & 15];
    }
    out[64] = '\0';
}

int capture_close(struct capture *c, struct capture_result *result, struct orgrun_error *err)
{
    *result = (struct capture_result){0};
    int rc = finish_tail(c, &result->cut, err);
    if (rc == 0 && c->block_len)
        rc = flush(c, err);
    int fd = c->fd;
    c->fd = -1;
    if (close(fd) != 0 && rc == 0)
        rc = error_set_errno(err, ORGRUN_EIO, errno, "cannot write %s", c->path);
    if (rc == 0) {
        result->bytes = c->bytes;
        finish_digest(c, result->sha256);
    }
    drop(c);
    return rc;
}

void capture_abort(struct capture *c)
{
    if (!c)
        return;
    unlink(c->path);
    drop(c);
}
