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

/*
 * A linker keeps the processor features that all objects have, and forgets those of modules if this object
 * has none; so it has all there are (IBT and SHSTK, or BTI and PAC), which leaves a module's as they are.
 */
#if defined(__x86_64__) || defined(__aarch64__)
#ifdef __x86_64__
#define FEATURE_1_AND 0xc0000002
#else
#define FEATURE_1_AND 0xc0000000
#endif
	.section .note.gnu.property, "a", %note
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	FEATURE_1_AND, 4, 3, 0
#endif
