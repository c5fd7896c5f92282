/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of xs-driver, and the functions that they share. Each command has a file <name>.c and a line in main.c.
 */
#ifndef XS_XS_DRIVER_COMMANDS_H
#define XS_XS_DRIVER_COMMANDS_H

#include <jansson.h>

#include "base/die.h"
#include "base/program.h"
#include "change/transaction.h"
#include "host/hierarchy.h"
#include "host/state.h"

command_function driver_list, driver_select, driver_deselect, driver_activate, driver_rollback, driver_recover,
	driver_check, driver_tool;

/* The options and arguments of a command. */
struct options {
	const char *sysroot;
	const char **kernels; /* unames from --kernel; NULL at the end */
	size_t kernel_count;
	const char *format; /* NULL: not given */
	enum layout layout;
	bool force, hardware, no_initrd, run_image_tools, strict;
	bool all, hardware_present, problems, reboot; /* of list: which drivers, and all versions */
	unsigned int kmod;			      /* the target's version of kmod; 0: not given */
	unsigned int wait;			      /* seconds to wait for another command */
	char **names;				      /* arguments; NULL at the end */
	size_t name_count;
	char *resolved[3]; /* the arguments after options_resolve(), if they had a variant's UUID */
	char names_found[2][XENSERVER_VERSION_MAX + 1];
};

/* The options that a command takes, for options_parse(): a letter for each option. */
#define TAKES_KERNEL   "k"
#define TAKES_FORMAT   "o"
#define TAKES_FORCE    "f"
#define TAKES_HARDWARE "h"
#define TAKES_KMOD     "mr" /* --kmod, --run-image-tools */
#define TAKES_STRICT   "t"
#define TAKES_FILTERS  "apbe" /* --all, --problems, --reboot, --hardware-present */
#define TAKES_CHANGE   "irw"  /* --no-initrd, --run-image-tools, --wait */

/*
 * Reads the command line of the command argv[0]. It takes --sysroot, --layout, the options in TAKES, and LEAST to MOST
 * arguments. Each argument must be a legal name. Returns STATUS_YES and fills OPTIONS; or sets *DONE and returns the
 * status to exit with, after the help or a message. The caller calls options_free() in both cases.
 */
enum status options_parse(struct options *options, int argc, char **argv, const char *takes, size_t least, size_t most,
			  bool *done);

/*
 * Keeps the value of an option that getopt_long() found: 'S' is --sysroot, 'L' is --layout. Returns false, with a
 * message, if the value is wrong.
 */
bool options_take(struct options *options, int option);

/* The default of --wait, in seconds. It is long because an initrd takes minutes to make. */
#define WAIT_DEFAULT 600

void options_free(struct options *options);

/* The hierarchies of the kernels that a command works on. */
struct kernels {
	struct hierarchy *list;
	size_t count;
};

/*
 * Reads the hierarchies of the kernels that --kernel names. Without --kernel, reads all kernels if ALL is set, else the
 * running kernel. If the running kernel is not installed below the root (an image that is being made), reads all
 * kernels. Returns false, with a message, on an error. The caller calls kernels_free() in both cases.
 */
bool kernels_read(struct kernels *kernels, const struct host *host, const struct options *options, bool all);
void kernels_free(struct kernels *kernels);

/*
 * Replaces the UUID of a driver, the first argument, by the driver's name. With VARIANTS, also replaces the UUID of a
 * variant by the names of the driver and of the version. Returns false, with a message, if a UUID is neither.
 */
bool options_resolve(struct options *options, const struct host *host, bool variants);

/* Whether a kernel has a driver NAME, or a driver with a module NAME. If not, prints a message with similar names. */
bool kernels_have(const struct kernels *kernels, const char *name);

/* S as safe text, shortened if it is long. Memory to free. */
char *shown_name(const char *s);

/* A driver in a list. */
struct entry {
	const struct hierarchy *hierarchy;
	const struct driver *driver;
	struct state state;
};

/* A list of drivers, for the functions that print it. */
struct listing {
	struct host *host;
	struct entry *entries;
	size_t count;
	size_t kernels; /* number of kernels that were read */
	const struct options *options;
	json_t *findings; /* what check_kernels() found */
	bool interrupted; /* a journal exists */
};

typedef void list_function(const struct listing *listing);
list_function list_table, list_json, list_xe, list_xe_variants, list_prometheus;

/* The state of a driver in words: "active, selected". Memory to free. */
char *state_words(const struct entry *entry);

/* The hint for a problem of the driver. Memory to free. */
char *problem_hint(enum problem problem, const struct driver *driver);

enum selection_way { WAY_SELECT, WAY_DESELECT, WAY_BACK };

/*
 * Changes the selection of the driver NAME for the kernels in OPTIONS, or else for all kernels. Prints what was
 * changed, or why nothing was changed. VERSION is NULL, except for WAY_SELECT.
 *
 * - WAY_SELECT selects VERSION for the kernels that have it.
 * - WAY_DESELECT removes the selection for the kernels that have one.
 * - WAY_BACK selects the version selected before, for the kernels that remember one.
 */
enum status selection_change(struct host *host, const struct options *options, enum selection_way way, const char *name,
			     const char *version, const struct transaction *transaction);

/* The part of a command that makes changes. change_run() calls it with the lock held. */
typedef enum status change_function(struct host *host, const struct options *options,
				    const struct transaction *transaction);

/*
 * Opens the host, takes the lock for the command NAME, repairs the changes of a run that was killed, and calls
 * FUNCTION. Returns the status of FUNCTION, or STATUS_NO or STATUS_TROUBLE, with a message, if FUNCTION was not called.
 */
enum status change_run(struct options *options, const char *name, change_function *function);

/* If true, say() prints nothing. driver-tool sets it, because its stdout has only the replies of the protocol. */
extern bool driver_quiet;

/* Prints to stdout as printf does, unless driver_quiet is set. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
