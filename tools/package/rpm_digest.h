/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the digests that an RPM package holds of its own bytes. */
#ifndef XS_PACKAGE_RPM_DIGEST_H
#define XS_PACKAGE_RPM_DIGEST_H

#include <openssl/evp.h>

#include "package/rpm.h"

/*
 * Digests detect damage. They do not protect against an attacker, who can also change the digests. Format:
 * docs/manual/signatures_digests.md of rpm.
 */

/*
 * Computes the digests of a package while it is read. It starts as {0}. Call rpm_digest_end() after rpm_digest_start().
 */
struct rpm_digest {
	const struct rpm *rpm;
	EVP_MD_CTX *payload; /* SHA-256 of the compressed payload */
	EVP_MD_CTX *both;    /* MD5 of the main header and the payload */
	const char *wrong;   /* the first problem that was found: a clause about "it"; static */
};

/* Begins. BYTES are the first bytes of the file, with all its headers. Does nothing if libcrypto is missing. */
void rpm_digest_start(struct rpm_digest *digest, const struct rpm *rpm, const uint8_t *bytes);

/* Adds the next LEN bytes of the compressed payload. */
void rpm_digest_take(struct rpm_digest *digest, const void *bytes, size_t len);

/* Call it after all of the payload was added. NULL if all digests match, else a clause about "it"; static. */
const char *rpm_digest_end(struct rpm_digest *digest);

#endif
