# SPDX-License-Identifier: GPL-2.0-only
# expect: note-empty
# descsz 0: there is no version at all.
	.include "note.inc"
	note_section
	note 10, 0, 1, "XenServer\0", ""
