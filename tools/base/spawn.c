// SPDX-License-Identifier: GPL-2.0-only
// Runs programs of the system by their absolute path, without a shell.
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define OUTPUT_LIMIT (16u << 20)

static bool is_program(const struct root *root, const char *path)
{
	int fd = root_openat(root, path, O_PATH, 0);
	struct stat st;
	bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);

	if (fd >= 0)
		close(fd);
	return is;
}

char *program_find(const struct root *root, const char *name, const char *variable)
{
	static const char *const directories[] = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};
	const char *chosen = variable ? secure_getenv(variable) : NULL;

	if (chosen && *chosen)
		return text_format("%s", chosen);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		char *path = text_format("%s/%s", directories[i], name);

		if (is_program(root, path))
			return path;
		free(path);
	}
	return NULL;
}

/* Runs in the child and never returns. It calls only functions that are safe after fork() in a program with threads. */
static void become(const struct spawn *spawn, const sigset_t *mask, int output, int report)
{
	int error;

	/* During a change, the parent may have handlers for these signals. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	/* The alarm stays active after exec. */
	if (spawn->seconds)
		alarm(spawn->seconds);
	if (spawn->keep >= 0)
		fcntl(spawn->keep, F_SETFD, 0);
	if (dup2(output, STDOUT_FILENO) >= 0 &&
	    (!spawn->jail || (fchdir(spawn->jail->fd) == 0 && chroot(".") == 0 && chdir("/") == 0)))
		execv(spawn->argv[0], (char *const *)spawn->argv);
	error = errno;
	/* Sends errno to the parent. A write of 4 bytes to a pipe is never partial. */
	if (write(report, &error, sizeof(error)) != (ssize_t)sizeof(error))
		_exit(126);
	_exit(127);
}

/* The process that program_signal() sends signals to. */
static _Atomic pid_t running;

void program_signal(int signal)
{
	int saved = errno;
	pid_t pid = running;

	if (pid > 0)
		kill(pid, signal);
	errno = saved;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Returns the errno of a failed exec, or 0. A successful exec closes the pipe, because it is O_CLOEXEC. */
static int exec_error(int fd)
{
	int error = 0;
	ssize_t got;

	do
		got = read(fd, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(error) ? error : 0;
}

static int run_piped(const struct spawn *spawn, const int report[2], const int output[2])
{
	int error, status, unread = 0;
	sigset_t all, mask;
	pid_t pid;

	/* A signal waits until program_signal() knows the process. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	pid = fork();
	if (pid == 0)
		become(spawn, &mask, spawn->output ? output[1] : STDERR_FILENO, report[1]);
	running = pid > 0 ? pid : 0;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	close(report[1]);
	if (spawn->output)
		close(output[1]);
	if (pid < 0) {
		if (spawn->output)
			close(output[0]);
		return -1;
	}
	error = exec_error(report[0]);
	if (spawn->output) {
		*spawn->output = read_whole(output[0], OUTPUT_LIMIT, NULL);
		unread = *spawn->output ? 0 : errno;
		/* Without a reader, the program cannot block on a full pipe. */
		close(output[0]);
	}
	status = wait_for(pid);
	running = 0;
	if (!error && !unread)
		return status;
	if (spawn->output) {
		free(*spawn->output);
		*spawn->output = NULL;
	}
	errno = error ? error : unread;
	return -1;
}

int program_run(const struct spawn *spawn)
{
	int report[2], output[2] = {-1, -1};
	int status, saved;

	if (pipe2(report, O_CLOEXEC) != 0)
		return -1;
	if (spawn->output && pipe2(output, O_CLOEXEC) != 0) {
		close(report[0]);
		close(report[1]);
		return -1;
	}
	status = run_piped(spawn, report, output);
	saved = errno;
	close(report[0]);
	errno = saved;
	return status;
}
