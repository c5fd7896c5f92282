# SPDX-License-Identifier: GPL-2.0-only
# expect: note-alloc
# The flags must be exactly ALLOC.
	.include "note.inc"
	.section .note.xenserver, "aw", %note
	.balign 4
	record "1.2.3"
