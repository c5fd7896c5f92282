// SPDX-License-Identifier: GPL-2.0-only
// Checks that a driver disk has signatures, and with gpgv, that the key on the disk made them.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/root.h"
#include "base/spawn.h"
#include "base/text.h"
#include "check/disk_topics.h"

/*
 * Decodes OpenPGP armour (RFC 9580, 6.2): header lines, a blank line, and base64 up to a line that begins with "=" (the
 * CRC) or "-". gpgv accepts keys only in this decoded form. The caller frees the bytes. NULL: no armour.
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

/*
 * Makes a file in memory with the bytes, and its name in PATH, which gpgv can open. Returns its descriptor, or -1 with
 * errno.
 */
static int as_file(const void *bytes, size_t len, char path[32])
{
	int fd = memfd_create("xs-ddk", 0);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

/* The last message in gpgv's output. It says most about the reason. */
static const char *complaint(struct disk_check *c, char *output)
{
	char *line, *last = NULL, *next = output;

	while ((line = strsep(&next, "\n")))
		if (strncmp(line, "gpgv: ", 6) == 0 && strncmp(line + 6, "  ", 2) != 0)
			last = line + 6;
	return disk_safe(c->disk, last ? last : "gpgv says nothing");
}

static void judge(struct disk_check *c, const struct disk_file *file, const char *key, const char *signature,
		  const char *data)
{
	struct root root;
	char *gpgv, *output = NULL;
	int status = -1;

	if (root_open(&root, NULL) != 0)
		return;
	gpgv = program_find(&root, "gpgv", NULL);
	if (gpgv) {
		const char *const argv[] = {gpgv, "--logger-fd", "1", "--keyring", key, signature, data, NULL};
		struct spawn spawn = {.argv = argv, .keep = -1, .output = &output};

		status = program_run(&spawn);
	}
	if (!gpgv || status < 0)
		disk_found(c, RULE_DISK_SIGNATURE_UNCHECKED, file->path, "gpgv could not be run");
	else if (status != 0)
		disk_found(c, RULE_DISK_SIGNATURE, file->path, "%s", complaint(c, output ? output : ""));
	free(output);
	free(gpgv);
	root_close(&root);
}

static void check_signature(struct disk_check *c, const struct disk_file *signature,
			    const struct disk_file *signed_file, const uint8_t *key, size_t key_len)
{
	char paths[3][32];
	int fds[3];

	fds[0] = as_file(key, key_len, paths[0]);
	fds[1] = as_file(signature->bytes, signature->len, paths[1]);
	fds[2] = as_file(signed_file->bytes, signed_file->len, paths[2]);
	if (fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0)
		judge(c, signature, paths[0], paths[1], paths[2]);
	else
		disk_found(c, RULE_DISK_SIGNATURE_UNCHECKED, signature->path, "%s", strerror(errno));
	for (size_t i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
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
	size_t count = 0, key_len = 0;
	uint8_t *bytes;

	for (size_t i = 0; i < 3; i++) {
		char *path = text_format("%s.asc", files[i]);

		signatures[i] = disk_find(c->disk, path);
		count += signatures[i] != NULL;
		free(path);
	}
	for (size_t i = 0; i < 2; i++)
		if ((count || c->key) && !signatures[i])
			disk_found(c, RULE_DISK_SIGNATURE_MISSING, files[i], NULL);
	bytes = key && key->bytes ? dearmour((const char *)key->bytes, &key_len) : NULL;
	for (size_t i = 0; i < 3; i++) {
		const struct disk_file *file = disk_find(c->disk, files[i]);

		if (!signatures[i] || !file)
			continue;
		if (!bytes)
			disk_found(c, RULE_DISK_SIGNATURE_UNCHECKED, signatures[i]->path, "the disk has no key");
		else
			check_signature(c, signatures[i], file, bytes, key_len);
	}
	free(bytes);
}
