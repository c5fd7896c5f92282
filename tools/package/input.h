/* SPDX-License-Identifier: GPL-2.0-only */
/* One thing that a reader meets: a module, a package, a disk image, a link or a file, wherever it is. */
#ifndef XS_PACKAGE_INPUT_H
#define XS_PACKAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "elf/module.h"
#include "package/rpm.h"

enum input_kind {
	INPUT_MODULE,  /* named like a module; or given as PATH and nothing else: input_read_module() */
	INPUT_RPM,     /* an RPM package begins; what is in it follows */
	INPUT_DISK,    /* an ISO 9660 image begins; what is on it follows */
	INPUT_END,     /* the package or image of this path ends; told also when it broke off with INPUT_TROUBLE */
	INPUT_LINK,    /* a symbolic link: target */
	INPUT_FILE,    /* any other regular file: input_whole() */
	INPUT_TROUBLE, /* it could not be read: trouble and why. Of a container: not from here on */
};

/* Why an input could not be read. */
enum input_trouble {
	TROUBLE_UNREADABLE, /* the system or a library did not give its bytes */
	TROUBLE_DAMAGED,    /* its bytes are not what they should be */
	TROUBLE_LIMIT,	    /* it holds more than the limit */
};

/* Valid while the function it is given to runs. */
struct input {
	enum input_kind kind;
	const char *path; /* as shown, any bytes: the PATH given and what is below it, "disk.iso!a.rpm!lib/x.ko" */
	const char
		*host_path; /* absolute, or in a container relative to its root: what module_path_read() is to read */
	const char *name;   /* the last component of the path */
	bool given;	    /* it is a PATH itself, not something below one */
	uint64_t size;	    /* of a module or file: bytes as they are, compressed perhaps */
	const struct rpm *rpm;	    /* the package that begins or ends, or that this is in; NULL if none */
	const char *target;	    /* of a link; any bytes */
	enum input_trouble trouble; /* how it could not be read */
	const char *why;	    /* of trouble: a clause about "it"; safe text */
	uint64_t limit;		    /* what it may decode to */
	struct input_bytes *bytes;  /* private */
};

/* Called from several threads at once, with each thread's own context. */
typedef void input_function(const struct input *input, void *context);

/* Reads an INPUT_MODULE as module_read_fd() does. After -1, input_failure() says why. */
int input_read_module(const struct input *input, struct module *module);

/* Why an input could not be read: what is wrong with the container it is in, or TROUBLE_UNREADABLE. */
enum input_trouble input_failure(const struct input *input);

/*
 * All bytes of an INPUT_MODULE, decoded, or of an INPUT_FILE as it is, in memory to free; at most MAX. NULL when that
 * cannot be had: *WHY is a clause. May be called again, and after input_read_module().
 */
uint8_t *input_whole(const struct input *input, uint64_t max, size_t *len, const char **why);

/* For those who make inputs: container.c and walk.c. */

/* Where an input's bytes come from: a file, memory, or the entry of a container that is being read. */
struct input_bytes {
	int fd;		       /* -1 if not a file, or not open */
	int dir;	       /* with NAME: the directory of a file that is not open */
	const char *name;      /* NULL but for such a file */
	struct archive *entry; /* its data is still to be read, once: then it is in memory */
	uint8_t *memory;       /* owned if it was read from the entry */
	size_t len;
	uint64_t *budget; /* how many bytes may still be read from the container */
	bool *over;	  /* the container's: its budget was not enough */
	bool failed;	  /* the entry could not be read: to be told of it, and not of the container again */
};

/* All of an entry's data into memory. False: *WHY. */
bool input_bytes_load(struct input_bytes *bytes, const char **why);

/*
 * Opens a regular file and nothing else, with FLAGS beside INPUT_OPEN_FLAGS; its size is in *SIZE. -1: *WHY is a
 * clause. Never blocks on a FIFO or a device.
 */
#define INPUT_OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
int input_open(int dir, const char *name, int flags, uint64_t *size, const char **why);

/* Reads up to ROOM bytes of the entry that BYTES stand for. 0 at the end, -1 with *WHY. */
ssize_t input_bytes_read(struct input_bytes *bytes, uint8_t *to, size_t room, const char **why);

#endif
