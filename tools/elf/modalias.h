/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the device aliases of a module's .modinfo. Their format is that of the kernel's scripts/mod/file2alias.c. */
#ifndef XS_ELF_MODALIAS_H
#define XS_ELF_MODALIAS_H

#include <stdbool.h>

/* Bytes of a field of a PCI id: lower-case hex digits as "lspci -nm" prints them, or "*" for any number, and a NUL. */
#define PCI_FIELD_SIZE 9

struct pci_id {
	char vendor[PCI_FIELD_SIZE], device[PCI_FIELD_SIZE];
	char subvendor[PCI_FIELD_SIZE], subdevice[PCI_FIELD_SIZE];
};

/*
 * Reads the alias "pci:v<8 hex>d<8 hex>sv<8 hex>sd<8 hex>bc..." into ID. Each number may also be '*'. Returns false for
 * all other aliases. The device class after "bc" is ignored, so an alias for a class alone gives the id of any device.
 */
bool modalias_pci(const char *alias, struct pci_id *id);

/* Whether the id is that of any vendor's device: the alias told only a class of devices, or nothing. */
bool modalias_is_any(const struct pci_id *id);

/*
 * Returns a text for messages that names the devices of an alias, for example "PCI device 8086:1533" or "USB device
 * 046d:c52b". On a bus without such numbers, the text contains the alias itself. The caller frees the text. Returns
 * NULL if the alias is not for a device, or is for any vendor or any device: a driver for a whole class is only a
 * fallback for devices without a driver of their own.
 */
char *modalias_device(const char *alias);

/*
 * Makes an alias of a module, or the modalias of a device, comparable as depmod and modprobe do: '-' becomes '_',
 * except between brackets.
 */
void modalias_normalize(char *alias);

/* The limit in bytes of an alias for modalias_overlap(). */
#define MODALIAS_MAX 255

/*
 * Whether a device can match both patterns. They are globs as in the kernel's aliases, with *, ? and [a-b]. A * matches
 * only characters of a hex number (0-9, A-F), except at the end of the pattern. Returns false if a pattern is longer
 * than MODALIAS_MAX and the patterns are not equal.
 */
bool modalias_overlap(const char *a, const char *b);

#endif
