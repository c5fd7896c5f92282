/* SPDX-License-Identifier: GPL-2.0-only */
/* The style sheet of all pages. */
#ifndef XS_PAGE_STYLE_H
#define XS_PAGE_STYLE_H

/*
 * For light and dark screens, and for paper. No colour is the only sign of anything: each coloured cell has a word.
 * Text has at least the contrast 4.5:1 to what is behind it.
 */
extern const char html_style[];

#endif
