// SPDX-License-Identifier: MIT
// Unit tests of aws/http against a server of our own: what is sent, what comes of good and bad
// answers, certificates, and stopping.
#include "aws/http.h"

#include "unit/aws/http_server.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK(headers, length, body)                                                                  \
    "HTTP/1.1 200 OK\r\n" headers "Content-Length: " length "\r\n\r\n" body
#define TEN(text) text text text text text text text text text text
#define HEADER                                                                                     \
    "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
#define TOO_MANY_HEADERS TEN(TEN(HEADER)) TEN(TEN(HEADER)) TEN(TEN(HEADER TEN(HEADER)))

static const struct http_server_answer answers[] = {
    {"/ok", OK("A: b\r\n", "2", "ok"), HTTP_SERVER_KEEP},
    {"/chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
     HTTP_SERVER_KEEP},
    {"/to-the-end", "HTTP/1.1 200 OK\r\n\r\nok", HTTP_SERVER_CLOSE},
    {"/hints", "HTTP/1.1 103 Early Hints\r\nEarly: x\r\n\r\n" OK("A: b\r\n", "2", "ok"),
     HTTP_SERVER_KEEP},
    {"/redirect", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 2\r\n\r\nno",
     HTTP_SERVER_KEEP},
    {"/denied", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", HTTP_SERVER_KEEP},
    {"/ten", OK("", "10", "0123456789"), HTTP_SERVER_KEEP},
    {"/eleven", OK("", "11", "0123456789a"), HTTP_SERVER_KEEP},
    {"/headers", OK(TOO_MANY_HEADERS, "2", "ok"), HTTP_SERVER_CLOSE},
    {"/short", OK("", "100", "ok"), HTTP_SERVER_CLOSE},
    {"/cut-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\no",
     HTTP_SERVER_CLOSE},
    {"/nothing", "", HTTP_SERVER_CLOSE},
    {"/reset", "HTTP/1.1 200 OK\r\nContent-Le", HTTP_SERVER_RESET},
    {"/not-http", "hello\r\n", HTTP_SERVER_CLOSE},
    {"/silent", "", HTTP_SERVER_HANG},
    {"/half", OK("", "100", "half"), HTTP_SERVER_HANG},
    {0},
};

/* ---- waiting for what comes on the network thread ---- */

struct outcome {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    int ended;
    bool cancelled; /* of a timer */
    struct http_response response;
};

static void outcome_init(struct outcome *o)
{
    *o = (struct outcome){0};
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->cond, NULL);
}

static void outcome_clear(struct outcome *o)
{
    http_response_clear(&o->response);
    pthread_cond_destroy(&o->cond);
    pthread_mutex_destroy(&o->lock);
}

static void note_end(struct outcome *o)
{
    o->ended++;
    pthread_cond_signal(&o->cond);
    pthread_mutex_unlock(&o->lock);
}

static void on_done(void *user, struct http_response *response)
{
    struct outcome *o = user;
    pthread_mutex_lock(&o->lock);
    o->response = *response;
    note_end(o);
}

static void on_timer(void *user, bool cancelled)
{
    struct outcome *o = user;
    pthread_mutex_lock(&o->lock);
    o->cancelled = cancelled;
    note_end(o);
}

static void outcome_wait(struct outcome *o)
{
    pthread_mutex_lock(&o->lock);
    while (!o->ended)
        pthread_cond_wait(&o->cond, &o->lock);
    assert_int_equal(o->ended, 1);
    pthread_mutex_unlock(&o->lock);
}

/* ---- fixture ---- */

struct fixture {
    struct http_server server;
    struct http *http;
    struct http_client client;
    char url[256];
};

static void make_client(struct fixture *f, const struct http_opts *opts)
{
    struct orgrun_error err = {0};
    int rc = http_new(&f->http, opts, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    f->client = http_client_of(f->http);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    make_client(f, &(const struct http_opts){.user_agent = "orgrun-test"});
    return http_server_start(&f->server, "127.0.0.1", answers, NULL, NULL);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    http_free(f->http);
    http_server_stop(&f->server);
    free(f);
    return 0;
}

static const char *url_of(struct fixture *f, const char *target)
{
    (void)snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d%s", f->server.port, target);
    return f->url;
}

static void fetch(struct fixture *f, const struct http_request *request, struct outcome *o)
{
    struct orgrun_error err = {0};
    outcome_init(o);
    int rc = f->client.ops->submit(f->client.self, request, on_done, o, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    outcome_wait(o);
}

static struct http_request get(const char *url)
{
    return (struct http_request){.method = "GET", .url = url, .max_body = 10};
}

/* ---- tests ---- */

static const struct {
    const char *target;
    int status;
    const char *body;
    const char *first_header;
    size_t headers;
} whole_answers[] = {
    {"/ok", 200, "ok", "A: b", 2},
    {"/chunked", 200, "ok", "Transfer-Encoding: chunked", 1},
    {"/to-the-end", 200, "ok", NULL, 0},
    {"/hints", 200, "ok", "A: b", 2},
    {"/redirect", 302, "no", "Location: /ok", 2},
    {"/denied", 403, "no", "Content-Length: 2", 1},
    {"/ten", 200, "0123456789", "Content-Length: 10", 1},
};

static void test_answers(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(whole_answers); i++) {
        struct outcome o;
        const struct http_request request = get(url_of(f, whole_answers[i].target));
        fetch(f, &request, &o);
        assert_string_equal(o.response.text, "");
        assert_int_equal(o.response.fault, HTTP_OK);
        assert_int_equal(o.response.status, whole_answers[i].status);
        assert_string_equal(buf_str(&o.response.body), whole_answers[i].body);
        assert_true(o.response.body.secret);
        assert_int_equal(o.response.headers.len, whole_answers[i].headers);
        if (whole_answers[i].headers)
            assert_string_equal(o.response.headers.items[0], whole_answers[i].first_header);
        assert_int_equal(http_server_requests(&f->server), i + 1); /* nothing is followed */
        outcome_clear(&o);
    }
}

static const struct {
    const char *url; /* or a target of the server */
    enum http_fault fault;
    const char *text; /* its beginning */
} faults[] = {
    {"/eleven", HTTP_TOO_LARGE, "the answer is larger than 10 bytes"},
    {"/headers", HTTP_TOO_LARGE, "the headers are larger than 65536 bytes"},
    {"/short", HTTP_BROKEN, "transfer closed with 98 bytes remaining to read"},
    {"/cut-chunk", HTTP_BROKEN, "transfer closed with outstanding read data remaining"},
    {"/nothing", HTTP_BROKEN, "Empty reply from server"},
    {"/reset", HTTP_BROKEN, "Recv failure: Connection reset by peer"},
    {"/not-http", HTTP_OTHER, "Received HTTP/0.9 when not allowed"},
    {"/silent", HTTP_TIMEOUT, "Operation timed out after "},
    {"/half", HTTP_TIMEOUT, "Operation timed out after "},
    {"ftp://127.0.0.1/", HTTP_OTHER, "Protocol \"ftp\" "},
    {"file:///etc/passwd", HTTP_OTHER, "Protocol \"file\" "},
    {"http://user@127.0.0.1/", HTTP_OTHER, ""},
    /* a label of a name has at most 63 characters: no resolver need be asked */
    {"http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/",
     HTTP_RESOLVE, "Could not resolve host: aaaa"},
    /* port 1 is nobody's */
    {"http://127.0.0.1:1/", HTTP_CONNECT, "Failed to connect to 127.0.0.1 port 1 "},
};

static void test_faults(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct outcome o;
        const char *url = faults[i].url[0] == '/' ? url_of(f, faults[i].url) : faults[i].url;
        struct http_request request = get(url);
        if (faults[i].fault == HTTP_TIMEOUT)
            request.timeout_ms = 500;
        fetch(f, &request, &o);
        print_message("  %s: %s\n", faults[i].url, o.response.text);
        assert_int_equal(o.response.fault, faults[i].fault);
        assert_memory_equal(o.response.text, faults[i].text, strlen(faults[i].text));
        assert_int_equal(o.response.status, 0);
        assert_int_equal(o.response.headers.len, 0);
        assert_int_equal(o.response.body.len, 0);
        outcome_clear(&o);
    }
}

static const struct {
    const char *method, *target, *header, *body;
    const char *first_line; /* up to " HTTP/1.1" */
    const char *rest;       /* after Accept */
} sents[] = {
    {"GET", "/ok?b=1&a=%20", NULL, "", "GET /ok?b=1&a=%20", "\r\n"},
    {"GET", "/ok/../a//./b", NULL, "", "GET /ok/../a//./b", "\r\n"},
    {"POST", "/ok", "Content-Type: text/x", "a=b", "POST /ok",
     "Content-Type: text/x\r\nContent-Length: 3\r\n\r\na=b"},
    {"PUT", "/ok", "Content-Type: text/x", "c", "PUT /ok",
     "Content-Type: text/x\r\nContent-Length: 1\r\n\r\nc"},
};

static void test_what_is_sent(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(sents); i++) {
        struct outcome o;
        char wanted[512];
        struct http_request request = get(url_of(f, sents[i].target));
        request.method = sents[i].method;
        request.headers = (const char *const[]){sents[i].header, NULL};
        request.body = sents[i].body;
        request.body_len = strlen(sents[i].body);
        fetch(f, &request, &o);
        (void)snprintf(wanted, sizeof wanted,
                       "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: orgrun-test\r\n"
                       "Accept: */*\r\n%s",
                       sents[i].first_line, f->server.port, sents[i].rest);
        assert_string_equal(f->server.last, wanted);
        outcome_clear(&o);
    }
}

static void test_a_header_with_a_line_break(void **state)
{
    struct fixture *f = *state;
    struct http_request request = get(url_of(f, "/ok"));
    struct orgrun_error err = {0};
    request.headers = (const char *const[]){"A: b\r\nC: d", NULL};
    int rc = f->client.ops->submit(f->client.self, &request, on_done, NULL, &err);
    assert_error(rc, err, ORGRUN_EUSAGE, "a header of the request holds a line break");
    assert_int_equal(http_server_connections(&f->server), 0);
}

static void test_a_connection_is_used_again(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        struct outcome o;
        const struct http_request request = get(url_of(f, i % 2 ? "/denied" : "/ok"));
        fetch(f, &request, &o);
        assert_int_equal(o.response.fault, HTTP_OK);
        outcome_clear(&o);
    }
    assert_int_equal(http_server_requests(&f->server), 5);
    assert_int_equal(http_server_connections(&f->server), 1);
}

static void test_at_most_so_many_connections(void **state)
{
    struct fixture *f = *state;
    enum { REQUESTS = 20 };
    struct outcome outcomes[REQUESTS];
    http_free(f->http);
    make_client(f, &(const struct http_opts){.max_connections = 3});
    const struct http_request request = get(url_of(f, "/ok"));
    for (int i = 0; i < REQUESTS; i++) {
        outcome_init(&outcomes[i]);
        assert_int_equal(
            f->client.ops->submit(f->client.self, &request, on_done, &outcomes[i], NULL), 0);
    }
    for (int i = 0; i < REQUESTS; i++) {
        outcome_wait(&outcomes[i]);
        assert_int_equal(outcomes[i].response.status, 200);
        outcome_clear(&outcomes[i]);
    }
    assert_int_equal(http_server_requests(&f->server), REQUESTS);
    assert_in_range(http_server_connections(&f->server), 1, 3);
}

static void test_loopback_goes_past_a_proxy(void **state)
{
    struct fixture *f = *state;
    struct outcome o;
    http_free(f->http);
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    make_client(f, &(const struct http_opts){0});
    struct http_request request = get(url_of(f, "/ok"));
    fetch(f, &request, &o);
    assert_int_equal(o.response.status, 200);
    outcome_clear(&o);
    request = get("http://name.invalid/");
    fetch(f, &request, &o);
    assert_int_equal(o.response.fault, HTTP_CONNECT);
    outcome_clear(&o);
    http_free(f->http);
    unsetenv("http_proxy");
    make_client(f, &(const struct http_opts){0});
}

static void test_timers(void **state)
{
    struct fixture *f = *state;
    struct outcome soon, late;
    outcome_init(&soon);
    outcome_init(&late);
    assert_int_equal(f->client.ops->after(f->client.self, 3600 * 1000, on_timer, &late, NULL), 0);
    assert_int_equal(f->client.ops->after(f->client.self, 0, on_timer, &soon, NULL), 0);
    outcome_wait(&soon);
    assert_false(soon.cancelled);
    http_stop(f->http);
    outcome_wait(&late);
    assert_true(late.cancelled);
    outcome_clear(&soon);
    outcome_clear(&late);
}

static void test_stop(void **state)
{
    struct fixture *f = *state;
    enum { REQUESTS = 4 };
    struct outcome outcomes[REQUESTS];
    struct orgrun_error err = {0};
    http_free(f->http);
    make_client(f, &(const struct http_opts){.max_connections = 2}); /* two wait their turn */
    const struct http_request request = get(url_of(f, "/silent"));
    for (int i = 0; i < REQUESTS; i++) {
        outcome_init(&outcomes[i]);
        assert_int_equal(
            f->client.ops->submit(f->client.self, &request, on_done, &outcomes[i], NULL), 0);
    }
    http_server_wait(&f->server, 2);
    http_stop(f->http);
    http_stop(f->http);
    for (int i = 0; i < REQUESTS; i++) {
        outcome_wait(&outcomes[i]);
        assert_int_equal(outcomes[i].response.fault, HTTP_CANCELLED);
        assert_string_equal(outcomes[i].response.text, "the HTTP client is closing");
        outcome_clear(&outcomes[i]);
    }
    int rc = f->client.ops->submit(f->client.self, &request, on_done, NULL, &err);
    assert_error(rc, err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    err = (struct orgrun_error){0};
    rc = f->client.ops->after(f->client.self, 0, on_timer, NULL, &err);
    assert_error(rc, err, ORGRUN_ECANCELLED, "the HTTP client is closing");
    assert_int_equal(http_server_requests(&f->server), 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_faults),
        TEST(test_what_is_sent),
        TEST(test_a_header_with_a_line_break),
        TEST(test_a_connection_is_used_again),
        TEST(test_at_most_so_many_connections),
        TEST(test_loopback_goes_past_a_proxy),
        TEST(test_timers),
        TEST(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
