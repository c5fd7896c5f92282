// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the journal below a root: what it names is looked at, made and taken back, and nothing outside is touched.
#include "fuzz.h"

#include "change/journal.h"
#include "tree.h"

/* A root, with the journal at its path. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	struct changeset changes = {0};
	struct root root;

	tree_make(data, len);
	if (root_open(&root, tree_path) != 0)
		abort();
	journal_exists(&root);
	if (journal_read(&root, &changes) == JOURNAL_READ) {
		if (changeset_state(&root, &changes) != CHANGESET_ALL)
			changeset_apply(&root, &changes);
		changeset_undo(&root, &changes);
		if (journal_remove(&root) && journal_write(&root, &changes))
			journal_remove(&root);
	}
	journal_clean(&root);
	changeset_free(&changes);
	root_close(&root);
	tree_end();
}
