// SPDX-License-Identifier: GPL-2.0-only
// The rules on the appended signature: signature-*.
#include <inttypes.h>

#include "check/check.h"
#include "elf/signature.h"

void check_signature(struct report *report, const struct policy *policy, const struct subject *subject)
{
	struct signature signature;
	const char *why;

	module_signature(subject->module, &signature);
	if (signature.state == SIGNATURE_DAMAGED)
		report_add(report, RULE_SIGNATURE_DAMAGED, subject->path, "%s", signature.damage);
	if (signature.state == SIGNATURE_GARBAGE)
		report_add(report, RULE_SIGNATURE_GARBAGE, subject->path,
			   "%" PRIu64 " bytes follow the ELF file, and they do not end in the marker of a signature",
			   signature.appended);
	if (signature.state != SIGNATURE_FOUND && signature.state != SIGNATURE_DAMAGED &&
	    (policy->require_signature || policy->certificates))
		report_add(report, RULE_SIGNATURE_MISSING, subject->path, NULL);
	if (signature.state != SIGNATURE_FOUND || !policy->certificates)
		return;
	why = signature_check(policy->certificates, subject->bytes, &signature);
	if (why)
		report_add(report, RULE_SIGNATURE_INVALID, subject->path, "%s", why);
}
