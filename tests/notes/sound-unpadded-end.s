# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# The padding of the last desc is missing: readers must not want it.
	.include "note.inc"
	note_section
	.long 10
	.long 6
	.long 1
	.asciz "XenServer"
	.balign 4
	.asciz "1.2.3"
