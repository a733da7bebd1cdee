// SPDX-License-Identifier: MIT
// Certificates by OpenSSL's X509 calls.
#include "sandbox/tls.h"

#include "base/cleanup.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(free_x509, X509, X509_free)
DEFINE_CLEANUP(free_pkey, EVP_PKEY, EVP_PKEY_free)
DEFINE_CLEANUP(free_bio, BIO, BIO_free_all)

struct extension {
    int nid;
    const char *value;
};

static const struct extension ca_extensions[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                 {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                                 {NID_subject_key_identifier, "hash"},
                                                 {0}};
static const struct extension server_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid"},
    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
    {0}};

static int add_extensions(X509 *cert, X509 *issuer, const struct extension *extensions)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    for (const struct extension *e = extensions; e->value; e++) {
        X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, e->nid, e->value);
        int ok = ext && X509_add_ext(cert, ext, -1);
        X509_EXTENSION_free(ext);
        if (!ok)
            return -1;
    }
    return 0;
}

/* A certificate for key, signed by issuer_key; issuer NULL means self-signed. */
static X509 *certificate_new(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
                             const struct extension *extensions)
{
    AUTO(free_x509) X509 *cert = X509_new();
    uint64_t serial = 1;
    if (!cert || RAND_bytes((unsigned char *)&serial, 7) != 1)
        return NULL;
    X509_NAME *subject = X509_get_subject_name(cert);
    if (!X509_set_version(cert, 2) ||
        !ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial) ||
        !X509_gmtime_adj(X509_getm_notBefore(cert), -3600) ||
        !X509_gmtime_adj(X509_getm_notAfter(cert), 2 * 86400) || !X509_set_pubkey(cert, key) ||
        !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                    -1, 0) ||
        !X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) ||
        add_extensions(cert, issuer ? issuer : cert, extensions) != 0 ||
        !X509_sign(cert, issuer_key, EVP_sha256()))
        return NULL;
    return TAKE_PTR(cert);
}

static char *pem(X509 *cert, EVP_PKEY *key)
{
    AUTO(free_bio) BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    if (!bio || (cert ? !PEM_write_bio_X509(bio, cert)
                      : !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)))
        return NULL;
    long len = BIO_get_mem_data(bio, &data);
    return strndup(data, (size_t)len);
}

int tls_init(struct tls *tls, struct orgrun_error *err)
{
    *tls = (struct tls){0};
    AUTO(free_pkey) EVP_PKEY *ca_key = EVP_EC_gen("P-256");
    AUTO(free_pkey) EVP_PKEY *key = EVP_EC_gen("P-256");
    AUTO(free_x509) X509 *ca = NULL;
    AUTO(free_x509) X509 *cert = NULL;
    if (ca_key && key)
        ca = certificate_new(ca_key, "orgrun sandbox CA", NULL, ca_key, ca_extensions);
    if (ca)
        cert = certificate_new(key, "localhost", ca, ca_key, server_extensions);
    if (cert) {
        tls->ca_pem = pem(ca, NULL);
        tls->certificate_pem = pem(cert, NULL);
        tls->key_pem = pem(NULL, key);
    }
    if (tls->ca_pem && tls->certificate_pem && tls->key_pem)
        return 0;
    tls_clear(tls);
    return error_nomem(err);
}

void tls_clear(struct tls *tls)
{
    free(tls->ca_pem);
    free(tls->certificate_pem);
    free(tls->key_pem);
    *tls = (struct tls){0};
}
