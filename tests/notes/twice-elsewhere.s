# SPDX-License-Identifier: GPL-2.0-only
# expect: note-several
# The second record stands in a section of another name.
	.include "note.inc"
	note_section
	record "1.2.3"
	.section .note.vendor, "a", %note
	.balign 4
	record "1.2.4"
