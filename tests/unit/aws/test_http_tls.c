// SPDX-License-Identifier: MIT
// Unit tests of aws/http over TLS: which certificates are taken, and what is said of the others.
#include "aws/http.h"

#include "sandbox/tls.h"
#include "unit/aws/http_server.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct http_server_answer answers[] = {{"/", OK, HTTP_SERVER_KEEP}, {0}};
static const struct http_server_answer closing[] = {{"/", OK, HTTP_SERVER_CLOSE}, {0}};
static const struct http_server_answer silent[] = {{"", "", HTTP_SERVER_HANG}, {0}};

struct fixture {
    struct tls ours, others;
    char bundle[64];
};

static void put_bundle(const struct fixture *f, const char *pem)
{
    FILE *file = fopen(f->bundle, "w");
    assert_non_null(file);
    assert_true(fputs(pem, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    (void)snprintf(f->bundle, sizeof f->bundle, "/tmp/orgrun-bundle-XXXXXX");
    int fd = mkstemp(f->bundle);
    assert_true(fd >= 0);
    close(fd);
    return tls_init(&f->ours, NULL) || tls_init(&f->others, NULL);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    unlink(f->bundle);
    tls_clear(&f->ours);
    tls_clear(&f->others);
    free(f);
    return 0;
}

/* ---- one exchange ---- */

struct outcome {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool ended;
    struct http_response response;
};

static void on_done(void *user, struct http_response *response)
{
    struct outcome *o = user;
    pthread_mutex_lock(&o->lock);
    o->response = *response;
    o->ended = true;
    pthread_cond_signal(&o->cond);
    pthread_mutex_unlock(&o->lock);
}

static void fetch(struct http *http, const char *host, int port, struct http_response *response)
{
    struct outcome o = {.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    struct http_client client = http_client_of(http);
    char url[64];
    (void)snprintf(url, sizeof url, "https://%s:%d/", host, port);
    const struct http_request request = {
        .method = "GET", .url = url, .max_body = 10, .connect_timeout_ms = 2000};
    assert_int_equal(client.ops->submit(client.self, &request, on_done, &o, NULL), 0);
    pthread_mutex_lock(&o.lock);
    while (!o.ended)
        pthread_cond_wait(&o.cond, &o.lock);
    pthread_mutex_unlock(&o.lock);
    *response = o.response;
}

static void start(struct fixture *f, struct http_server *server, struct http **http,
                  const char *address, const struct http_server_answer *table, bool tls)
{
    assert_int_equal(http_server_start(server, address, table, tls ? f->ours.certificate_pem : NULL,
                                       tls ? f->ours.key_pem : NULL),
                     0);
    assert_int_equal(http_new(http, &(const struct http_opts){.ca_bundle = f->bundle}, NULL), 0);
}

/* ---- tests ---- */

static void test_certificates(void **state)
{
    struct fixture *f = *state;
    char no_certificate[160];
    (void)snprintf(no_certificate, sizeof no_certificate,
                   "no certificate could be read from %s: ", f->bundle);
    const struct {
        const char *bundle, *address, *host;
        enum http_fault fault;
        const char *text; /* its beginning */
    } cases[] = {
        {f->ours.ca_pem, "127.0.0.1", "127.0.0.1", HTTP_OK, ""},
        {f->ours.ca_pem, "127.0.0.1", "localhost", HTTP_OK, ""},
        {f->others.ca_pem, "127.0.0.1", "127.0.0.1", HTTP_TLS, "SSL certificate problem: "},
        {f->ours.ca_pem, "127.0.0.2", "127.0.0.2", HTTP_TLS,
         "SSL: no alternative certificate subject name matches target host name '127.0.0.2'"},
        {"", "127.0.0.1", "127.0.0.1", HTTP_TLS, no_certificate},
        {"no PEM", "127.0.0.1", "127.0.0.1", HTTP_TLS, no_certificate},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_server server;
        struct http *http;
        struct http_response response;
        put_bundle(f, cases[i].bundle);
        start(f, &server, &http, cases[i].address, answers, true);
        fetch(http, cases[i].host, server.port, &response);
        print_message("  %s\n", response.text);
        assert_int_equal(response.fault, cases[i].fault);
        assert_memory_equal(response.text, cases[i].text, strlen(cases[i].text));
        assert_string_equal(buf_str(&response.body), cases[i].fault ? "" : "ok");
        assert_int_equal(http_server_requests(&server), cases[i].fault ? 0 : 1);
        http_response_clear(&response);
        http_free(http);
        http_server_stop(&server);
    }
}

static void test_connections(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const struct http_server_answer *table;
        int connections;
    } cases[] = {{answers, 1}, {closing, 3}};
    put_bundle(f, f->ours.ca_pem);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_server server;
        struct http *http;
        start(f, &server, &http, "127.0.0.1", cases[i].table, true);
        for (int k = 0; k < 3; k++) {
            struct http_response response;
            fetch(http, "127.0.0.1", server.port, &response);
            assert_int_equal(response.status, 200);
            http_response_clear(&response);
        }
        assert_int_equal(http_server_connections(&server), cases[i].connections);
        http_free(http);
        http_server_stop(&server);
    }
}

/* A handshake that does not come about is no verdict on a certificate. */
static void test_no_handshake(void **state)
{
    struct fixture *f = *state;
    struct http_server server;
    struct http *http;
    struct http_response response;
    put_bundle(f, f->ours.ca_pem);
    start(f, &server, &http, "127.0.0.1", silent, false);
    fetch(http, "127.0.0.1", server.port, &response);
    assert_int_equal(response.fault, HTTP_CONNECT);
    http_response_clear(&response);
    http_free(http);
    http_server_stop(&server);
}

static void test_no_bundle(void **state)
{
    (void)state;
    struct http *http = NULL;
    struct orgrun_error err = {0};
    int rc = http_new(&http, &(const struct http_opts){.ca_bundle = "/nowhere/ca.pem"}, &err);
    assert_error(rc, err, ORGRUN_EIO,
                 "cannot read the CA bundle /nowhere/ca.pem: No such file or directory");
    assert_string_equal(err.hint, "AWS_CA_BUNDLE must name a readable PEM file, or be unset.");
    assert_null(http);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_certificates),
        TEST(test_connections),
        TEST(test_no_handshake),
        cmocka_unit_test(test_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
