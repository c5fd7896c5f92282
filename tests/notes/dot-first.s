# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# The first character is a letter or a digit.
	.include "note.inc"
	note_section
	record ".hidden"
