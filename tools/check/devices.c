// SPDX-License-Identifier: GPL-2.0-only
// The rule on devices that two drivers claim.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "elf/modalias.h"

/* So many claims of one device by two drivers are compared in all: more is an attempt at our time. */
#define COMPARED_MAX 50000

struct claim {
	const char *alias;
	char *device; /* claims of others are compared if this is the same */
	const struct claimant *claimant;
};

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = strcmp(x->device, y->device);

	if (order == 0)
		order = strcmp(x->claimant->driver, y->claimant->driver);
	if (order == 0)
		order = strcmp(x->claimant->entry->path, y->claimant->entry->path);
	return order ? order : strcmp(x->alias, y->alias);
}

static struct claim *collect_claims(const struct claimant *claimants, size_t n, size_t *count)
{
	struct claim *claims = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t i = 0; i < n; i++)
		for (char **alias = claimants[i].entry->aliases; *alias; alias++) {
			struct claim claim = {*alias, modalias_device(*alias), &claimants[i]};

			if (!claim.device)
				continue;
			if (*count == room) {
				room = room ? 2 * room : 64;
				claims = reallocarray(claims, room, sizeof(*claims));
				if (!claims)
					die_memory();
			}
			claims[(*count)++] = claim;
		}
	return claims;
}

static void tell(struct report *report, const struct claim *first, const struct claim *second)
{
	char *device = text_safe(first->device);

	report_add(report, RULE_DEVICE_TWO_DRIVERS, second->claimant->entry->path,
		   "%s is claimed by %s of %s and by %s of %s", device, first->claimant->entry->module,
		   first->claimant->driver, second->claimant->entry->module, second->claimant->driver);
	free(device);
}

/* A claim among those before END that may mean the same device as CLAIM, or NULL. */
static const struct claim *find_rival(const struct claim *claims, const struct claim *end, const struct claim *claim,
				      unsigned long *compared)
{
	for (; claims < end && (*compared)++ < COMPARED_MAX; claims++)
		if (modalias_overlap(claims->alias, claim->alias))
			return claims;
	return NULL;
}

/* The claims of one device, driver by driver. Each module is told of one other driver only. */
static void check_device(struct report *report, const struct claim *claims, const struct claim *end,
			 unsigned long *compared)
{
	const struct claim *own = claims; /* the first of this one's driver: what stands before are the others' */
	const struct claimant *told = NULL;

	for (const struct claim *claim = claims; claim < end; claim++) {
		const struct claim *rival;

		if (strcmp(claim->claimant->driver, own->claimant->driver) != 0)
			own = claim;
		rival = told == claim->claimant ? NULL : find_rival(claims, own, claim, compared);
		if (!rival)
			continue;
		told = claim->claimant;
		tell(report, rival, claim);
	}
}

void check_devices(struct report *report, const struct claimant *claimants, size_t n)
{
	unsigned long compared = 0;
	size_t count;
	struct claim *claims = collect_claims(claimants, n, &count);

	if (count)
		qsort(claims, count, sizeof(*claims), compare_claims);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && strcmp(claims[i].device, claims[next].device) == 0; next++)
			;
		check_device(report, claims + i, claims + next, &compared);
	}
	for (size_t i = 0; i < count; i++)
		free(claims[i].device);
	free(claims);
}
