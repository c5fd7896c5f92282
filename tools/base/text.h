/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes text from untrusted input safe to print. */
#ifndef XS_BASE_TEXT_H
#define XS_BASE_TEXT_H

#include <stddef.h>

/*
 * Returns the LEN bytes at S as printable UTF-8. Each byte of these becomes \xNN:
 * - control characters of terminals and of writing direction, line separators, invalid UTF-8, backslashes;
 * - the marks of commands that CI systems read from a log: ':' at the beginning (GitHub's "::"), and '#' after '#'
 *   (GitHub's "##[", Azure's "##vso[").
 * All text output prints text from files only through this function. The caller frees the text. Without memory, the
 * program ends.
 */
char *text_safe_n(const char *s, size_t len);

/* text_safe_n() for a string. */
char *text_safe(const char *s);

/* Returns S with U+FFFD for each byte that is not UTF-8. The caller frees the text. Without memory, the program ends.
 */
char *text_valid(const char *s);

/* Returns a text as printf() makes it. The caller frees the text. Without memory, the program ends. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
