// SPDX-License-Identifier: GPL-2.0-only
// The rules on what packages run on the host: package-scriptlet, package-command.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/die.h"
#include "base/root.h"
#include "base/shell.h"
#include "base/text.h"
#include "check/check.h"

/* A scriptlet has some KiB; one of this size is nobody's work. */
#define BODY_MAX (1u << 20)
/* Seconds of a processor that 'sh -n' may take: it takes a millisecond. */
#define CPU_MAX 10

static const struct {
	const char *name, *why;
} lacking[] = {
	{"python", "has no Python of that name"},
	{"python2", "has no Python 2"},
	{"python3", "may have no Python 3"},
	{"perl", "may have no Perl"},
	{"ruby", "has no Ruby"},
	{"jq", "has no jq"},
	{"gcc", "has no compiler"},
	{"cc", "has no compiler"},
	{"make", "has no make"},
	{"dkms", "has no dkms"},
	{"git", "has no git"},
	{"curl", "may have no curl, nor a network while it installs"},
	{"wget", "has no wget, nor a network while it installs"},
	{"sudo", "has no sudo; scriptlets run as root"},
	{"lsb_release", "has no lsb_release; read /etc/os-release"},
	{"update-initramfs", "has dracut, not update-initramfs"},
	{"apt-get", "has no apt"},
	{"dpkg", "has no dpkg"},
	{"rpm", "has its package database locked while a package is installed"},
	{"dnf", "has its package database locked while a package is installed"},
	{"yum", "has its package database locked while a package is installed"},
	{"xs-ddk", "has no xs-ddk: that is the vendor's tool"},
	{"xs-driver", "may have no xs-driver"},
};

/* A file in memory at its beginning, holding TEXT; -1 with errno. Closed on exec. */
static int memory_file(const char *text, size_t len)
{
	int fd = memfd_create("xs-ddk", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* In the child of a process with threads: nothing but system calls. */
static void become_shell(const char *shell, int in, int err)
{
	static char *const environment[] = {"LC_ALL=C", "PATH=/nonexistent", NULL};
	const struct rlimit limit = {CPU_MAX, CPU_MAX};
	char *const argv[] = {(char *)(uintptr_t)shell, "-n", NULL};

	setrlimit(RLIMIT_CPU, &limit);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(err, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0)
		execve(shell, argv, environment);
	_exit(127);
}

/* What SHELL -n has against the text, its first line as safe text to free; NULL for nothing. It runs none of it. */
static char *complaint(const char *shell, const char *text, size_t len)
{
	int in = memory_file(text, len), err = memory_file("", 0), status = 0;
	pid_t pid = in < 0 || err < 0 ? -1 : fork();
	char *said = NULL, *safe = NULL;
	size_t said_len;

	if (pid == 0)
		become_shell(shell, in, err);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		safe = text_format("%s -n could not be run", shell);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		said = lseek(err, 0, SEEK_SET) == 0 ? read_whole(err, 65536, &said_len) : NULL;
		safe = text_safe_n(said ? said : "", said ? strcspn(said, "\n") : 0);
	}
	free(said);
	if (in >= 0)
		close(in);
	if (err >= 0)
		close(err);
	return safe;
}

/* The shell to check with: only what the scriptlet asks for knows its syntax. NULL when this machine lacks it. */
static const char *shell_of(const char *interpreter)
{
	static const struct {
		const char *interpreter, *shell;
	} shells[] = {{"/bin/sh", "/bin/sh"},
		      {"/usr/bin/sh", "/bin/sh"},
		      {"/bin/bash", "/bin/bash"},
		      {"/usr/bin/bash", "/bin/bash"}};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(interpreter, shells[i].interpreter) == 0)
			return access(shells[i].shell, X_OK) == 0 ? shells[i].shell : NULL;
	return NULL;
}

static void check_syntax(struct report *report, const char *path, const struct rpm_scriptlet *scriptlet)
{
	const char *shell = shell_of(scriptlet->interpreter);
	size_t len = strlen(scriptlet->body);
	char *said;

	if (len > BODY_MAX) {
		report_add(report, RULE_PACKAGE_SCRIPTLET, path, "%s has %zu bytes, at most %u are looked at",
			   scriptlet->kind, len, BODY_MAX);
		return;
	}
	said = shell && len ? complaint(shell, scriptlet->body, len) : NULL;
	if (said)
		report_add(report, RULE_PACKAGE_SCRIPTLET, path, "%s: %s -n says: %s", scriptlet->kind, shell, said);
	free(said);
}

struct commands {
	struct report *report;
	const char *path;
	const struct rpm_scriptlet *scriptlet;
	bool told[sizeof(lacking) / sizeof(lacking[0])];
};

static void check_command(const char *name, size_t len, void *context)
{
	struct commands *commands = context;

	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		if (strlen(lacking[i].name) != len || memcmp(lacking[i].name, name, len) != 0 || commands->told[i])
			continue;
		commands->told[i] = true;
		if (shell_asks_for(commands->scriptlet->body, lacking[i].name))
			continue;
		report_add(commands->report, RULE_PACKAGE_COMMAND, commands->path, "%s runs %s: a minimal host %s",
			   commands->scriptlet->kind, lacking[i].name, lacking[i].why);
	}
}

static bool is_shell(const char *interpreter)
{
	return strcmp(interpreter, "/bin/sh") == 0 || strcmp(interpreter, "/usr/bin/sh") == 0 ||
	       strcmp(interpreter, "/bin/bash") == 0 || strcmp(interpreter, "/usr/bin/bash") == 0;
}

static void check_one(struct report *report, const char *path, const struct rpm_scriptlet *scriptlet)
{
	struct commands commands = {.report = report, .path = path, .scriptlet = scriptlet};
	char *safe;

	if (is_shell(scriptlet->interpreter)) {
		check_syntax(report, path, scriptlet);
		if (strlen(scriptlet->body) <= BODY_MAX)
			shell_each_command(scriptlet->body, check_command, &commands);
	} else if (strcmp(scriptlet->interpreter, "<lua>") != 0 &&
		   strcmp(scriptlet->interpreter, "/sbin/ldconfig") != 0) {
		safe = text_safe(scriptlet->interpreter);
		report_add(report, RULE_PACKAGE_COMMAND, path, "%s is run by %s, expected /bin/sh", scriptlet->kind,
			   safe);
		free(safe);
	}
}

void check_scriptlets(struct report *report, const char *path, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->scriptlet_count; i++)
		check_one(report, path, &rpm->scriptlets[i]);
}
