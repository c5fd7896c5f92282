/* SPDX-License-Identifier: GPL-2.0-only */
/* The page that 'xs-ddk report' writes. */
#ifndef XS_XS_DDK_REPORT_PAGE_H
#define XS_XS_DDK_REPORT_PAGE_H

#include <stdbool.h>

#include "page/html.h"
#include "xs-ddk/report_facts.h"

/* Adds the whole page. The same facts make the same bytes. Returns whether nothing speaks against a release. */
bool report_page(struct growing_text *page, const struct report_facts *facts);

/* The rest is shared by report_page.c and the files of the sections, report_<section>.c. */

/* So many rows of one list are on the page. The commands that the page names print all of them. */
#define REPORT_ROWS_MAX 2000

/* Adds the beginning of a table: a box that scrolls, the table, and its caption. CAPTION may have any bytes. */
void report_table(struct growing_text *page, const char *caption);
void report_table_end(struct growing_text *page);

/* SIZE with commas: "1,234,567"; the text is valid until the next but seven calls. */
const char *report_number(uint64_t size);

/*
 * The path or the text of a finding, without the directories of the disks; a path also without the disk, if there is
 * only one. The caller frees it.
 */
char *report_short_path(const struct report_facts *facts, const char *safe_path);

/* The name of a disk: its path without directories. */
const char *report_disk_name(const struct report_disk *disk);

/* The sections of the page, each in the file of its name. */
void report_devices(struct growing_text *page, const struct report_facts *facts);
size_t report_device_count(const struct report_facts *facts);
void report_findings(struct growing_text *page, const struct report_facts *facts);
void report_changes(struct growing_text *page, const struct report_facts *facts);
void report_trials(struct growing_text *page, const struct report_facts *facts);
void report_packages(struct growing_text *page, const struct report_facts *facts);
void report_files(struct growing_text *page, const struct report_facts *facts);

#endif
