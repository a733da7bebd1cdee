// SPDX-License-Identifier: MIT
// The certificate authorities that connections are verified against: one store, loaded once,
// shared.
#ifndef ORGRUN_AWS_HTTP_TLS_H
#define ORGRUN_AWS_HTTP_TLS_H

#include "base/error.h"

#include <openssl/x509.h>
#include <stdbool.h>

struct http_tls;

/* bundle is a PEM file, or NULL for the system's authorities: SSL_CERT_FILE, else a hashed
 * directory (SSL_CERT_DIR, libcurl's, OpenSSL's), from which OpenSSL reads only what a chain needs,
 * else libcurl's or OpenSSL's bundle. A named bundle begins loading at once, in a thread of its
 * own. ORGRUN_EIO when it cannot be opened, ORGRUN_ENOMEM. */
int http_tls_new(struct http_tls **out, const char *bundle, struct orgrun_error *err);
void http_tls_free(struct http_tls *t); /* NULL is fine */

/* Begins loading, if a file has to be loaded; idempotent; one caller at a time, before
 * http_tls_store. */
void http_tls_begin(struct http_tls *t);

/* Network thread: the store (borrowed), after waiting for the load; NULL when it failed, and
 * http_tls_why says why ("" otherwise). */
X509_STORE *http_tls_store(struct http_tls *t);
const char *http_tls_why(const struct http_tls *t);

/* Network thread: whether the store holds all there is, and not only what the directory has. */
bool http_tls_whole(const struct http_tls *t);

/* Network thread, after a verification failed: adds the system's bundle to a store that rests on a
 * hashed directory, since the two may differ. True when the store is whole afterwards. */
bool http_tls_widen(struct http_tls *t);

#endif
