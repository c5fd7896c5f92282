# SPDX-License-Identifier: GPL-2.0-only
# expect: note-unterminated
# descsz does not count a NUL.
	.include "note.inc"
	note_section
	note 10, 5, 1, "XenServer\0", "1.2.3"
