// SPDX-License-Identifier: MIT
// Lists of borrowed words that options collect, and memory that is there or ends the program.
#ifndef ORGRUN_CLI_WORDS_H
#define ORGRUN_CLI_WORDS_H

#include <stddef.h>

/* Memory for options, tables and text; "orgrun: out of memory" and exit 3 when there is none. Not
 * for use while a run is under way. */
void *words_alloc(void *old, size_t size);

/* A copy of n bytes of text with a NUL. To be freed. */
char *words_copy(const char *text, size_t n);

/* Zero-initialise. `at` is NULL-terminated, or NULL while there are none. */
struct words {
    const char **at;
    size_t len;
    char **owned; /* what words_split copied */
    size_t owned_len;
};

/* Appends a borrowed word. */
void words_add(struct words *w, const char *word);

/* Appends a heap word, which the list takes over. */
void words_keep(struct words *w, char *word);

/* Appends what stands between commas, blanks around each dropped, empty ones left out. */
void words_split(struct words *w, const char *text);

void words_clear(struct words *w);

#endif
