// SPDX-License-Identifier: MIT
// One HTTP exchange for a thread that waits for it.
#include "aws/http_exchange.h"

#include <pthread.h>

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool over;
    struct http_response *response;
};

static void wake(void *user, struct http_response *response)
{
    struct waiter *w = user;
    pthread_mutex_lock(&w->lock);
    *w->response = *response;
    w->over = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
}

int http_exchange(struct http_client client, const struct http_request *request,
                  struct http_response *response, struct orgrun_error *err)
{
    struct waiter w = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER, .response = response};
    *response = (struct http_response){0};
    int rc = client.ops->submit(client.self, request, wake, &w, err);
    if (rc == 0) {
        pthread_mutex_lock(&w.lock);
        while (!w.over)
            pthread_cond_wait(&w.cond, &w.lock);
        pthread_mutex_unlock(&w.lock);
    }
    pthread_cond_destroy(&w.cond);
    pthread_mutex_destroy(&w.lock);
    return rc;
}
