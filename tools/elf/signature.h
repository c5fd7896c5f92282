/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads and checks the signature that the kernel's build appends to a module. */
#ifndef XS_ELF_SIGNATURE_H
#define XS_ELF_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A signed module has these parts, in this order: the ELF file, the signature (a detached CMS message in DER), struct
 * module_signature, and a marker. See Linux's include/linux/module_signature.h. SIGNATURE_TRAILER is the number of
 * bytes of the last two parts.
 */
#define SIGNATURE_TRAILER 40

enum signature_state {
	SIGNATURE_NONE,	   /* no bytes were appended */
	SIGNATURE_FOUND,   /* a signature with plausible sizes */
	SIGNATURE_DAMAGED, /* the marker, but no signature before it: the kernel refuses the module */
	SIGNATURE_GARBAGE, /* the appended bytes do not end in the marker */
};

struct signature {
	enum signature_state state;
	uint64_t offset, len; /* with SIGNATURE_FOUND: the CMS message in the file, in bytes */
	uint64_t appended;    /* the number of bytes after the ELF file */
	const char *damage;   /* with SIGNATURE_DAMAGED: a static text, which calls the signature "it" */
};

/*
 * Finds the signature in a module of SIZE bytes. ELF_END is the offset of the end of the ELF file. TRAILER is a copy of
 * the last bytes of the module; it is ignored if fewer bytes were appended.
 */
void signature_find(uint64_t size, uint64_t elf_end, const unsigned char trailer[SIGNATURE_TRAILER],
		    struct signature *signature);

/* The signer in a CMS message. A field is "" if it is not in the message. */
struct signer {
	char name[256];	 /* the issuer's distinguished name, or the signer's key identifier in hex; untrusted text */
	char digest[32]; /* e.g. "sha256" */
};

/* Reads the first signer of a CMS message of LEN bytes. False: no CMS message, no signer, or no libcrypto. */
bool signature_signer(const void *cms, size_t len, struct signer *signer);

/* Certificates for signature_check(). */
struct certificates;

/*
 * Reads the certificates in the file PATH, any number in PEM or one in DER, in place of *CERTIFICATES, which starts as
 * NULL. certificates_free() frees them. On an error, prints a message, sets NULL and returns false.
 */
bool certificates_read(struct certificates **certificates, const char *path);
void certificates_free(struct certificates *certificates);

/*
 * Checks the CMS message at BYTES + signature->offset as the kernel does. The message must be a signature of all bytes
 * before it, made with the key of one of the certificates. Returns NULL if it is valid, else the reason as a static
 * text, which calls the signature "it". A signature that any kernel since Linux 6.1 refuses is refused here, too. The
 * chain, purpose and dates of the certificate are not checked, because the kernel does not check them.
 */
const char *signature_check(const struct certificates *certificates, const void *bytes,
			    const struct signature *signature);

#endif
