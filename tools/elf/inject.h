/* SPDX-License-Identifier: GPL-2.0-only */
/* Putting the version record into a finished module, in memory. */
#ifndef XS_ELF_INJECT_H
#define XS_ELF_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inject_options {
	const char *version; /* a legal one */
	bool replace;	     /* a record of another version, or one that is damaged, gives way */
	bool drop_signature; /* an appended signature, which the change makes void, is cut off */
	bool compat;	     /* the section .note.XenServer too, for older readers */
};

enum inject_outcome {
	INJECT_CHANGED,	   /* *out is the module with the record; to free */
	INJECT_SAME,	   /* it has that very record already */
	INJECT_REFUSED,	   /* it may not be done: see *why */
	INJECT_UNREADABLE, /* the bytes are no whole module: see *why */
};

/*
 * Puts the record of options->version into the module in BYTES, which are not compressed. All sections stay where they
 * are, but for the section names and, where there is one already, the record's own section; these and the section
 * headers are written anew behind the rest, so the same module and version give the same bytes whatever record was
 * there. *WHY is a clause about "it", to free.
 */
enum inject_outcome inject(const uint8_t *bytes, size_t size, const struct inject_options *options, uint8_t **out,
			   size_t *out_len, char **why);

#endif
