/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The version record of a kernel module, for C and for assembly. All other code of the kit takes the format from
 * this file. Manual: xs-ddk-note(5).
 *
 * The kernel does not say from which file it loaded a module. So the version of the driver is stored inside the
 * module, as an ELF note. The kernel shows the note in /sys/module/<module>/notes/.note.xenserver.
 *
 * A note is three 32-bit words in the byte order of the machine, then a name, then a description. The name and
 * the description are each padded with zero bytes to a multiple of four bytes. Here:
 *
 *	namesz = 10 | descsz = strlen(version) + 1 | type = 1 | name "XenServer\0" | description "1.2.3\0"
 *
 * The section has the type SHT_NOTE and the flag SHF_ALLOC. The kernel does not show other sections.
 *
 * How to use it: in one source file of the module, outside every function, write
 *
 *	#include "xenserver-note.h"
 *	XENSERVER_NOTE("1.2.3");
 *
 * In an assembly file (.S), write XENSERVER_NOTE("1.2.3") on a line of its own. A version that is empty or too
 * long does not compile. In C, a version with an illegal character does not compile either.
 *
 * A module has one record. If the macro is used twice, or together with xs-kbuild, the module does not link: both
 * records define the symbol XENSERVER_NOTE_SYMBOL, and its name tells the reason. A driver that is built into the
 * kernel (MODULE is not defined) gets no record, because it has no file of its own.
 *
 * If XENSERVER_NOTE_COMPAT_XS9 is defined, the module also gets a section .note.XenServer with two records. They
 * differ in namesz: 10, and 9, which does not count the NUL byte. Some older readers know only the first form,
 * others only the second.
 *
 * A program that reads or writes records includes this file for the constants.
 */
#ifndef XENSERVER_NOTE_H
#define XENSERVER_NOTE_H

#define XENSERVER_NOTE_SECTION	      ".note.xenserver"
#define XENSERVER_NOTE_COMPAT_SECTION ".note.XenServer"
#define XENSERVER_NOTE_OWNER	      "XenServer"
/* namesz: it counts the NUL byte of the name, except in the second record of .note.XenServer. */
#define XENSERVER_NOTE_NAMESZ	     10
#define XENSERVER_NOTE_COMPAT_NAMESZ 9
#define XENSERVER_NOTE_TYPE	     1
#define XENSERVER_NOTE_ALIGN	     4
/* A version matches [A-Za-z0-9][A-Za-z0-9._+~@-]* and has at most this many bytes, without the NUL byte. */
#define XENSERVER_VERSION_MAX 63

#define XENSERVER_NOTE_SYMBOL	     xenserver_note_allowed_once__by_header_or_by_fragment
#define XENSERVER_NOTE_COMPAT_SYMBOL xenserver_note_compat_allowed_once__by_header_or_by_fragment

#ifdef __ASSEMBLER__
/* clang-format off */

/* Write one record into the current section. */
.macro xenserver_note_record namesz, version
	.balign	XENSERVER_NOTE_ALIGN
	.long	\namesz
	.long	.Lxenserver_size\@
	.long	XENSERVER_NOTE_TYPE
	.asciz	XENSERVER_NOTE_OWNER
	.balign	XENSERVER_NOTE_ALIGN
8801:	.asciz	"\version"
8802:
	.if	8802b - 8801b < 2
	.error	"XENSERVER_NOTE: the version is empty"
	.endif
	.if	8802b - 8801b > XENSERVER_VERSION_MAX + 1
	.error	"XENSERVER_NOTE: the version is longer than 63 bytes"
	.endif
	/*
	 * The size is counted, so that it is a number for every assembler. For RISC-V, clang would leave the difference
	 * of two labels to the linker, and the file would have 0 in this place.
	 */
	.set	.Lxenserver_size, 0
	.rept	XENSERVER_VERSION_MAX + 1
	.if	8802b - 8801b > .Lxenserver_size
	.set	.Lxenserver_size, .Lxenserver_size + 1
	.endif
	.endr
	.set	.Lxenserver_size\@, .Lxenserver_size
	.balign	XENSERVER_NOTE_ALIGN
.endm

.macro xenserver_note version
	.pushsection XENSERVER_NOTE_SECTION, "a", %note
	.balign	XENSERVER_NOTE_ALIGN
	.globl	XENSERVER_NOTE_SYMBOL
XENSERVER_NOTE_SYMBOL:
	xenserver_note_record XENSERVER_NOTE_NAMESZ, "\version"
	.popsection
#ifdef XENSERVER_NOTE_COMPAT_XS9
	.pushsection XENSERVER_NOTE_COMPAT_SECTION, "a", %note
	.balign	XENSERVER_NOTE_ALIGN
	.globl	XENSERVER_NOTE_COMPAT_SYMBOL
XENSERVER_NOTE_COMPAT_SYMBOL:
	xenserver_note_record XENSERVER_NOTE_NAMESZ, "\version"
	xenserver_note_record XENSERVER_NOTE_COMPAT_NAMESZ, "\version"
	.popsection
#endif
.endm

#ifdef MODULE
#define XENSERVER_NOTE(version) xenserver_note version
#else
#define XENSERVER_NOTE(version)
#endif

/* clang-format on */
#else /* C */

/* XENSERVER_IS(v, i): true if byte i of the string literal v is legal in a version, or is beyond its end. */
#define XENSERVER_BYTE(v, i) ((v)[(i) < sizeof(v) ? (i) : sizeof(v) - 1])
#define XENSERVER_ALNUM(c)   (((c) >= '0' && (c) <= '9') || ((c) >= 'A' && (c) <= 'Z') || ((c) >= 'a' && (c) <= 'z'))
#define XENSERVER_IS(v, i)                                                                                             \
	((i) >= sizeof(v) - 1 || XENSERVER_ALNUM(XENSERVER_BYTE(v, i)) || XENSERVER_BYTE(v, i) == '.' ||               \
	 XENSERVER_BYTE(v, i) == '_' || XENSERVER_BYTE(v, i) == '+' || XENSERVER_BYTE(v, i) == '~' ||                  \
	 XENSERVER_BYTE(v, i) == '@' || XENSERVER_BYTE(v, i) == '-')
#define XENSERVER_IS8(v, i)                                                                                            \
	(XENSERVER_IS(v, i) && XENSERVER_IS(v, (i) + 1) && XENSERVER_IS(v, (i) + 2) && XENSERVER_IS(v, (i) + 3) &&     \
	 XENSERVER_IS(v, (i) + 4) && XENSERVER_IS(v, (i) + 5) && XENSERVER_IS(v, (i) + 6) && XENSERVER_IS(v, (i) + 7))
/*
 * 1 if the version is legal. Otherwise a division by zero, which is not a constant: the compiler stops and prints the
 * name of this macro. _Static_assert cannot be used, because gcc does not accept the bytes of a string literal there.
 */
#define XENSERVER_VERSION_HAS_LEGAL_CHARACTERS_ONLY(v)                                                                 \
	(1 / (XENSERVER_ALNUM((v)[0]) && XENSERVER_IS8(v, 0) && XENSERVER_IS8(v, 8) && XENSERVER_IS8(v, 16) &&         \
	      XENSERVER_IS8(v, 24) && XENSERVER_IS8(v, 32) && XENSERVER_IS8(v, 40) && XENSERVER_IS8(v, 48) &&          \
	      XENSERVER_IS8(v, 56)))

#define XENSERVER_NOTE_INIT(size, version)                                                                             \
	{                                                                                                              \
		.namesz = (size), .descsz = sizeof(version),                                                           \
		.type = XENSERVER_NOTE_TYPE * XENSERVER_VERSION_HAS_LEGAL_CHARACTERS_ONLY(version),                    \
		.name = XENSERVER_NOTE_OWNER, .desc = version,                                                         \
	}
#define XENSERVER_NOTE_IN(name) __attribute__((used, section(name), aligned(XENSERVER_NOTE_ALIGN)))

#define XENSERVER_NOTE_CHECK(version)                                                                                  \
	_Static_assert(sizeof(XENSERVER_NOTE_OWNER) == XENSERVER_NOTE_NAMESZ, "the owner's size");                     \
	_Static_assert(sizeof(version) > 1, "XENSERVER_NOTE: the version is empty");                                   \
	_Static_assert(sizeof(version) <= XENSERVER_VERSION_MAX + 1,                                                   \
		       "XENSERVER_NOTE: the version is longer than 63 bytes");

#define XENSERVER_NOTE_EMIT(version)                                                                                   \
	struct xenserver_note {                                                                                        \
		unsigned int namesz, descsz, type;                                                                     \
		char name[(sizeof(XENSERVER_NOTE_OWNER) + 3) & ~3UL];                                                  \
		char desc[(sizeof(version) + 3) & ~3UL];                                                               \
	};                                                                                                             \
	extern const struct xenserver_note XENSERVER_NOTE_SYMBOL;                                                      \
	const struct xenserver_note XENSERVER_NOTE_IN(XENSERVER_NOTE_SECTION) XENSERVER_NOTE_SYMBOL =                  \
		XENSERVER_NOTE_INIT(XENSERVER_NOTE_NAMESZ, version);

#ifdef XENSERVER_NOTE_COMPAT_XS9
#define XENSERVER_NOTE_EMIT_COMPAT(version)                                                                            \
	struct xenserver_note_pair {                                                                                   \
		struct xenserver_note record[2];                                                                       \
	};                                                                                                             \
	extern const struct xenserver_note_pair XENSERVER_NOTE_COMPAT_SYMBOL;                                          \
	const struct xenserver_note_pair XENSERVER_NOTE_IN(XENSERVER_NOTE_COMPAT_SECTION)                              \
		XENSERVER_NOTE_COMPAT_SYMBOL = {{                                                                      \
			XENSERVER_NOTE_INIT(XENSERVER_NOTE_NAMESZ, version),                                           \
			XENSERVER_NOTE_INIT(XENSERVER_NOTE_COMPAT_NAMESZ, version),                                    \
		}};
#else
#define XENSERVER_NOTE_EMIT_COMPAT(version)
#endif

#ifdef MODULE
#define XENSERVER_NOTE(version)                                                                                        \
	XENSERVER_NOTE_CHECK(version)                                                                                  \
	XENSERVER_NOTE_EMIT(version)                                                                                   \
	XENSERVER_NOTE_EMIT_COMPAT(version)
#else
#define XENSERVER_NOTE(version) XENSERVER_NOTE_CHECK(version)
#endif

#endif /* C */
#endif /* XENSERVER_NOTE_H */
