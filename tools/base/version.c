// SPDX-License-Identifier: GPL-2.0-only
// Compares versions as RPM does, so that the tools and the packages have the same order.
#include "base/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define DIGITS	"0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const char *skip_separators(const char *s)
{
	return s + strcspn(s, DIGITS LETTERS "~^");
}

/* Compares the marks '~' and '^' at A and B. If both texts have the same mark, returns 0 and sets *MARK to true. */
static int compare_marks(const char *a, const char *b, bool *mark)
{
	*mark = false;
	if (*a == '~' || *b == '~') {
		*mark = *a == *b;
		return *mark ? 0 : *a == '~' ? -1 : 1;
	}
	if (*a == '^' || *b == '^') {
		*mark = *a == *b;
		if (*mark)
			return 0;
		/* "1.0^" is newer than "1.0", but older than "1.0.1". */
		if (*a == '^')
			return *b ? -1 : 1;
		return *a ? 1 : -1;
	}
	return 0;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static int compare_runs(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t common = a_len < b_len ? a_len : b_len;
	int order = sign(memcmp(a, b, common));

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_numbers(const char *a, size_t a_len, const char *b, size_t b_len)
{
	for (; a_len && *a == '0'; a++)
		a_len--;
	for (; b_len && *b == '0'; b++)
		b_len--;
	if (a_len != b_len)
		return a_len > b_len ? 1 : -1;
	return sign(memcmp(a, b, a_len));
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		bool mark, number;
		size_t a_len, b_len;
		int order;

		a = skip_separators(a);
		b = skip_separators(b);
		order = compare_marks(a, b, &mark);
		if (order)
			return order;
		if (mark) {
			a++;
			b++;
			continue;
		}
		if (!*a || !*b)
			return (*a != '\0') - (*b != '\0');

		number = strspn(a, DIGITS) > 0;
		a_len = strspn(a, number ? DIGITS : LETTERS);
		b_len = strspn(b, number ? DIGITS : LETTERS);
		if (b_len == 0)
			return number ? 1 : -1;
		order = number ? compare_numbers(a, a_len, b, b_len) : compare_runs(a, a_len, b, b_len);
		if (order)
			return order;
		a += a_len;
		b += b_len;
	}
}

int version_order(const char *a, const char *b)
{
	int order = version_compare(a, b);

	return order ? order : sign(strcmp(a, b));
}
