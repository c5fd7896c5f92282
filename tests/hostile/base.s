# SPDX-License-Identifier: GPL-2.0-only
# base.ko, from which the hostile modules are made.
	.include "note.inc"

	.section .modinfo, "a", %progbits
	.section .note.Linux, "a", %note
	.balign 4
	note 6, 4, 0x101, "Linux\0", "\0\0\0\0"
	note_section
	record "1.2.3"
	.data
	.8byte 1, 2, 3
	.globl init_module
init_module:
	.text
	.4byte 0
