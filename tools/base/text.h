/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that came from a stranger, made fit to be shown. */
#ifndef XS_BASE_TEXT_H
#define XS_BASE_TEXT_H

#include <stddef.h>

/*
 * The LEN bytes at S as printable UTF-8. Control characters (of a terminal, of writing direction, line separators),
 * invalid UTF-8 and backslashes become \xNN, byte by byte. So do the marks of commands that CI systems obey in a log: a
 * ':' at the beginning (GitHub's "::"), and '#' after '#' (GitHub's "##[", Azure's "##vso["). Every output format
 * prints foreign bytes only through this function. Memory to free; never NULL: the program ends with status 2 when
 * there is no memory.
 */
char *text_safe_n(const char *s, size_t len);

/* The same for a string. */
char *text_safe(const char *s);

/* printf into memory to free; never NULL, as above. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
