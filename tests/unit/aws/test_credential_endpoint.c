// SPDX-License-Identifier: MIT
// Unit tests of aws/credential_endpoint over real HTTP: who gets what, who is refused, and that
// nobody keeps the others waiting.
#include "aws/credential_endpoint.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "unit/aws/fake_sts.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define A "111122223333"
#define B "444455556666"
#define FLOOD 400

struct fixture {
    struct fake_sts aws;
    struct credential_endpoint *endpoint;
    struct log log;
    pthread_mutex_t lock;
    char logged[16384]; /* all lines */
};

static void keep_line(void *user, enum orgrun_log_level level, const char *message)
{
    struct fixture *f = user;
    (void)level;
    pthread_mutex_lock(&f->lock);
    size_t len = strlen(f->logged);
    (void)snprintf(f->logged + len, sizeof f->logged - len, "%s\n", message);
    pthread_mutex_unlock(&f->lock);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fake_sts_init(&f->aws);
    pthread_mutex_init(&f->lock, NULL);
    f->log = (struct log){keep_line, f, ORGRUN_LOG_WARNING};
    const struct credential_endpoint_opts opts = {
        .broker = f->aws.broker, .log = &f->log, .grants = 4};
    assert_int_equal(credential_endpoint_new(&f->endpoint, &opts, NULL), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    broker_cancel(f->aws.broker);
    credential_endpoint_free(f->endpoint);
    fake_sts_clear(&f->aws);
    pthread_mutex_destroy(&f->lock);
    free(f);
    return 0;
}

static struct credential_grant *grant_with(struct fixture *f,
                                           const struct credential_grant_opts *opts)
{
    struct credential_grant *g = NULL;
    assert_int_equal(credential_endpoint_grant(f->endpoint, opts, &g, NULL), 0);
    return g;
}

/* A grant of the broker's session of an account. */
static struct credential_grant *grant(struct fixture *f, const char *account)
{
    return grant_with(f, &(struct credential_grant_opts){.account_id = account});
}

/* A request, and what came back. */
struct exchange {
    char url[128], method[8], token[96]; /* "" = none */
    long status;                         /* 0: no answer */
    struct buf body;
    pthread_t thread;
};

static size_t take(char *data, size_t size, size_t n, void *user)
{
    return buf_append(user, data, size * n) ? 0 : size * n;
}

static void *perform(void *arg)
{
    struct exchange *x = arg;
    char header[128];
    CURL *curl = curl_easy_init();
    (void)snprintf(header, sizeof header, "Authorization: %s", x->token);
    struct curl_slist *headers = x->token[0] ? curl_slist_append(NULL, header) : NULL;
    curl_easy_setopt(curl, CURLOPT_URL, x->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, x->method);
    curl_easy_setopt(curl, CURLOPT_NOBODY, strcmp(x->method, "HEAD") == 0 ? 1L : 0L);
    if (strcmp(x->method, "POST") == 0)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "a body that nobody reads");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &x->body);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return NULL;
}

static void exchange_init(struct exchange *x, const char *method, const char *url,
                          const char *token)
{
    *x = (struct exchange){0};
    (void)snprintf(x->url, sizeof x->url, "%s", url);
    (void)snprintf(x->method, sizeof x->method, "%s", method);
    (void)snprintf(x->token, sizeof x->token, "%s", token ? token : "");
    buf_init(&x->body, 1u << 16);
}

static void start(struct exchange *x, const struct credential_grant *g)
{
    exchange_init(x, "GET", credential_grant_url(g), secret_reveal(credential_grant_token(g)));
    assert_int_equal(pthread_create(&x->thread, NULL, perform, x), 0);
}

static void assert_body(struct exchange *x, long status, const char *body)
{
    assert_string_equal(buf_str(&x->body), body);
    assert_int_equal(x->status, status);
    buf_clear(&x->body);
}

static void assert_answer(const char *method, const char *url, const char *token, long status,
                          const char *body)
{
    struct exchange x;
    exchange_init(&x, method, url, token);
    (void)perform(&x);
    assert_body(&x, status, body);
}

/* Compares with what the fixture's session of that key must look like. */
static void assert_session(struct exchange *x, const char *account, const char *key)
{
    assert_int_equal(x->status, 200);
    json_t *o = json_loadb(buf_str(&x->body), x->body.len, 0, NULL);
    char secret[64], token[64];
    (void)snprintf(secret, sizeof secret, "secret-of-%s", key);
    (void)snprintf(token, sizeof token, "token-of-%s", key);
    assert_string_equal(json_string_value(json_object_get(o, "AccessKeyId")), key);
    assert_string_equal(json_string_value(json_object_get(o, "SecretAccessKey")), secret);
    assert_string_equal(json_string_value(json_object_get(o, "Token")), token);
    assert_string_equal(json_string_value(json_object_get(o, "AccountId")), account);
    const char *expires = json_string_value(json_object_get(o, "Expiration"));
    int64_t ms;
    assert_int_equal(strlen(expires), strlen("2026-11-24T07:00:00Z"));
    assert_int_equal(clock_parse(expires, &ms), 0);
    assert_int_equal(json_object_size(o), 5);
    json_decref(o);
    buf_clear(&x->body);
}

static void assert_gives(const struct credential_grant *g, const char *account, const char *key)
{
    struct exchange x;
    start(&x, g);
    pthread_join(x.thread, NULL);
    assert_session(&x, account, key);
}

#define NO_TOKEN                                                                                   \
    "{\"code\":\"MissingAuthorization\",\"message\":\"the Authorization header is missing\"}"
#define WRONG_TOKEN                                                                                \
    "{\"code\":\"InvalidAuthorization\",\"message\":\"the token is not the one of this path\"}"
#define NO_GRANT "{\"code\":\"NotFound\",\"message\":\"no task that runs has this path\"}"
#define NOT_GET "{\"code\":\"MethodNotAllowed\",\"message\":\"only GET is answered here\"}"

static void test_each_gets_its_own(void **state)
{
    struct fixture *f = *state;
    fake_sts_expect(&f->aws, A, 1);
    fake_sts_expect(&f->aws, B, 1);
    fake_sts_answer(&f->aws, 0, A, "ASIAA", 3600);
    fake_sts_answer(&f->aws, 1, B, "ASIAB", 3600);
    struct credential_grant *a = grant(f, A), *b = grant(f, B);
    assert_true(strncmp(credential_grant_url(a), "http://127.0.0.1:", 17) == 0);
    assert_int_equal(secret_len(credential_grant_token(a)), 64); /* 256 bits */
    assert_string_not_equal(credential_grant_url(a), credential_grant_url(b));
    assert_string_not_equal(secret_reveal(credential_grant_token(a)),
                            secret_reveal(credential_grant_token(b)));
    assert_gives(a, A, "ASIAA");
    assert_gives(b, B, "ASIAB");
    assert_gives(a, A, "ASIAA");
    assert_string_equal(f->logged, "");
    credential_endpoint_revoke(f->endpoint, a);
    credential_endpoint_revoke(f->endpoint, b);
}

static void test_refusals(void **state)
{
    struct fixture *f = *state;
    struct credential_grant *a = grant(f, A), *b = grant(f, B);
    char url[128], short_token[96], almost[96], other[128];
    const char *token = secret_reveal(credential_grant_token(a));
    (void)snprintf(url, sizeof url, "%s", credential_grant_url(a));
    (void)snprintf(short_token, sizeof short_token, "%.63s", token);
    (void)snprintf(almost, sizeof almost, "%.63s%c", token, token[63] == '0' ? '1' : '0');
    (void)snprintf(other, sizeof other, "%.*s/credentials/", (int)strcspn(url + 7, "/") + 7, url);
    const struct {
        const char *method, *url, *token;
        long status;
        const char *body;
    } cases[] = {
        {"GET", url, NULL, 401, NO_TOKEN},
        {"GET", url, "wrong", 403, WRONG_TOKEN},
        {"GET", url, short_token, 403, WRONG_TOKEN},
        {"GET", url, almost, 403, WRONG_TOKEN},
        {"GET", url, secret_reveal(credential_grant_token(b)), 403, WRONG_TOKEN},
        {"GET", credential_grant_url(b), token, 403, WRONG_TOKEN},
        {"GET", other, token, 404, NO_GRANT},
        {"POST", url, token, 405, NOT_GET},
        {"PUT", url, token, 405, NOT_GET},
        {"HEAD", url, token, 405, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_answer(cases[i].method, cases[i].url, cases[i].token, cases[i].status,
                      cases[i].body);
    assert_non_null(strstr(f->logged, "credential endpoint: refused a request for account " A
                                      " with 401: the Authorization header is missing\n"));
    assert_non_null(strstr(f->logged, "credential endpoint: refused a request for account " B
                                      " with 403: the token is not the one of this path\n"));
    assert_null(strstr(f->logged, token));
    assert_int_equal(fake_http_len(&f->aws.http), 0);
    credential_endpoint_revoke(f->endpoint, a);
    credential_endpoint_revoke(f->endpoint, b);
}

static void test_the_log_is_not_flooded(void **state)
{
    struct fixture *f = *state;
    struct credential_grant *a = grant(f, A);
    for (int i = 0; i < 120; i++)
        assert_answer("GET", credential_grant_url(a), "x", 403, WRONG_TOKEN);
    int lines = 0;
    for (const char *p = f->logged; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 100);
    assert_non_null(strstr(f->logged, "(further ones are not told)\n"));
    credential_endpoint_revoke(f->endpoint, a);
}

struct refusing {
    struct credentials *current;
    int calls;
    bool refuse;
    char key[32];
};

static int see(void *self, const struct credentials *c, struct orgrun_error *err)
{
    struct refusing *r = self;
    r->calls++;
    (void)snprintf(r->key, sizeof r->key, "%s", credentials_access_key_id(c));
    return r->refuse ? error_set(err, ORGRUN_ELIMIT, "not this one") : 0;
}

static struct credentials *current(void *self)
{
    const struct refusing *r = self;
    return credentials_ref(r->current);
}

static void test_nothing_is_given_unseen(void **state)
{
    struct fixture *f = *state;
    struct refusing seen = {0};
    const struct credentials_parts parts = {.access_key_id = "ASIAF",
                                            .secret_key = "secret-of-ASIAF",
                                            .session_token = "token-of-ASIAF",
                                            .expires_ms = CREDENTIALS_NEVER,
                                            .account_id = A};
    assert_int_equal(credentials_new(&seen.current, &parts, NULL), 0);
    struct credential_grant *g =
        grant_with(f, &(struct credential_grant_opts){
                          .account_id = A, .current = current, .on_handout = see, .self = &seen});
    assert_gives(g, A, "ASIAF");
    assert_int_equal(seen.calls, 1);
    assert_string_equal(seen.key, "ASIAF");
    seen.refuse = true;
    assert_answer("GET", credential_grant_url(g), secret_reveal(credential_grant_token(g)), 500,
                  "{\"code\":\"CredentialsUnavailable\",\"message\":\"not this one\"}");
    credential_endpoint_revoke(f->endpoint, g);
    credentials_unref(seen.current);
}

static void test_a_revoked_grant_gives_nothing(void **state)
{
    struct fixture *f = *state;
    fake_sts_expect(&f->aws, A, 1);
    struct refusing seen = {0};
    struct credential_grant *g = grant_with(
        f, &(struct credential_grant_opts){.account_id = A, .on_handout = see, .self = &seen});
    char url[128], token[96];
    (void)snprintf(url, sizeof url, "%s", credential_grant_url(g));
    (void)snprintf(token, sizeof token, "%s", secret_reveal(credential_grant_token(g)));
    struct exchange waiting;
    fake_sts_answer(&f->aws, 0, A, "ASIAA", 3600);
    assert_gives(g, A, "ASIAA");
    fake_sts_pass(&f->aws, 3000); /* so that the next to ask has the broker make a call */
    start(&waiting, g);
    fake_http_wait(&f->aws.http, 2);
    credential_endpoint_revoke(f->endpoint, g);
    assert_answer("GET", url, token, 404, NO_GRANT);
    fake_sts_answer(&f->aws, 1, A, "ASIAB", 3600);
    pthread_join(waiting.thread, NULL);
    assert_body(&waiting, 404, NO_GRANT);
    assert_int_equal(seen.calls, 1);
    assert_string_equal(seen.key, "ASIAA");
}

static void test_a_session_that_cannot_be_had(void **state)
{
    struct fixture *f = *state;
    fake_sts_expect(&f->aws, A, 1);
    fake_sts_deny(&f->aws, 0, 403, "AccessDenied", "no");
    struct credential_grant *g = grant(f, A);
    const char *token = secret_reveal(credential_grant_token(g));
    assert_answer("GET", credential_grant_url(g), token, 502,
                  "{\"code\":\"CredentialsUnavailable\",\"message\":\"cannot assume arn:aws:iam::" A
                  ":role/x as arn:aws:sts::000011112222:assumed-role/runner/me: AccessDenied: no "
                  "(request id r-1)\"}");
    assert_non_null(strstr(f->logged, "no session for account " A ": cannot assume "));
    broker_cancel(f->aws.broker);
    assert_answer("GET", credential_grant_url(g), token, 503,
                  "{\"code\":\"CredentialsUnavailable\",\"message\":\"the run is being stopped\"}");
    credential_endpoint_revoke(f->endpoint, g);
}

/* One child's session is awaited: it has its most requests, and others are served meanwhile. */
static void test_waiting_holds_nobody_up(void **state)
{
    struct fixture *f = *state;
    fake_sts_expect(&f->aws, A, 1);
    fake_sts_expect(&f->aws, B, 1);
    fake_sts_answer(&f->aws, 1, B, "ASIAB", 3600);
    struct credential_grant *a = grant(f, A), *b = grant(f, B);
    struct exchange waiting[CREDENTIAL_GRANT_REQUESTS + 1];
    for (size_t i = 0; i < COUNT(waiting); i++)
        start(&waiting[i], a);
    assert_gives(b, B, "ASIAB");
    pthread_mutex_lock(&f->lock);
    while (!strstr(f->logged, "429")) { /* one more than its most */
        pthread_mutex_unlock(&f->lock);
        (void)poll(NULL, 0, 1);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    fake_sts_answer(&f->aws, 0, A, "ASIAA", 3600);
    int refused = 0;
    for (size_t i = 0; i < COUNT(waiting); i++) {
        pthread_join(waiting[i].thread, NULL);
        if (waiting[i].status == 429) {
            refused++;
            assert_body(&waiting[i], 429,
                        "{\"code\":\"TooManyRequests\",\"message\":\"this task has too many "
                        "requests waiting\"}");
        } else {
            assert_session(&waiting[i], A, "ASIAA");
        }
    }
    assert_int_equal(refused, 1);
    credential_endpoint_revoke(f->endpoint, a);
    credential_endpoint_revoke(f->endpoint, b);
}

static int connect_to(const struct credential_grant *g)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(credential_grant_url(g) + strlen("http://127.0.0.1:"))),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Far more connections than there is room for, which begin a request and never end it. */
static void test_slow_clients_keep_nobody_out(void **state)
{
    struct fixture *f = *state;
    static const char beginning[] = "GET /credentials/x HTTP/1.1\r\nHost: h\r\nX: ";
    fake_sts_expect(&f->aws, A, 1);
    fake_sts_answer(&f->aws, 0, A, "ASIAA", 3600);
    struct credential_grant *g = grant(f, A);
    static int fds[FLOOD];
    for (int i = 0; i < FLOOD; i++) {
        fds[i] = connect_to(g);
        (void)send(fds[i], beginning, sizeof beginning - 1, MSG_NOSIGNAL);
    }
    int64_t before = clock_mono_ms(clock_system);
    assert_gives(g, A, "ASIAA");
    /* Not by waiting for their time to be over. */
    assert_true(clock_mono_ms(clock_system) - before < CREDENTIAL_ENDPOINT_IDLE_S * 1000);
    char byte;
    assert_true(recv(fds[0], &byte, 1, 0) <= 0); /* the oldest was turned out */
    for (int i = 0; i < FLOOD; i++)
        close(fds[i]);
    credential_endpoint_revoke(f->endpoint, g);
}

static void test_a_header_without_end(void **state)
{
    struct fixture *f = *state;
    struct credential_grant *g = grant(f, A);
    int fd = connect_to(g);
    char chunk[1024];
    memset(chunk, 'x', sizeof chunk);
    (void)send(fd, "GET / HTTP/1.1\r\nX: ", 19, MSG_NOSIGNAL);
    for (int i = 0; i < 64 && send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) > 0; i++)
        continue;
    char answer[64] = "";
    ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
    assert_true(n <= 0 || strncmp(answer, "HTTP/1.1 431", 12) == 0 ||
                strncmp(answer, "HTTP/1.1 413", 12) == 0);
    close(fd);
    credential_endpoint_revoke(f->endpoint, g);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_gets_its_own),
        TEST(test_refusals),
        TEST(test_the_log_is_not_flooded),
        TEST(test_nothing_is_given_unseen),
        TEST(test_a_revoked_grant_gives_nothing),
        TEST(test_a_session_that_cannot_be_had),
        TEST(test_waiting_holds_nobody_up),
        TEST(test_slow_clients_keep_nobody_out),
        TEST(test_a_header_without_end),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
