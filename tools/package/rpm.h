/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the headers of an RPM package in memory. The bytes may be hostile: every offset and count is checked. */
#ifndef XS_PACKAGE_RPM_H
#define XS_PACKAGE_RPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Format: docs/manual/format_v4.md and format_header.md of rpm. A package has a lead of 96 bytes, the signature header
 * (padded to a multiple of 8 bytes), the main header, and the payload, which libarchive reads. librpm is used only for
 * signatures (package/openpgp.h): its reader of packages needs a file, a database and its own configuration.
 */

/* How a dependency compares the version: bits of its flags. */
enum { RPM_LESS = 2, RPM_GREATER = 4, RPM_EQUAL = 8 };

struct rpm_dependency {
	const char *name, *version; /* version: "" means any */
	uint32_t flags;
};

struct rpm_file {
	const char *path;   /* absolute path on the host; a bare name in a source package */
	uint16_t mode;	    /* file type and permissions, as in stat(2) */
	bool ghost;	    /* %ghost: owned by the package, but not in the payload */
	const char *digest; /* SHA-256, or MD5 by an old rpmbuild, in hex; "" if it is no regular file */
	const char *link;   /* target of a symlink, else "" */
};

struct rpm_scriptlet {
	const char *kind;	 /* "%post" etc.; static */
	const char *interpreter; /* "/bin/sh", "<lua>" */
	const char *body;	 /* "" if only the interpreter is run */
};

/* The digests in a package; NULL if absent. Each has the length of its algorithm. */
struct rpm_digests {
	const char *header_sha256, *header_sha1; /* of the main header; hex */
	const char *payload_sha256;		 /* of the compressed payload; hex */
	const uint8_t *md5;			 /* of the main header and the payload; 16 bytes */
};

/* An OpenPGP signature in the signature header. It is not checked here: see package/rpm_signature.h. */
struct rpm_signature {
	const void *bytes;
	size_t len;
	bool base64;  /* the bytes are a text in base64, as rpm 6 writes it; else one binary packet */
	bool payload; /* it is for the main header and the payload; else for the main header */
};

/* Limit for the signatures that are read. rpm writes two, and rpm 6 one for each key. */
#define RPM_SIGNATURES_MAX 8

/* The strings point into the bytes that rpm_read() was given. The caller keeps these bytes as long as this struct. */
struct rpm {
	const char *name, *version, *release, *arch; /* never NULL */
	bool source;				     /* a source package */
	struct rpm_signature signatures[RPM_SIGNATURES_MAX];
	size_t signature_count;
	uint64_t build_time;	/* in seconds since 1970; 0 if absent */
	const char *compressor; /* of the payload: "gzip", "xz", "zstd", "lzma", "bzip2"; gzip if absent */
	struct rpm_dependency *needs, *provides;      /* Requires and Provides */
	struct rpm_dependency *obsoletes, *conflicts; /* Obsoletes and Conflicts */
	size_t need_count, provide_count, obsolete_count, conflict_count;
	struct rpm_file *files; /* in the order of the header */
	size_t file_count;
	struct rpm_scriptlet *scriptlets;
	size_t scriptlet_count;
	struct rpm_digests digests;
	uint64_t header;  /* offset of the main header in the file */
	char *paths;	  /* memory for the paths of all files */
	uint64_t kept;	  /* bytes drawn from the budget */
	uint64_t payload; /* offset of the payload in the file */
	const char *why;  /* why reading failed: a clause; static */
};

/* Limit for the headers, in bytes. The largest package of a distribution has about 30 MiB of headers. */
#define RPM_HEADERS_MAX (64u << 20)

/* Whether the bytes begin like an RPM package. 4 bytes are enough. */
bool rpm_is(const void *bytes, size_t len);

/*
 * The size of the lead and the headers in bytes, as far as the first LEN bytes show it. The caller reads this many
 * bytes and calls again, until it has enough. 0: the bytes are no package, or its headers are over RPM_HEADERS_MAX.
 */
uint64_t rpm_headers_size(const void *bytes, size_t len);

/* Reads the headers, which the LEN bytes must hold. False: see why. Call rpm_free() in both cases. */
bool rpm_read(struct rpm *rpm, const void *bytes, size_t len);
void rpm_free(struct rpm *rpm);

#endif
