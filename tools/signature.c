// SPDX-License-Identifier: GPL-2.0-only
// The signature the kernel's build appends to a module.
#include "signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "module.h"
#include "text.h"

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

void signature_find(const struct module *module, struct signature *signature)
{
	struct trailer trailer;

	memset(signature, 0, sizeof(*signature));
	if (module->elf_end == 0 || module->size <= module->elf_end)
		return;
	signature->appended = module->size - module->elf_end;
	memcpy(&trailer, module->trailer, sizeof(trailer));
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
		signature->offset = module->size - SIGNATURE_TRAILER - signature->len;
}

static CMS_ContentInfo *read_cms(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	ERR_clear_error();
	return len <= INT32_MAX ? d2i_CMS_ContentInfo(NULL, &at, (long)len) : NULL;
}

static void name_signer(CMS_SignerInfo *info, struct signer *signer)
{
	ASN1_OCTET_STRING *key = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_ALGOR *digest = NULL;
	size_t used = 0;

	CMS_SignerInfo_get0_algs(info, NULL, NULL, &digest, NULL);
	if (digest)
		OBJ_obj2txt(signer->digest, sizeof(signer->digest), digest->algorithm, 0);
	if (!CMS_SignerInfo_get0_signer_id(info, &key, &issuer, &serial))
		return;
	if (issuer)
		X509_NAME_oneline(issuer, signer->name, sizeof(signer->name));
	for (int i = 0; key && i < ASN1_STRING_length(key) && used + 3 < sizeof(signer->name); i++)
		used += (size_t)snprintf(signer->name + used, sizeof(signer->name) - used, "%02x",
					 ASN1_STRING_get0_data(key)[i]);
}

bool signature_signer(const void *cms_bytes, size_t len, struct signer *signer)
{
	CMS_ContentInfo *cms = read_cms(cms_bytes, len);
	STACK_OF(CMS_SignerInfo) *infos = cms ? CMS_get0_SignerInfos(cms) : NULL;

	memset(signer, 0, sizeof(*signer));
	if (infos && sk_CMS_SignerInfo_num(infos) > 0)
		name_signer(sk_CMS_SignerInfo_value(infos, 0), signer);
	CMS_ContentInfo_free(cms);
	return signer->name[0] || signer->digest[0];
}

struct certificates {
	STACK_OF(X509) * stack;
};

static void read_pem(BIO *file, STACK_OF(X509) * stack)
{
	X509 *x509;

	while ((x509 = PEM_read_bio_X509(file, NULL, NULL, NULL)))
		if (!sk_X509_push(stack, x509))
			die_memory();
}

/* As DER first: PEM skips whatever stands before its first line, and would read a DER file to its end. */
static void read_certificates(BIO *file, STACK_OF(X509) * stack)
{
	X509 *x509 = d2i_X509_bio(file, NULL);

	if (x509 && !sk_X509_push(stack, x509))
		die_memory();
	if (!x509 && BIO_seek(file, 0) == 0)
		read_pem(file, stack);
}

struct certificates *certificates_read(const char *path)
{
	struct certificates *certificates = need_memory(1, sizeof(*certificates));
	BIO *file = BIO_new_file(path, "rb");

	certificates->stack = sk_X509_new_null();
	if (!certificates->stack)
		die_memory();
	if (file)
		read_certificates(file, certificates->stack);
	if (sk_X509_num(certificates->stack) == 0) {
		complain("%s: %s", path,
			 file ? "it holds no X.509 certificate, neither in PEM nor in DER"
			      : "the certificate cannot be read");
		certificates_free(certificates);
		certificates = NULL;
	}
	BIO_free(file);
	ERR_clear_error();
	return certificates;
}

void certificates_free(struct certificates *certificates)
{
	if (!certificates)
		return;
	sk_X509_pop_free(certificates->stack, X509_free);
	free(certificates);
}

static const char *why_not(void)
{
	int reason = ERR_GET_REASON(ERR_peek_last_error());

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
	content = BIO_new_mem_buf(bytes, (int)signature->offset);
	if (!content)
		die_memory();
	if (CMS_verify(cms, certificates->stack, NULL, content, NULL, flags) != 1)
		why = why_not();
	BIO_free(content);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return why;
}
