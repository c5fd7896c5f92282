/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of an RPM package, read in memory without trusting a byte of them. */
#ifndef XS_PACKAGE_RPM_H
#define XS_PACKAGE_RPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Format: rpm's docs/manual/format_v4.md and format_header.md. A package is a lead of 96 bytes, the signature
 * header (padded to 8), the main header, and the payload, which libarchive reads. librpm is not used: it wants a
 * file, a database and its own configuration, and complains on stderr by itself.
 */

/* What a dependency says of the version: bits of its flags. */
enum { RPM_LESS = 2, RPM_GREATER = 4, RPM_EQUAL = 8 };

struct rpm_dependency {
	const char *name, *version; /* version: "" for any */
	uint32_t flags;
};

struct rpm_file {
	const char *path;   /* absolute as installed; in a source package a bare name */
	uint16_t mode;	    /* as of stat(2) */
	bool ghost;	    /* owned, but not in the payload */
	const char *digest; /* hex; "" for what is no regular file */
	const char *link;   /* target of a symbolic link, else "" */
};

struct rpm_scriptlet {
	const char *kind;	 /* "%post" and so on; static */
	const char *interpreter; /* "/bin/sh", "<lua>" */
	const char *body;	 /* "" when the interpreter alone is run */
};

/* The digests that a package says to have; NULL where it has none. They are the size that their kind has. */
struct rpm_digests {
	const char *header_sha256, *header_sha1; /* of the main header; hex */
	const char *payload_sha256;		 /* of the payload, compressed as it is; hex */
	const uint8_t *md5;			 /* of both; 16 bytes */
};

/* The strings stand in the bytes that were read, which must outlive this. */
struct rpm {
	const char *name, *version, *release, *arch; /* never NULL */
	bool source;				     /* a source package */
	bool is_signed;		/* somebody's signature is in its signature header; whose is not asked */
	const char *compressor; /* of the payload: "gzip", "xz", "zstd", "lzma", "bzip2"; gzip when not said */
	struct rpm_dependency *needs, *provides; /* Requires and Provides */
	size_t need_count, provide_count;
	struct rpm_file *files; /* in the package's order */
	size_t file_count;
	struct rpm_scriptlet *scriptlets;
	size_t scriptlet_count;
	struct rpm_digests digests;
	uint64_t header;  /* where the main header begins in the file */
	char *paths;	  /* of all files, one after another */
	uint64_t kept;	  /* bytes drawn from the budget */
	uint64_t payload; /* where the payload begins in the file */
	const char *why;  /* when it could not be read: a clause; static */
};

/* More than this is no package's headers: those of a distribution's largest have some 30 MiB. */
#define RPM_HEADERS_MAX (64u << 20)

/* Whether bytes begin like an RPM package; 4 are enough. */
bool rpm_is(const void *bytes, size_t len);

/*
 * How many bytes of a package hold its lead and headers, as far as the LEN bytes at its beginning tell: a caller
 * reads so many and asks again until what it has is enough. 0: they are no package's, or over RPM_HEADERS_MAX.
 */
uint64_t rpm_headers_size(const void *bytes, size_t len);

/* Reads the headers, which the LEN bytes must hold. False: see why. rpm_free() is for both. */
bool rpm_read(struct rpm *rpm, const void *bytes, size_t len);
void rpm_free(struct rpm *rpm);

#endif
