/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads libarchive, libxml2, libcrypto and librpmio at their first use. */
#ifndef XS_BASE_LATE_LIBRARY_H
#define XS_BASE_LATE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <rpm/rpmbase64.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmpgp.h>

/*
 * These libraries make the start of a program slow. libarchive and libxml2 load ICU, and cost 1.5 ms and 3 MiB;
 * libcrypto costs 1 ms; librpmio loads Lua. The same time is enough to verify two hundred modules, and most runs read
 * only modules and no certificates. The programs are not linked with these libraries, so the packages of the kit must
 * name them as dependencies. Each member of the structures below is a library function:
 * libarchive()->archive_read_new().
 */

/* The Makefile writes late_sonames.h: it defines LIBARCHIVE_SONAME, LIBXML_SONAME, LIBCRYPTO_SONAME, LIBRPMIO_SONAME.
 */
#include <late_sonames.h>

/* The message for libarchive(), libxml(), libcrypto() or librpmio() returning NULL. A static program loads no library.
 */
#define LATE_LIBRARY_MISSING(soname) soname " is not installed, or this program is the static build"

#define LIBARCHIVE_FUNCTIONS(X)                                                                                        \
	X(archive_entry_filetype)                                                                                      \
	X(archive_entry_hardlink)                                                                                      \
	X(archive_entry_nlink)                                                                                         \
	X(archive_entry_pathname)                                                                                      \
	X(archive_entry_pathname_utf8)                                                                                 \
	X(archive_entry_size)                                                                                          \
	X(archive_entry_symlink)                                                                                       \
	X(archive_entry_symlink_utf8)                                                                                  \
	X(archive_error_string)                                                                                        \
	X(archive_read_append_filter)                                                                                  \
	X(archive_read_data)                                                                                           \
	X(archive_read_data_block)                                                                                     \
	X(archive_read_free)                                                                                           \
	X(archive_read_new)                                                                                            \
	X(archive_read_next_header)                                                                                    \
	X(archive_read_open)                                                                                           \
	X(archive_read_open_fd)                                                                                        \
	X(archive_read_open_memory)                                                                                    \
	X(archive_read_support_format_cpio)                                                                            \
	X(archive_read_support_format_empty)                                                                           \
	X(archive_read_support_format_iso9660)                                                                         \
	X(archive_read_support_format_raw)                                                                             \
	X(archive_set_error)

#define LIBXML_FUNCTIONS(X)                                                                                            \
	X(xmlCreatePushParserCtxt)                                                                                     \
	X(xmlCtxtGetLastError)                                                                                         \
	X(xmlCtxtUseOptions)                                                                                           \
	X(xmlFreeDoc)                                                                                                  \
	X(xmlFreeEnumeration)                                                                                          \
	X(xmlFreeParserCtxt)                                                                                           \
	X(xmlParseChunk)                                                                                               \
	X(xmlStopParser)

/* The macros sk_X509_...() call the functions OPENSSL_sk_...(). */
#define LIBCRYPTO_FUNCTIONS(X)                                                                                         \
	X(ASN1_STRING_get0_data)                                                                                       \
	X(ASN1_STRING_length)                                                                                          \
	X(BIO_ctrl)                                                                                                    \
	X(BIO_free)                                                                                                    \
	X(BIO_new_file)                                                                                                \
	X(CMS_ContentInfo_free)                                                                                        \
	X(CMS_SignerInfo_cert_cmp)                                                                                     \
	X(CMS_SignerInfo_get0_algs)                                                                                    \
	X(CMS_SignerInfo_get0_signature)                                                                               \
	X(CMS_SignerInfo_get0_signer_id)                                                                               \
	X(CMS_get0_SignerInfos)                                                                                        \
	X(CMS_get0_content)                                                                                            \
	X(CMS_get0_eContentType)                                                                                       \
	X(CMS_get0_type)                                                                                               \
	X(CMS_signed_get_attr_count)                                                                                   \
	X(ERR_clear_error)                                                                                             \
	X(EVP_DecodeBlock)                                                                                             \
	X(EVP_DigestFinal_ex)                                                                                          \
	X(EVP_DigestInit_ex)                                                                                           \
	X(EVP_DigestUpdate)                                                                                            \
	X(EVP_DigestVerify)                                                                                            \
	X(EVP_DigestVerifyInit)                                                                                        \
	X(EVP_MD_CTX_free)                                                                                             \
	X(EVP_MD_CTX_new)                                                                                              \
	X(EVP_PKEY_get_base_id)                                                                                        \
	X(EVP_PKEY_get_bits)                                                                                           \
	X(EVP_PKEY_get_group_name)                                                                                     \
	X(EVP_get_digestbyname)                                                                                        \
	X(EVP_md5)                                                                                                     \
	X(EVP_sha1)                                                                                                    \
	X(EVP_sha256)                                                                                                  \
	X(OBJ_nid2sn)                                                                                                  \
	X(OBJ_obj2nid)                                                                                                 \
	X(OBJ_obj2txt)                                                                                                 \
	X(OPENSSL_sk_new_null)                                                                                         \
	X(OPENSSL_sk_num)                                                                                              \
	X(OPENSSL_sk_pop_free)                                                                                         \
	X(OPENSSL_sk_push)                                                                                             \
	X(OPENSSL_sk_value)                                                                                            \
	X(PEM_read_bio_X509)                                                                                           \
	X(X509_NAME_oneline)                                                                                           \
	X(X509_free)                                                                                                   \
	X(X509_get0_pubkey)                                                                                            \
	X(d2i_CMS_ContentInfo)                                                                                         \
	X(d2i_X509_bio)

#define LIBRPMIO_FUNCTIONS(X)                                                                                          \
	X(pgpDigParamsAlgo)                                                                                            \
	X(pgpDigParamsFree)                                                                                            \
	X(pgpIdentItem)                                                                                                \
	X(pgpParsePkts)                                                                                                \
	X(pgpPrtParams)                                                                                                \
	X(pgpPubKeyCertLen)                                                                                            \
	X(rpmBase64Decode)                                                                                             \
	X(rpmDigestFinal)                                                                                              \
	X(rpmDigestInit)                                                                                               \
	X(rpmDigestUpdate)                                                                                             \
	X(rpmGetSubkeys)                                                                                               \
	X(rpmInitCrypto)                                                                                               \
	X(rpmKeyringAddKey)                                                                                            \
	X(rpmKeyringFree)                                                                                              \
	X(rpmKeyringNew)                                                                                               \
	X(rpmKeyringVerifySig)                                                                                         \
	X(rpmPubkeyFree)                                                                                               \
	X(rpmPubkeyNew)                                                                                                \
	X(rpmlogSetMask)

#define X(function) __typeof__(function) *function;
struct libarchive {
	LIBARCHIVE_FUNCTIONS(X)
};
struct libxml {
	LIBXML_FUNCTIONS(X)
};
struct libcrypto {
	LIBCRYPTO_FUNCTIONS(X)
};
struct librpmio {
	LIBRPMIO_FUNCTIONS(X)
};
#undef X

/*
 * Return the functions of the library, or NULL if it cannot be loaded or a function is missing. Any thread may call
 * them. A loaded library stays loaded, and the result is static.
 */
const struct libarchive *libarchive(void);
const struct libxml *libxml(void);
const struct libcrypto *libcrypto(void);
const struct librpmio *librpmio(void);

#endif
