// SPDX-License-Identifier: MIT
// Growing lists of words.
#include "cli/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *words_alloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p) {
        (void)fputs("orgrun: out of memory\n", stderr);
        exit(3);
    }
    return p;
}

char *words_copy(const char *text, size_t n)
{
    char *copy = words_alloc(NULL, n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

void words_add(struct words *w, const char *word)
{
    w->at = words_alloc(w->at, (w->len + 2) * sizeof *w->at);
    w->at[w->len++] = word;
    w->at[w->len] = NULL;
}

void words_keep(struct words *w, char *word)
{
    w->owned = words_alloc(w->owned, (w->owned_len + 1) * sizeof *w->owned);
    w->owned[w->owned_len++] = word;
    words_add(w, word);
}

void words_split(struct words *w, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, ",");
        size_t from = 0, to = n;
        while (from < to && isspace((unsigned char)text[from]))
            from++;
        while (to > from && isspace((unsigned char)text[to - 1]))
            to--;
        if (to > from)
            words_keep(w, words_copy(text + from, to - from));
        text += n + (text[n] == ',');
    }
}

void words_clear(struct words *w)
{
    for (size_t i = 0; i < w->owned_len; i++)
        free(w->owned[i]);
    free(w->owned);
    free(w->at);
    *w = (struct words){0};
}
