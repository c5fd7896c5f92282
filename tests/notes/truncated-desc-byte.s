# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# The version is one byte longer than what is left of the section.
	.include "note.inc"
	note_section
	.long 10, 6, 1
	.asciz "XenServer"
	.balign 4
	.ascii "1.2.3"
