# SPDX-License-Identifier: GPL-2.0-only
# A module whose record and .modinfo stand beyond what is kept of a long one's beginning and end.
	.data
	.zero 9 << 20
	.include "note.inc"
	note_section
	record "1.2.3"
	.section .rodata, "a", %progbits
	.zero 3 << 20
