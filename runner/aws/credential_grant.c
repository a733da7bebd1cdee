// SPDX-License-Identifier: MIT
// One child's right to its account's credentials, and the set of those that stand.
#include "aws/credential_grant.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void grant_set_init(struct grant_set *set)
{
    *set = (struct grant_set){0};
    pthread_mutex_init(&set->lock, NULL);
}

void grant_set_clear(struct grant_set *set)
{
    pthread_mutex_destroy(&set->lock);
}

static void grant_free(struct credential_grant *g)
{
    secret_clear(&g->token);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

/* Random bytes as lower-case hexadecimal digits, and NUL. */
static int random_hex(char *out, size_t bytes, struct orgrun_error *err)
{
    unsigned char noise[GRANT_TOKEN_BYTES];
    if (RAND_bytes(noise, (int)bytes) != 1)
        return error_set(err, ORGRUN_EIO, "the system gives no random numbers");
    for (size_t i = 0; i < bytes; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", noise[i]);
    secret_wipe(noise, sizeof noise);
    return 0;
}

static int name(struct credential_grant *g, unsigned port, struct orgrun_error *err)
{
    char id[2 * GRANT_ID_BYTES + 1], token[2 * GRANT_TOKEN_BYTES + 1] = "";
    int rc = random_hex(id, GRANT_ID_BYTES, err);
    if (rc == 0)
        rc = random_hex(token, GRANT_TOKEN_BYTES, err);
    if (rc)
        return rc;
    (void)snprintf(g->path, sizeof g->path, "%s%s", GRANT_PATH, id);
    (void)snprintf(g->url, sizeof g->url, "http://127.0.0.1:%u%s", port, g->path);
    rc = secret_set(&g->token, token, strlen(token));
    secret_wipe(token, sizeof token);
    return rc ? error_nomem(err) : 0;
}

int grant_set_add(struct grant_set *set, const struct credential_grant_opts *opts, unsigned port,
                  struct credential_grant **out, struct orgrun_error *err)
{
    struct credential_grant *g = calloc(1, sizeof *g);
    if (!g)
        return error_nomem(err);
    pthread_mutex_init(&g->lock, NULL);
    g->refs = 1;
    g->current = opts->current;
    g->on_handout = opts->on_handout;
    g->self = opts->self;
    (void)snprintf(g->account, sizeof g->account, "%s", opts->account_id);
    int rc = name(g, port, err);
    if (rc) {
        grant_free(g);
        return rc;
    }
    pthread_mutex_lock(&set->lock);
    g->next = set->first;
    if (g->next)
        g->next->prev = g;
    set->first = g;
    pthread_mutex_unlock(&set->lock);
    *out = g;
    return 0;
}

void grant_set_remove(struct grant_set *set, struct credential_grant *g)
{
    pthread_mutex_lock(&set->lock);
    if (g->prev)
        g->prev->next = g->next;
    else
        set->first = g->next;
    if (g->next)
        g->next->prev = g->prev;
    pthread_mutex_unlock(&set->lock);
    pthread_mutex_lock(&g->lock);
    g->revoked = true;
    pthread_mutex_unlock(&g->lock);
    grant_set_unref(set, g);
}

struct credential_grant *grant_set_find(struct grant_set *set, const char *path)
{
    pthread_mutex_lock(&set->lock);
    struct credential_grant *g = set->first;
    while (g && strcmp(g->path, path) != 0)
        g = g->next;
    if (g)
        g->refs++;
    pthread_mutex_unlock(&set->lock);
    return g;
}

void grant_set_unref(struct grant_set *set, struct credential_grant *g)
{
    pthread_mutex_lock(&set->lock);
    bool last = --g->refs == 0;
    pthread_mutex_unlock(&set->lock);
    if (last)
        grant_free(g);
}

bool grant_begin(struct grant_set *set, struct credential_grant *g)
{
    pthread_mutex_lock(&set->lock);
    bool room = g->requests < CREDENTIAL_GRANT_REQUESTS;
    if (room)
        g->requests++;
    pthread_mutex_unlock(&set->lock);
    return room;
}

void grant_end(struct grant_set *set, struct credential_grant *g)
{
    pthread_mutex_lock(&set->lock);
    g->requests--;
    pthread_mutex_unlock(&set->lock);
}

bool grant_matches(const struct credential_grant *g, const char *token)
{
    size_t len = secret_len(&g->token); /* the same for every grant, so no secret */
    return strlen(token) == len && CRYPTO_memcmp(token, secret_reveal(&g->token), len) == 0;
}

bool grant_hand_out(struct credential_grant *g, struct credentials **c, struct orgrun_error *err)
{
    pthread_mutex_lock(&g->lock);
    bool good = !g->revoked;
    if (good && g->current)
        *c = g->current(g->self);
    if (good && g->on_handout)
        good = g->on_handout(g->self, *c, err) == 0;
    pthread_mutex_unlock(&g->lock);
    return good;
}
