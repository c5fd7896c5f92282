/* SPDX-License-Identifier: GPL-2.0-only */
/* libarchive, loaded when the first package or image is met. */
#ifndef XS_LIBARCHIVE_H
#define XS_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

/*
 * With libxml2 and ICU behind it, libarchive takes 1.5 ms and 3 MiB of every program that is linked with it: as much as
 * verifying a hundred modules, and most runs meet modules alone.
 */

/* Of all its releases since 3.0, of 2011. */
#define LIBARCHIVE_SONAME "libarchive.so.13"

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

struct libarchive {
#define X(function) __typeof__(function) *function;
	LIBARCHIVE_FUNCTIONS(X)
#undef X
};

/* The library's functions, or NULL when it is not installed. For any thread; what is loaded stays. */
const struct libarchive *libarchive(void);

#endif
