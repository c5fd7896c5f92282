/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the OpenPGP signatures in an RPM package, while the package is read. */
#ifndef XS_PACKAGE_RPM_SIGNATURE_H
#define XS_PACKAGE_RPM_SIGNATURE_H

#include "package/openpgp.h"
#include "package/rpm.h"

/*
 * The signatures of one package. It starts as {0}; call rpm_signatures_free() after rpm_signatures_start(). A signature
 * is of the main header, which has the digests of the files and the payload, or of the main header and the payload.
 */
struct rpm_signatures {
	const struct rpm *rpm;
	struct openpgp_signature *of[RPM_SIGNATURES_MAX]; /* NULL: librpm cannot read it */
	bool whole;					  /* the payload was read to its end */
};

/* Begins. BYTES are the first bytes of the file, with all its headers. */
void rpm_signatures_start(struct rpm_signatures *signatures, const struct rpm *rpm, const uint8_t *bytes);

/* Adds the next LEN bytes of the compressed payload. */
void rpm_signatures_take(struct rpm_signatures *signatures, const void *bytes, size_t len);

void rpm_signatures_free(struct rpm_signatures *signatures);

enum rpm_signature_state {
	RPM_SIGNATURE_DAMAGED,	 /* librpm cannot read it */
	RPM_SIGNATURE_UNCHECKED, /* it can be read, but there is no librpm, no key, or not the whole payload */
	RPM_SIGNATURE_NO_KEY,	 /* it was made with another key */
	RPM_SIGNATURE_WRONG,	 /* it is not for these bytes */
	RPM_SIGNATURE_VALID,
};

/* The state of signature I. KEYS may be NULL. */
enum rpm_signature_state rpm_signature_check(const struct rpm_signatures *signatures, size_t i,
					     const struct openpgp_keys *keys);

/*
 * The kind of signature I and its signer, e.g. "V4 RSA/SHA256 Signature, key ID 89abcdef", or why this is not known.
 * Safe text.
 */
const char *rpm_signature_name(const struct rpm_signatures *signatures, size_t i);

/* Whether the package has a signature, and librpm can read all its signatures. True also if librpm is missing. */
bool rpm_is_signed(const struct rpm_signatures *signatures);

#endif
