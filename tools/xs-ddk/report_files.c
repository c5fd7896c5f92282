// SPDX-License-Identifier: GPL-2.0-only
// The packages and files of the disks, sections of the page that 'xs-ddk report' writes.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "xs-ddk/report_page.h"

/* "2023-11-14 22:13:20 UTC" */
static void add_time(struct growing_text *page, uint64_t seconds)
{
	char text[64];
	time_t time = (time_t)seconds;
	struct tm parts;

	if (seconds && gmtime_r(&time, &parts) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts))
		html_add(page, "<td class=\"keep\">%s</td>", text);
	else
		html_add(page, "<td class=\"none\">not known</td>");
}

/* How the package is signed, and by whom. */
static void add_signatures(struct growing_text *page, const json_t *facts)
{
	const json_t *signatures = json_object_get(facts, "signatures"), *one;
	bool is_signed = json_is_true(json_object_get(facts, "signed"));
	size_t i;

	html_add(page, "<td class=\"%s\">%s", is_signed ? "good" : "none", is_signed ? "signed" : "not signed");
	json_array_foreach(signatures, i, one)
		html_add(page, "<br>%s: %s", json_string_value(json_object_get(one, "state")),
			 json_string_value(json_object_get(one, "signature")));
	html_add(page, "</td>");
}

static void add_package(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
			const struct disk_file *file)
{
	const struct report_package *package = report_package_of(facts, disk, file->path);

	html_add(page, "<tr><th scope=\"row\" class=\"path\">%s</th><td>%s</td><td class=\"number\">%s</td>",
		 package ? package->name : file->path,
		 file->rpm.source	     ? "source"
		 : disk_is_installable(file) ? "binary"
					     : "binary, not installed by hosts",
		 report_number(file->size));
	add_time(page, file->rpm.build_time);
	add_signatures(page, package ? package->signatures : NULL);
	html_add(page, "</tr>\n");
}

void report_packages(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<h2 id=\"packages\">Packages</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct report_disk *disk = &facts->disks[i];
		char *caption = text_format("Packages on %s", report_disk_name(disk));

		report_table(page, caption);
		html_add(page,
			 "<thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Kind</th>"
			 "<th scope=\"col\">Bytes</th><th scope=\"col\">Built</th><th scope=\"col\">Signature</th>"
			 "</tr></thead>\n<tbody>\n");
		for (size_t j = 0; j < disk->summary.disk->count; j++)
			if (disk->summary.disk->files[j].has_rpm)
				add_package(page, facts, disk, &disk->summary.disk->files[j]);
		report_table_end(page);
		free(caption);
	}
}

static void add_file(struct growing_text *page, const char *path, uint64_t size, const char *sha256)
{
	html_add(page,
		 "<tr><th scope=\"row\" class=\"path\">%s</th><td class=\"number\">%s</td><td "
		 "class=\"mono\">%s</td></tr>\n",
		 path, report_number(size), sha256);
}

void report_files(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<h2 id=\"files\">Files and checksums</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct report_disk *disk = &facts->disks[i];
		char *caption = text_format("Files of %s", report_disk_name(disk));

		report_table(page, caption);
		html_add(page, "<thead><tr><th scope=\"col\">File</th><th scope=\"col\">Bytes</th>"
			       "<th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
		if (disk->sha256[0])
			add_file(page, report_disk_name(disk), disk->size, disk->sha256);
		for (size_t j = 0; j < disk->summary.disk->count; j++) {
			const struct disk_file *file = &disk->summary.disk->files[j];

			add_file(page, file->path, file->size, file->is_link ? "a link" : file->sha256);
		}
		report_table_end(page);
		free(caption);
	}
}
