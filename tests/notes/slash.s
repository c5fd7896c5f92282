# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# A version is a directory's name.
	.include "note.inc"
	note_section
	record "../../etc"
