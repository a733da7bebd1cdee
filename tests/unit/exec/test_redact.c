// SPDX-License-Identifier: MIT
// Tests of redaction: every form of a secret, every place to cut the stream, and against a plain
// redactor on text made of near misses.
#include "unit/exec/redact_oracle.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int collect(void *user, const char *data, size_t len)
{
    return buf_append(user, data, len);
}

static struct redact_set *set_of(const char *const *secrets)
{
    struct redact_set *set;
    assert_int_equal(redact_set_new(&set, NULL), 0);
    for (size_t i = 0; secrets[i]; i++)
        assert_int_equal(redact_set_add(set, secrets[i], strlen(secrets[i]), NULL), 0);
    return set;
}

/* Feeds text in pieces: a first of `cut` bytes, then of `step` bytes each. */
static void feed(struct redact_set *set, const char *text, size_t len, size_t cut, size_t step,
                 struct buf *out)
{
    struct redactor *r;
    buf_init(out, 1u << 20);
    assert_int_equal(redactor_new(&r, set, collect, out, NULL), 0);
    assert_int_equal(redactor_feed(r, text, cut), 0);
    for (size_t at = cut; at < len; at += step)
        assert_int_equal(redactor_feed(r, text + at, step < len - at ? step : len - at), 0);
    assert_int_equal(redactor_finish(r), 0);
    redactor_free(r);
}

static void assert_all_cuts(struct redact_set *set, const char *text, size_t len, const char *want)
{
    for (size_t cut = 0; cut <= len; cut++) {
        struct buf out;
        feed(set, text, len, cut, len, &out);
        assert_string_equal(buf_str(&out), want);
        buf_clear(&out);
    }
    for (size_t step = 1; step <= 9; step++) {
        struct buf out;
        feed(set, text, len, 0, step, &out);
        assert_string_equal(buf_str(&out), want);
        buf_clear(&out);
    }
}

#define KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static void table(void **state)
{
    (void)state;
    static const struct {
        const char *secrets[4];
        const char *text;
        const char *want;
    } cases[] = {
        {{KEY}, "", ""},
        {{KEY}, "nothing here\n", "nothing here\n"},
        {{KEY}, KEY, "[redacted]"},
        {{KEY}, "key=" KEY "\n", "key=[redacted]\n"},
        {{KEY}, "a " KEY " b " KEY " c", "a [redacted] b [redacted] c"},
        {{KEY}, KEY KEY, "[redacted]"},
        {{KEY},
         "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE",
         "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE"},
        {{KEY}, "wJalrXUtwJalrXUtn" KEY "wJ", "wJalrXUtwJalrXUtn[redacted]wJ"},
        /* base64 by the three alignments, with neighbours: x:KEY, xy:KEY, xyz:KEY */
        {{KEY}, "eDp3SmFsclhVdG5GRU1JL0s3TURFTkcrYlB4UmZpQ1lFWEFNUExFS0VZ", "eDp[redacted]"},
        {{KEY},
         "eHk6d0phbHJYVXRuRkVNSS9LN01ERU5HK2JQeFJmaUNZRVhBTVBMRUtFWQ==",
         "eHk6[redacted]Q=="},
        {{KEY},
         "eHl6OndKYWxyWFV0bkZFTUkvSzdNREVORytiUHhSZmlDWUVYQU1QTEVLRVk=",
         "eHl6On[redacted]k="},
        {{KEY}, "?k=wJalrXUtnFEMI%2FK7MDENG%2BbPxRfiCYEXAMPLEKEY&", "?k=[redacted]&"},
        {{KEY}, "?k=wJalrXUtnFEMI%2fK7MDENG%2bbPxRfiCYEXAMPLEKEY&", "?k=[redacted]&"},
        {{KEY}, "?k=wJalrXUtnFEMI/K7MDENG%2BbPxRfiCYEXAMPLEKEY&", "?k=[redacted]&"},
        /* overlapping, nested, touching */
        {{"abcdefgh12", "gh12345678"}, "<abcdefgh12345678>", "<[redacted]>"},
        {{"abcdefgh", "abcdefghijkl"},
         "<abcdefghijkl> <abcdefghijk>",
         "<[redacted]> <[redacted]ijk>"},
        {{"cdefghij", "abcdefghijkl"},
         "<abcdefghijkl> <abcdefghijk>",
         "<[redacted]> <ab[redacted]k>"},
        {{"aaaaaaaa", "bbbbbbbb"},
         "aaaaaaaabbbbbbbb-aaaaaaaaa-aaaaaaa",
         "[redacted]-[redacted]-aaaaaaa"},
        {{"abababab"}, "xababababababay", "x[redacted]ay"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct redact_set *set = set_of(cases[i].secrets);
        assert_all_cuts(set, cases[i].text, strlen(cases[i].text), cases[i].want);
        redact_set_free(set);
    }
}

static void nothing_to_redact(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    struct redact_set *set = set_of(none);
    assert_all_cuts(set, "all of this", 11, "all of this");
    redact_set_free(set);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Text of few letters, and now and then a pattern, all of it or not quite. */
static size_t make_text(const struct redact_oracle *o, uint32_t *seed, char *text, size_t size)
{
    size_t n = 0;
    while (n + ORACLE_PATTERN_MAX < size && next_random(seed) % 40) {
        uint32_t what = next_random(seed);
        if (what % 4) {
            text[n++] = "abc%2"[what / 4 % 5];
            continue;
        }
        size_t p = next_random(seed) % o->len;
        size_t len = o->lens[p] - (what / 4 % 3 == 0 ? next_random(seed) % o->lens[p] : 0);
        memcpy(text + n, o->patterns[p], len);
        n += len;
    }
    return n;
}

static void same_as_plain_redactor(void **state)
{
    (void)state;
    static char text[16384];
    uint32_t seed = 20240607;
    struct redact_oracle *o = malloc(sizeof *o);
    for (int round = 0; round < 400; round++) {
        struct redact_set *set;
        assert_int_equal(redact_set_new(&set, NULL), 0);
        o->len = 0;
        for (uint32_t k = 0, secrets = 1 + next_random(&seed) % 3; k < secrets; k++) {
            char secret[40];
            size_t len = 8 + next_random(&seed) % (round % 2 ? 4 : 30);
            for (size_t i = 0; i < len; i++)
                secret[i] = "ab/+"[next_random(&seed) % (round % 3 ? 2 : 4)];
            assert_int_equal(redact_set_add(set, secret, len, NULL), 0);
            oracle_add_secret(o, secret, len);
        }
        size_t len = make_text(o, &seed, text, sizeof text);
        struct buf want, got;
        buf_init(&want, 1u << 20);
        oracle_redact(o, text, len, &want);
        feed(set, text, len, len ? next_random(&seed) % len : 0, 1 + next_random(&seed) % 50, &got);
        assert_int_equal(got.len, want.len);
        if (want.len)
            assert_memory_equal(got.data, want.data, want.len);
        buf_clear(&want);
        buf_clear(&got);
        redact_set_free(set);
    }
    free(o);
}

/* Nothing is held back that cannot be the beginning of a secret. */
static void holds_back_no_more_than_it_must(void **state)
{
    (void)state;
    static const char *const secrets[] = {"abcdefghij", NULL};
    struct redact_set *set = set_of(secrets);
    struct redactor *r;
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(redactor_new(&r, set, collect, &out, NULL), 0);
    assert_int_equal(redactor_feed(r, "prompt> ", 8), 0);
    assert_string_equal(buf_str(&out), "prompt> ");
    assert_int_equal(redactor_feed(r, "xabcd", 5), 0);
    assert_string_equal(buf_str(&out), "prompt> x");
    assert_int_equal(redactor_feed(r, "!", 1), 0);
    assert_string_equal(buf_str(&out), "prompt> xabcd!");
    redactor_free(r);
    buf_clear(&out);
    redact_set_free(set);
}

static void short_secrets_are_refused(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    struct redact_set *set;
    assert_int_equal(redact_set_new(&set, &err), 0);
    assert_int_equal(redact_set_add(set, "1234567", 7, &err), ORGRUN_EUSAGE);
    assert_string_equal(err.message, "a secret of fewer than 8 bytes cannot be redacted");
    redact_set_free(set);
    redact_set_free(NULL);
}

static void huge_secrets_are_refused(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    struct redact_set *set;
    char *huge = malloc(1u << 20);
    memset(huge, 'x', 1u << 20);
    assert_int_equal(redact_set_new(&set, &err), 0);
    assert_int_equal(redact_set_add(set, huge, 1u << 20, &err), ORGRUN_ELIMIT);
    assert_string_equal(err.message, "a secret to redact is larger than 1048576 bytes");
    redact_set_free(set);
    free(huge);
}

/* A secret that becomes known while a stream runs, longer than any before it, and in its middle a
 * beginning of an earlier one is held back. */
static void secrets_may_be_added_meanwhile(void **state)
{
    (void)state;
    static const char *const first[] = {"abcdefghij", NULL};
    struct redact_set *set = set_of(first);
    struct redactor *r;
    struct buf out;
    buf_init(&out, 1u << 20);
    assert_int_equal(redactor_new(&r, set, collect, &out, NULL), 0);
    assert_int_equal(redactor_feed(r, KEY " abcdef", sizeof KEY " abcdef" - 1), 0);
    assert_int_equal(redact_set_add(set, KEY KEY KEY, 3 * (sizeof KEY - 1), NULL), 0);
    assert_int_equal(redact_set_add(set, KEY, sizeof KEY - 1, NULL), 0);
    const char *text = "ghij " KEY KEY KEY " abcdefghi " KEY "\n";
    for (size_t i = 0; text[i]; i++)
        assert_int_equal(redactor_feed(r, text + i, 1), 0);
    assert_int_equal(redactor_finish(r), 0);
    assert_string_equal(buf_str(&out), KEY " [redacted] [redacted] abcdefghi [redacted]\n");
    redactor_free(r);
    redact_set_free(set);
    buf_clear(&out);
}

/* One thread redacts text that names each secret once it was added by another. */
struct adder {
    struct redact_set *set;
    atomic_int added;
    int rc;
};

#define ADDED 50

static void added_secret(int i, char out[32])
{
    (void)snprintf(out, 32, "secret-%02d-of-many-%02d", i, i * 7 % 50);
}

static void *add_secrets(void *arg)
{
    struct adder *a = arg;
    char secret[32];
    for (int i = 0; i < ADDED && a->rc == 0; i++) {
        added_secret(i, secret);
        a->rc = redact_set_add(a->set, secret, strlen(secret), NULL);
        atomic_fetch_add(&a->added, 1);
    }
    return NULL;
}

static void secrets_may_be_added_by_another_thread(void **state)
{
    (void)state;
    static const char *const first[] = {"abcdefghij", NULL};
    struct adder a = {.set = set_of(first)};
    struct redactor *r;
    struct buf out;
    pthread_t thread;
    char secret[32];
    buf_init(&out, 64u << 20);
    assert_int_equal(redactor_new(&r, a.set, collect, &out, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, add_secrets, &a), 0);
    int known;
    do {
        known = atomic_load(&a.added);
        for (int i = 0; i < known; i++) {
            added_secret(i, secret);
            assert_int_equal(redactor_feed(r, secret, strlen(secret)), 0);
        }
        assert_int_equal(redactor_feed(r, "text ", 5), 0);
    } while (known < ADDED);
    pthread_join(thread, NULL);
    assert_int_equal(redactor_finish(r), 0);
    assert_int_equal(a.rc, 0);
    assert_null(strstr(buf_str(&out), "secret-"));
    assert_non_null(strstr(buf_str(&out), "text "));
    redactor_free(r);
    redact_set_free(a.set);
    buf_clear(&out);
}

static int refuse(void *user, const char *data, size_t len)
{
    (void)user, (void)data, (void)len;
    return -42;
}

static void emit_failure_is_handed_on(void **state)
{
    (void)state;
    static const char *const secrets[] = {"abcdefghij", NULL};
    struct redact_set *set = set_of(secrets);
    struct redactor *r;
    assert_int_equal(redactor_new(&r, set, refuse, NULL, NULL), 0);
    assert_int_equal(redactor_feed(r, "abc", 3), 0);
    assert_int_equal(redactor_feed(r, "x", 1), -42);
    redactor_free(r);
    assert_int_equal(redactor_new(&r, set, refuse, NULL, NULL), 0);
    assert_int_equal(redactor_feed(r, "abc", 3), 0);
    assert_int_equal(redactor_finish(r), -42);
    redactor_free(r);
    redact_set_free(set);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(nothing_to_redact),
        cmocka_unit_test(same_as_plain_redactor),
        cmocka_unit_test(holds_back_no_more_than_it_must),
        cmocka_unit_test(short_secrets_are_refused),
        cmocka_unit_test(huge_secrets_are_refused),
        cmocka_unit_test(secrets_may_be_added_meanwhile),
        cmocka_unit_test(secrets_may_be_added_by_another_thread),
        cmocka_unit_test(emit_failure_is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
