/* SPDX-License-Identifier: GPL-2.0-only */
/* What is true of a driver now: which version is loaded, which is selected, and what is wrong with that. */
#ifndef XS_HOST_STATE_H
#define XS_HOST_STATE_H

#include <stdbool.h>

#include "host/hardware.h"
#include "host/hierarchy.h"
#include "host/identity.h"

/* What can be wrong; the table in state.c says what each is called and what to do. */
enum problem {
	PROBLEM_MIXED,
	PROBLEM_ABSOLUTE,
	PROBLEM_MISNAMED,
	PROBLEM_DANGLING,
	PROBLEM_ESCAPING,
	PROBLEM_FOREIGN,
	PROBLEM_UNTRACKED, /* loaded, without a sound record */
	PROBLEM_UNKNOWN,   /* the loaded version is not installed */
	PROBLEM_SPLIT,	   /* modules are loaded in different versions */
	PROBLEMS,
};

struct problem_kind {
	const char *name; /* "mixed": for programs, promised */
	const char *what; /* a clause about the driver */
	const char *hint; /* what to do; %s in it is the driver's name */
};
extern const struct problem_kind problem_kinds[PROBLEMS];

/* The host as its drivers are judged against it. */
struct host {
	struct root root;
	char running[UNAME_MAX + 1]; /* the running kernel's uname; "" when /proc does not say */
	char uuid[IDENTITY_SIZE];
	char **loaded; /* the modules the kernel has loaded */
	struct hardware hardware;
	struct module scratch;
};

/* Opens the root at SYSROOT (NULL: "/") and reads all that; false with a message when there is no such root. */
bool host_open(struct host *host, const char *sysroot);
void host_close(struct host *host);

struct state {
	char uuid[IDENTITY_SIZE];
	bool running; /* the hierarchy is that of the running kernel: else nothing of it can be active */
	bool loaded;  /* one of its modules is */
	char active[XENSERVER_VERSION_MAX + 1];	     /* the loaded record's version; "" when there is none */
	const struct driver_version *active_version; /* the installed version that is, or NULL */
	bool reboot_required;			     /* what is loaded is not what is selected */
	bool hardware_present;
	bool problem[PROBLEMS];
	const char *culprit[PROBLEMS]; /* a file in updates/ or a module; lives as long as the hierarchy */
};

void state_read(struct state *state, struct host *host, const struct hierarchy *hierarchy, const struct driver *driver);

/* state_read() for what is loaded alone: hardware_present stays false, and no module's file is opened. */
void state_read_loaded(struct state *state, const struct host *host, const struct hierarchy *hierarchy,
		       const struct driver *driver);

/* Whether the module, by its kernel name, is loaded. */
bool host_has_loaded(const struct host *host, const char *module);

/*
 * The names of the kernel drivers that a loaded module registers, from /sys/module/<module>/drivers/, without their
 * bus; as directory_names() gives them, never NULL.
 */
char **module_drivers(const struct root *root, const char *module);

#endif
