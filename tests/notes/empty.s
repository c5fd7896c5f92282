# SPDX-License-Identifier: GPL-2.0-only
# expect: note-empty
# The version is only its NUL.
	.include "note.inc"
	note_section
	record ""
