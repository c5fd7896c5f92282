/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a driver: the loaded version, the selected version, and the problems. */
#ifndef XS_HOST_STATE_H
#define XS_HOST_STATE_H

#include <stdbool.h>

#include "host/hardware.h"
#include "host/hierarchy.h"
#include "host/identity.h"

/* The problems of a driver. The table in state.c has their names and hints. */
enum problem {
	PROBLEM_MIXED,
	PROBLEM_ABSOLUTE,
	PROBLEM_MISNAMED,
	PROBLEM_DANGLING,
	PROBLEM_ESCAPING,
	PROBLEM_FOREIGN,
	PROBLEM_UNTRACKED, /* a loaded module has no sound record */
	PROBLEM_UNKNOWN,   /* the loaded version is not installed */
	PROBLEM_SPLIT,	   /* modules are loaded in different versions */
	PROBLEMS,
};

struct problem_kind {
	const char *name; /* name for programs, promised: "mixed" */
	const char *what; /* what is wrong with the driver, a clause */
	const char *hint; /* what to do; %s stands for the name of the driver */
};
extern const struct problem_kind problem_kinds[PROBLEMS];

/* The data of a host from which the state of a driver is found. */
struct host {
	struct root root;
	char running[UNAME_MAX + 1]; /* uname of the running kernel; "" if /proc has none */
	char uuid[IDENTITY_SIZE];
	char **loaded; /* names of the loaded modules */
	struct hardware hardware;
	struct module scratch;
};

/*
 * Opens the root at SYSROOT (NULL: "/") and reads the data of the host. Returns false, with a message, if the root
 * cannot be opened. host_close() frees the data.
 */
bool host_open(struct host *host, const char *sysroot);
void host_close(struct host *host);

struct state {
	char uuid[IDENTITY_SIZE];
	bool running; /* the hierarchy belongs to the running kernel. If not, no version is active */
	bool loaded;  /* a module of the driver is loaded */
	char active[XENSERVER_VERSION_MAX + 1];	     /* version in the record of the loaded module, or "" */
	const struct driver_version *active_version; /* the installed version that is active, or NULL */
	bool reboot_required;			     /* the loaded version is not the selected version */
	bool hardware_present;
	bool problem[PROBLEMS];
	const char *culprit[PROBLEMS]; /* file in updates/ or module; belongs to the hierarchy */
};

void state_read(struct state *state, struct host *host, const struct hierarchy *hierarchy, const struct driver *driver);

/* Like state_read(), but hardware_present stays false, and the files of modules are not opened. */
void state_read_loaded(struct state *state, const struct host *host, const struct hierarchy *hierarchy,
		       const struct driver *driver);

/* Whether the module is loaded. MODULE is the kernel's name. */
bool host_has_loaded(const struct host *host, const char *module);

/*
 * The names of the drivers that a loaded module registers in the kernel, without the bus, from
 * /sys/module/<module>/drivers/. directory_names_free() frees the array. Never NULL.
 */
char **module_drivers(const struct root *root, const char *module);

#endif
