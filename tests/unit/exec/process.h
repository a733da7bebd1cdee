// SPDX-License-Identifier: MIT
// What tests ask of processes: whether one, or a group of them, is there.
#ifndef TESTS_EXEC_PROCESS_H
#define TESTS_EXEC_PROCESS_H

#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define PROCESS_WAIT_MS 10000

/* State and group of a process, which may be a zombie that init has not reaped; false: no more. */
static inline bool process_stat(pid_t pid, char *state, pid_t *group)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *end = strrchr(text, ')'); /* the name before it may hold anything */
    int parent, read_group;
    if (!end || sscanf(end + 1, " %c %d %d", state, &parent, &read_group) != 3)
        return false;
    *group = read_group;
    return true;
}

static inline bool process_lives(pid_t pid)
{
    char state;
    pid_t group;
    return process_stat(pid, &state, &group) && state != 'Z' && state != 'X';
}

/* How many live processes a group has. */
static inline int process_group_size(pid_t group)
{
    int n = 0;
    DIR *dir = opendir("/proc");
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char state;
        pid_t of;
        if (isdigit((unsigned char)e->d_name[0]) &&
            process_stat((pid_t)atoi(e->d_name), &state, &of) && of == group && state != 'Z' &&
            state != 'X')
            n++;
    }
    if (dir)
        closedir(dir);
    return n;
}

/* A killed process takes a moment to be gone. */
static inline bool process_ends(pid_t pid)
{
    for (int ms = 0; ms < PROCESS_WAIT_MS && process_lives(pid); ms++)
        (void)poll(NULL, 0, 1);
    return !process_lives(pid);
}

static inline bool process_group_ends(pid_t group)
{
    for (int ms = 0; ms < PROCESS_WAIT_MS && process_group_size(group) > 0; ms += 5)
        (void)poll(NULL, 0, 5);
    return process_group_size(group) == 0;
}

#endif
