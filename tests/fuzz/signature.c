// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the search for the signature appended to a module, the reader of signatures, and their check.
#include "fuzz.h"

#include "elf/signature.h"
#include "file.h"

/* The certificate that the seed "signed" was made with. Nobody has its key any more. */
static const char certificate[] =
#include "certificate.inc"
	;

/* The input is a module's end: what comes before its first line, if that is short, and its signature. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	static struct certificates *certificates;
	const uint8_t *newline = memchr(data, '\n', len < 64 ? len : 64);
	uint64_t elf_end = newline ? (uint64_t)(newline + 1 - data) : 0;
	unsigned char trailer[SIGNATURE_TRAILER] = {0};
	struct signature signature = {0};
	struct signer signer;
	struct certificates *own = NULL;
	char path[32];
	int fd;

	if (!certificates) {
		fd = file_make(certificate, strlen(certificate), path);
		certificates_read(&certificates, path);
		close(fd);
	}
	/* Any file can be --cert. If the input holds a certificate, its signature is checked with this one. */
	fd = file_make(data, len, path);
	certificates_read(&own, path);
	close(fd);
	signature_signer(data, len, &signer);
	if (len >= SIGNATURE_TRAILER)
		memcpy(trailer, data + len - SIGNATURE_TRAILER, SIGNATURE_TRAILER);
	signature_find(len, elf_end, trailer, &signature);
	if (signature.state != SIGNATURE_FOUND) {
		certificates_free(own);
		return;
	}
	if (signature.offset < elf_end || signature.offset > len || signature.len > len - signature.offset)
		abort();
	signature_signer(data + signature.offset, signature.len, &signer);
	if (!memchr(signer.name, '\0', sizeof(signer.name)) || !memchr(signer.digest, '\0', sizeof(signer.digest)))
		abort();
	signature_check(own ? own : certificates, data, &signature);
	certificates_free(own);
}
