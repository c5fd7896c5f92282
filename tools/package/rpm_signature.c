// SPDX-License-Identifier: GPL-2.0-only
// Checks the OpenPGP signatures in an RPM package, while the package is read.
#include "package/rpm_signature.h"

#include <stdlib.h>

#include "base/late_library.h"

static struct openpgp_signature *read_signature(const struct rpm_signature *signature)
{
	struct openpgp_signature *read = NULL;
	void *packet = NULL;
	size_t len = 0;

	if (!signature->base64)
		return openpgp_signature_new(signature->bytes, signature->len);
	/* rpm_read() has found the NUL after the text. */
	if (librpmio()->rpmBase64Decode(signature->bytes, &packet, &len) == 0)
		read = openpgp_signature_new(packet, len);
	free(packet);
	return read;
}

void rpm_signatures_start(struct rpm_signatures *signatures, const struct rpm *rpm, const uint8_t *bytes)
{
	*signatures = (struct rpm_signatures){.rpm = rpm};
	for (size_t i = 0; i < rpm->signature_count && !openpgp_missing(); i++) {
		signatures->of[i] = read_signature(&rpm->signatures[i]);
		if (signatures->of[i])
			openpgp_signature_take(signatures->of[i], bytes + rpm->header,
					       (size_t)(rpm->payload - rpm->header));
	}
}

void rpm_signatures_take(struct rpm_signatures *signatures, const void *bytes, size_t len)
{
	for (size_t i = 0; signatures->rpm && i < signatures->rpm->signature_count; i++)
		if (signatures->of[i] && signatures->rpm->signatures[i].payload)
			openpgp_signature_take(signatures->of[i], bytes, len);
}

void rpm_signatures_free(struct rpm_signatures *signatures)
{
	for (size_t i = 0; i < RPM_SIGNATURES_MAX; i++)
		openpgp_signature_free(signatures->of[i]);
	*signatures = (struct rpm_signatures){0};
}

enum rpm_signature_state rpm_signature_check(const struct rpm_signatures *signatures, size_t i,
					     const struct openpgp_keys *keys)
{
	const struct openpgp_signature *signature = signatures->of[i];

	if (openpgp_missing())
		return RPM_SIGNATURE_UNCHECKED;
	if (!signature)
		return RPM_SIGNATURE_DAMAGED;
	if (!keys || (signatures->rpm->signatures[i].payload && !signatures->whole))
		return RPM_SIGNATURE_UNCHECKED;
	switch (openpgp_signature_check(signature, keys)) {
	case OPENPGP_VALID:
		return RPM_SIGNATURE_VALID;
	case OPENPGP_NO_KEY:
		return RPM_SIGNATURE_NO_KEY;
	case OPENPGP_WRONG:
		break;
	}
	return RPM_SIGNATURE_WRONG;
}

const char *rpm_signature_name(const struct rpm_signatures *signatures, size_t i)
{
	if (signatures->of[i])
		return openpgp_signature_name(signatures->of[i]);
	return openpgp_missing() ? openpgp_missing() : "a signature that librpm cannot read";
}

bool rpm_is_signed(const struct rpm_signatures *signatures)
{
	for (size_t i = 0; i < signatures->rpm->signature_count && !openpgp_missing(); i++)
		if (!signatures->of[i])
			return false;
	return signatures->rpm->signature_count > 0;
}
