// SPDX-License-Identifier: GPL-2.0-only
// Checks that a driver disk has signatures, and that the key on the disk made them.
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/text.h"
#include "check/disk_topics.h"
#include "package/openpgp.h"

/*
 * Decodes OpenPGP armour (RFC 9580, 6.2): header lines, a blank line, and base64 up to a line that begins with "=" (the
 * CRC) or "-". librpm decodes the armour of keys only. The caller frees the bytes. NULL: no armour.
 */
static uint8_t *dearmour(const char *text, size_t *len)
{
	const char *at = strstr(text, "\n\n"), *end;
	char *packed;
	uint8_t *bytes;
	size_t count = 0;
	int decoded;

	if (strncmp(text, "-----BEGIN PGP", 14) != 0 || !at)
		return NULL;
	packed = need_memory(1, strlen(at) + 1);
	for (end = at + 2; *end && *end != '-' && !(*end == '=' && end[-1] == '\n'); end++)
		if (*end != '\n' && *end != '\r')
			packed[count++] = *end;
	bytes = need_memory(1, count + 3);
	decoded = count <= INT32_MAX ? libcrypto()->EVP_DecodeBlock(bytes, (unsigned char *)packed, (int)count) : -1;
	for (*len = decoded > 0 ? (size_t)decoded : 0; count > 0 && *len > 0 && packed[count - 1] == '='; count--)
		--*len;
	free(packed);
	if (*len > 0)
		return bytes;
	free(bytes);
	return NULL;
}

static void check_signature(struct disk_check *c, const struct disk_file *file, const struct disk_file *signed_file,
			    const struct openpgp_keys *keys)
{
	size_t len = 0;
	uint8_t *packet = file->bytes ? dearmour((const char *)file->bytes, &len) : NULL;
	struct openpgp_signature *signature = packet ? openpgp_signature_new(packet, len) : NULL;
	enum openpgp_verdict verdict;

	free(packet);
	if (!signature) {
		disk_found(c, RULE_DISK_SIGNATURE, file->path, "librpm cannot read it");
		return;
	}
	openpgp_signature_take(signature, signed_file->bytes, signed_file->len);
	verdict = openpgp_signature_check(signature, keys);
	if (verdict == OPENPGP_NO_KEY)
		disk_found(c, RULE_DISK_SIGNATURE, file->path, "%s: another key than the one on the disk",
			   openpgp_signature_name(signature));
	else if (verdict == OPENPGP_WRONG)
		disk_found(c, RULE_DISK_SIGNATURE, file->path, "%s: %s was changed after it was signed",
			   openpgp_signature_name(signature), signed_file->path);
	openpgp_signature_free(signature);
}

static const struct disk_file *find_key(const struct disk *disk)
{
	for (size_t i = 0; i < disk->count; i++)
		if (strncmp(disk->files[i].path, "RPM-GPG-KEY", 11) == 0)
			return &disk->files[i];
	return NULL;
}

/* A toolstack refuses a disk that has only one of the signatures of update.xml and repomd.xml. */
void check_disk_signatures(struct disk_check *c)
{
	static const char *const files[] = {"update.xml", "repodata/repomd.xml", "SHA256SUMS"};
	const struct disk_file *signatures[3], *key = find_key(c->disk);
	struct openpgp_keys *keys = NULL;
	size_t count = 0;

	for (size_t i = 0; i < 3; i++) {
		char *path = text_format("%s.asc", files[i]);

		signatures[i] = disk_find(c->disk, path);
		count += signatures[i] != NULL;
		free(path);
	}
	for (size_t i = 0; i < 2; i++)
		if ((count || c->key) && !signatures[i])
			disk_found(c, RULE_DISK_SIGNATURE_MISSING, files[i], NULL);
	if (count > 0 && key && key->bytes)
		openpgp_keys_add(&keys, key->bytes, key->len);
	for (size_t i = 0; i < 3; i++) {
		const struct disk_file *file = disk_find(c->disk, files[i]);

		if (!signatures[i] || !file)
			continue;
		if (!keys)
			disk_found(c, RULE_DISK_SIGNATURE_UNCHECKED, signatures[i]->path, "%s",
				   openpgp_missing() ? openpgp_missing() : "the disk has no key");
		else
			check_signature(c, signatures[i], file, keys);
	}
	openpgp_keys_free(keys);
}
