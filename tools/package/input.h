/* SPDX-License-Identifier: GPL-2.0-only */
/* One input: a module, a package, a disk image, a link or another file. It is on disk or inside a container. */
#ifndef XS_PACKAGE_INPUT_H
#define XS_PACKAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "elf/module.h"
#include "package/rpm.h"

struct rpm_signatures;

enum input_kind {
	INPUT_MODULE,  /* a kernel module by its name, or a PATH of no other kind: input_read_module() reads it */
	INPUT_RPM,     /* an RPM package begins: its entries follow, then INPUT_END */
	INPUT_DISK,    /* an ISO 9660 image begins: its entries follow, then INPUT_END */
	INPUT_END,     /* a package or image ends, also if it ended early with INPUT_TROUBLE */
	INPUT_LINK,    /* a symbolic link: see target */
	INPUT_FILE,    /* any other regular file: input_whole() reads it */
	INPUT_TROUBLE, /* the input cannot be read: see trouble and why. The rest of its container is skipped */
};

/* Why an input could not be read. */
enum input_trouble {
	TROUBLE_UNREADABLE, /* the system or a library failed to read it */
	TROUBLE_DAMAGED,    /* its bytes are damaged */
	TROUBLE_DIGEST,	    /* a digest of a package does not match its bytes */
	TROUBLE_LIMIT,	    /* it unpacks to more than the budget allows: base/budget.h */
};

/* An input and its strings are valid only during the call of an input_function. */
struct input {
	enum input_kind kind;
	const char *path; /* for messages, "disk.iso!a.rpm!lib/x.ko": the PATH and the path inside it; any bytes */
	/* Absolute on the host, or relative to the root of the container. module_path_read() takes this path. */
	const char *host_path;
	const char *name;      /* the last component of the path */
	bool given;	       /* it is a PATH of the command line, not a file below one */
	uint64_t size;	       /* of a module or a file: its size in bytes, before decoding */
	const struct rpm *rpm; /* the package that begins or ends, or that holds this input; NULL if none */
	const struct rpm_signatures *signatures; /* of INPUT_END of a package whose headers were read; else NULL */
	const char *target;			 /* of a link; may hold any bytes */
	enum input_trouble trouble;		 /* of INPUT_TROUBLE: its kind */
	const char *why;			 /* of INPUT_TROUBLE: a clause about "it"; safe text */
	struct input_bytes *bytes;		 /* private to input.c, container.c and walk.c */
};

/* May be called by several threads at once. Each thread has its own context. */
typedef void input_function(const struct input *input, void *context);

/*
 * Reads an INPUT_MODULE as module_read_fd() does. Returns 0, or -1: module->damage is the reason, input_failure() its
 * kind.
 */
int input_read_module(const struct input *input, struct module *module);

/* The kind of failure, after a function of this file failed. */
enum input_trouble input_failure(const struct input *input);

/*
 * Reads all bytes of an INPUT_MODULE (decoded) or of an INPUT_FILE (as stored). source_whole_free() frees them. NULL if
 * there are more than MAX bytes, or reading failed: *WHY is a clause. May be called several times, and after
 * input_read_module().
 */
uint8_t *input_whole(const struct input *input, uint64_t max, size_t *len, const char **why);

/*
 * The bytes of an INPUT_MODULE as stored, if input_read_module() has read them to memory, and their number; else NULL.
 * They are valid as long as the input.
 */
const uint8_t *input_memory(const struct input *input, size_t *len);

/* The rest is for the files that make inputs: container.c and walk.c. */

struct archive_reader;

/* Where the bytes of an input are: in a file, in memory, or in the current entry of a container. */
struct input_bytes {
	int fd;			      /* -1 if the bytes are not in a file, or the file is not open */
	int dir;		      /* with NAME: the directory of a file */
	const char *name;	      /* with DIR: a file that can be opened if fd is -1; else NULL */
	struct archive_reader *entry; /* an entry that is not read yet. It can be read once: then it is in memory */
	uint8_t *memory;	      /* the caller frees it if it was read from the entry */
	size_t len;
	bool failed;	  /* reading the entry failed. This is reported for the entry, not again for its container */
	const char *over; /* it failed because of the budget: why */
	bool counted;	  /* the budget knows of these bytes of a file */
};

/* Reads all data of the entry into memory, drawn from the budget. False: *WHY is a clause. */
bool input_bytes_load(struct input_bytes *bytes, const char **why);

/* Frees this memory. */
void input_bytes_free(struct input_bytes *bytes);

/* Reads up to ROOM bytes of the entry. Returns their number, 0 at the end, or -1 with a clause in *WHY. */
ssize_t input_bytes_read(struct input_bytes *bytes, uint8_t *to, size_t room, const char **why);

/*
 * Opens NAME in the directory DIR if it is a regular file, and sets *SIZE to its size in bytes. A symlink is not
 * followed. Returns a descriptor that the caller closes, or -1: *WHY is a clause. It never opens a FIFO or a device:
 * opening a FIFO can block, and opening a device can start an action.
 */
int input_open(int dir, const char *name, uint64_t *size, const char **why);

#endif
