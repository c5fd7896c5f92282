// SPDX-License-Identifier: GPL-2.0-only
// The rules on devices that two drivers claim: device-*.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "check/check.h"
#include "elf/modalias.h"

/*
 * A step is the comparison of one character of an alias with one character of another. The bound for the modules of one
 * kernel is enough for 100,000 pairs of usual aliases, and takes less than a second.
 */
#define STEPS_MAX UINT64_C(200000000)

struct claim {
	const char *alias;
	char *device; /* only claims with the same device are compared */
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

	*count = 0;
	for (size_t i = 0; i < n; i++)
		for (char **alias = claimants[i].entry->aliases; *alias; alias++) {
			struct claim claim = {*alias, modalias_device(*alias), &claimants[i]};

			if (!claim.device)
				continue;
			claims = array_grown(claims, *count, sizeof(*claims));
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

/* The state of a comparison that has a bound. */
struct comparison {
	struct report *report;
	uint64_t steps;
	bool cut; /* the bound was reached, or an alias is too long */
};

static bool overlap(struct comparison *comparison, const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	if (strcmp(a, b) == 0)
		return true;
	if (a_len > MODALIAS_MAX || b_len > MODALIAS_MAX || comparison->steps + a_len * b_len > STEPS_MAX) {
		comparison->cut = true;
		return false;
	}
	comparison->steps += a_len * b_len;
	return modalias_overlap(a, b);
}

/* The first claim before END that can mean the same device as CLAIM, or NULL. */
static const struct claim *find_rival(const struct claim *claims, const struct claim *end, const struct claim *claim,
				      struct comparison *comparison)
{
	for (; claims < end && comparison->steps++ < STEPS_MAX; claims++)
		if (overlap(comparison, claims->alias, claim->alias))
			return claims;
	comparison->cut = comparison->cut || claims < end;
	return NULL;
}

/* Checks the claims of one device, which are sorted by driver. Reports at most one other driver for each module. */
static void check_device(struct comparison *comparison, const struct claim *claims, const struct claim *end)
{
	const struct claim *own = claims; /* first claim of this driver; claims before it are those of other drivers */
	const struct claimant *told = NULL;

	for (const struct claim *claim = claims; claim < end; claim++) {
		const struct claim *rival;

		if (strcmp(claim->claimant->driver, own->claimant->driver) != 0)
			own = claim;
		rival = told == claim->claimant ? NULL : find_rival(claims, own, claim, comparison);
		if (!rival)
			continue;
		told = claim->claimant;
		tell(comparison->report, rival, claim);
	}
}

void check_devices(struct report *report, const struct claimant *claimants, size_t n)
{
	struct comparison comparison = {.report = report};
	size_t count;
	struct claim *claims = collect_claims(claimants, n, &count);

	if (count)
		qsort(claims, count, sizeof(*claims), compare_claims);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && strcmp(claims[i].device, claims[next].device) == 0; next++)
			;
		check_device(&comparison, claims + i, claims + next);
	}
	if (comparison.cut)
		report_add(report, RULE_DEVICE_UNCOMPARED, claimants[0].entry->path,
			   "the drivers of its kernel claim %zu devices by aliases that take more than %" PRIu64
			   " steps to compare, or are longer than %d bytes",
			   count, STEPS_MAX, MODALIAS_MAX);
	for (size_t i = 0; i < count; i++)
		free(claims[i].device);
	free(claims);
}
