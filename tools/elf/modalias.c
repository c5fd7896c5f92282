// SPDX-License-Identifier: GPL-2.0-only
// Reads the device aliases of a module's .modinfo.
#include "elf/modalias.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Reads the number or '*' after KEY into FIELD. Returns the rest of the text, or NULL. */
static const char *read_field(const char *s, const char *key, char field[PCI_FIELD_SIZE])
{
	size_t digits;
	char number[9] = "";

	if (!s || strncmp(s, key, strlen(key)) != 0)
		return NULL;
	s += strlen(key);
	if (*s == '*') {
		strcpy(field, "*");
		return s + 1;
	}
	digits = strspn(s, "0123456789ABCDEFabcdef");
	if (digits < 8)
		return NULL;
	/* Only 8 digits: the next key may begin with 'd', which is also a hex digit. */
	memcpy(number, s, 8);
	snprintf(field, PCI_FIELD_SIZE, "%04lx", strtoul(number, NULL, 16));
	return s + 8;
}

bool modalias_pci(const char *alias, struct pci_id *id)
{
	const char *s = read_field(alias, "pci:v", id->vendor);

	s = read_field(s, "d", id->device);
	s = read_field(s, "sv", id->subvendor);
	return read_field(s, "sd", id->subdevice) != NULL;
}

bool modalias_is_any(const struct pci_id *id)
{
	return strcmp(id->vendor, "*") == 0 && strcmp(id->device, "*") == 0 && strcmp(id->subvendor, "*") == 0 &&
	       strcmp(id->subdevice, "*") == 0;
}

/*
 * Returns the numbers of vendor and device in lower case, for example "046d:c52b"; the caller frees the text. In S, the
 * numbers follow the letter 'v' and the letter D. Each has WIDTH digits, but only the last four are used. Returns NULL
 * if one of them is '*'.
 */
static char *numbers(const char *s, char d, size_t width)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *v = strchr(s, 'v');
	char *text;

	if (!v || strspn(v + 1, digits) < width || v[1 + width] != d || strspn(v + 2 + width, digits) < width)
		return NULL;
	text = text_format("%.4s:%.4s", v + 1 + width - 4, v + 2 + 2 * width - 4);
	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

/* Buses whose aliases are each for one kind of device. On dmi, cpu, input and serio, many drivers match one device. */
static bool is_bus(const char *alias, size_t len)
{
	static const char *const buses[] = {"acpi",  "auxiliary", "bcma",  "ccw", "eisa", "fsl-mc",	"hdaudio",
					    "i2c",   "mdio",	  "mei",   "of",  "pnp",  "pcmcia",	"platform",
					    "rpmsg", "slim",	  "spi",   "ssb", "usb",  "hid",	"pci",
					    "sdio",  "virtio",	  "vmbus", "wmi", "xen",  "xen-backend"};

	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		if (strlen(buses[i]) == len && strncmp(alias, buses[i], len) == 0)
			return true;
	return false;
}

char *modalias_device(const char *alias)
{
	static const struct {
		const char *bus, *people;
		char device;
		size_t width;
	} numbered[] = {
		{"pci:", "PCI", 'd', 8}, {"usb:", "USB", 'p', 4}, {"hid:", "HID", 'p', 8}, {"sdio:", "SDIO", 'd', 4}};
	char *ids, *text;

	if (!strchr(alias, ':') || !is_bus(alias, strcspn(alias, ":*")))
		return NULL;
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
		size_t len = strlen(numbered[i].bus);

		if (strncmp(alias, numbered[i].bus, len) != 0)
			continue;
		ids = numbers(alias + len, numbered[i].device, numbered[i].width);
		text = ids ? text_format("%s device %s", numbered[i].people, ids) : NULL;
		free(ids);
		return text;
	}
	return text_format("the device %s", alias);
}

void modalias_normalize(char *alias)
{
	for (char *end; *alias; alias++) {
		end = *alias == '[' ? strchr(alias, ']') : NULL;
		if (end)
			alias = end;
		else if (*alias == '-')
			*alias = '_';
	}
}

#define ELEMENTS_MAX (MODALIAS_MAX + 1)

/* One element of a pattern: the set of characters that it matches. */
struct element {
	bool any; /* '*': matches zero or more of these characters */
	uint64_t set[4];
};

static void take(struct element *element, unsigned char from, unsigned char to)
{
	for (unsigned int c = from; c <= to; c++)
		element->set[c / 64] |= UINT64_C(1) << c % 64;
}

/* Reads the characters between brackets. Returns the rest of the pattern. */
static const char *read_set(const char *s, struct element *element)
{
	for (s++; *s && *s != ']'; s++) {
		unsigned char from = (unsigned char)*s;

		if (s[1] == '-' && s[2] && s[2] != ']')
			s += 2;
		take(element, from, (unsigned char)*s);
	}
	return *s ? s + 1 : s;
}

/* Reads a '*'. If it is not LAST in its pattern, it stands for a number, so it matches only hex digits. */
static void take_any(struct element *element, bool last)
{
	element->any = true;
	take(element, last ? 1 : '0', last ? UINT8_MAX : '9');
	take(element, 'A', 'F');
}

/* Returns the number of elements, at most ELEMENTS_MAX. */
static size_t read_pattern(const char *s, struct element elements[ELEMENTS_MAX])
{
	size_t n = 0;

	while (*s && n < ELEMENTS_MAX) {
		struct element *element = &elements[n++];

		memset(element, 0, sizeof(*element));
		if (*s == '[') {
			s = read_set(s, element);
			continue;
		}
		if (*s == '*')
			take_any(element, s[1] == '\0');
		else if (*s == '?')
			take(element, 1, UINT8_MAX);
		else
			take(element, (unsigned char)*s, (unsigned char)*s);
		s++;
	}
	return n;
}

static bool meet(const struct element *a, const struct element *b)
{
	return (a->set[0] & b->set[0]) || (a->set[1] & b->set[1]) || (a->set[2] & b->set[2]) || (a->set[3] & b->set[3]);
}

/*
 * One step of dynamic programming, from the ends of both patterns to their beginnings. Returns whether some text
 * matches both the pattern from X on and the pattern from Y on. X or Y is NULL at the end of a pattern. The other
 * parameters are earlier results: AFTER is the result without X and Y, AFTER_X without X, AFTER_Y without Y.
 */
static bool can_meet(const struct element *x, const struct element *y, bool after, bool after_x, bool after_y)
{
	bool same = x && y && meet(x, y);

	if (!x && !y)
		return true;
	/* A '*' matches no character, or also the next element of the other pattern. */
	if (x && x->any && (after_x || (same && after_y)))
		return true;
	if (y && y->any && (after_y || (same && after_x)))
		return true;
	return same && after;
}

bool modalias_overlap(const char *a, const char *b)
{
	struct element x[ELEMENTS_MAX], y[ELEMENTS_MAX];
	bool row[ELEMENTS_MAX + 1] = {false}, below[ELEMENTS_MAX + 1] = {false};
	size_t n, m;

	if (strcmp(a, b) == 0)
		return true;
	n = read_pattern(a, x);
	m = read_pattern(b, y);
	if (n == ELEMENTS_MAX || m == ELEMENTS_MAX)
		return false;
	for (size_t i = n + 1; i-- > 0;) {
		for (size_t j = m + 1; j-- > 0;)
			row[j] = can_meet(i < n ? &x[i] : NULL, j < m ? &y[j] : NULL, j < m && below[j + 1], below[j],
					  j < m && row[j + 1]);
		memcpy(below, row, sizeof(row));
	}
	return row[0];
}
