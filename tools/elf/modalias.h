/* SPDX-License-Identifier: GPL-2.0-only */
/* The device aliases in a module's .modinfo, as the kernel's scripts/mod/file2alias.c writes them. */
#ifndef XS_ELF_MODALIAS_H
#define XS_ELF_MODALIAS_H

#include <stdbool.h>

/* A field of a PCI id: four lower-case hex digits, as lspci -nm prints them, or "*" for any. */
#define PCI_FIELD_SIZE 9

struct pci_id {
	char vendor[PCI_FIELD_SIZE], device[PCI_FIELD_SIZE];
	char subvendor[PCI_FIELD_SIZE], subdevice[PCI_FIELD_SIZE];
};

/*
 * Reads "pci:v<8 hex>d<8 hex>sv<8 hex>sd<8 hex>bc...", each number possibly '*', into ID. False for any other alias.
 * The device class that follows is not kept: a driver bound by class alone has the id of any device.
 */
bool modalias_pci(const char *alias, struct pci_id *id);

/*
 * What devices an ALIAS claims, for people, to free: "PCI device 8086:1533", "USB device 046d:c52b", or, on a bus whose
 * aliases do not begin with the numbers of a vendor and a device, the alias itself. NULL for what is no device's, or
 * any vendor's or any device's: a driver of a whole class is there for what no other claims.
 */
char *modalias_device(const char *alias);

/* Bytes of the longest alias that modalias_overlap() compares. */
#define MODALIAS_MAX 255

/* Whether a device may match both patterns, of at most MODALIAS_MAX bytes. Each is a glob as in the kernel's aliases:
 * *, ?, [a-b]. */
bool modalias_overlap(const char *a, const char *b);

#endif
