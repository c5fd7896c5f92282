# SPDX-License-Identifier: GPL-2.0-only
# expect: note-owner
# namesz 9: the owner's NUL is not counted.
	.include "note.inc"
	note_section
	note 9, 6, 1, "XenServer\0", "1.2.3\0"
