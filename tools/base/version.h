/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares versions as RPM does, so that the tools and the packages have the same order. */
#ifndef XS_BASE_VERSION_H
#define XS_BASE_VERSION_H

/*
 * Compares two versions as rpm's rpmvercmp() does (rpm.org, "Dependencies", section on versioning). Digits are compared
 * as numbers of any length, letters as text. Digits are newer than letters. "1.0~rc" is older than "1.0"; "1.0^a" is
 * newer than "1.0". Returns -1, 0 or 1. Different strings may be equal ("1.0" and "1-0").
 */
int version_compare(const char *a, const char *b);

/* A total order for sorting: version_compare(), and byte order for different strings that compare as equal. */
int version_order(const char *a, const char *b);

#endif
