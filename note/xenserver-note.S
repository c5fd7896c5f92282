/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The object that the linker fragment pulls into a module. It holds the record of XS_VERSION and nothing else.
 *
 * An assembly file can say that a section is a note. A linker script cannot: if a fragment writes the bytes
 * itself, ld.lld makes the section PROGBITS, and the kernel does not show it.
 */
#include "xenserver-note.h"

XENSERVER_NOTE(XS_VERSION)

/* Without this section, GNU ld warns at each link that the stack will be executable. */
	.section .note.GNU-stack, "", %progbits

/*
 * This note lists processor features: IBT and SHSTK, or BTI and PAC. A linker keeps a feature only if all objects
 * have it. So this object claims all of them, and the module keeps those that its own objects have.
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
