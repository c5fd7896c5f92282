// SPDX-License-Identifier: GPL-2.0-only
// Adds findings about a driver disk.
#include "check/disk_finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/text.h"

void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
{
	char *detail = NULL, *path;
	va_list args;

	if (format) {
		va_start(args, format);
		if (vasprintf(&detail, format, args) < 0)
			die_memory();
		va_end(args);
	}
	path = file ? text_format("%s%s%s", c->disk->path, c->disk->is_image ? "!" : "/", file)
		    : text_format("%s", c->disk->path);
	report_add(c->report, rule, path, detail ? "%s" : NULL, detail);
	free(path);
	free(detail);
}
