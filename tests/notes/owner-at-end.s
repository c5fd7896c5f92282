# SPDX-License-Identifier: GPL-2.0-only
# expect: note-owner
# A nameless, empty note ends the section: nothing may be read behind it.
	.include "note.inc"
	note_section
	.long 0, 0, 1
