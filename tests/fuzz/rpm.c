// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of RPM headers.
#include "fuzz.h"

#include "mutate.h"
#include "package/rpm.h"

/* Whoever reads a string finds its end. */
static size_t lengths(const struct rpm *rpm)
{
	size_t sum = strlen(rpm->name) + strlen(rpm->version) + strlen(rpm->release) + strlen(rpm->arch);

	for (size_t i = 0; i < rpm->need_count; i++)
		sum += strlen(rpm->needs[i].name) + strlen(rpm->needs[i].version);
	for (size_t i = 0; i < rpm->file_count; i++)
		sum += strlen(rpm->files[i].path) + strlen(rpm->files[i].link) + strlen(rpm->files[i].digest);
	for (size_t i = 0; i < rpm->scriptlet_count; i++)
		sum += strlen(rpm->scriptlets[i].interpreter) + strlen(rpm->scriptlets[i].body);
	return sum;
}

static void fuzz_one(const uint8_t *data, size_t len)
{
	struct rpm rpm = {0};
	volatile size_t sum = 0;

	if (rpm_headers_size(data, len) <= len && rpm_read(&rpm, data, len))
		sum = lengths(&rpm);
	(void)sum;
	rpm_free(&rpm);
}
