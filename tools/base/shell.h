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
 * an assignment, in $( ). Comments, quoted text and here-documents are left out. The answer is approximate: a command
 * that is quoted in an unusual way, or that comes from a variable, is not seen. Takes time linear in the script.
 */
void shell_each_command(const char *script, shell_function *each, void *context);

/*
 * Calls EACH for every command that the script looks for before it uses it: NAME in "command -v NAME", "type NAME",
 * "which NAME", "hash NAME" and "-x PATH/NAME". Takes time linear in the script.
 */
void shell_each_question(const char *script, shell_function *each, void *context);

#endif
