/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands in a shell script, found without running it. */
#ifndef XS_BASE_SHELL_H
#define XS_BASE_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/* Called with the base name of a command, of LEN bytes. */
typedef void shell_function(const char *name, size_t len, void *context);

/*
 * Calls EACH for every word of the script that stands where a command does: at the start of a list, after a keyword or
 * an assignment, in $( ). Comments, quoted text and here-documents are left out. An approximation: what is quoted in
 * odd ways, or comes of a variable, is not seen.
 */
void shell_each_command(const char *script, shell_function *each, void *context);

/* Whether the script looks first if it has the command: "command -v NAME", "type NAME", "-x .../NAME". */
bool shell_asks_for(const char *script, const char *name);

#endif
