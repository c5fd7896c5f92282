// SPDX-License-Identifier: GPL-2.0-only
// The least that reading compressed modules can cost: each library's plain decoding, with its memory used again.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define OUT_ROOM (256u << 10)

static unsigned char *in, out[OUT_ROOM];
static size_t in_room;
static unsigned long total;
static lzma_stream xz = LZMA_STREAM_INIT;
static ZSTD_DCtx *zstd;
static z_stream gzip;

static void decode_xz(size_t len)
{
	lzma_ret rc = lzma_stream_decoder(&xz, UINT64_MAX, LZMA_CONCATENATED);

	xz.next_in = in;
	xz.avail_in = len;
	while (rc == LZMA_OK) {
		xz.next_out = out;
		xz.avail_out = OUT_ROOM;
		rc = lzma_code(&xz, LZMA_FINISH);
		total += OUT_ROOM - xz.avail_out;
	}
}

static void decode_zstd(size_t len)
{
	ZSTD_inBuffer from = {in, len, 0};
	size_t rc;

	ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only);
	do {
		ZSTD_outBuffer to = {out, OUT_ROOM, 0};

		rc = ZSTD_decompressStream(zstd, &to, &from);
		total += to.pos;
	} while (rc != 0 && !ZSTD_isError(rc));
}

static void decode_gzip(size_t len)
{
	int rc = inflateReset(&gzip);

	gzip.next_in = in;
	gzip.avail_in = (unsigned int)len;
	while (rc == Z_OK) {
		gzip.next_out = out;
		gzip.avail_out = OUT_ROOM;
		rc = inflate(&gzip, Z_NO_FLUSH);
		total += OUT_ROOM - gzip.avail_out;
	}
}

static void look_at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		exit(2);
	if ((size_t)st.st_size > in_room) {
		in_room = 2 * (size_t)st.st_size;
		free(in);
		in = malloc(in_room);
	}
	if (!in || read(fd, in, (size_t)st.st_size) != st.st_size)
		exit(2);
	close(fd);
	if (in[0] == 0xfd)
		decode_xz((size_t)st.st_size);
	else if (in[0] == 0x28)
		decode_zstd((size_t)st.st_size);
	else
		decode_gzip((size_t)st.st_size);
}

static void walk(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_DIR)
			walk(openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		else if (strstr(entry->d_name, ".ko."))
			look_at(fd, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	zstd = ZSTD_createDCtx();
	if (!zstd || inflateInit2(&gzip, 16 + 15) != Z_OK)
		return 2;
	for (int i = 1; i < argc; i++)
		walk(open(argv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	printf("%lu bytes\n", total);
	return 0;
}
