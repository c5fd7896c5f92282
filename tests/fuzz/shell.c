// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the search for commands in scriptlets: it must come to an end.
#include "fuzz.h"

#include "base/shell.h"

static void count(const char *name, size_t len, void *context)
{
	size_t *sum = context;

	for (size_t i = 0; i < len; i++)
		*sum += (size_t)name[i];
}

static void fuzz_one(const uint8_t *data, size_t len)
{
	char *script = malloc(len + 1);
	volatile size_t sum = 0;
	size_t n = 0;

	if (!script)
		return;
	memcpy(script, data, len);
	script[len] = '\0';
	shell_each_command(script, count, &n);
	shell_each_question(script, count, &n);
	sum = n;
	(void)sum;
	free(script);
}
