/* SPDX-License-Identifier: GPL-2.0-only */
/* libarchive and libxml2, loaded when the first package, image or XML file is met. */
#ifndef XS_LAZY_H
#define XS_LAZY_H

#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

/*
 * With ICU behind them, these take 1.5 ms and 3 MiB of every program that is linked with them: as much as verifying a
 * hundred modules, and most runs meet modules alone. Members of the structures below are called as the functions of
 * their names are: libarchive()->archive_read_new().
 */

/* Of all releases of libarchive since 3.0, of 2011; of libxml2 since 2.0. */
#define LIBARCHIVE_SONAME "libarchive.so.13"
#define LIBXML_SONAME	  "libxml2.so.2"

#define LIBARCHIVE_FUNCTIONS(X)                                                                                        \
	X(archive_entry_filetype)                                                                                      \
	X(archive_entry_hardlink)                                                                                      \
	X(archive_entry_nlink)                                                                                         \
	X(archive_entry_pathname)                                                                                      \
	X(archive_entry_pathname_utf8)                                                                                 \
	X(archive_entry_size)                                                                                          \
	X(archive_entry_symlink)                                                                                       \
	X(archive_entry_symlink_utf8)                                                                                  \
	X(archive_error_string)                                                                                        \
	X(archive_read_data)                                                                                           \
	X(archive_read_data_block)                                                                                     \
	X(archive_read_free)                                                                                           \
	X(archive_read_new)                                                                                            \
	X(archive_read_next_header)                                                                                    \
	X(archive_read_open)                                                                                           \
	X(archive_read_open_fd)                                                                                        \
	X(archive_read_open_memory)                                                                                    \
	X(archive_read_support_filter_all)                                                                             \
	X(archive_read_support_format_cpio)                                                                            \
	X(archive_read_support_format_empty)                                                                           \
	X(archive_read_support_format_iso9660)                                                                         \
	X(archive_read_support_format_raw)                                                                             \
	X(archive_set_error)

/* xmlFree is a variable that holds a function: call (*libxml()->xmlFree)(). */
#define LIBXML_FUNCTIONS(X)                                                                                            \
	X(xmlDocGetRootElement)                                                                                        \
	X(xmlFree)                                                                                                     \
	X(xmlFreeDoc)                                                                                                  \
	X(xmlGetLastError)                                                                                             \
	X(xmlGetNoNsProp)                                                                                              \
	X(xmlNodeGetContent)                                                                                           \
	X(xmlReadMemory)                                                                                               \
	X(xmlResetLastError)

#define X(function) __typeof__(function) *function;
struct libarchive {
	LIBARCHIVE_FUNCTIONS(X)
};
struct libxml {
	LIBXML_FUNCTIONS(X)
};
#undef X

/* The library's functions, or NULL when it is not installed. For any thread; what is loaded stays. */
const struct libarchive *libarchive(void);
const struct libxml *libxml(void);

#endif
