// SPDX-License-Identifier: MIT
// The bounded queue: nothing lost, nothing twice, back-pressure, close.
#include "base/queue.h"
#include "unit/unit.h"

#include <stdatomic.h>

#define ITEMS 20000
#define THREADS 4

static struct queue q;
static atomic_int seen[ITEMS + 1];

static void *produce(void *arg)
{
    for (intptr_t i = (intptr_t)arg; i <= ITEMS; i += THREADS)
        assert_int_equal(queue_push(&q, (void *)i), 0);
    return NULL;
}

static void *consume(void *arg)
{
    void *items[7];
    size_t n;
    while ((n = queue_pop_many(&q, items, COUNT(items))) > 0)
        for (size_t i = 0; i < n; i++)
            atomic_fetch_add(&seen[(intptr_t)items[i]], 1);
    return arg;
}

static void every_item_once(void **state)
{
    (void)state;
    pthread_t producers[THREADS], consumers[THREADS];
    assert_int_equal(queue_init(&q, 16), 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        pthread_create(&producers[i], NULL, produce, (void *)(i + 1));
        pthread_create(&consumers[i], NULL, consume, NULL);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(producers[i], NULL);
    queue_close(&q);
    for (int i = 0; i < THREADS; i++)
        pthread_join(consumers[i], NULL);
    for (int i = 1; i <= ITEMS; i++)
        assert_int_equal(atomic_load(&seen[i]), 1);
    queue_clear(&q);
}

static void a_closed_queue_drains_and_refuses(void **state)
{
    (void)state;
    int a, b, c;
    assert_int_equal(queue_init(&q, 2), 0);
    assert_null(queue_try_pop(&q));
    assert_int_equal(queue_push(&q, &a), 0);
    assert_int_equal(queue_push(&q, &b), 0);
    queue_close(&q);
    assert_int_equal(queue_push(&q, &c), -1);
    assert_ptr_equal(queue_pop(&q), &a);
    assert_ptr_equal(queue_try_pop(&q), &b);
    assert_null(queue_pop(&q));
    queue_clear(&q);
}

static void *push_third(void *arg)
{
    return (void *)(intptr_t)queue_push(&q, arg);
}

static void closing_wakes_a_blocked_push(void **state)
{
    (void)state;
    int a, c;
    pthread_t t;
    void *rc;
    assert_int_equal(queue_init(&q, 1), 0);
    assert_int_equal(queue_push(&q, &a), 0);
    pthread_create(&t, NULL, push_third, &c);
    queue_close(&q);
    pthread_join(t, &rc);
    assert_int_equal((intptr_t)rc, -1);
    queue_clear(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_once),
        cmocka_unit_test(a_closed_queue_drains_and_refuses),
        cmocka_unit_test(closing_wakes_a_blocked_push),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
