// SPDX-License-Identifier: GPL-2.0-only
// Changes the drivers that kernels load next: all changes or none. Repairs the changes of a run that was killed.
#include "change/transaction.h"

#include <signal.h>
#include <string.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/spawn.h"
#include "change/depmod.h"
#include "change/depmod_tree.h"
#include "change/journal.h"
#include "host/hierarchy_read.h"

/* During a change, a signal ends the child program (depmod, dracut), but not this program: it must undo its changes. */
static void catch_signals(bool catch)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_flags = SA_RESTART};

	action.sa_handler = catch ? program_signal : SIG_DFL;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static bool run_depmod(const struct transaction *t, const struct changeset *changes)
{
	for (size_t i = 0; i < changes->kernel_count; i++)
		if (!depmod_run(t->root, changes->kernels[i], t->lock))
			return false;
	return true;
}

static bool undo(const struct transaction *t, const struct changeset *changes)
{
	bool good = changeset_undo(t->root, changes);

	for (size_t i = 0; i < changes->kernel_count; i++)
		good = initrd_restore(t->root, changes->kernels[i]) && good;
	good = run_depmod(t, changes) && good;
	good = good && journal_remove(t->root);
	if (!good)
		complain("'%s' could not be undone completely; solve this problem, then run 'xs-driver recover'",
			 changes->command);
	return good;
}

/* The steps after the links: depmod and the initrds. All initrds are made before the first is installed. */
static bool finish(const struct transaction *t, const struct changeset *changes)
{
	if (!run_depmod(t, changes))
		return false;
	for (size_t i = 0; changes->initrd && i < changes->kernel_count; i++)
		if (!initrd_make(t->root, changes->kernels[i], changes, &t->initrd, t->lock))
			return false;
	for (size_t i = 0; changes->initrd && i < changes->kernel_count; i++)
		if (!initrd_install(t->root, changes->kernels[i]))
			return false;
	return true;
}

/* Removes the journal, so the changes are final. Then removes the former initrds. */
static bool commit(const struct transaction *t, const struct changeset *changes)
{
	if (!journal_remove(t->root))
		/* The journal still exists, so the next run repeats the last steps. This does no harm. */
		return false;
	for (size_t i = 0; i < changes->kernel_count; i++)
		initrd_clean(t->root, changes->kernels[i]);
	return true;
}

static bool run(const struct transaction *t, const struct changeset *changes)
{
	for (size_t i = 0; i < changes->kernel_count; i++)
		initrd_clean(t->root, changes->kernels[i]);
	if (!journal_write(t->root, changes)) {
		complain("nothing is changed");
		return false;
	}
	if (changeset_apply(t->root, changes) && finish(t, changes))
		return commit(t, changes);
	if (undo(t, changes))
		complain("nothing is changed: all changes were undone");
	return false;
}

bool transaction_run(const struct transaction *t, const struct changeset *changes)
{
	bool good;

	if (changes->count == 0)
		return true;
	catch_signals(true);
	good = run(t, changes);
	catch_signals(false);
	return good;
}

static bool recover(const struct transaction *t, const struct changeset *changes)
{
	if (changeset_state(t->root, changes) == CHANGESET_ALL && finish(t, changes)) {
		complain("'%s' had been interrupted; it is finished now", changes->command);
		return commit(t, changes);
	}
	if (!undo(t, changes))
		return false;
	complain("'%s' had been interrupted; it is undone", changes->command);
	return true;
}

/*
 * Removes temporary files when there is no journal. They are from a command that was killed before its first change or
 * after its last change.
 */
static void clean(const struct root *root)
{
	char **kernels = hierarchy_kernels(root);

	journal_clean(root);
	depmod_tree_clean(root);
	for (size_t i = 0; kernels && kernels[i]; i++)
		initrd_clean(root, kernels[i]);
	directory_names_free(kernels);
}

bool transaction_recover(const struct transaction *t)
{
	struct changeset changes = {0};
	enum journal journal = journal_read(t->root, &changes);
	bool good = journal == JOURNAL_NONE;

	if (journal == JOURNAL_NONE)
		clean(t->root);
	if (journal == JOURNAL_READ) {
		catch_signals(true);
		good = recover(t, &changes);
		catch_signals(false);
	}
	changeset_free(&changes);
	return good;
}
