/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the files that the kernel would load with the files that it must load. rpm/README.md has the rule. */
#ifndef XS_HOST_LOADS_H
#define XS_HOST_LOADS_H

#include "elf/module.h"
#include "host/hierarchy.h"

/* A module of an installed driver, and the file that the kernel would load for it. */
struct load {
	const char *module;   /* kernel's name; belongs to the hierarchy */
	const char *driver;   /* a driver that has it; belongs to the hierarchy */
	const char *selected; /* the link's name in updates/, if a selected version has the module; else NULL */
	char *own;	      /* the kernel's own file, if it has one and no version is selected; else NULL */
	bool found;	      /* the right file was found */
	char *wrong;	      /* a wrong file that was found; NULL: none */
};

/* The paths are below /lib/modules/<uname>/. Starts as {0}; loads_free() frees the memory. */
struct loads {
	const struct hierarchy *hierarchy; /* from hierarchy_read() */
	struct load *list;		   /* sorted by module */
	size_t count;
};

/* Makes the list of the modules of all drivers of the hierarchy, which must live longer. */
void loads_expect(struct loads *loads, const struct hierarchy *hierarchy);
void loads_free(struct loads *loads);

/* Finds the files in modules.dep. No program is run. Does nothing if it cannot be read. */
void loads_read(struct loads *loads);

/*
 * Asks modprobe for the files: by the name of each module, and by each alias of the installed versions. MODPROBE is its
 * path; with IN_ROOT, below the root, and it runs there with chroot(2). SCRATCH is a buffer, as for module_read_fd().
 * Returns false, with a message, if modprobe cannot be run.
 */
bool loads_ask(struct loads *loads, const char *modprobe, bool in_root, struct module *scratch);

/* Finds the kernel's own files. No link to a directory is followed. */
void loads_find_own(struct loads *loads);

#endif
