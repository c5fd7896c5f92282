# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# Ten bytes are no note header.
	.include "note.inc"
	note_section
	.long 10, 6
	.short 1
