// SPDX-License-Identifier: MIT
// Threads of the library take no signal: those are for whoever embeds it.
#ifndef ORGRUN_BASE_THREAD_H
#define ORGRUN_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* As pthread_create with default attributes, every signal blocked from the thread's first moment.
 */
static inline int thread_create(pthread_t *thread, void *(*run)(void *), void *arg)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return rc;
}

#endif
