// SPDX-License-Identifier: MIT
// Issuing and finding access keys.
#include "sandbox/keys.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* The index of a key stands in the last 8 characters of its id, so finding one needs no table. */
#define INDEX_AT 12
#define INDEX_LEN 8
#define TOKEN_BYTES 270 /* 360 characters of base64, about what STS gives */

void keys_random_base32(char *out, size_t len)
{
    unsigned char random[64];
    for (size_t i = 0; i < len; i++) {
        if (i % sizeof(random) == 0 && RAND_bytes(random, sizeof(random)) != 1)
            abort(); /* no key may be made without entropy */
        out[i] = base32[random[i % sizeof(random)] & 31];
    }
}

static void random_base64(char *out, size_t bytes)
{
    unsigned char random[TOKEN_BYTES];
    if (RAND_bytes(random, (int)bytes) != 1)
        abort();
    EVP_EncodeBlock((unsigned char *)out, random, (int)bytes);
}

static void key_free(struct key *k)
{
    if (!k)
        return;
    free(k->token);
    free(k->arn);
    free(k);
}

static char *token_new(void)
{
    char text[TOKEN_BYTES / 3 * 4 + 1], *token;
    random_base64(text, TOKEN_BYTES);
    return asprintf(&token, "IQoJb3JpZ2luX2Vj%s", text) < 0 ? NULL : token;
}

static struct key *key_new(const struct key_spec *spec, size_t index)
{
    struct key *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->kind = spec->kind;
    k->expires_s = spec->expires_s;
    k->mfa = spec->mfa;
    snprintf(k->account, sizeof(k->account), "%s", spec->account);
    snprintf(k->user_id, sizeof(k->user_id), "%s", spec->user_id);
    memcpy(k->id, spec->with_token ? "ASIA" : "AKIA", 4);
    keys_random_base32(k->id + 4, INDEX_AT - 4);
    for (int i = INDEX_LEN - 1; i >= 0; i--, index >>= 5)
        k->id[INDEX_AT + i] = base32[index & 31];
    random_base64(k->secret, 30);
    k->arn = strdup(spec->arn);
    if (spec->with_token)
        k->token = token_new();
    if (!k->arn || (spec->with_token && !k->token)) {
        key_free(k);
        return NULL;
    }
    return k;
}

int keys_issue(struct keys *keys, const struct key_spec *spec, struct key **out,
               struct orgrun_error *err)
{
    if (keys->len == KEYS_MAX)
        return error_set(err, ORGRUN_ELIMIT, "%d sessions are the most this sandbox remembers",
                         KEYS_MAX);
    if (keys->len == keys->cap) {
        size_t cap = keys->cap ? keys->cap * 2 : 64;
        struct key **all = realloc(keys->all, cap * sizeof(struct key *));
        if (!all)
            return error_nomem(err);
        keys->all = all;
        keys->cap = cap;
    }
    struct key *k = key_new(spec, keys->len);
    if (!k)
        return error_nomem(err);
    keys->all[keys->len++] = k;
    *out = k;
    return 0;
}

struct key *keys_find(const struct keys *keys, const char *id)
{
    if (strlen(id) != INDEX_AT + INDEX_LEN)
        return NULL;
    size_t index = 0;
    for (const char *c = id + INDEX_AT; *c; c++) {
        const char *at = strchr(base32, *c);
        if (!at)
            return NULL;
        index = index << 5 | (size_t)(at - base32);
    }
    if (index >= keys->len || strcmp(keys->all[index]->id, id) != 0)
        return NULL;
    return keys->all[index];
}

void keys_expire(struct keys *keys, enum key_kind kind)
{
    for (size_t i = 0; i < keys->len; i++)
        if (keys->all[i]->kind == kind)
            keys->all[i]->expires_s = 0;
}

void keys_clear(struct keys *keys)
{
    for (size_t i = 0; i < keys->len; i++)
        key_free(keys->all[i]);
    free(keys->all);
    *keys = (struct keys){0};
}
