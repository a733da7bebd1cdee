// SPDX-License-Identifier: MIT
// Fuzzes the redactor: whatever the secrets and wherever the stream is cut, it gives what a slow,
// plain redactor gives, and no secret stands between two marks.
#include "exec/redact.h"
#include "unit/exec/redact_oracle.h"

#include "fuzz/fuzz_text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MOST 4096
#define TEXT_MOST 16384
#define SECRETS_MOST 3
#define SECRET_LEAST 8
#define SECRET_MOST 40

/* What is left of the input; zeros when it is used up. */
struct source {
    const uint8_t *data;
    size_t len;
};

static uint8_t next(struct source *s)
{
    if (s->len == 0)
        return 0;
    s->len--;
    return *s->data++;
}

struct secret_text {
    char text[SECRET_MOST];
    size_t len;
};

/* Each secret is a length and so many bytes. */
static size_t read_secrets(struct source *s, struct secret_text secrets[SECRETS_MOST])
{
    size_t len = 1 + next(s) % SECRETS_MOST;
    for (size_t i = 0; i < len; i++) {
        secrets[i].len = SECRET_LEAST + next(s) % (SECRET_MOST - SECRET_LEAST + 1);
        for (size_t k = 0; k < secrets[i].len; k++)
            secrets[i].text[k] = (char)next(s);
    }
    return len;
}

/* The rest is text, where a byte from 0xf0 on plants the form of a secret that the next byte names:
 * whole, or without its end or its beginning. */
static size_t read_text(struct source *s, const struct redact_oracle *o, char *text)
{
    size_t len = 0;
    while (s->len > 0 && len + ORACLE_PATTERN_MAX < TEXT_MOST) {
        uint8_t c = next(s);
        if (c < 0xf0) {
            text[len++] = (char)c;
            continue;
        }
        size_t i = next(s) % o->len, from = 0, to = o->lens[i];
        if (c % 4 == 1)
            to -= 1 + next(s) % to;
        else if (c % 4 == 2)
            from += 1 + next(s) % to;
        memcpy(text + len, o->patterns[i] + from, to - from);
        len += to - from;
    }
    return len;
}

static int collect(void *user, const char *data, size_t len)
{
    require(len > 0);
    return buf_append(user, data, len);
}

/* In pieces of at most `piece` bytes, of sizes that follow from the seed; 0 = in one. */
static void redact(struct redact_set *set, const char *text, size_t len, size_t piece,
                   uint32_t seed, struct buf *out)
{
    struct redactor *r = NULL;
    buf_init(out, SIZE_MAX);
    require(redactor_new(&r, set, collect, out, NULL) == 0);
    for (size_t at = 0, n; at < len; at += n) {
        seed = seed * 1664525 + 1013904223;
        n = piece ? 1 + (seed >> 8) % piece : len;
        n = n < len - at ? n : len - at;
        /* Of exactly its size, so that reading past it is seen. */
        char *exact = malloc(n);
        require(exact);
        memcpy(exact, text + at, n);
        require(redactor_feed(r, exact, n) == 0);
        free(exact);
    }
    require(redactor_finish(r) == 0);
    redactor_free(r);
}

static void require_no_secret(const struct buf *out, const struct secret_text *secrets, size_t len)
{
    const char *at = buf_str(out), *end = at + out->len;
    while (at < end) {
        const char *mark = memmem(at, (size_t)(end - at), REDACT_MARK, sizeof REDACT_MARK - 1);
        const char *to = mark ? mark : end;
        for (size_t i = 0; i < len; i++)
            require(!memmem(at, (size_t)(to - at), secrets[i].text, secrets[i].len));
        at = mark ? mark + sizeof REDACT_MARK - 1 : end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {0, 1, 5, 64, 700};
    static struct redact_oracle oracle; /* large, and the same for each run */
    static char text[TEXT_MOST];
    struct secret_text secrets[SECRETS_MOST];
    if (size > INPUT_MOST)
        return 0;
    struct source source = {data, size};
    uint32_t seed = next(&source);
    size_t secrets_len = read_secrets(&source, secrets);
    struct redact_set *set = NULL;
    require(redact_set_new(&set, NULL) == 0);
    oracle.len = 0;
    for (size_t i = 0; i < secrets_len; i++) {
        require(redact_set_add(set, secrets[i].text, secrets[i].len, NULL) == 0);
        oracle_add_secret(&oracle, secrets[i].text, secrets[i].len);
    }
    size_t len = read_text(&source, &oracle, text);
    struct buf want;
    buf_init(&want, SIZE_MAX);
    oracle_redact(&oracle, text, len, &want);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf got;
        redact(set, text, len, pieces[i], seed, &got);
        require(got.len == want.len);
        require(memcmp(buf_str(&got), buf_str(&want), want.len) == 0);
        require_no_secret(&got, secrets, secrets_len);
        buf_clear(&got);
    }
    buf_clear(&want);
    redact_set_free(set);
    return 0;
}
