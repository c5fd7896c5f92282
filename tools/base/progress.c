// SPDX-License-Identifier: GPL-2.0-only
// A line on the terminal that says what long work is being done and for how long.
#include "base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX	200
#define COLUMNS_DEFAULT 80
#define TIME_MAX	12 /* columns of the time behind the text */

atomic_ulong progress_files;

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_t thread;
	atomic_bool running;
	bool shown;
	char text[TEXT_MAX];
	struct timespec since; /* when the text was set */
	struct timespec next;  /* when to write the line again */
} line = {.mutex = PTHREAD_MUTEX_INITIALIZER, .text = "working"};

static void delay(void)
{
	clock_gettime(CLOCK_MONOTONIC, &line.next);
	line.next.tv_sec++;
}

/* ECMA-48: erase to the end of the line. */
static void erase(void)
{
	if (line.shown)
		fputs("\r\033[K", stderr);
	line.shown = false;
}

/* The columns for the text, so that the line does not wrap: then it could not be erased. */
static int columns(void)
{
	struct winsize size = {0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		size.ws_col = COLUMNS_DEFAULT;
	return size.ws_col > TIME_MAX ? size.ws_col - TIME_MAX : 0;
}

/* The cursor returns to the first column, so that the message of another program overwrites the line. */
static void write_line(void)
{
	unsigned long files = atomic_load(&progress_files);
	char text[TEXT_MAX];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (files)
		snprintf(text, sizeof(text), "%lu files looked at", files);
	fprintf(stderr, "\r%.*s (%ld s)\033[K\r", columns(), files ? text : line.text,
		(long)(now.tv_sec - line.since.tv_sec));
	line.shown = true;
	delay();
}

static void *run(void *unused)
{
	struct timespec now;

	pthread_mutex_lock(&line.mutex);
	while (line.running) {
		pthread_cond_timedwait(&line.changed, &line.mutex, &line.next);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (line.running && (now.tv_sec > line.next.tv_sec ||
				     (now.tv_sec == line.next.tv_sec && now.tv_nsec >= line.next.tv_nsec)))
			write_line();
	}
	pthread_mutex_unlock(&line.mutex);
	return unused;
}

void progress_start(void)
{
	pthread_condattr_t clock;
	sigset_t all, before;

	if (!isatty(STDERR_FILENO))
		return;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&line.changed, &clock);
	pthread_condattr_destroy(&clock);
	delay();
	clock_gettime(CLOCK_MONOTONIC, &line.since);
	/* Signals are for the thread that works. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	line.running = true;
	line.running = pthread_create(&line.thread, NULL, run, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Takes the mutex and sets the text. False if there is no line. */
static bool begin(const char *format, va_list args)
{
	if (!line.running)
		return false;
	pthread_mutex_lock(&line.mutex);
	vsnprintf(line.text, sizeof(line.text), format, args);
	clock_gettime(CLOCK_MONOTONIC, &line.since);
	return true;
}

void progress_at(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (begin(format, args))
		pthread_mutex_unlock(&line.mutex);
	va_end(args);
}

void progress_step(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (begin(format, args)) {
		erase();
		fprintf(stderr, "%s ...\n", line.text);
		delay();
		pthread_mutex_unlock(&line.mutex);
	}
	va_end(args);
}

void progress_hide(void)
{
	if (!line.running)
		return;
	pthread_mutex_lock(&line.mutex);
	erase();
	delay();
	pthread_mutex_unlock(&line.mutex);
}

void progress_end(void)
{
	if (!line.running)
		return;
	pthread_mutex_lock(&line.mutex);
	erase();
	line.running = false;
	pthread_cond_signal(&line.changed);
	pthread_mutex_unlock(&line.mutex);
	pthread_join(line.thread, NULL);
}
