#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# base/spawn: the programs of the system that xs-driver runs. A small C program calls it.

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >call.c <<-'END'
		#include <errno.h>
		#include <stdio.h>
		#include <string.h>
		#include "base/spawn.h"
		int main(int argc, char **argv)
		{
			char *output = NULL;
			struct spawn spawn = {.argv = (const char *const *)argv + 1, .keep = -1, .output = &output};
			int status = program_run(&spawn);

			printf("%d, %s, %zu bytes\n", status, status < 0 ? strerror(errno) : "-", output ? strlen(output) : 0);
			return argc == 0;
		}
	END
	gcc -D_GNU_SOURCE -I "$TOP/tools" -I "$TOP/note" -o call call.c "$TOP/build/libxs.a"
}

# prints BYTES [STATUS]: what is told of a program that prints so many bytes, and ends with that status.
prints() { ./call /bin/sh -c "head -c $1 /dev/zero | tr '\0' a; exit ${2-0}"; }

@test "the output of a program is read, and its status told" {
	[ "$(prints 100)" = "0, -, 100 bytes" ]
	[ "$(prints 100000 3)" = "3, -, 100000 bytes" ]
	[ "$(prints 16777216)" = "0, -, 16777216 bytes" ]
}

@test "a program with more output than the limit failed, even if it ended well" {
	[ "$(prints 16777217)" = "-1, File too large, 0 bytes" ]
	[ "$(prints 40000000)" = "-1, File too large, 0 bytes" ]
}

@test "a program that cannot be run failed" {
	[ "$(./call /nonexistent)" = "-1, No such file or directory, 0 bytes" ]
}
