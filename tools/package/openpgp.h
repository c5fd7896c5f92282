/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks OpenPGP signatures of packages and of the files on a driver disk, with librpm. */
#ifndef XS_PACKAGE_OPENPGP_H
#define XS_PACKAGE_OPENPGP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * librpm reads the keys and signatures, so the result is that of "rpm -K" with the same keys. It also means that librpm
 * decides about algorithms and about keys that have expired: most versions before rpm 4.19 do not look at the dates of
 * a key. Without librpm, as in the static build, nothing can be checked: see openpgp_missing().
 */

/* NULL, or why no signature can be checked here: a static text. */
const char *openpgp_missing(void);

/* Public keys. NULL is a valid empty set. Threads may share it when no key is added any more. */
struct openpgp_keys;

/*
 * Adds the public keys in the LEN bytes, which are ASCII armour (one or more blocks) or binary. *KEYS may be NULL: then
 * a set is made. Returns how many keys were read; 0: there is no key that librpm can read.
 */
size_t openpgp_keys_add(struct openpgp_keys **keys, const void *bytes, size_t len);

/* Adds the keys in the file PATH. False: a message was printed. */
bool openpgp_keys_read(struct openpgp_keys **keys, const char *path);

void openpgp_keys_free(struct openpgp_keys *keys);

/* One signature, and the digest of the data that it is for. */
struct openpgp_signature;

/*
 * Reads the LEN bytes of a signature: one OpenPGP packet, binary. Returns NULL if librpm is missing or cannot read it.
 * The bytes may be freed then.
 */
struct openpgp_signature *openpgp_signature_new(const void *packet, size_t len);
void openpgp_signature_free(struct openpgp_signature *signature);

/* Adds the next LEN bytes of the signed data. */
void openpgp_signature_take(struct openpgp_signature *signature, const void *bytes, size_t len);

/* The kind and the signer: "V4 RSA/SHA256 Signature, key ID 89abcdef". It lives as long as the signature. */
const char *openpgp_signature_name(const struct openpgp_signature *signature);

enum openpgp_verdict {
	OPENPGP_VALID,	/* made with one of the keys, for exactly this data */
	OPENPGP_NO_KEY, /* the signer's key is not among the keys */
	OPENPGP_WRONG,	/* the data or the signature was changed, or librpm does not accept its algorithm or key */
};

/* Checks the signature of the data that was taken. May be called several times. */
enum openpgp_verdict openpgp_signature_check(const struct openpgp_signature *signature,
					     const struct openpgp_keys *keys);

#endif
