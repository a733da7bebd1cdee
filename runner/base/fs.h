// SPDX-License-Identifier: MIT
// Files: whole reads with a maximum, atomic writes, private directories.
#ifndef ORGRUN_BASE_FS_H
#define ORGRUN_BASE_FS_H

#include "base/buf.h"

#include <stdio.h>

/* Reads a whole regular file (or pipe) of at most max bytes into out (initialised here; cleared on
 * failure). path "-" is standard input. ORGRUN_EIO, ORGRUN_ELIMIT, ORGRUN_ENOMEM. */
int fs_read_file(const char *path, size_t max, struct buf *out, struct orgrun_error *err);

/* Creates path and its missing parents with mode, less the umask. An existing directory is fine.
 * ORGRUN_EIO. */
int fs_mkdirs(const char *path, unsigned mode, struct orgrun_error *err);

/* A file that appears under its name only when whole: written beside it, fsynced, renamed. */
struct fs_atomic {
    FILE *file;
    char *path;
    char *temp;
};

/* Opens the temporary file, of that mode, in the directory of path. Missing parents are created:
 * who may read the file may enter them. ORGRUN_EIO, ORGRUN_ENOMEM. */
int fs_atomic_open(struct fs_atomic *a, const char *path, unsigned mode, struct orgrun_error *err);

/* Flushes, fsyncs, renames, fsyncs the directory. On failure the temporary file is gone and the old
 * file stands. Releases a either way. ORGRUN_EIO. */
int fs_atomic_commit(struct fs_atomic *a, struct orgrun_error *err);

/* Drops the temporary file. Safe on a zeroed, committed or aborted a. */
void fs_atomic_abort(struct fs_atomic *a);

/* "<dir>/<name>", heap; NULL when out of memory. */
char *fs_join(const char *dir, const char *name);

#endif
