# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# A space would split a word in scripts.
	.include "note.inc"
	note_section
	record "1 2"
