// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes inject: what it makes of any bytes holds the record, so that a second time nothing is to be done.
#include "fuzz.h"

#include "elf/inject.h"

static void fuzz_one(const uint8_t *data, size_t len)
{
	static const struct inject_options options = {"9.9-x", .replace = true, .drop_signature = true, .compat = true};
	uint8_t *out, *again;
	size_t out_len, again_len;
	char *why;

	if (inject(data, len, &options, &out, &out_len, &why) == INJECT_CHANGED &&
	    inject(out, out_len, &options, &again, &again_len, &why) != INJECT_SAME)
		__builtin_trap();
	free(why);
	free(out);
}
