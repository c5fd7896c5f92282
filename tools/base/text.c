// SPDX-License-Identifier: GPL-2.0-only
// Makes text from untrusted input safe to print.
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

/* Decodes one UTF-8 sequence. Returns its length, or 0 if it is not valid (RFC 3629: shortest form, no surrogates). */
static size_t utf8_decode(const unsigned char *s, size_t left, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;

	if (len == 0 || len > left)
		return 0;
	*code = len == 1 ? s[0] : s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if ((len > 1 && *code < smallest[len]) || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

static bool is_printable(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '\\')
		return false;
	/* Noncharacters of Unicode: XML 1.0 forbids some of them and advises against the others. */
	if ((code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef))
		return false;
	/* With line separators and characters of writing direction, a name can look like another name. */
	return !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2066 && code <= 0x2069) && code != 0xfeff && code != 0x061c;
}

/* Whether the byte S[I] belongs to a mark that starts a CI system's command in a log. */
static bool is_command_mark(const char *s, size_t i)
{
	if (s[i] == '#')
		return i > 0 && s[i - 1] == '#';
	if (s[i] != ':')
		return false;
	while (i > 0 && s[i - 1] == ' ')
		i--;
	return i == 0;
}

char *text_safe_n(const char *s, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *from = (const unsigned char *)s;
	char *safe, *to;

	safe = len < SIZE_MAX / 4 ? malloc(4 * len + 1) : NULL;
	if (!safe)
		die_memory();
	to = safe;
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = utf8_decode(from + i, len - i, &code);
		bool keep = n > 0 && is_printable(code) && !is_command_mark(s, i);

		if (n == 0)
			n = 1;
		for (; n > 0; n--, i++) {
			if (keep) {
				*to++ = (char)from[i];
				continue;
			}
			*to++ = '\\';
			*to++ = 'x';
			*to++ = hex[from[i] >> 4];
			*to++ = hex[from[i] & 15];
		}
	}
	*to = '\0';
	return safe;
}

char *text_safe(const char *s)
{
	return text_safe_n(s, strlen(s));
}

char *text_valid(const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t len = strlen(s);
	char *valid = malloc(3 * len + 1), *to = valid;

	if (!valid)
		die_memory();
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = utf8_decode((const unsigned char *)s + i, len - i, &code);

		memcpy(to, n ? s + i : replacement, n ? n : 3);
		to += n ? n : 3;
		i += n ? n : 1;
	}
	*to = '\0';
	return valid;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		die_memory();
	return text;
}
