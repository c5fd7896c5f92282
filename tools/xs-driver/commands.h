/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of xs-driver: one a file, <name>.c, listed in main.c; and what they share. */
#ifndef XS_XS_DRIVER_COMMANDS_H
#define XS_XS_DRIVER_COMMANDS_H

#include "base/die.h"
#include "base/program.h"
#include "host/hierarchy.h"
#include "host/state.h"
#include "host/transaction.h"

command_function driver_list, driver_select, driver_deselect, driver_activate, driver_rollback, driver_recover,
	driver_check, driver_tool;

/* What the commands' options and arguments say. */
struct options {
	const char *sysroot;
	const char **kernels; /* of --kernel; NULL at the end */
	size_t kernel_count;
	const char *format; /* NULL: not given */
	enum layout layout;
	bool force, hardware, no_initrd, run_image_tools;
	unsigned int wait; /* how many seconds to wait for another command */
	char **names;	   /* the arguments; NULL at the end */
	size_t name_count;
};

/* Options by letter, for options_parse(): each command takes some. */
#define TAKES_KERNEL   "k"
#define TAKES_FORMAT   "o"
#define TAKES_FORCE    "f"
#define TAKES_HARDWARE "h"
#define TAKES_CHANGE   "irw" /* --no-initrd, --run-image-tools, --wait */

/*
 * Reads the command line of the command argv[0], which takes --sysroot, --layout and the options in TAKES, and from
 * LEAST to MOST arguments, each a legal name. STATUS_YES with OPTIONS filled, to be freed by options_free(); or the
 * status to end with, *DONE set.
 */
enum status options_parse(struct options *options, int argc, char **argv, const char *takes, size_t least, size_t most,
			  bool *done);
/* Takes the value of --wait; false with a message. */
bool options_take_wait(struct options *options, const char *seconds);

/* How long a command waits for another one, if nobody says otherwise: initrds take minutes. */
#define WAIT_DEFAULT 600

void options_free(struct options *options);

/* The hierarchies of several kernels. */
struct kernels {
	struct hierarchy *list;
	size_t count;
};

/*
 * Reads them: those the options name, else with ALL all that are there, else the running one's; where that is not to be
 * had (an image being installed), all. False with a message.
 */
bool kernels_read(struct kernels *kernels, const struct host *host, const struct options *options, bool all);
void kernels_free(struct kernels *kernels);

/* Whether NAME names a driver for one of the kernels; if not, says so, with the nearest names that do. */
bool kernels_have(const struct kernels *kernels, const char *name);

/* S as it can stand in a message: safe text, cut when long; memory to free. */
char *shown_name(const char *s);

/* What one line of a list is about. */
struct entry {
	const struct hierarchy *hierarchy;
	const struct driver *driver;
	struct state state;
};

/* What is listed. */
struct listing {
	struct host *host;
	struct entry *entries;
	size_t count;
	size_t kernels;	  /* how many kernels they are of */
	bool hardware;	  /* which device each version binds is wanted */
	bool interrupted; /* a journal is there */
};

typedef void list_function(const struct listing *listing);
list_function list_table, list_json, list_xe, list_prometheus;

/* What a driver's state is called: "active, selected". Memory to free. */
char *state_words(const struct entry *entry);

/* The text saying what to do about a problem of the driver; memory to free. */
char *problem_hint(enum problem problem, const struct driver *driver);

enum selection_way { WAY_SELECT, WAY_DESELECT, WAY_BACK };

/*
 * Selects VERSION of the driver NAME for the kernels the options name or for all that have it; or no version, where one
 * is selected; or the one selected before, where one is remembered. VERSION is NULL but for WAY_SELECT. Says what it
 * did, or why not.
 */
enum status selection_change(struct host *host, const struct options *options, enum selection_way way, const char *name,
			     const char *version, const struct transaction *transaction);

/* What a command that changes something does, once it may. */
typedef enum status change_function(struct host *host, const struct options *options,
				    const struct transaction *transaction);

/*
 * Opens the host, takes the lock for the command NAME, repairs what a killed run left, and runs FUNCTION. Gives its
 * status, or STATUS_NO or STATUS_TROUBLE, with a message, when it was not run.
 */
enum status change_run(const struct options *options, const char *name, change_function *function);

/* Whether progress is told on stdout; a protocol's replies stand there alone. */
extern bool driver_quiet;

/* printf on stdout, unless driver_quiet. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
