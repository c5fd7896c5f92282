/* SPDX-License-Identifier: GPL-2.0-only */
/* The signature the kernel's build appends to a module. */
#ifndef XS_ELF_SIGNATURE_H
#define XS_ELF_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A signed module is the ELF file, the signature (a detached CMS message in DER), struct module_signature and a
 * marker, in this order: Linux's include/linux/module_signature.h. These are the bytes of the last two.
 */
#define SIGNATURE_TRAILER 40

enum signature_state {
	SIGNATURE_NONE,	   /* nothing was appended */
	SIGNATURE_FOUND,   /* a signature of plausible sizes */
	SIGNATURE_DAMAGED, /* the marker, but what comes before it is no signature: the kernel refuses the module */
	SIGNATURE_GARBAGE, /* something was appended that does not end in the marker */
};

struct signature {
	enum signature_state state;
	uint64_t offset, len; /* of the CMS message in the file, when found */
	uint64_t appended;    /* bytes after the ELF file */
	const char *damage;   /* how it is damaged, as a clause about "it"; static */
};

/*
 * Where the signature stands in a module of SIZE bytes whose ELF file ends at ELF_END and whose last bytes are TRAILER,
 * which is not read where less was appended.
 */
void signature_find(uint64_t size, uint64_t elf_end, const unsigned char trailer[SIGNATURE_TRAILER],
		    struct signature *signature);

/* What a CMS message says of itself; each "" when it does not. */
struct signer {
	char name[256];	 /* the signer's distinguished name, or its key identifier in hex; any bytes */
	char digest[32]; /* e.g. "sha256" */
};

/* Reads the LEN bytes of a CMS message. False: it is none, or has no signer. */
bool signature_signer(const void *cms, size_t len, struct signer *signer);

/* Certificates to check signatures with. */
struct certificates;

/* Those in the file at PATH, PEM (any number) or DER; NULL with a complaint printed. */
struct certificates *certificates_read(const char *path);
void certificates_free(struct certificates *certificates);

/*
 * Whether the kernel takes the CMS message at BYTES + signature->offset for a signature of all bytes before it, made
 * with the key of one of the certificates. NULL if so; else why not, as a clause about "it"; static. What one kernel
 * since 6.1 refuses is refused here. The certificate's own chain, purpose and dates are not checked: the kernel does
 * not check them either.
 */
const char *signature_check(const struct certificates *certificates, const void *bytes,
			    const struct signature *signature);

#endif
