/* SPDX-License-Identifier: GPL-2.0-only */
/* What a PATH stands for: modules, packages and disk images, wherever they are, one after another. */
#ifndef XS_INPUT_H
#define XS_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/module.h"
#include "finding/rule.h"
#include "package/rpm.h"

enum input_kind {
	INPUT_MODULE,  /* named like a module; or given as PATH and nothing else: input_read_module() */
	INPUT_RPM,     /* an RPM package begins; what is in it follows */
	INPUT_DISK,    /* an ISO 9660 image begins; what is on it follows */
	INPUT_END,     /* the package or image of this path ends; told also when it broke off with INPUT_TROUBLE */
	INPUT_LINK,    /* a symbolic link: target */
	INPUT_FILE,    /* any other regular file: input_whole() */
	INPUT_TROUBLE, /* it could not be read: rule and why. Of a container: not from here on */
};

/* Valid while the function it is given to runs. */
struct input {
	enum input_kind kind;
	const char *path;      /* as shown, any bytes: the PATH given and what is below it, "disk.iso!a.rpm!lib/x.ko" */
	const char *place;     /* absolute, or in a container relative to its root: what place_of() is to read */
	const char *name;      /* the last component of the path */
	bool given;	       /* it is a PATH itself, not something below one */
	uint64_t size;	       /* of a module or file: bytes as they are, compressed perhaps */
	const struct rpm *rpm; /* the package that begins or ends, or that this is in; NULL if none */
	const char *target;    /* of a link; any bytes */
	enum rule_id rule;     /* of trouble: RULE_READ_FAILED, RULE_INPUT_DAMAGED or RULE_INPUT_LIMIT */
	const char *why;       /* of trouble: a clause about "it"; safe text */
	uint64_t limit;	       /* what it may decode to */
	struct input_bytes *bytes; /* private */
};

struct input_options {
	unsigned int jobs; /* threads; 0: 8 for files, which wait for the disk, but one a processor decodes */
	bool in_order;	   /* everything comes in the byte order of the names, from one thread */
	uint64_t limit;	   /* bytes a module, or a package's payload, may decode to; 0: SOURCE_LIMIT */
	bool progress;	   /* a line on stderr after a second, which is gone in the end */
};

/* How many threads inputs_each() uses, and so how many contexts it wants. */
unsigned int input_jobs(const struct input_options *options);

/* Called from several threads at once, with each thread's own context. */
typedef void input_function(const struct input *input, void *context);

/*
 * Calls EACH for everything the PATHS (ending in NULL) stand for:
 *
 * - a file is told by its first bytes: an RPM package, an ISO image, else a module, whatever its name. A link to it
 *   is followed.
 * - below a folder, names tell: .ko and its compressed forms, .rpm and .iso are what they are called. Links are told
 *   and not followed: what they point to is looked at where it stands. A folder without any of these is trouble.
 * - packages on disk images are read in place. Nothing is unpacked to disk, and nothing read is executed.
 *
 * All that is in one container comes in order from one thread. Unless in_order is asked for, all else comes in any
 * order: sort what is printed. Never blocks on a FIFO or a device.
 */
void inputs_each(char *const *paths, const struct input_options *options, input_function *each, void *const *contexts);

/* Reads an INPUT_MODULE as module_read_fd() does. After -1, input_failure() is the rule. */
int input_read_module(const struct input *input, struct module *module);

/* The rule for an input that could not be read: RULE_READ_FAILED, or what is wrong with the container it is in. */
enum rule_id input_failure(const struct input *input);

/*
 * All bytes of an INPUT_MODULE, decoded, or of an INPUT_FILE as it is, in memory to free; at most MAX. NULL when that
 * cannot be had: *WHY is a clause. May be called again, and after input_read_module().
 */
uint8_t *input_whole(const struct input *input, uint64_t max, size_t *len, const char **why);

#endif
