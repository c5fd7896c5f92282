# SPDX-License-Identifier: GPL-2.0-only
# expect: note-alloc
# Without SHF_ALLOC the kernel does not load the section.
	.include "note.inc"
	.section .note.xenserver, "", %note
	.balign 4
	record "1.2.3"
