// SPDX-License-Identifier: GPL-2.0-only
// Reads and checks the signature that the kernel's build appends to a module.
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
/* PKEY_ID_PKCS7: since Linux 4.3, the kernel accepts no other type. */
#define ID_TYPE_PKCS7 2

/* Linux's struct module_signature, and the marker after it. */
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
		damaged(signature, "its length is greater than that of the appended bytes");
	else if (trailer.algo || trailer.hash || trailer.signer_len || trailer.key_id_len || trailer.pad[0] ||
		 trailer.pad[1] || trailer.pad[2])
		damaged(signature, "fields of its trailer are not 0");
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

/* Tries DER before PEM: the PEM reader skips all bytes before its first line, so it would read a whole DER file. */
static void read_certificates(BIO *file, OPENSSL_STACK *stack)
{
	X509 *x509 = libcrypto()->d2i_X509_bio(file, NULL);

	if (x509 && !libcrypto()->OPENSSL_sk_push(stack, x509))
		die_memory();
	if (!x509 && libcrypto()->BIO_ctrl(file, BIO_C_FILE_SEEK, 0, NULL) == 0)
		read_pem(file, stack);
}

bool certificates_read(struct certificates **certificates, const char *path)
{
	struct certificates *read;
	BIO *file;

	certificates_free(*certificates);
	*certificates = NULL;
	if (!libcrypto()) {
		complain("%s: the certificate cannot be read: " LATE_LIBRARY_MISSING(LIBCRYPTO_SONAME), path);
		return false;
	}
	file = libcrypto()->BIO_new_file(path, "rb");
	read = need_memory(1, sizeof(*read));
	read->stack = libcrypto()->OPENSSL_sk_new_null();
	if (!read->stack)
		die_memory();
	if (file)
		read_certificates(file, read->stack);
	if (libcrypto()->OPENSSL_sk_num(read->stack) == 0) {
		complain("%s: %s", path,
			 file ? "it holds no X.509 certificate, neither in PEM nor in DER"
			      : "the certificate cannot be read");
		certificates_free(read);
		read = NULL;
	}
	libcrypto()->BIO_free(file);
	libcrypto()->ERR_clear_error();
	*certificates = read;
	return read;
}

void certificates_free(struct certificates *certificates)
{
	if (!certificates)
		return;
	libcrypto()->OPENSSL_sk_pop_free(certificates->stack, (OPENSSL_sk_freefunc)libcrypto()->X509_free);
	free(certificates);
}

/* Whether NID is one of the COUNT numbers at NIDS. */
static bool is_among(int nid, const int *nids, size_t count)
{
	while (count > 0)
		if (nids[--count] == nid)
			return true;
	return false;
}

#define IS_AMONG(nid, list) is_among(nid, list, sizeof(list) / sizeof((list)[0]))

/* The kernel refuses a message with an algorithm or attributes that crypto/asymmetric_keys/pkcs7_parser.c refuses. */
static const char *check_signer(CMS_SignerInfo *info)
{
	static const int digests[] = {NID_sha1, NID_sha224, NID_sha256, NID_sha384, NID_sha512};
	static const int kinds[] = {NID_rsaEncryption,	   NID_ecdsa_with_SHA1,	  NID_ecdsa_with_SHA224,
				    NID_ecdsa_with_SHA256, NID_ecdsa_with_SHA384, NID_ecdsa_with_SHA512};
	X509_ALGOR *digest = NULL, *kind = NULL;

	libcrypto()->CMS_SignerInfo_get0_algs(info, NULL, NULL, &digest, &kind);
	if (libcrypto()->CMS_signed_get_attr_count(info) >= 0)
		return "it has signed attributes, which the kernel refuses: make it with scripts/sign-file";
	if (!digest || !IS_AMONG(libcrypto()->OBJ_obj2nid(digest->algorithm), digests))
		return "its digest is not one that every kernel takes: SHA-1, or SHA-224 to SHA-512";
	if (!kind || !IS_AMONG(libcrypto()->OBJ_obj2nid(kind->algorithm), kinds))
		return "it is neither RSA with PKCS#1 padding nor ECDSA, and the kernel takes nothing else";
	return NULL;
}

/* The key sizes and curves are those of crypto/rsa.c and crypto/ecdsa.c in Linux 6.1. */
static const char *check_key(EVP_PKEY *key)
{
	static const int sizes[] = {512, 1024, 1536, 2048, 3072, 4096};
	static const char *const curves[] = {SN_X9_62_prime192v1, SN_X9_62_prime256v1, SN_secp384r1};
	char curve[64] = "";

	if (libcrypto()->EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return IS_AMONG(libcrypto()->EVP_PKEY_get_bits(key), sizes)
			       ? NULL
			       : "its RSA key has a size that the kernel refuses: 2048, 3072 and 4096 bits are right";
	libcrypto()->EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL);
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(curve, curves[i]) == 0)
			return NULL;
	return "its key is neither RSA nor of a curve that every kernel takes: P-256 and P-384 are right";
}

static const char *check_bytes(CMS_SignerInfo *info, EVP_PKEY *key, const void *bytes, size_t len)
{
	ASN1_OCTET_STRING *value = libcrypto()->CMS_SignerInfo_get0_signature(info);
	EVP_MD_CTX *context = libcrypto()->EVP_MD_CTX_new();
	X509_ALGOR *digest = NULL;
	const EVP_MD *md;
	bool right;

	libcrypto()->CMS_SignerInfo_get0_algs(info, NULL, NULL, &digest, NULL);
	md = libcrypto()->EVP_get_digestbyname(libcrypto()->OBJ_nid2sn(libcrypto()->OBJ_obj2nid(digest->algorithm)));
	if (!context)
		die_memory();
	right = md && libcrypto()->EVP_DigestVerifyInit(context, NULL, md, NULL, key) == 1 &&
		libcrypto()->EVP_DigestVerify(context, libcrypto()->ASN1_STRING_get0_data(value),
					      (size_t)libcrypto()->ASN1_STRING_length(value), bytes, len) == 1;
	libcrypto()->EVP_MD_CTX_free(context);
	return right ? NULL : "the module was changed after it was signed";
}

/* Returns the certificate of the signer, or NULL. */
static X509 *find_certificate(const struct certificates *certificates, CMS_SignerInfo *info)
{
	for (int i = 0; i < libcrypto()->OPENSSL_sk_num(certificates->stack); i++) {
		X509 *x509 = libcrypto()->OPENSSL_sk_value(certificates->stack, i);

		if (libcrypto()->CMS_SignerInfo_cert_cmp(info, x509) == 0)
			return x509;
	}
	return NULL;
}

/*
 * Does the same as the kernel's pkcs7_validate_trust(). Signers without a trusted key are ignored, and so are signers
 * whose key the kernel does not support. All other signatures must be valid, and there must be at least one.
 */
static const char *check_signers(const struct certificates *certificates, OPENSSL_STACK *infos, const void *bytes,
				 size_t len)
{
	const char *why = "it was made with another key than that of the certificate";
	bool found = false;

	for (int i = 0; i < libcrypto()->OPENSSL_sk_num(infos); i++) {
		CMS_SignerInfo *info = libcrypto()->OPENSSL_sk_value(infos, i);
		X509 *x509 = find_certificate(certificates, info);
		EVP_PKEY *key = x509 ? libcrypto()->X509_get0_pubkey(x509) : NULL;
		const char *unfit = key ? check_key(key) : NULL;

		if (unfit)
			why = unfit;
		if (!key || unfit)
			continue;
		why = check_bytes(info, key, bytes, len);
		if (why)
			return why;
		found = true;
	}
	return found ? NULL : why;
}

/* The checks have the order of the kernel's mod_verify_sig(), verify_pkcs7_message_sig() and pkcs7_verify(). */
static const char *check_message(const struct certificates *certificates, CMS_ContentInfo *cms, const void *bytes,
				 size_t len)
{
	ASN1_OCTET_STRING **content;
	OPENSSL_STACK *infos;

	if (libcrypto()->OBJ_obj2nid(libcrypto()->CMS_get0_type(cms)) != NID_pkcs7_signed)
		return "it is a CMS message, but not a signature";
	content = libcrypto()->CMS_get0_content(cms);
	if (content && *content)
		return "it holds the signed content itself, which the kernel refuses: make it with scripts/sign-file";
	if (libcrypto()->OBJ_obj2nid(libcrypto()->CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return "the type of its content is not \"data\", and the kernel takes nothing else";
	infos = (OPENSSL_STACK *)libcrypto()->CMS_get0_SignerInfos(cms);
	if (!infos || libcrypto()->OPENSSL_sk_num(infos) <= 0)
		return "it has no signer";
	for (int i = 0; i < libcrypto()->OPENSSL_sk_num(infos); i++) {
		const char *why = check_signer(libcrypto()->OPENSSL_sk_value(infos, i));

		if (why)
			return why;
	}
	return check_signers(certificates, infos, bytes, len);
}

/* The length byte for "indefinite length". BER allows it, DER does not. */
#define BER_INDEFINITE 0x80

const char *signature_check(const struct certificates *certificates, const void *bytes,
			    const struct signature *signature)
{
	const uint8_t *message = (const uint8_t *)bytes + signature->offset;
	CMS_ContentInfo *cms = read_cms(message, signature->len);
	const char *why;

	if (!cms)
		return "it is not a CMS message";
	if (signature->len > 1 && message[1] == BER_INDEFINITE)
		why = "it is in BER, and the kernel needs DER";
	else
		why = check_message(certificates, cms, bytes, signature->offset);
	libcrypto()->CMS_ContentInfo_free(cms);
	libcrypto()->ERR_clear_error();
	return why;
}
