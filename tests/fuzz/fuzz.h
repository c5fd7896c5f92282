/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every fuzz target shares. A target defines fuzz_one(); here it is run and held to the rule of SECURITY in the
 * manual: memory is at most 64 MiB + 16 times the input, time at most 2 s per MiB, and a message has no control
 * characters of an input. A target that breaks the rule stops in a function whose name says which part of it.
 */
#ifndef XS_FUZZ_H
#define XS_FUZZ_H

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/budget.h"
#include "base/spawn.h"

#define MIB (1u << 20)

/* What containers and compressed files may be unpacked to: --limit, as far as a target has it. */
#define FUZZ_LIMIT (1u * MIB)

/* What one input may cost. Sanitizers and the fuzzer's counters make everything several times slower. */
#define FUZZ_MEMORY_FLOOR    (64u * MIB)
#define FUZZ_MEMORY_PER_BYTE 16
#define FUZZ_SECONDS_FLOOR   1.0
#define FUZZ_SECONDS_PER_MIB (4 * 2.0)

/* The target: reads one input, frees all it took, and calls abort() if something is wrong. */
static void fuzz_one(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/*
 * One allocation over the bound fails, as on a machine without so much memory. libarchive asks for as much as a header
 * says, and takes the failure for an error; in the kit's own code it ends the program, which the fuzzer reports.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:max_allocation_size_mb=80:quarantine_size_mb=8";
}

int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
					      void (*on_free)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *memory);

/* Bytes allocated; and from how many on it is looked at how much memory is in use, which must not be over the bound. */
static atomic_llong fuzz_live, fuzz_look;
static long long fuzz_bound;

static __attribute__((noinline, noreturn)) void fuzz_takes_too_much_memory(void)
{
	abort();
}

static __attribute__((noinline, noreturn)) void fuzz_takes_too_long(void)
{
	abort();
}

static __attribute__((noinline, noreturn)) void fuzz_message_has_control_characters(void)
{
	abort();
}

/* What of this process is in memory now, in bytes. */
static long long fuzz_resident(void)
{
	char text[64] = "";
	long long pages = 0;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		sscanf(text, "%*d %lld", &pages);
	if (fd >= 0)
		close(fd);
	return pages * sysconf(_SC_PAGESIZE);
}

/*
 * What is allocated is counted; where that is over the bound, what is really in use decides: a decoder asks for the
 * window that the header names, and fills only what there is.
 */
static void fuzz_on_malloc(const volatile void *memory, size_t size)
{
	long long live = atomic_fetch_add(&fuzz_live, (long long)size) + (long long)size;
	long long look = atomic_load(&fuzz_look);

	(void)memory;
	if (!look || live <= look)
		return;
	atomic_store(&fuzz_look, 0);
	if (fuzz_resident() > fuzz_bound)
		fuzz_takes_too_much_memory();
	atomic_store(&fuzz_look, live + 8 * MIB);
}

static void fuzz_on_free(const volatile void *memory)
{
	if (memory)
		atomic_fetch_sub(&fuzz_live, (long long)__sanitizer_get_allocated_size(memory));
}

static double fuzz_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool hooked;
	static size_t runs;
	static long long before;
	double began;

	if (!hooked)
		__sanitizer_install_malloc_and_free_hooks(fuzz_on_malloc, fuzz_on_free);
	hooked = true;
	began = fuzz_seconds();
	/* Asking the kernel takes as long as the smaller targets do; the fuzzer's own memory grows slowly. */
	if (runs++ % 256 == 0)
		before = fuzz_resident();
	fuzz_bound = FUZZ_MEMORY_FLOOR + FUZZ_MEMORY_PER_BYTE * (long long)len;
	atomic_store(&fuzz_look, atomic_load(&fuzz_live) + fuzz_bound);
	fuzz_bound += before;
	budget_start(FUZZ_LIMIT);
	fuzz_one(data, len);
	atomic_store(&fuzz_look, 0);
	if (fuzz_seconds() - began > FUZZ_SECONDS_FLOOR + FUZZ_SECONDS_PER_MIB * (double)len / MIB)
		fuzz_takes_too_long();
	return 0;
}

/* The linker puts this in the place of complain() (-Wl,--wrap): messages are looked at and not printed. */
void __wrap_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void __wrap_complain(const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t')
			fuzz_message_has_control_characters();
}

/*
 * No program is started because of an input. Those are the ways a program or a library has.
 */
static __attribute__((noinline, noreturn)) void fuzz_starts_a_program(void)
{
	abort();
}

int __wrap_program_run(const struct spawn *spawn);
int __wrap_program_run(const struct spawn *spawn)
{
	fuzz_starts_a_program();
}

/*
 * A shell that only parses the scriptlets of a package is started by fork(). While it is fuzzed that fails, since it
 * takes longer than all else; make fuzz-coverage lets it be (FUZZ_FORK).
 */
pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (!getenv("FUZZ_FORK")) {
		errno = EAGAIN;
		return -1;
	}
	return __real_fork();
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *how,
		char *const *argv, char *const *environment)
{
	fuzz_starts_a_program();
}

int posix_spawnp(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *how,
		 char *const *argv, char *const *environment)
{
	fuzz_starts_a_program();
}

/* A copy of the bytes with a NUL after them, as readers of text get it; to free. */
static inline char *fuzz_text(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		abort();
	memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

#endif
