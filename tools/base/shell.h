/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the commands in a shell script without running it. */
#ifndef XS_BASE_SHELL_H
#define XS_BASE_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/* Receives the base name of a command. NAME has LEN bytes and no NUL after them. */
typedef void shell_function(const char *name, size_t len, void *context);

/*
 * Calls EACH for every word in the place of a command: at the start of a list, after a keyword or an assignment, or in
 * $( ). Comments, quoted text and here-documents are skipped. The result is approximate: a quoted command, or a command
 * in a variable, is not found. The time is linear in the length of the script.
 */
void shell_each_command(const char *script, shell_function *each, void *context);

/*
 * Calls EACH for every command whose presence the script checks: NAME in "command -v NAME", "type NAME", "which NAME",
 * "hash NAME" and "-x PATH/NAME". The time is linear in the length of the script.
 */
void shell_each_question(const char *script, shell_function *each, void *context);

#endif
