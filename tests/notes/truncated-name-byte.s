# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# The owner's name is one byte longer than what is left of the section.
	.include "note.inc"
	note_section
	.long 10, 0, 1
	.ascii "XenServer"
