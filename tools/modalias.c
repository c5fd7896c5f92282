// SPDX-License-Identifier: GPL-2.0-only
// The device aliases in a module's .modinfo.
#include "modalias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads KEY and the number or '*' after it into FIELD; what follows, or NULL. */
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
	/* Not all of them: the key that follows may begin with a digit's letter, 'd'. */
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
