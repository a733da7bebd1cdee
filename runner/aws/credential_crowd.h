// SPDX-License-Identifier: MIT
// The open connections of the credential endpoint: when there are too many, the oldest that has not
// shown a token makes room, so that no child can keep the others out. Internal to the room.
#ifndef ORGRUN_AWS_CREDENTIAL_CROWD_H
#define ORGRUN_AWS_CREDENTIAL_CROWD_H

#include <pthread.h>
#include <stdbool.h>

struct crowd_member {
    struct crowd_member *next, *prev;
    int fd;        /* open for as long as the member is in the crowd */
    bool admitted; /* showed a token, or is being shut down: not to be turned out */
};

struct crowd {
    pthread_mutex_t lock;
    struct crowd_member *first, *last; /* the oldest first */
    unsigned strangers;                /* not admitted */
    unsigned most;                     /* of them */
};

void crowd_init(struct crowd *c, unsigned most_strangers);
void crowd_clear(struct crowd *c); /* everybody must have left */

/* A connection came; NULL when out of memory. May shut down the oldest stranger's. */
struct crowd_member *crowd_enter(struct crowd *c, int fd);
/* It showed a token. */
void crowd_admit(struct crowd *c, struct crowd_member *m);
/* It is about to be closed; frees m. NULL is fine. */
void crowd_leave(struct crowd *c, struct crowd_member *m);

#endif
