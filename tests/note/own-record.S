/* SPDX-License-Identifier: GPL-2.0-only */
/* A record that a driver makes by means of its own, without the header. */
	.section .note.xenserver, "a", %note
	.balign	4
	.long	10, 6, 1
	.asciz	"XenServer"
	.balign	4
	.asciz	"9.9.9"
	.balign	4

	.section .note.GNU-stack, "", %progbits
