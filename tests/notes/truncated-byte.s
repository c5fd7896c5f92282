# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# One byte less than the header of a note.
	.include "note.inc"
	note_section
	.fill 11, 1, 0
