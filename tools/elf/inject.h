/* SPDX-License-Identifier: GPL-2.0-only */
/* Adds the version record to a built module, in memory. */
#ifndef XS_ELF_INJECT_H
#define XS_ELF_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inject_options {
	const char *version; /* a legal version */
	bool replace;	     /* replace a record of another version, or a damaged record */
	bool drop_signature; /* remove an appended signature, because the change makes it invalid */
	bool compat;	     /* also write the section .note.XenServer, for older readers */
};

enum inject_outcome {
	INJECT_CHANGED,	   /* *out is the module with the record; the caller frees it */
	INJECT_SAME,	   /* the module already has the same record */
	INJECT_REFUSED,	   /* the change is not allowed: see *why */
	INJECT_UNREADABLE, /* the bytes are not a complete module: see *why */
};

/*
 * Adds the record of options->version to the module of SIZE bytes at BYTES, which must not be compressed. A module with
 * the section .note.XenServer keeps this section, with the new version. The section names, the sections of the record
 * and the section headers may move to the end of the file; all other sections keep their offsets. The same module and
 * version give the same bytes, whatever record the module had before. *WHY is a text about the module, which it calls
 * "it", or NULL. The caller frees *WHY.
 */
enum inject_outcome inject(const uint8_t *bytes, size_t size, const struct inject_options *options, uint8_t **out,
			   size_t *out_len, char **why);

#endif
