/* SPDX-License-Identifier: GPL-2.0-only */
/* One input: a module, a package, a disk image, a link or another file, on disk or inside a container. */
#ifndef XS_PACKAGE_INPUT_H
#define XS_PACKAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "elf/module.h"
#include "package/rpm.h"

enum input_kind {
	INPUT_MODULE,  /* a kernel module by its name, or a PATH that is nothing else: read with input_read_module() */
	INPUT_RPM,     /* an RPM package begins: its entries follow, and then INPUT_END */
	INPUT_DISK,    /* an ISO 9660 image begins: its entries follow, and then INPUT_END */
	INPUT_END,     /* the package or image of this path ends, also one that was given up with INPUT_TROUBLE */
	INPUT_LINK,    /* a symbolic link: see target */
	INPUT_FILE,    /* any other regular file: read with input_whole() */
	INPUT_TROUBLE, /* the input could not be read: see trouble and why. The rest of a container is left out then */
};

/* Why an input could not be read. */
enum input_trouble {
	TROUBLE_UNREADABLE, /* the system, or a library, did not give its bytes */
	TROUBLE_DAMAGED,    /* its bytes are damaged */
	TROUBLE_DIGEST,	    /* a package's digests are not those of its bytes */
	TROUBLE_LIMIT,	    /* it unpacks to more than the budget allows: base/budget.h */
};

/* Valid while the function runs that it is given to. */
struct input {
	enum input_kind kind;
	const char *path; /* for messages; any bytes: the PATH given and what is below it, "disk.iso!a.rpm!lib/x.ko" */
	/* Absolute on the host, or relative to the root of the container: what module_path_read() takes. */
	const char *host_path;
	const char *name;	    /* the last component of the path */
	bool given;		    /* it is a PATH of the command line, not something below one */
	uint64_t size;		    /* of a module or a file: its bytes, before any decoding */
	const struct rpm *rpm;	    /* the package that begins or ends, or that this input is in; NULL if none */
	const char *target;	    /* of a link; any bytes */
	enum input_trouble trouble; /* of trouble: its kind */
	const char *why;	    /* of trouble: a clause about "it"; safe text */
	struct input_bytes *bytes;  /* for input.c and those who make inputs */
};

/* Called from several threads at once, with each thread's own context. */
typedef void input_function(const struct input *input, void *context);

/* Reads an INPUT_MODULE as module_read_fd() does. -1: module->damage says how, input_failure() which kind. */
int input_read_module(const struct input *input, struct module *module);

/* Why the bytes of an input could not be read, once a function of this file has failed. */
enum input_trouble input_failure(const struct input *input);

/*
 * All bytes of an INPUT_MODULE, decoded, or of an INPUT_FILE as they are, in memory to free. NULL when there are more
 * than MAX, or they cannot be read: *WHY is a clause. May be called again, and after input_read_module().
 */
uint8_t *input_whole(const struct input *input, uint64_t max, size_t *len, const char **why);

/* For those who make inputs: container.c and walk.c. */

struct archive_reader;

/* Where the bytes of an input are: in a file, in memory, or in the entry of a container that is being read. */
struct input_bytes {
	int fd;			      /* -1 if they are not in a file, or it is not open */
	int dir;		      /* with NAME: the directory of a file that is not open */
	const char *name;	      /* NULL but for such a file */
	struct archive_reader *entry; /* whose data is still to be read; it can be read once, and is then in memory */
	uint8_t *memory;	      /* owned if it was read from the entry */
	size_t len;
	bool failed; /* the entry could not be read. That is told of the entry, and not of its container again */
	bool over;   /* because of the budget */
};

/* Reads all data of an entry into memory. False: *WHY. */
bool input_bytes_load(struct input_bytes *bytes, const char **why);

/* Reads up to ROOM bytes of the entry that BYTES stand for. 0 at the end, -1 with *WHY. */
ssize_t input_bytes_read(struct input_bytes *bytes, uint8_t *to, size_t room, const char **why);

/*
 * Opens NAME in the directory DIR if it is a regular file; *SIZE is its size. FOLLOW: a link is followed. -1: *WHY is a
 * clause. A FIFO or a device is never opened: opening one can wait, or make the device do something.
 */
int input_open(int dir, const char *name, bool follow, uint64_t *size, const char **why);

#endif
