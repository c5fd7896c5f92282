/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The version record of a kernel module: its one definition, for C and for assembly.
 *
 * The kernel does not say which file a loaded module came from, so the driver's version travels
 * inside the module as an ELF note, and the kernel shows it as
 * /sys/module/<module>/notes/.note.xenserver. A note is three 32-bit words in the byte order of the
 * machine, then a name and a description, each padded with zeros to a multiple of four:
 *
 *	namesz = 10 | descsz = strlen(version) + 1 | type = 1 | "XenServer\0" | "1.2.3\0"
 *
 * The section that holds it is of type SHT_NOTE and has the flag SHF_ALLOC alone: the kernel shows
 * no other. In one source file of the module write, outside every function,
 *
 *	#include "xenserver-note.h"
 *	XENSERVER_NOTE("1.2.3");
 *
 * or, in an assembly file that is preprocessed (.S), XENSERVER_NOTE("1.2.3") on a line of its own.
 * A version that is empty, too long or, in C, has a character it may not have does not compile.
 *
 * A module has one record. A second one, by this macro again or by the linker fragment, stops the
 * build: both define the symbol XENSERVER_NOTE_SYMBOL, whose name is the reason. A driver that is
 * built into the kernel (MODULE is not defined) gets none, because a record speaks for one file.
 *
 * With XENSERVER_NOTE_COMPAT_XS9 defined, a section .note.XenServer is emitted too. It holds the
 * record twice, the second time with the name's NUL not counted: of the readers in use, one knows
 * only the first form and another only the second.
 *
 * A program that reads or writes records includes this file for its constants.
 */
#ifndef XENSERVER_NOTE_H
#define XENSERVER_NOTE_H

#define XENSERVER_NOTE_SECTION	      ".note.xenserver"
#define XENSERVER_NOTE_COMPAT_SECTION ".note.XenServer"
#define XENSERVER_NOTE_OWNER	      "XenServer"
/* The name's size in the record, its NUL counted, and in the second record of the compat section. */
#define XENSERVER_NOTE_NAMESZ	     10
#define XENSERVER_NOTE_COMPAT_NAMESZ 9
#define XENSERVER_NOTE_TYPE	     1
#define XENSERVER_NOTE_ALIGN	     4
/* A version is [A-Za-z0-9][A-Za-z0-9._+~@-]*, of at most so many bytes, the NUL not counted. */
#define XENSERVER_VERSION_MAX 63

#define XENSERVER_NOTE_SYMBOL	     xenserver_note_allowed_once__by_header_or_by_fragment
#define XENSERVER_NOTE_COMPAT_SYMBOL xenserver_note_compat_allowed_once__by_header_or_by_fragment

#ifdef __ASSEMBLER__
/* clang-format off */

/* Emit one record; it stands in the section that is current. */
.macro xenserver_note_record namesz, version
	.balign	XENSERVER_NOTE_ALIGN
	.long	\namesz
	.long	8802f - 8801f
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

/* True when the byte of the string literal may stand in a version; true beyond the literal's end. */
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
 * One, or else no constant, so that the compiler stops and names this macro: gcc takes the bytes of
 * a literal for constants in an initialiser, but not in _Static_assert.
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
