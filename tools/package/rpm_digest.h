/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the digests that an RPM package has of its own bytes. */
#ifndef XS_PACKAGE_RPM_DIGEST_H
#define XS_PACKAGE_RPM_DIGEST_H

#include <openssl/evp.h>

#include "package/rpm.h"

/*
 * Digests find damage. They are no protection against somebody who changes a package: whoever changes the bytes can
 * change the digests too. Format: rpm's docs/manual/signatures_digests.md.
 */

/* A package whose digests are made while it is read. Starts as {0}; rpm_digest_end() is due. */
struct rpm_digest {
	const struct rpm *rpm;
	EVP_MD_CTX *payload; /* SHA-256 of the payload as it is in the file */
	EVP_MD_CTX *both;    /* MD5 of the header and the payload */
	const char *wrong;   /* the first digest that is not right, as a clause about "it"; static */
};

/* Begins with BYTES, the file's first ones, which hold all of its headers. Does nothing when libcrypto is missing. */
void rpm_digest_start(struct rpm_digest *digest, const struct rpm *rpm, const uint8_t *bytes);

/* Takes the next LEN bytes of the payload, as they are in the file. */
void rpm_digest_take(struct rpm_digest *digest, const void *bytes, size_t len);

/* NULL if all is right when all of the payload was taken; else what is wrong: a clause about "it", static. */
const char *rpm_digest_end(struct rpm_digest *digest);

#endif
