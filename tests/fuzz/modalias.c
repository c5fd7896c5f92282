// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of device aliases, and whether two of them may match one device.
#include "fuzz.h"

#include "elf/modalias.h"

/* Two aliases, a line each. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	char *first = fuzz_text(data, len), *second = strchr(first, '\n');
	struct pci_id id;

	if (second)
		*second++ = '\0';
	else
		second = first + strlen(first);
	if (modalias_pci(first, &id))
		for (size_t i = 0; i < 4; i++)
			if (!memchr((char *)&id + i * PCI_FIELD_SIZE, '\0', PCI_FIELD_SIZE))
				abort();
	free(modalias_device(first));
	free(modalias_device(second));
	if (modalias_overlap(first, second) != modalias_overlap(second, first) || !modalias_overlap(first, first))
		abort();
	free(first);
}
