// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes diff: what two modules offer to devices and users, and the differences.
#include "fuzz.h"

#include "tree.h"
#include "diff/module_diff.h"

static void read_set(struct diff_set *set, const char *name)
{
	char path[128];

	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", tree_path, name);
	/* A link that is given as a PATH is followed, and could lead to all files of this machine. */
	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		diff_set_read(set, (char *[]){path, NULL});
}

/* A tree with directories or files "old" and "new". */
static void fuzz_one(const uint8_t *data, size_t len)
{
	struct diff_set old_set = {0}, new_set = {0};
	struct device_index *devices;
	struct diff_pair *pairs;
	size_t count, changes;

	tree_make(data, len);
	read_set(&old_set, "old");
	read_set(&new_set, "new");
	pairs = diff_pairs(&old_set, &new_set, &count);
	devices = diff_devices(&new_set);
	for (size_t i = 0; i < count; i++) {
		struct diff_change *change = diff_changes(&pairs[i], &new_set, devices, &changes);

		for (size_t j = 0; j < changes; j++)
			if (!change[j].old_attribute && !change[j].new_attribute)
				abort();
		free(change);
	}
	device_index_free(devices);
	free(pairs);
	diff_set_free(&old_set);
	diff_set_free(&new_set);
	tree_end();
}
