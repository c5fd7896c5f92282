// SPDX-License-Identifier: GPL-2.0-only
// UUIDs of a host and of its drivers.
#include "host/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#define INVENTORY_LIMIT (1u << 20)

/*
 * Copies the value of KEY='value' or KEY=value in the inventory. Returns false if there is none, or if it is longer
 * than SIZE - 1 bytes.
 */
static bool inventory_value(const char *text, const char *key, char *out, size_t size)
{
	size_t key_len = strlen(key);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *value = line + key_len + 1;
		size_t len;

		if (strncmp(line, key, key_len) != 0 || line[key_len] != '=')
			continue;
		value += strspn(value, "'\"");
		len = strcspn(value, "'\"\n \t\r");
		if (len >= size)
			return false;
		memcpy(out, value, len);
		out[len] = '\0';
		return true;
	}
	return false;
}

static bool inventory_uuid(const struct root *root, uuid_t uuid)
{
	char *text = root_read(root, "/etc/xensource-inventory", INVENTORY_LIMIT, NULL);
	char value[IDENTITY_SIZE];
	bool found = text && inventory_value(text, "INSTALLATION_UUID", value, sizeof(value)) &&
		     uuid_parse(value, uuid) == 0;

	free(text);
	return found;
}

static bool machine_uuid(const struct root *root, uuid_t uuid)
{
	char id[34], dashed[IDENTITY_SIZE];

	if (!root_read_line(root, "/etc/machine-id", id, sizeof(id)) || strlen(id) != 32)
		return false;
	snprintf(dashed, sizeof(dashed), "%.8s-%.4s-%.4s-%.4s-%.12s", id, id + 8, id + 12, id + 16, id + 20);
	return uuid_parse(dashed, uuid) == 0;
}

bool identity_host(const struct root *root, char out[IDENTITY_SIZE])
{
	uuid_t uuid;

	out[0] = '\0';
	if (!inventory_uuid(root, uuid) && !machine_uuid(root, uuid))
		return false;
	uuid_unparse_lower(uuid, out);
	return true;
}

void identity_driver(const char *host, const char *name, char out[IDENTITY_SIZE])
{
	uuid_t space, uuid;

	out[0] = '\0';
	if (uuid_parse(host, space) != 0)
		return;
	uuid_generate_sha1(uuid, space, name, strlen(name));
	uuid_unparse_lower(uuid, out);
}
