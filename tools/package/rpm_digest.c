// SPDX-License-Identifier: GPL-2.0-only
// Checks the digests that an RPM package holds of its own bytes.
#include "package/rpm_digest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/die.h"
#include "base/late_library.h"

#define MD5_SIZE 16

/* NULL if the policy of the system does not allow this algorithm: FIPS mode does not allow MD5. */
static EVP_MD_CTX *start(const EVP_MD *kind)
{
	EVP_MD_CTX *context = libcrypto()->EVP_MD_CTX_new();

	if (!context)
		die_memory();
	if (libcrypto()->EVP_DigestInit_ex(context, kind, NULL))
		return context;
	libcrypto()->EVP_MD_CTX_free(context);
	return NULL;
}

static void take(EVP_MD_CTX *context, const void *bytes, size_t len)
{
	if (context)
		libcrypto()->EVP_DigestUpdate(context, bytes, len);
}

/*
 * Whether the digest equals EXPECTED, which is raw bytes, or hex digits if HEX. Frees the context. True if CONTEXT is
 * NULL.
 */
static bool end(EVP_MD_CTX *context, const char *expected, bool hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char digits[2 * EVP_MAX_MD_SIZE + 1] = "";
	unsigned int len = 0;

	if (!context)
		return true;
	libcrypto()->EVP_DigestFinal_ex(context, digest, &len);
	libcrypto()->EVP_MD_CTX_free(context);
	for (unsigned int i = 0; i < len; i++) {
		digits[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		digits[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	return hex ? strcasecmp(digits, expected) == 0 : memcmp(digest, expected, len) == 0;
}

static bool is_header_right(const struct rpm *rpm, const uint8_t *header, size_t len)
{
	const struct rpm_digests *said = &rpm->digests;
	EVP_MD_CTX *context = start(said->header_sha256 ? libcrypto()->EVP_sha256() : libcrypto()->EVP_sha1());

	take(context, header, len);
	return end(context, said->header_sha256 ? said->header_sha256 : said->header_sha1, true);
}

void rpm_digest_start(struct rpm_digest *digest, const struct rpm *rpm, const uint8_t *bytes)
{
	const struct rpm_digests *said = &rpm->digests;
	const uint8_t *header = bytes + rpm->header;
	size_t len = (size_t)(rpm->payload - rpm->header);

	*digest = (struct rpm_digest){.rpm = rpm};
	if (!libcrypto())
		return;
	if (!said->header_sha256 && !said->header_sha1)
		digest->wrong = "it has no digest of its header";
	else if (!is_header_right(rpm, header, len))
		digest->wrong = "the digest of its header does not match";
	if (!said->payload_sha256 && !said->md5 && !digest->wrong)
		digest->wrong = "it has no digest of its payload";
	if (said->payload_sha256)
		digest->payload = start(libcrypto()->EVP_sha256());
	if (said->md5)
		digest->both = start(libcrypto()->EVP_md5());
	take(digest->both, header, len);
}

void rpm_digest_take(struct rpm_digest *digest, const void *bytes, size_t len)
{
	take(digest->payload, bytes, len);
	take(digest->both, bytes, len);
}

const char *rpm_digest_end(struct rpm_digest *digest)
{
	const struct rpm_digests *said = digest->rpm ? &digest->rpm->digests : NULL;
	bool payload = !said || end(digest->payload, said->payload_sha256, true);
	bool both = !said || end(digest->both, (const char *)said->md5, false);
	const char *wrong = digest->wrong;

	if (!wrong && !payload)
		wrong = "the digest of its payload does not match";
	if (!wrong && !both)
		wrong = "the digest of its header and payload does not match";
	*digest = (struct rpm_digest){0};
	return wrong;
}
