# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing
# The only note of the owner is of type 2.
	.include "note.inc"
	note_section
	note 10, 6, 2, "XenServer\0", "1.2.3\0"
