// SPDX-License-Identifier: MIT
// Scope-bound cleanup: `AUTO(free_ptr) char *s = ...;` and TAKE_PTR to hand ownership out.
#ifndef ORGRUN_BASE_CLEANUP_H
#define ORGRUN_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AUTO(fn) __attribute__((cleanup(fn)))

/* Yields the pointer and leaves NULL behind, so that the scope's cleanup does nothing. */
#define TAKE_PTR(p)                                                                                \
    ({                                                                                             \
        __typeof__(p) taken_ = (p);                                                                \
        (p) = NULL;                                                                                \
        taken_;                                                                                    \
    })

/* Defines `static inline void name(type **p)` that calls `free_fn` on a non-NULL pointer. */
#define DEFINE_CLEANUP(name, type, free_fn)                                                        \
    /* NOLINTNEXTLINE(bugprone-macro-parentheses): a type */                                       \
    static inline void name(type **p)                                                              \
    {                                                                                              \
        if (*p)                                                                                    \
            free_fn(*p);                                                                           \
    }

static inline void free_ptr(void *p)
{
    free(*(void **)p);
}

static inline void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void close_file(FILE **f)
{
    if (*f)
        fclose(*f);
}

#endif
