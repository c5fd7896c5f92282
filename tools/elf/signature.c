// SPDX-License-Identifier: GPL-2.0-only
// The signature the kernel's build appends to a module.
#include "elf/signature.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/text.h"

#define MARKER	   "~Module signature appended~\n"
#define MARKER_LEN (sizeof(MARKER) - 1)
/* PKEY_ID_PKCS7, the only kind the kernel has taken since 4.3. */
#define ID_TYPE_PKCS7 2

/* struct module_signature. */
struct trailer {
	uint8_t algo, hash, id_type, signer_len, key_id_len, pad[3];
	uint8_t sig_len[4]; /* big-endian */
	char marker[MARKER_LEN];
};

_Static_assert(sizeof(struct trailer) == SIGNATURE_TRAILER, "the trailer's size");

static void damaged(struct signature *signature, const char *how)
{
	signature->state = SIGNATURE_DAMAGED;
	signature->damage = how;
}

void signature_find(uint64_t size, uint64_t elf_end, const unsigned char bytes[SIGNATURE_TRAILER],
		    struct signature *signature)
{
	struct trailer trailer;

	memset(signature, 0, sizeof(*signature));
	if (elf_end == 0 || size <= elf_end)
		return;
	signature->appended = size - elf_end;
	memcpy(&trailer, bytes, sizeof(trailer));
	if (signature->appended < SIGNATURE_TRAILER || memcmp(trailer.marker, MARKER, MARKER_LEN) != 0) {
		signature->state = SIGNATURE_GARBAGE;
		return;
	}
	signature->len = (uint32_t)trailer.sig_len[0] << 24 | (uint32_t)trailer.sig_len[1] << 16 |
			 (uint32_t)trailer.sig_len[2] << 8 | trailer.sig_len[3];
	signature->state = SIGNATURE_FOUND;
	if (trailer.id_type != ID_TYPE_PKCS7)
		damaged(signature, "its id_type is not 2 (PKCS#7)");
	else if (signature->len == 0)
		damaged(signature, "it has the marker but no signature before it");
	else if (signature->len > signature->appended - SIGNATURE_TRAILER)
		damaged(signature, "it says to be longer than what was appended");
	else if (trailer.algo || trailer.hash || trailer.signer_len || trailer.key_id_len || trailer.pad[0] ||
		 trailer.pad[1] || trailer.pad[2])
		damaged(signature, "fields of its trailer that must be 0 are not");
	else
		signature->offset = size - SIGNATURE_TRAILER - signature->len;
}

static CMS_ContentInfo *read_cms(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	libcrypto()->ERR_clear_error();
	return len <= INT32_MAX ? libcrypto()->d2i_CMS_ContentInfo(NULL, &at, (long)len) : NULL;
}

static void name_signer(CMS_SignerInfo *info, struct signer *signer)
{
	ASN1_OCTET_STRING *key = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_ALGOR *digest = NULL;
	size_t used = 0;

	libcrypto()->CMS_SignerInfo_get0_algs(info, NULL, NULL, &digest, NULL);
	if (digest)
		libcrypto()->OBJ_obj2txt(signer->digest, sizeof(signer->digest), digest->algorithm, 0);
	if (!libcrypto()->CMS_SignerInfo_get0_signer_id(info, &key, &issuer, &serial))
		return;
	if (issuer)
		libcrypto()->X509_NAME_oneline(issuer, signer->name, sizeof(signer->name));
	for (int i = 0; key && i < libcrypto()->ASN1_STRING_length(key) && used + 3 < sizeof(signer->name); i++)
		used += (size_t)snprintf(signer->name + used, sizeof(signer->name) - used, "%02x",
					 libcrypto()->ASN1_STRING_get0_data(key)[i]);
}

bool signature_signer(const void *cms_bytes, size_t len, struct signer *signer)
{
	CMS_ContentInfo *cms = libcrypto() ? read_cms(cms_bytes, len) : NULL;
	STACK_OF(CMS_SignerInfo) *infos = cms ? libcrypto()->CMS_get0_SignerInfos(cms) : NULL;

	memset(signer, 0, sizeof(*signer));
	if (!cms)
		return false;
	if (infos && libcrypto()->OPENSSL_sk_num((OPENSSL_STACK *)infos) > 0)
		name_signer(libcrypto()->OPENSSL_sk_value((OPENSSL_STACK *)infos, 0), signer);
	libcrypto()->CMS_ContentInfo_free(cms);
	return signer->name[0] || signer->digest[0];
}

struct certificates {
	OPENSSL_STACK *stack; /* of X509 */
};

static void read_pem(BIO *file, OPENSSL_STACK *stack)
{
	X509 *x509;

	while ((x509 = libcrypto()->PEM_read_bio_X509(file, NULL, NULL, NULL)))
		if (!libcrypto()->OPENSSL_sk_push(stack, x509))
			die_memory();
}

/* As DER first: PEM skips whatever stands before its first line, and would read a DER file to its end. */
static void read_certificates(BIO *file, OPENSSL_STACK *stack)
{
	X509 *x509 = libcrypto()->d2i_X509_bio(file, NULL);

	if (x509 && !libcrypto()->OPENSSL_sk_push(stack, x509))
		die_memory();
	if (!x509 && libcrypto()->BIO_ctrl(file, BIO_C_FILE_SEEK, 0, NULL) == 0)
		read_pem(file, stack);
}

struct certificates *certificates_read(const char *path)
{
	struct certificates *certificates;
	BIO *file;

	if (!libcrypto()) {
		complain("%s: the certificate cannot be read: " LATE_LIBRARY_MISSING(LIBCRYPTO_SONAME), path);
		return NULL;
	}
	file = libcrypto()->BIO_new_file(path, "rb");
	certificates = need_memory(1, sizeof(*certificates));
	certificates->stack = libcrypto()->OPENSSL_sk_new_null();
	if (!certificates->stack)
		die_memory();
	if (file)
		read_certificates(file, certificates->stack);
	if (libcrypto()->OPENSSL_sk_num(certificates->stack) == 0) {
		complain("%s: %s", path,
			 file ? "it holds no X.509 certificate, neither in PEM nor in DER"
			      : "the certificate cannot be read");
		certificates_free(certificates);
		certificates = NULL;
	}
	libcrypto()->BIO_free(file);
	libcrypto()->ERR_clear_error();
	return certificates;
}

void certificates_free(struct certificates *certificates)
{
	if (!certificates)
		return;
	libcrypto()->OPENSSL_sk_pop_free(certificates->stack, (OPENSSL_sk_freefunc)libcrypto()->X509_free);
	free(certificates);
}

static const char *why_not(void)
{
	int reason = ERR_GET_REASON(libcrypto()->ERR_peek_last_error());

	if (reason == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND)
		return "it was made with another key than the certificate's";
	if (reason == CMS_R_VERIFICATION_FAILURE || reason == CMS_R_CONTENT_VERIFY_ERROR)
		return "the module was changed after it was signed";
	return "the signature cannot be checked";
}

const char *signature_check(const struct certificates *certificates, const void *bytes,
			    const struct signature *signature)
{
	/* Only the certificates given, and none that comes with the message, may speak for it. */
	const unsigned int flags = CMS_BINARY | CMS_DETACHED | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
	CMS_ContentInfo *cms = read_cms((const char *)bytes + signature->offset, signature->len);
	BIO *content;
	const char *why = NULL;

	if (!cms)
		return "it is no CMS message";
	content = libcrypto()->BIO_new_mem_buf(bytes, (int)signature->offset);
	if (!content)
		die_memory();
	if (libcrypto()->CMS_verify(cms, (STACK_OF(X509) *)certificates->stack, NULL, content, NULL, flags) != 1)
		why = why_not();
	libcrypto()->BIO_free(content);
	libcrypto()->CMS_ContentInfo_free(cms);
	libcrypto()->ERR_clear_error();
	return why;
}
