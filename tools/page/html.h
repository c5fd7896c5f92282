/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes HTML. All text that is not markup is escaped, and safe text. */
#ifndef XS_PAGE_HTML_H
#define XS_PAGE_HTML_H

#include "base/array.h"

/*
 * Adds markup to a page, as printf() makes text. The format is markup and is added as it is. Each %s stands for text:
 * it becomes safe text (base/text.h), and characters that HTML gives a meaning become references. %-s stands for text
 * that is safe text already. So markup is only in formats, and a value can never become markup. There are also %zu, %d
 * and %%. A NULL text is empty.
 */
void html_add(struct growing_text *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Begins a page with this title: everything up to the tag <main>. It needs no other file, no script and no network. */
void html_begin(struct growing_text *page, const char *title);
void html_end(struct growing_text *page);

#endif
