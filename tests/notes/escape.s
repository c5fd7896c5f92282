# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# What would move a terminal's cursor.
	.include "note.inc"
	note_section
	record "1.2\033[2J"
