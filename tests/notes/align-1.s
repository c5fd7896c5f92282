# SPDX-License-Identifier: GPL-2.0-only
# expect: note-align
# Alignment 1 is what 'objcopy --add-section' leaves.
	.include "note.inc"
	.section .note.xenserver, "a", %note
	.long 10, 6, 1
	.ascii "XenServer\0\0\0"
	.ascii "1.2.3\0\0\0"
