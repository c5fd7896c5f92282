// SPDX-License-Identifier: GPL-2.0-only
// Runs two shell commands by turns and prints the medians: what they cost, and the ratios of neighbours.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 101

struct cost {
	double wall, cpu; /* seconds */
	double rss;	  /* MiB, of the largest process */
};

static double seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

/* Only root can; whoever asks for it has looked. */
static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	if (fd < 0 || write(fd, "3", 1) != 1) {
		perror("pairs: drop_caches");
		exit(2);
	}
	close(fd);
}

static struct cost run(const char *command)
{
	struct timespec from, to;
	struct rusage usage;
	int status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
		perror("pairs");
		exit(2);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	/* Peers end with 1 on some files; only a command that cannot be run, or dies, spoils the measurement. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 125) {
		fprintf(stderr, "pairs: did not run: %s\n", command);
		exit(2);
	}
	return (struct cost){(double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
			     seconds(usage.ru_utime) + seconds(usage.ru_stime), (double)usage.ru_maxrss / 1024};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* pairs [-c] ROUNDS A B: wall A, wall B, wall B/A, CPU B/A, RSS A, RSS B. -c: with nothing cached. */
int main(int argc, char **argv)
{
	bool cold = argc > 1 && strcmp(argv[1], "-c") == 0;
	char **arguments = argv + 1 + cold;
	double walls[2][ROUNDS_MAX], rss[2][ROUNDS_MAX], ratios[ROUNDS_MAX], cpus[ROUNDS_MAX];
	int rounds;

	if (argc != 4 + cold) {
		fputs("usage: pairs [-c] ROUNDS COMMAND COMMAND\n", stderr);
		return 2;
	}
	rounds = atoi(arguments[0]);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	for (int i = cold ? 0 : -1; i < rounds; i++) {
		struct cost cost[2];

		/* Who goes first changes, too. */
		for (int j = 0; j < 2; j++) {
			int which = (i + j) & 1;

			if (cold)
				drop_caches();
			cost[which] = run(arguments[1 + which]);
		}
		/* The first round fills the caches. */
		if (i < 0)
			continue;
		for (int which = 0; which < 2; which++) {
			walls[which][i] = cost[which].wall;
			rss[which][i] = cost[which].rss;
		}
		ratios[i] = cost[1].wall / cost[0].wall;
		cpus[i] = cost[1].cpu / cost[0].cpu;
	}
	printf("%.4f %.4f %.3f %.3f %.1f %.1f\n", median(walls[0], rounds), median(walls[1], rounds),
	       median(ratios, rounds), median(cpus, rounds), median(rss[0], rounds), median(rss[1], rounds));
	return 0;
}
