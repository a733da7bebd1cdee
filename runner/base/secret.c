// SPDX-License-Identifier: MIT
// Secret text: pages of its own, left out of core dumps, wiped on every path.
#include "base/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void secret_wipe(void *p, size_t len)
{
    if (p && len)
        OPENSSL_cleanse(p, len);
}

void secret_free_str(char *s)
{
    if (s)
        secret_wipe(s, strlen(s));
    free(s);
}

int secret_set(struct secret *s, const char *text, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t cap = (len + page) / page * page; /* room for the NUL */
    char *data = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED)
        return ORGRUN_ENOMEM;
    /* Best effort: an old kernel, or a small RLIMIT_MEMLOCK, must not stop the run. */
    (void)madvise(data, cap, MADV_DONTDUMP);
    (void)mlock(data, cap);
    if (len)
        memcpy(data, text, len);
    data[len] = '\0';
    secret_clear(s);
    *s = (struct secret){.data_ = data, .len_ = len, .cap_ = cap};
    return 0;
}

int secret_copy(struct secret *dst, const struct secret *src)
{
    return secret_set(dst, secret_reveal(src), src->len_);
}

void secret_clear(struct secret *s)
{
    if (s->data_) {
        secret_wipe(s->data_, s->cap_);
        munmap(s->data_, s->cap_);
    }
    *s = (struct secret){0};
}

const char *secret_reveal(const struct secret *s)
{
    return s->data_ ? s->data_ : "";
}

size_t secret_len(const struct secret *s)
{
    return s->len_;
}

bool secret_empty(const struct secret *s)
{
    return s->len_ == 0;
}
