/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of versions: the one RPM uses, so that packages and tools never disagree. */
#ifndef XS_BASE_VERSION_H
#define XS_BASE_VERSION_H

/*
 * Compares two versions as rpm's rpmvercmp() does (rpm.org, "Dependencies", section on versioning): runs of
 * digits as numbers of any length, runs of letters as text, digits newer than letters, '~' before everything,
 * '^' after. Returns -1, 0 or 1. Different strings may be equal ("1.0" and "1-0").
 */
int version_compare(const char *a, const char *b);

/* version_compare(), with equal versions of different spelling put in byte order: a total order to sort by. */
int version_order(const char *a, const char *b);

#endif
