// SPDX-License-Identifier: MIT
// One HTTP exchange: its copied request, its options on an easy handle, its answer.
#ifndef ORGRUN_AWS_HTTP_TRANSFER_H
#define ORGRUN_AWS_HTTP_TRANSFER_H

#include "aws/http.h"
#include "aws/http_tls.h"

#include <curl/curl.h>
#include <stdbool.h>

#define HTTP_HEADERS_MAX (64 * 1024) /* of one answer, all together */

/* What all transfers of a client share. Network thread. */
struct http_wiring {
    struct http_tls *tls;
    CURLSH *share; /* TLS sessions: a second connection resumes instead of verifying anew */
    const char *user_agent;
};

struct http_transfer {
    struct http_transfer *next, *prev; /* the owner's list */
    CURL *easy;                        /* while under way; the owner's */
    const struct http_wiring *wiring;
    char *url, *method;
    struct curl_slist *headers; /* secret */
    struct buf body;            /* secret */
    size_t max_body;
    http_piece_fn *on_piece;
    void *piece_user;
    size_t body_len; /* so far, of a body that is no refusal's */
    long timeout_ms, connect_timeout_ms;
    http_done_fn *done;
    void *user;
    struct http_response response;
    size_t header_bytes;
    bool https;
    bool fresh;       /* on a connection of its own */
    bool paused;      /* a piece was put off */
    bool unwanted;    /* a piece was refused */
    bool nomem;       /* the answer could not be kept for want of memory */
    bool whole_store; /* it was begun with every authority there is */
    char error[CURL_ERROR_SIZE];
};

/* Copies the request. NULL with err set: ORGRUN_ENOMEM, or ORGRUN_EUSAGE for a header with a line
 * break. */
struct http_transfer *http_transfer_new(const struct http_request *request, http_done_fn *done,
                                        void *user, struct orgrun_error *err);

/* Puts everything on a fresh or reset easy handle, forgetting an earlier attempt's answer. 0, or -1
 * when out of memory. */
int http_transfer_arm(struct http_transfer *t, CURL *easy, const struct http_wiring *wiring);

/* Offers what was put off again. Anything but CURLE_OK ends the transfer, which is the owner's to
 * do. */
CURLcode http_transfer_resume(struct http_transfer *t);

/* Fills the response from what libcurl said, hands it to `done`, wipes and frees t. The easy handle
 * must be out of the multi handle; it is reset, not freed. */
void http_transfer_finish(struct http_transfer *t, CURLcode code);

/* Ends it with HTTP_CANCELLED, handing that to `done`; wipes and frees t. */
void http_transfer_cancel(struct http_transfer *t);

/* Wipes and frees without a word. NULL is fine. */
void http_transfer_free(struct http_transfer *t);

#endif
