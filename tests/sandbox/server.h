// SPDX-License-Identifier: MIT
// HTTP and HTTPS on 127.0.0.1 for one sandbox.
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include "sandbox/sandbox.h"

struct server;

/* PEM text of the server's certificate and key. */
struct server_tls {
    char *certificate;
    char *key;
};

/* Listens and serves until server_stop; port 0 takes a free one. tls may be NULL. The sandbox is
 * the server's from now on. ORGRUN_EIO, ORGRUN_ENOMEM. */
int server_start(struct server **out, struct sandbox *sb, int port, const struct server_tls *tls,
                 struct orgrun_error *err);
int server_port(const struct server *s);
/* Ends what is under way; NULL is fine. */
void server_stop(struct server *s);

#endif
