/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of PCI devices, from the list pci.ids that distributions have. */
#ifndef XS_PAGE_PCI_NAMES_H
#define XS_PAGE_PCI_NAMES_H

#include "elf/modalias.h"

struct pci_names;

/*
 * Reads the list from the file PATH, or with NULL from the files where distributions have it. Returns NULL if there is
 * none, or after a message if PATH cannot be read. The caller frees it.
 *
 * The list is a text: a line "8086  Intel Corporation" for a vendor; after a tab, "1592  Ethernet Controller E810" for
 * each of its devices; after two tabs, "8086 0001  Network Adapter E810" for each subsystem of the device.
 */
struct pci_names *pci_names_read(const char *path);
void pci_names_free(struct pci_names *names);

/* The version in the head of the list, "2023.04.11", or "" if there is none. */
const char *pci_names_version(const struct pci_names *names);

/* The name of the vendor, of the device, or of the subsystem of an id. NULL if the list has none, or NAMES is NULL. */
const char *pci_names_vendor(const struct pci_names *names, const struct pci_id *id);
const char *pci_names_device(const struct pci_names *names, const struct pci_id *id);
const char *pci_names_subsystem(const struct pci_names *names, const struct pci_id *id);

#endif
