// SPDX-License-Identifier: MIT
// Organizations calls: a queue, a pacer for each API, and the answers that came.
#include "aws/organizations_calls.h"

#include "aws/organizations_json.h"
#include "aws/pacer.h"

#include <pthread.h>
#include <string.h>

#define IN_FLIGHT_MAX 16
#define SLACK                                                                                      \
    1 /* tokens left in AWS's bucket: requests do not arrive as evenly as they are sent            \
       */
#define PAGE_LEN 20
#define ANSWER_MAX (1024 * 1024)
#define TIMEOUT_MS 30000
#define TARGET "X-Amz-Target: AWSOrganizationsV20161128."

/* Rates and bursts: Organizations User Guide, "Quotas and service limits". */
static const struct {
    const char *name, *subject;
    bool pages; /* takes MaxResults */
    double rate, burst;
} apis[] = {
    [ORGANIZATIONS_LIST_ROOTS] = {"organizations:ListRoots", NULL, true, 1, 2},
    [ORGANIZATIONS_LIST_OUS] = {"organizations:ListOrganizationalUnitsForParent", "ParentId", true,
                                5, 8},
    [ORGANIZATIONS_LIST_ACCOUNTS] = {"organizations:ListAccountsForParent", "ParentId", true, 5, 8},
    [ORGANIZATIONS_LIST_PARENTS] = {"organizations:ListParents", "ChildId", true, 5, 8},
    [ORGANIZATIONS_LIST_TAGS] = {"organizations:ListTagsForResource", "ResourceId", false, 10, 15},
};

/* One call: in the queue, in flight, or answered. */
struct item {
    struct item *next;
    struct organizations_calls *calls;
    struct organizations_reply reply;
};

struct list {
    struct item *head, **tail;
};

struct organizations_calls {
    struct aws_client *client;
    const struct endpoint *endpoint;
    struct credentials *source;
    struct pacer pacers[ORGANIZATIONS_APIS];
    struct list queued[ORGANIZATIONS_APIS];

    pthread_mutex_t lock; /* over the rest */
    pthread_cond_t answered;
    struct list done;
    unsigned in_flight;
};

const char *organizations_api_name(enum organizations_api api)
{
    return apis[api].name;
}

static void list_init(struct list *l)
{
    *l = (struct list){NULL, &l->head};
}

static void list_put(struct list *l, struct item *item)
{
    item->next = NULL;
    *l->tail = item;
    l->tail = &item->next;
}

static struct item *list_take(struct list *l)
{
    struct item *item = l->head;
    if (!item)
        return NULL;
    l->head = item->next;
    if (!l->head)
        l->tail = &l->head;
    return item;
}

void organizations_reply_clear(struct organizations_reply *r)
{
    free(r->subject);
    free(r->token);
    aws_answer_clear(&r->answer);
    *r = (struct organizations_reply){0};
}

static void item_free(struct item *item)
{
    if (!item)
        return;
    organizations_reply_clear(&item->reply);
    free(item);
}

int organizations_calls_new(struct organizations_calls **out, struct aws_client *client,
                            const struct endpoint *endpoint, struct credentials *source,
                            struct orgrun_error *err)
{
    struct organizations_calls *c = calloc(1, sizeof *c);
    if (!c)
        return error_nomem(err);
    c->client = client;
    c->endpoint = endpoint;
    c->source = credentials_ref(source);
    for (size_t i = 0; i < ORGANIZATIONS_APIS; i++) {
        pacer_init(&c->pacers[i], apis[i].rate, apis[i].burst - SLACK);
        list_init(&c->queued[i]);
    }
    list_init(&c->done);
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&c->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = c;
    return 0;
}

void organizations_calls_set_source(struct organizations_calls *c, struct credentials *source)
{
    credentials_ref(source);
    credentials_unref(c->source);
    c->source = source;
}

void organizations_calls_drop(struct organizations_calls *c)
{
    struct item *item;
    for (size_t i = 0; i < ORGANIZATIONS_APIS; i++)
        while ((item = list_take(&c->queued[i])) != NULL)
            item_free(item);
    pthread_mutex_lock(&c->lock);
    while (c->in_flight)
        pthread_cond_wait(&c->answered, &c->lock);
    pthread_mutex_unlock(&c->lock);
    while ((item = list_take(&c->done)) != NULL)
        item_free(item);
}

void organizations_calls_free(struct organizations_calls *c)
{
    if (!c)
        return;
    organizations_calls_drop(c);
    credentials_unref(c->source);
    pthread_cond_destroy(&c->answered);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

int organizations_calls_ask(struct organizations_calls *c, enum organizations_api api,
                            const char *subject, const char *token, size_t user,
                            struct orgrun_error *err)
{
    struct item *item = calloc(1, sizeof *item);
    if (!item)
        return error_nomem(err);
    item->calls = c;
    item->reply = (struct organizations_reply){.api = api,
                                               .user = user,
                                               .subject = subject ? strdup(subject) : NULL,
                                               .token = token ? strdup(token) : NULL};
    if ((subject && !item->reply.subject) || (token && !item->reply.token)) {
        item_free(item);
        return error_nomem(err);
    }
    list_put(&c->queued[api], item);
    return 0;
}

/* The network thread. */
static void on_answer(void *user, struct aws_answer *answer)
{
    struct item *item = user;
    struct organizations_calls *c = item->calls;
    item->reply.answer = *answer;
    pthread_mutex_lock(&c->lock);
    list_put(&c->done, item);
    c->in_flight--;
    pthread_cond_signal(&c->answered);
    pthread_mutex_unlock(&c->lock);
}

static char *request_body(const struct organizations_reply *ask)
{
    AUTO(free_json) json_t *body = json_object();
    int rc = body ? 0 : -1;
    if (rc == 0 && ask->subject)
        rc = json_object_set_new(body, apis[ask->api].subject, json_string(ask->subject));
    if (rc == 0 && apis[ask->api].pages)
        rc = json_object_set_new(body, "MaxResults", json_integer(PAGE_LEN));
    if (rc == 0 && ask->token)
        rc = json_object_set_new(body, "NextToken", json_string(ask->token));
    return rc ? NULL : json_dumps(body, JSON_COMPACT);
}

/* Sends one; it is freed when that cannot be. */
static int send_item(struct organizations_calls *c, struct item *item, struct orgrun_error *err)
{
    char target[128];
    const char *name = apis[item->reply.api].name;
    (void)snprintf(target, sizeof target, TARGET "%s", strchr(name, ':') + 1);
    const char *const headers[] = {"Content-Type: application/x-amz-json-1.1", target, NULL};
    AUTO(free_ptr) char *body = request_body(&item->reply);
    const struct aws_call_spec spec = {.operation = name,
                                       .subject = item->reply.subject,
                                       .endpoint = c->endpoint,
                                       .credentials = c->source,
                                       .method = "POST",
                                       .path = "/",
                                       .headers = headers,
                                       .body = body,
                                       .body_len = body ? strlen(body) : 0,
                                       .max_body = ANSWER_MAX,
                                       .timeout_ms = TIMEOUT_MS,
                                       .check = organizations_json_check};
    pthread_mutex_lock(&c->lock);
    c->in_flight++;
    pthread_mutex_unlock(&c->lock);
    int rc = body ? aws_call_start(c->client, &spec, on_answer, item, err) : error_nomem(err);
    if (rc == 0)
        return 0;
    pthread_mutex_lock(&c->lock);
    c->in_flight--;
    pthread_mutex_unlock(&c->lock);
    item_free(item);
    return rc;
}

static bool has_room(struct organizations_calls *c)
{
    pthread_mutex_lock(&c->lock);
    bool room = c->in_flight < IN_FLIGHT_MAX;
    pthread_mutex_unlock(&c->lock);
    return room;
}

/* Sends what the buckets allow. *wait_ms: until a bucket allows more, -1 when none will. */
static int send_allowed(struct organizations_calls *c, int64_t *wait_ms, struct orgrun_error *err)
{
    *wait_ms = -1;
    for (size_t i = 0; i < ORGANIZATIONS_APIS; i++) {
        int64_t wait = 0;
        while (c->queued[i].head && has_room(c)) {
            wait = pacer_take(&c->pacers[i], clock_mono_ms(c->client->clock));
            if (wait)
                break;
            int rc = send_item(c, list_take(&c->queued[i]), err);
            if (rc)
                return rc;
        }
        if (wait && (*wait_ms < 0 || wait < *wait_ms))
            *wait_ms = wait;
    }
    return 0;
}

/* What to do about an error AWS gives; ours to say, since it is we who ask for more than the list
 * of accounts. */
static void add_hint(struct organizations_reply *r)
{
    if (strcmp(r->answer.aws.code, "AccessDeniedException") == 0)
        error_hint(&r->answer.err,
                   "OUs and tags are looked up with organizations:ListRoots, "
                   "ListOrganizationalUnitsForParent, ListAccountsForParent, ListParents and "
                   "ListTagsForResource; allow the caller those.");
}

static void take_reply(struct organizations_calls *c, struct item *item,
                       struct organizations_reply *out)
{
    *out = item->reply;
    free(item);
    if (out->answer.attempts > 1)
        pacer_drain(&c->pacers[out->api], clock_mono_ms(c->client->clock));
    add_hint(out);
}

int organizations_calls_next(struct organizations_calls *c, struct organizations_reply *out,
                             struct orgrun_error *err)
{
    for (;;) {
        int64_t wait_ms;
        int rc = send_allowed(c, &wait_ms, err);
        if (rc)
            return rc;
        struct timespec until = clock_deadline(clock_mono_ms(clock_system) + wait_ms);
        pthread_mutex_lock(&c->lock);
        if (!c->done.head && wait_ms >= 0)
            (void)pthread_cond_timedwait(&c->answered, &c->lock, &until);
        else if (!c->done.head && c->in_flight)
            (void)pthread_cond_wait(&c->answered, &c->lock);
        struct item *item = list_take(&c->done);
        bool idle = !item && !c->in_flight && wait_ms < 0;
        pthread_mutex_unlock(&c->lock);
        if (item) {
            take_reply(c, item, out);
            return 1;
        }
        if (idle)
            return 0;
    }
}
