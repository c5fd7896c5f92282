// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of dkms.conf.
#include "fuzz.h"

#include "kit/dkms_conf.h"

static void fuzz_one(const uint8_t *data, size_t len)
{
	char *text = fuzz_text(data, len);
	struct dkms_conf conf = {0};

	dkms_conf_read(&conf, text);
	for (size_t i = 0; i < conf.count; i++) {
		const struct dkms_variable *found = dkms_conf_find(&conf, conf.variables[i].name);

		if (!found || strcmp(found->name, conf.variables[i].name) != 0 || (!found->value && !found->unknown))
			abort();
	}
	dkms_conf_free(&conf);
	free(text);
}
