# SPDX-License-Identifier: GPL-2.0-only
# expect: note-unterminated
# descsz counts the padding.
	.include "note.inc"
	note_section
	note 10, 8, 1, "XenServer\0", "1.2.3\0\0\0"
