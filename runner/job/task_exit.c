// SPDX-License-Identifier: MIT
// The exit codes of a task: which mean passed, failed or error.
#include "job/loading.h"

#include <stdio.h>
#include <string.h>

/* While the mapping is read, a code that no list names yet. */
#define UNSET UINT8_MAX

static const struct {
    const char *key;
    enum orgrun_outcome outcome;
} meanings[] = {{"passed", ORGRUN_PASSED}, {"failed", ORGRUN_FAILED}, {"error", ORGRUN_ERROR}};

static int code_read(const struct field_at *at, const struct node *value,
                     enum orgrun_outcome outcome, struct job_exit_map *map,
                     struct orgrun_error *err)
{
    int64_t code;
    if (value->kind != NODE_TEXT || !value->plain || !field_number(value->text, &code) ||
        code > 255)
        return field_wrong_item(at, value, err, "an exit code from 0 to 255");
    if (map->of[code] == outcome)
        return node_error(&value->mark, err, "exit code %lld is listed twice in \"%s\"",
                          (long long)code, at->field->key);
    if (map->of[code] != UNSET)
        return node_error(&value->mark, err, "exit code %lld is both \"%s\" and \"%s\"",
                          (long long)code, orgrun_outcome_name(map->of[code]), at->field->key);
    map->of[code] = (uint8_t)outcome;
    return 0;
}

static int codes_read(const struct field_at *at, const struct node *value, void *dst,
                      struct orgrun_error *err)
{
    size_t m = 0;
    while (strcmp(meanings[m].key, at->field->key) != 0)
        m++;
    int rc = field_check_list(at, value, "exit codes", err);
    for (size_t i = 0; rc == 0 && i < value->len; i++)
        rc = code_read(at, value->items[i].value, meanings[m].outcome, dst, err);
    return rc;
}

static const struct field fields[] = {
    {"passed", codes_read, 0, 0, 256},
    {"failed", codes_read, 0, 0, 256},
    {"error", codes_read, 0, 0, 256},
};

int task_exit_read(const struct field_at *at, const struct node *value, void *dst,
                   struct orgrun_error *err)
{
    char noun[FIELD_NOUN_SIZE + 16];
    struct job_exit_map *map = dst;
    (void)snprintf(noun, sizeof noun, "exit of %s", at->noun);
    memset(map->of, UNSET, sizeof map->of);
    int rc =
        field_read_map(at->loading, value, noun, fields, sizeof fields / sizeof *fields, map, err);
    if (rc)
        return rc;
    /* Who lists what is a no has said what an answer is: all else is none. */
    uint8_t rest = node_find(value, "failed") ? ORGRUN_ERROR : ORGRUN_FAILED;
    if (map->of[0] == UNSET && !node_find(value, "passed"))
        map->of[0] = ORGRUN_PASSED;
    for (size_t i = 0; i < sizeof map->of; i++)
        if (map->of[i] == UNSET)
            map->of[i] = rest;
    return 0;
}
