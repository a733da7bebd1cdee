// SPDX-License-Identifier: MIT
// The open connections of the credential endpoint, and who of them makes room.
#include "aws/credential_crowd.h"

#include <stdlib.h>
#include <sys/socket.h>

void crowd_init(struct crowd *c, unsigned most_strangers)
{
    *c = (struct crowd){.most = most_strangers};
    pthread_mutex_init(&c->lock, NULL);
}

void crowd_clear(struct crowd *c)
{
    pthread_mutex_destroy(&c->lock);
}

/* Under the lock. */
static void admit(struct crowd *c, struct crowd_member *m)
{
    if (!m->admitted)
        c->strangers--;
    m->admitted = true;
}

/* Under the lock, which keeps the descriptor from being closed, and its number from going to
 * another. The connection's own thread sees the end and closes. */
static void turn_out_oldest(struct crowd *c)
{
    struct crowd_member *m = c->first;
    while (m && m->admitted)
        m = m->next;
    if (!m)
        return;
    (void)shutdown(m->fd, SHUT_RDWR);
    admit(c, m);
}

struct crowd_member *crowd_enter(struct crowd *c, int fd)
{
    struct crowd_member *m = malloc(sizeof *m);
    if (!m)
        return NULL;
    pthread_mutex_lock(&c->lock);
    if (c->strangers >= c->most)
        turn_out_oldest(c);
    *m = (struct crowd_member){.prev = c->last, .fd = fd};
    if (c->last)
        c->last->next = m;
    else
        c->first = m;
    c->last = m;
    c->strangers++;
    pthread_mutex_unlock(&c->lock);
    return m;
}

void crowd_admit(struct crowd *c, struct crowd_member *m)
{
    pthread_mutex_lock(&c->lock);
    admit(c, m);
    pthread_mutex_unlock(&c->lock);
}

void crowd_leave(struct crowd *c, struct crowd_member *m)
{
    if (!m)
        return;
    pthread_mutex_lock(&c->lock);
    admit(c, m);
    if (m->prev)
        m->prev->next = m->next;
    else
        c->first = m->next;
    if (m->next)
        m->next->prev = m->prev;
    else
        c->last = m->prev;
    pthread_mutex_unlock(&c->lock);
    free(m);
}
