// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk inject: puts the version record into finished modules.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/budget.h"
#include "base/name.h"
#include "base/options.h"
#include "base/text.h"
#include "elf/inject.h"
#include "elf/module.h"
#include "stream/compress.h"
#include "stream/source.h"
#include "xenserver-note.h"
#include "xs-ddk/commands.h"

struct request {
	struct inject_options options;
	const char *output; /* NULL: in place */
};

static enum status tell(enum status status, const char *path, const char *why, int error)
{
	char *safe = text_safe(path);

	complain("%s: %s%s%s", safe, why, error ? ": " : "", error ? strerror(error) : "");
	free(safe);
	return status;
}

static uint8_t *whole_module(int fd, uint64_t size, size_t *len, const char **why)
{
	budget_input(size);
	return source_whole_fd(fd, size, MODULE_BYTES_MAX, true, len, why);
}

/*
 * Reads a regular file and decodes it; st->st_size is then the decoded size. NULL after a message. The caller closes
 * *FD_RET, which is -1 if the file was not opened.
 */
static uint8_t *read_file(const char *path, struct stat *st, int *fd_ret)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	const char *why = NULL;
	uint8_t *bytes = NULL;
	size_t len;

	if (fd < 0 || fstat(fd, st) != 0)
		tell(STATUS_TROUBLE, path, "it cannot be read", errno);
	else if (!S_ISREG(st->st_mode))
		tell(STATUS_TROUBLE, path, "it is not a regular file", 0);
	else
		bytes = whole_module(fd, (uint64_t)st->st_size, &len, &why);
	if (why)
		tell(STATUS_TROUBLE, path, why, 0);
	if (bytes)
		st->st_size = (off_t)len;
	*fd_ret = fd;
	return bytes;
}

static enum codec_kind codec_of_file(int fd)
{
	uint8_t magic[6];
	ssize_t len = pread(fd, magic, sizeof(magic), 0);

	return len > 0 ? codec_of(magic, (size_t)len) : CODEC_NONE;
}

/* The path to write to: a symlink is resolved, so that it stays a symlink. To free. NULL after a message. */
static char *target_of(const char *path)
{
	char *target = realpath(path, NULL);
	struct stat st;

	if (!target && errno == ENOENT && lstat(path, &st) != 0)
		return text_format("%s", path);
	if (!target)
		tell(STATUS_NO, path, "it cannot be written", errno);
	else if (stat(target, &st) == 0 && !S_ISREG(st.st_mode)) {
		tell(STATUS_NO, path, "it cannot be written: it exists and is not a regular file", 0);
		free(target);
		target = NULL;
	}
	return target;
}

static enum status write_file(const struct request *request, const char *path, const struct stat *st,
			      enum codec_kind codec, const uint8_t *bytes, size_t len)
{
	const char *written = request->output ? request->output : path, *step;
	uint8_t *compressed = NULL;
	enum status status = STATUS_NO;
	char *target = target_of(written);

	if (!target)
		return status;
	if (codec != CODEC_NONE)
		compressed = compress_whole(codec, bytes, len, &len);
	if (replace_file(target, compressed ? compressed : bytes, len, st, request->output ? NULL : st, &step))
		tell(STATUS_NO, written, step, errno);
	else
		status = STATUS_YES;
	free(compressed);
	free(target);
	return status;
}

static enum status inject_bytes(const struct request *request, const char *path, const struct stat *st, int fd,
				const uint8_t *bytes)
{
	size_t size = (size_t)st->st_size, len = 0;
	enum status status;
	uint8_t *out;
	char *why;

	switch (inject(bytes, size, &request->options, &out, &len, &why)) {
	case INJECT_CHANGED:
		status = write_file(request, path, st, codec_of_file(fd), out, len);
		break;
	case INJECT_SAME:
		status = request->output ? write_file(request, path, st, codec_of_file(fd), bytes, size) : STATUS_YES;
		break;
	case INJECT_REFUSED:
		status = tell(STATUS_NO, path, why, 0);
		break;
	default:
		status = tell(STATUS_TROUBLE, path, why, 0);
	}
	free(out);
	free(why);
	return status;
}

static enum status inject_file(const struct request *request, const char *path)
{
	enum status status = STATUS_TROUBLE;
	struct stat st;
	int fd;
	uint8_t *bytes = read_file(path, &st, &fd);

	if (bytes)
		status = inject_bytes(request, path, &st, fd, bytes);
	if (fd >= 0)
		close(fd);
	source_whole_free(bytes, bytes ? (size_t)st.st_size : 0);
	return status;
}

enum { OPTION_VERSION = OPTION_OWN, OPTION_OUTPUT, OPTION_REPLACE, OPTION_DROP_SIGNATURE, OPTION_COMPAT };

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", required_argument, NULL, OPTION_VERSION},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"replace", no_argument, NULL, OPTION_REPLACE},
	{"drop-signature", no_argument, NULL, OPTION_DROP_SIGNATURE},
	{"compat", required_argument, NULL, OPTION_COMPAT},
	{0},
};

/* Takes an option. False if it is wrong, after a message. */
static bool take_option(struct request *request, int option)
{
	switch (option) {
	case OPTION_VERSION:
		request->options.version = optarg;
		return true;
	case OPTION_OUTPUT:
		request->output = optarg;
		return true;
	case OPTION_REPLACE:
		request->options.replace = true;
		return true;
	case OPTION_DROP_SIGNATURE:
		request->options.drop_signature = true;
		return true;
	case OPTION_COMPAT:
		request->options.compat = true;
		if (strcmp(optarg, "xs9") == 0)
			return true;
		complain("unknown --compat '%s'; only xs9 is known", optarg);
		return false;
	}
	return false;
}

static bool request_is_whole(const struct request *request, int files)
{
	if (!request->options.version)
		complain("inject: --version is missing");
	else if (!name_is_legal(request->options.version))
		complain("'%s' is not a legal version: it must be [A-Za-z0-9][A-Za-z0-9._+~@-]*, at most %d bytes",
			 request->options.version, XENSERVER_VERSION_MAX);
	else if (files == 0)
		complain("inject: a FILE is missing");
	else if (request->output && files > 1)
		complain("inject: --output is for one FILE, not for %d", files);
	else
		return true;
	return false;
}

enum status cmd_inject(int argc, char **argv)
{
	struct request request = {0};
	enum status status = STATUS_YES, one;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("inject");
		if (!take_option(&request, option))
			return command_misused("inject");
	}
	if (!request_is_whole(&request, argc - optind))
		return command_misused("inject");
	/* With SIGXFSZ ignored, write() fails at a limit on file sizes. Then the program can clean up and report it. */
	signal(SIGXFSZ, SIG_IGN);
	for (; optind < argc; optind++) {
		one = inject_file(&request, argv[optind]);
		if (one > status)
			status = one;
	}
	return status;
}
