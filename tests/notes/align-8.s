# SPDX-License-Identifier: GPL-2.0-only
# expect: note-align
# With alignment 8 libelf's own walker steps past the record.
	.include "note.inc"
	.section .note.xenserver, "a", %note
	.balign 8
	record "1.2.3"
