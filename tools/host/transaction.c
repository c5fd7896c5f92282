// SPDX-License-Identifier: GPL-2.0-only
// Changing what kernels load next, all or nothing, and repairing what a run that was killed left.
#include "host/transaction.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/die.h"
#include "host/depmod.h"
#include "host/initrd.h"
#include "host/journal.h"

int lock_take(const struct root *root)
{
	int fd = root_openat(root, "/lib/modules", O_RDONLY | O_DIRECTORY, 0);
	int rc = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);

	if (rc != 0 && fd >= 0 && errno == EWOULDBLOCK) {
		complain("another xs-driver is at work; waiting for it to end");
		do
			rc = flock(fd, LOCK_EX);
		while (rc != 0 && errno == EINTR);
	}
	if (rc == 0)
		return fd;
	complain("/lib/modules: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Interrupting at a terminal reaches depmod too, which fails then; this run must still undo what it did. */
static void ignore_interrupts(bool ignore)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], ignore ? SIG_IGN : SIG_DFL);
}

static bool run_depmod(const struct root *root, const struct changeset *changes, int lock)
{
	for (size_t i = 0; i < changes->kernel_count; i++)
		if (!depmod_run(root, changes->kernels[i], lock))
			return false;
	return true;
}

/* How many of the kernels have their initrd anew. */
static size_t update_initrds(const struct root *root, const struct changeset *changes, int lock)
{
	size_t done = 0;

	while (done < changes->kernel_count && initrd_update(root, changes->kernels[done], changes, lock))
		done++;
	return done;
}

static bool undo(const struct root *root, const struct changeset *changes, size_t initrds, int lock)
{
	bool good = changeset_undo(root, changes);

	for (size_t i = 0; i < changes->kernel_count; i++)
		initrd_clean(root, changes->kernels[i]);
	good = run_depmod(root, changes, lock) && good;
	for (size_t i = 0; i < initrds; i++)
		good = initrd_update(root, changes->kernels[i], changes, lock) && good;
	good = good && journal_remove(root);
	if (!good)
		complain("'%s' was not undone to its end; run 'xs-driver recover' when what failed is fixed",
			 changes->command);
	return good;
}

/* What follows the links; true when all is done and the journal gone. *INITRDS is how many were made. */
static bool finish(const struct root *root, const struct changeset *changes, size_t *initrds, int lock)
{
	if (!run_depmod(root, changes, lock))
		return false;
	if (changes->initrd)
		*initrds = update_initrds(root, changes, lock);
	return !changes->initrd || *initrds == changes->kernel_count;
}

static bool run(const struct root *root, const struct changeset *changes, int lock)
{
	size_t initrds = 0;

	if (!journal_write(root, changes)) {
		complain("nothing is changed");
		return false;
	}
	if (changeset_apply(root, changes) && finish(root, changes, &initrds, lock))
		/* With the journal still there the next run does the rest again, which is no harm. */
		return journal_remove(root);
	if (undo(root, changes, initrds, lock))
		complain("nothing is changed: what was done is undone");
	return false;
}

bool transaction_run(const struct root *root, const struct changeset *changes, int lock)
{
	bool good;

	if (changes->count == 0)
		return true;
	ignore_interrupts(true);
	good = run(root, changes, lock);
	ignore_interrupts(false);
	return good;
}

static bool recover(const struct root *root, const struct changeset *changes, int lock)
{
	size_t initrds = 0;

	if (changeset_state(root, changes) == CHANGESET_ALL && finish(root, changes, &initrds, lock)) {
		complain("'%s' had been interrupted; it is finished now", changes->command);
		return journal_remove(root);
	}
	if (!undo(root, changes, initrds, lock))
		return false;
	complain("'%s' had been interrupted; it is undone", changes->command);
	return true;
}

bool transaction_recover(const struct root *root, int lock)
{
	struct changeset changes = {0};
	enum journal journal = journal_read(root, &changes);
	bool good = journal == JOURNAL_NONE;

	if (journal == JOURNAL_NONE)
		journal_clean(root);
	if (journal == JOURNAL_READ) {
		ignore_interrupts(true);
		good = recover(root, &changes, lock);
		ignore_interrupts(false);
	}
	changeset_free(&changes);
	return good;
}
