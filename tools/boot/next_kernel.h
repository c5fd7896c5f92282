/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel that a host boots next. */
#ifndef XS_BOOT_NEXT_KERNEL_H
#define XS_BOOT_NEXT_KERNEL_H

#include <stdbool.h>

#include "base/name.h"
#include "base/root.h"

/*
 * Whether a kernel is installed. A directory in /lib/modules that only packages of drivers have made is not a kernel:
 * the kernel's own package brings modules.order, modules.builtin, the directory kernel/, or an image in /boot.
 */
bool boot_has_kernel(const struct root *root, const char *uname);

/*
 * Finds the kernel that boots next, and copies its uname to OUT. Reads the configuration of GRUB, also with entries of
 * the Boot Loader Specification, and of systemd-boot. If the configuration cannot be understood, or names a kernel that
 * is not installed, takes the newest installed kernel. Returns false if no kernel is installed.
 */
bool boot_next_kernel(const struct root *root, char out[UNAME_MAX + 1]);

#endif
