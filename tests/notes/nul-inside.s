# SPDX-License-Identifier: GPL-2.0-only
# expect: note-unterminated
# The text ends before descsz does.
	.include "note.inc"
	note_section
	note 10, 8, 1, "XenServer\0", "1.2\0evil"
