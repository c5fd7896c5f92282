# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# A byte that begins no character.
	.include "note.inc"
	note_section
	record "1.2\377"
