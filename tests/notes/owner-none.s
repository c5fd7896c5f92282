# SPDX-License-Identifier: GPL-2.0-only
# expect: note-owner
# namesz 0: there is no owner to compare with.
	.include "note.inc"
	note_section
	note 0, 6, 1, "", "1.2.3\0"
