// SPDX-License-Identifier: MIT
// Runs a fuzz target over each file of its corpus, so that what was once found stays found.
#include "base/cleanup.h"
#include "base/fs.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEED_MAX (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A heap copy of exactly its size, so that reading one byte past the end is seen. */
static int replay(const char *path)
{
    struct orgrun_error err = {0};
    AUTO(buf_clear) struct buf seed;
    if (fs_read_file(path, SEED_MAX, &seed, &err) != 0) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    AUTO(free_ptr) uint8_t *exact = malloc(seed.len ? seed.len : 1);
    if (!exact)
        return -1;
    memcpy(exact, buf_str(&seed), seed.len);
    LLVMFuzzerTestOneInput(exact, seed.len);
    return 0;
}

static int skip_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int failures = argc != 2,
        len = argc == 2 ? scandir(argv[1], &entries, skip_dots, alphasort) : 0;
    if (len <= 0) {
        fprintf(stderr, "%s: no corpus\n", argc == 2 ? argv[1] : "usage: replay DIRECTORY");
        return 1;
    }
    for (int i = 0; i < len; i++) {
        AUTO(free_ptr) char *path = fs_join(argv[1], entries[i]->d_name);
        failures += !path || replay(path) != 0;
        free(entries[i]);
    }
    free(entries);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    printf("%d of %d seeds replayed\n", len - failures, len);
    return failures != 0;
}
