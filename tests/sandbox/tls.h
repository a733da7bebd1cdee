// SPDX-License-Identifier: MIT
// A throw-away certificate authority and a certificate of it for 127.0.0.1 and localhost.
#ifndef SANDBOX_TLS_H
#define SANDBOX_TLS_H

#include "base/error.h"

struct tls {
    char *ca_pem;
    char *certificate_pem;
    char *key_pem; /* of the certificate; the authority's own key is gone */
};

/* Makes keys (P-256) and certificates, valid from an hour ago for two days. ORGRUN_ENOMEM for
 * whatever OpenSSL refuses. */
int tls_init(struct tls *tls, struct orgrun_error *err);
void tls_clear(struct tls *tls);

#endif
