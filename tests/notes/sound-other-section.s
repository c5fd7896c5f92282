# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# A section of other notes has alignment 8, as .note.gnu.property has.
	.include "note.inc"
	.section .note.gnu.property, "a", %note
	.balign 8
	note 4, 16, 5, "GNU\0", "0123456789abcdef"
	note_section
	record "1.2.3"
