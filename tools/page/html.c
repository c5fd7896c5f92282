// SPDX-License-Identifier: GPL-2.0-only
// Writes HTML. All text that is not markup is escaped, and safe text.
#include "page/html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "page/style.h"

/* Adds the first LEN bytes of TEXT as they are. */
static void add_raw(struct growing_text *page, const char *text, size_t len)
{
	page->text = bytes_grown(page->text, &page->room, page->len + len + 1);
	memcpy(page->text + page->len, text, len);
	page->len += len;
	page->text[page->len] = '\0';
}

static const char *reference_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static void add_escaped(struct growing_text *page, const char *text)
{
	for (const char *c = text; *c;) {
		size_t plain = strcspn(c, "&<>\"'");

		add_raw(page, c, plain);
		c += plain;
		if (*c) {
			const char *reference = reference_of(*c++);

			add_raw(page, reference, strlen(reference));
		}
	}
}

static void add_text(struct growing_text *page, const char *text)
{
	char *safe = text_safe(text);

	add_escaped(page, safe);
	free(safe);
}

void html_add(struct growing_text *page, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	for (const char *at; (at = strchr(format, '%')); format = at) {
		add_raw(page, format, (size_t)(at - format));
		if (at[1] == 's') {
			text = va_arg(args, const char *);
			add_text(page, text ? text : "");
			at += 2;
		} else if (at[1] == '-' && at[2] == 's') {
			text = va_arg(args, const char *);
			add_escaped(page, text ? text : "");
			at += 3;
		} else if (at[1] == 'z' && at[2] == 'u') {
			text_add(page, "%zu", va_arg(args, size_t));
			at += 3;
		} else if (at[1] == 'd') {
			text_add(page, "%d", va_arg(args, int));
			at += 2;
		} else if (at[1] == '%') {
			add_raw(page, "%", 1);
			at += 2;
		} else {
			abort(); /* a mistake in the program */
		}
	}
	va_end(args);
	add_raw(page, format, strlen(format));
}

void html_begin(struct growing_text *page, const char *title)
{
	/* The policy forbids scripts and everything from elsewhere, should the escaping ever have a mistake. */
	html_add(page,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		 "'unsafe-inline'\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n<style>\n",
		 title);
	add_raw(page, html_style, strlen(html_style));
	html_add(page, "</style>\n</head>\n<body>\n");
}

void html_end(struct growing_text *page)
{
	html_add(page, "</body>\n</html>\n");
}
