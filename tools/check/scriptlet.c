// SPDX-License-Identifier: GPL-2.0-only
// The rules on the scriptlets that packages run on a host: package-scriptlet, package-command, package-action,
// package-depmod.
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

/* The bound, in bytes, for all scriptlets of a package. A usual package has a few KiB. */
#define BODIES_MAX (1u << 20)
/* The bound, in seconds of CPU time, for 'sh -n'. It usually takes some milliseconds. */
#define CPU_MAX 2
/* The bound, in bytes of memory, for 'sh -n'; and how many more for each byte of the scriptlets. */
#define MEMORY_MAX    (64u << 20)
#define MEMORY_FACTOR 16

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

/* Makes a file in memory with TEXT, at its beginning. Returns its descriptor, close-on-exec, or -1 with errno. */
static int memory_file(const char *text, size_t len)
{
	int fd = memfd_create("xs-ddk", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Runs in the child of a process with threads, so it may only make system calls. */
static void become_shell(const char *shell, size_t len, int in, int err)
{
	static char *const environment[] = {"LC_ALL=C", "PATH=/nonexistent", NULL};
	const struct rlimit cpu = {CPU_MAX, CPU_MAX}, core = {0, 0};
	const struct rlimit memory = {MEMORY_MAX + MEMORY_FACTOR * len, MEMORY_MAX + MEMORY_FACTOR * len};
	char *const argv[] = {(char *)(uintptr_t)shell, "-n", NULL};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	setrlimit(RLIMIT_AS, &memory);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(err, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0)
		execve(shell, argv, environment);
	_exit(127);
}

/*
 * Lets SHELL -n parse the text, which executes nothing. Returns the first line of its messages, or NULL if the text is
 * correct. The caller frees it.
 */
static char *complaint(const char *shell, const char *text, size_t len)
{
	int in = memory_file(text, len), err = memory_file("", 0), status = 0;
	pid_t pid = in < 0 || err < 0 ? -1 : fork();
	char *said = NULL;

	if (pid == 0)
		become_shell(shell, len, in, err);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || WIFSIGNALED(status) || WEXITSTATUS(status) == 127)
		said = text_format("%s", "it ended before it had read them");
	else if (WEXITSTATUS(status) != 0 && lseek(err, 0, SEEK_SET) == 0)
		said = read_whole(err, 65536, NULL);
	if (said)
		said[strcspn(said, "\n")] = '\0';
	if (in >= 0)
		close(in);
	if (err >= 0)
		close(err);
	return said;
}

static const struct {
	const char *interpreter, *shell;
} shells[] = {
	{"/bin/sh", "/bin/sh"}, {"/usr/bin/sh", "/bin/sh"}, {"/bin/bash", "/bin/bash"}, {"/usr/bin/bash", "/bin/bash"}};

/* The shell that has the same syntax as the interpreter; NULL if the interpreter is no shell. */
static const char *shell_of(const char *interpreter)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(interpreter, shells[i].interpreter) == 0)
			return shells[i].shell;
	return NULL;
}

/* All scriptlets of a package for one shell, joined to one script, so that one process can check them. */
struct joined {
	const struct rpm_scriptlet **scriptlets;
	size_t *first_lines; /* for each scriptlet, its first line in the script; counted from 1 */
	size_t count, lines;
	char *text;
	size_t len;
};

/*
 * Each scriptlet is between braces, so that a scriptlet cannot close a block of another scriptlet. If a quotation is
 * not closed, the line of quotes after the scriptlet closes it; the unquoted rest of that line is then an error. Two
 * errors can still cancel out, if one scriptlet continues exactly where another one ends.
 */
#define BEFORE "{ :\n"
#define AFTER  "\n\n: ';;' \";;\" '`'\n}\n"

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void join(struct joined *joined, const struct rpm *rpm, const char *shell)
{
	FILE *stream = open_memstream(&joined->text, &joined->len);

	joined->scriptlets = need_memory(rpm->scriptlet_count, sizeof(*joined->scriptlets));
	joined->first_lines = need_memory(rpm->scriptlet_count, sizeof(*joined->first_lines));
	if (!stream)
		die_memory();
	for (size_t i = 0; i < rpm->scriptlet_count; i++) {
		const struct rpm_scriptlet *scriptlet = &rpm->scriptlets[i];
		const char *own = shell_of(scriptlet->interpreter);

		if (!own || strcmp(own, shell) != 0)
			continue;
		joined->scriptlets[joined->count] = scriptlet;
		joined->first_lines[joined->count++] = joined->lines + count_lines(BEFORE) + 1;
		joined->lines += count_lines(BEFORE) + count_lines(scriptlet->body) + count_lines(AFTER);
		fprintf(stream, BEFORE "%s" AFTER, scriptlet->body);
	}
	if (fclose(stream) != 0)
		die_memory();
}

static void free_joined(struct joined *joined)
{
	free(joined->first_lines);
	free(joined->scriptlets);
	free(joined->text);
}

/*
 * Splits "SHELL: LINE: TEXT", or "SHELL: line LINE: TEXT" as bash writes it. Returns TEXT, and sets the line; 0 if
 * there is none.
 */
static const char *take_line(const char *said, const char *shell, size_t *line)
{
	const char *at = said;
	char *end;

	*line = 0;
	if (strncmp(at, shell, strlen(shell)) != 0 || strncmp(at + strlen(shell), ": ", 2) != 0)
		return said;
	at += strlen(shell) + 2;
	at += strncmp(at, "line ", 5) == 0 ? 5 : 0;
	if (*at < '0' || *at > '9')
		return said;
	*line = strtoul(at, &end, 10);
	return strncmp(end, ": ", 2) == 0 ? end + 2 : end;
}

/* Reports the scriptlet in which the shell found the error. */
static void report_syntax(struct report *report, const char *path, const struct joined *joined, const char *shell,
			  const char *said)
{
	size_t line, i = joined->count - 1;
	const char *text = take_line(said, shell, &line);
	char *safe = text_safe(text);

	while (i > 0 && joined->first_lines[i] > line)
		i--;
	if (line == 0 || line > joined->lines)
		report_add(report, RULE_PACKAGE_SCRIPTLET, path, "%s -n, given all scriptlets in a row, says: %s",
			   shell, safe);
	else if (line >= joined->first_lines[i] + 1 + count_lines(joined->scriptlets[i]->body))
		report_add(report, RULE_PACKAGE_SCRIPTLET, path,
			   "%s: a quotation, a command or a block is not closed at its end",
			   joined->scriptlets[i]->kind);
	else
		report_add(report, RULE_PACKAGE_SCRIPTLET, path, "%s, line %zu: %s -n says: %s",
			   joined->scriptlets[i]->kind, line - joined->first_lines[i] + 1, shell, safe);
	free(safe);
}

/* If this machine does not have the shell, nothing is checked. */
static void check_syntax(struct report *report, const char *path, const struct rpm *rpm, const char *shell)
{
	struct joined joined = {0};
	char *said = NULL;

	join(&joined, rpm, shell);
	if (joined.count && access(shell, X_OK) == 0)
		said = complaint(shell, joined.text, joined.len);
	if (said)
		report_syntax(report, path, &joined, shell, said);
	free(said);
	free_joined(&joined);
}

#define LACKING (sizeof(lacking) / sizeof(lacking[0]))

/* Commands that change the running system. A test whether the command exists makes them no better. */
static const char *const acts[] = {"reboot",
				   "shutdown",
				   "halt",
				   "poweroff",
				   "init",
				   "telinit",
				   "systemctl",
				   "service",
				   "kexec",
				   "rmmod",
				   "insmod",
				   "xe",
				   "xe-toolstack-restart"};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

/* The commands that the scriptlets of a package use. */
struct commands {
	struct report *report;
	const char *path, *kind; /* the path of the package, and the kind of the current scriptlet */
	bool asked[LACKING];	 /* the current scriptlet tests whether the command exists */
	bool told[LACKING];	 /* the package has a finding about the command */
	bool told_act[ACTS];	 /* the same */
};

/* The index in the table of the command NAME, LEN bytes long; LACKING if it is not in the table. */
static size_t find_lacking(const char *name, size_t len)
{
	for (size_t i = 0; i < LACKING; i++)
		if (strncmp(lacking[i].name, name, len) == 0 && lacking[i].name[len] == '\0')
			return i;
	return LACKING;
}

static void note_question(const char *name, size_t len, void *context)
{
	struct commands *commands = context;
	size_t i = find_lacking(name, len);

	if (i < LACKING)
		commands->asked[i] = true;
}

static void check_act(struct commands *commands, const char *name, size_t len)
{
	for (size_t i = 0; i < ACTS; i++) {
		if (commands->told_act[i] || strlen(acts[i]) != len || strncmp(acts[i], name, len) != 0)
			continue;
		commands->told_act[i] = true;
		report_add(commands->report, RULE_PACKAGE_ACTION, commands->path, "%s runs %s", commands->kind,
			   acts[i]);
	}
}

static void check_command(const char *name, size_t len, void *context)
{
	struct commands *commands = context;
	size_t i = find_lacking(name, len);

	check_act(commands, name, len);
	if (i == LACKING || commands->asked[i] || commands->told[i])
		return;
	commands->told[i] = true;
	report_add(commands->report, RULE_PACKAGE_COMMAND, commands->path, "%s runs %s: a minimal host %s",
		   commands->kind, lacking[i].name, lacking[i].why);
}

static void check_commands(struct report *report, const char *path, const struct rpm *rpm)
{
	struct commands commands = {.report = report, .path = path};

	for (size_t i = 0; i < rpm->scriptlet_count; i++) {
		const struct rpm_scriptlet *scriptlet = &rpm->scriptlets[i];

		if (!shell_of(scriptlet->interpreter))
			continue;
		commands.kind = scriptlet->kind;
		memset(commands.asked, 0, sizeof(commands.asked));
		shell_each_question(scriptlet->body, note_question, &commands);
		shell_each_command(scriptlet->body, check_command, &commands);
	}
}

/* Reports the first interpreter that is neither a shell nor a part of rpm or of every host. */
static void check_interpreters(struct report *report, const char *path, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->scriptlet_count; i++) {
		const struct rpm_scriptlet *scriptlet = &rpm->scriptlets[i];
		char *safe;

		if (shell_of(scriptlet->interpreter) || strcmp(scriptlet->interpreter, "<lua>") == 0 ||
		    strcmp(scriptlet->interpreter, "/sbin/ldconfig") == 0)
			continue;
		safe = text_safe(scriptlet->interpreter);
		report_add(report, RULE_PACKAGE_COMMAND, path, "%s is run by %s, expected /bin/sh", scriptlet->kind,
			   safe);
		free(safe);
		return;
	}
}

/* Whether a line that is no comment has one of the words by which modules become known to modprobe. */
static bool updates_modules(const char *body)
{
	static const char *const words[] = {"depmod", "weak-modules", "kernel-scriptlets"};

	for (const char *line = body; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n"), blank = strspn(line, " \t");

		for (size_t i = 0; line[blank] != '#' && i < sizeof(words) / sizeof(words[0]); i++)
			if (memmem(line, len, words[i], strlen(words[i])))
				return true;
	}
	return false;
}

void check_depmod_runs(struct report *report, const char *path, const struct rpm *rpm)
{
	static const char *const kinds[] = {"%post", "%posttrans", "%trigger", "%filetrigger", "%transfiletrigger"};

	for (size_t i = 0; i < rpm->scriptlet_count; i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strcmp(rpm->scriptlets[i].kind, kinds[k]) == 0 && updates_modules(rpm->scriptlets[i].body))
				return;
	report_add(report, RULE_PACKAGE_DEPMOD, path, NULL);
}

void check_scriptlets(struct report *report, const char *path, const struct rpm *rpm)
{
	size_t len = 0;

	for (size_t i = 0; i < rpm->scriptlet_count; i++)
		len += strlen(rpm->scriptlets[i].body);
	check_interpreters(report, path, rpm);
	if (len > BODIES_MAX) {
		report_add(report, RULE_PACKAGE_SCRIPTLET, path, "they have %zu bytes, and at most %u are checked", len,
			   BODIES_MAX);
		return;
	}
	check_syntax(report, path, rpm, "/bin/sh");
	check_syntax(report, path, rpm, "/bin/bash");
	check_commands(report, path, rpm);
}
