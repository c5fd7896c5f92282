/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The object that the linker fragment pulls into a module: the record of XS_VERSION and nothing else.
 *
 * An object, because it can say that its section is a note. A fragment that writes the bytes itself
 * leaves the section's type to the linker; ld.lld makes it PROGBITS, and the kernel shows nothing.
 */
#include "xenserver-note.h"

XENSERVER_NOTE(XS_VERSION)

/* Without it GNU ld takes the stack for executable, and says so at each link. */
	.section .note.GNU-stack, "", %progbits
