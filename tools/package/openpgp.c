// SPDX-License-Identifier: GPL-2.0-only
// Checks OpenPGP signatures of packages and of the files on a driver disk, with librpm.
#include "package/openpgp.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/text.h"
#include "stream/source.h"

/* The bound for a file of keys, in bytes. The key of a distribution has some KiB. */
#define KEYS_MAX   (1u << 20)
#define ARMOUR	   "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define ARMOUR_END "-----END PGP "
#define SERIOUS	   RPMLOG_MASK(RPMLOG_EMERG)

struct openpgp_signature {
	pgpDigParams packet;
	DIGEST_CTX digest;
	char *name;
};

/* librpm prints warnings about keys and signatures on stderr; the findings here say the same. */
static void begin(void)
{
	librpmio()->rpmlogSetMask((int)SERIOUS);
	librpmio()->rpmInitCrypto();
}

/* librpm's functions, or NULL. */
static const struct librpmio *library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (librpmio())
		pthread_once(&once, begin);
	return librpmio();
}

const char *openpgp_missing(void)
{
	return library() ? NULL : LATE_LIBRARY_MISSING(LIBRPMIO_SONAME);
}

/* The set is a keyring of librpm. This type hides librpm's headers from the callers. */
static rpmKeyring keyring_of(const struct openpgp_keys *keys)
{
	return (rpmKeyring)keys;
}

/* Adds one certificate: its primary key and its subkeys. */
static size_t add_certificate(struct openpgp_keys **keys, const uint8_t *packets, size_t len)
{
	rpmPubkey key = library()->rpmPubkeyNew(packets, len), *subkeys;
	int count = 0;

	if (!key)
		return 0;
	if (!*keys)
		*keys = (struct openpgp_keys *)library()->rpmKeyringNew();
	library()->rpmKeyringAddKey(keyring_of(*keys), key);
	subkeys = library()->rpmGetSubkeys(key, &count);
	for (int i = 0; i < count; i++) {
		library()->rpmKeyringAddKey(keyring_of(*keys), subkeys[i]);
		library()->rpmPubkeyFree(subkeys[i]);
	}
	free(subkeys);
	library()->rpmPubkeyFree(key);
	return 1;
}

static size_t add_packets(struct openpgp_keys **keys, const uint8_t *packets, size_t len)
{
	size_t count = 0, one;

	for (; len > 0; packets += one, len -= one) {
		if (library()->pgpPubKeyCertLen(packets, len, &one) != 0 || one == 0 || one > len)
			break;
		count += add_certificate(keys, packets, one);
	}
	return count;
}

/* Adds the keys in each block of armour. TEXT is changed. */
static size_t add_armoured(struct openpgp_keys **keys, char *text)
{
	size_t count = 0;
	char *at = strstr(text, ARMOUR), *end;

	for (; at; at = end ? strstr(end + 1, ARMOUR) : NULL) {
		uint8_t *packets = NULL;
		size_t len = 0;

		/* librpm looks for the end of the text first, so each block gets its own. */
		end = strstr(at, ARMOUR_END);
		end = end ? strchr(end, '\n') : NULL;
		if (end)
			*end = '\0';
		if (library()->pgpParsePkts(at, &packets, &len) == PGPARMOR_PUBKEY)
			count += add_packets(keys, packets, len);
		free(packets);
	}
	return count;
}

size_t openpgp_keys_add(struct openpgp_keys **keys, const void *bytes, size_t len)
{
	char *text;
	size_t count;

	if (!library() || len > KEYS_MAX)
		return 0;
	text = need_memory(1, len + 1);
	memcpy(text, bytes, len);
	count = strstr(text, ARMOUR) ? add_armoured(keys, text) : add_packets(keys, bytes, len);
	free(text);
	return count;
}

bool openpgp_keys_read(struct openpgp_keys **keys, const char *path)
{
	const char *why = openpgp_missing();
	int fd = why ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	uint8_t *bytes = NULL;
	size_t len = 0;

	if (!why && (fd < 0 || fstat(fd, &st) != 0))
		why = strerror(errno);
	else if (!why && !S_ISREG(st.st_mode))
		why = "it is not a regular file";
	else if (!why)
		bytes = source_whole_fd(fd, (uint64_t)st.st_size, KEYS_MAX, false, &len, &why);
	if (bytes && openpgp_keys_add(keys, bytes, len) == 0)
		why = "it has no OpenPGP public key; 'gpg --export' writes one";
	if (why)
		complain("--rpm-key %s: %s", path, why);
	source_whole_free(bytes, len);
	if (fd >= 0)
		close(fd);
	return !why;
}

void openpgp_keys_free(struct openpgp_keys *keys)
{
	if (keys)
		library()->rpmKeyringFree(keyring_of(keys));
}

struct openpgp_signature *openpgp_signature_new(const void *packet, size_t len)
{
	struct openpgp_signature *signature;
	pgpDigParams params = NULL;
	DIGEST_CTX digest;

	if (!library() || library()->pgpPrtParams(packet, len, PGPTAG_SIGNATURE, &params) != 0)
		return NULL;
	digest = library()->rpmDigestInit((int)library()->pgpDigParamsAlgo(params, PGPVAL_HASHALGO), RPMDIGEST_NONE);
	if (!digest) {
		library()->pgpDigParamsFree(params);
		return NULL;
	}
	signature = need_memory(1, sizeof(*signature));
	signature->packet = params;
	signature->digest = digest;
	signature->name = library()->pgpIdentItem(params);
	return signature;
}

void openpgp_signature_free(struct openpgp_signature *signature)
{
	if (!signature)
		return;
	library()->pgpDigParamsFree(signature->packet);
	library()->rpmDigestFinal(signature->digest, NULL, NULL, 0);
	free(signature->name);
	free(signature);
}

void openpgp_signature_take(struct openpgp_signature *signature, const void *bytes, size_t len)
{
	library()->rpmDigestUpdate(signature->digest, bytes, len);
}

const char *openpgp_signature_name(const struct openpgp_signature *signature)
{
	return signature->name;
}

enum openpgp_verdict openpgp_signature_check(const struct openpgp_signature *signature, const struct openpgp_keys *keys)
{
	/* The function adds the end of the signed data to a copy of the digest. */
	rpmRC rc = library()->rpmKeyringVerifySig(keyring_of(keys), signature->packet, signature->digest);

	return rc == RPMRC_OK ? OPENPGP_VALID : rc == RPMRC_NOKEY ? OPENPGP_NO_KEY : OPENPGP_WRONG;
}
