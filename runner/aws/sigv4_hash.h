// SPDX-License-Identifier: MIT
// SHA-256 and the two texts that stages of Signature Version 4 share. For sigv4*.c alone.
#ifndef ORGRUN_AWS_SIGV4_HASH_H
#define ORGRUN_AWS_SIGV4_HASH_H

#include "aws/sigv4.h"
#include "base/clock.h"

#define SIGV4_HEX_SIZE 65

/* The hash in lower-case hex. 0, or ORGRUN_ENOMEM when OpenSSL cannot give it. */
int sigv4_sha256_hex(const void *data, size_t len, char out[SIGV4_HEX_SIZE],
                     struct orgrun_error *err);

void sigv4_hex(const unsigned char digest[32], char out[SIGV4_HEX_SIZE]);

/* "20150830T123600Z". 0, or ORGRUN_EUSAGE when the year does not have four digits. */
int sigv4_date(const struct sigv4_opts *opts, char out[CLOCK_AMZ_SIZE], struct orgrun_error *err);

/* Appends "20150830/us-east-1/sts/aws4_request". 0 or ORGRUN_EUSAGE; check `out` for the rest. */
int sigv4_scope(const struct sigv4_opts *opts, struct buf *out, struct orgrun_error *err);

#endif
