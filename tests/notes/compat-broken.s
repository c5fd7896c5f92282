# SPDX-License-Identifier: GPL-2.0-only
# expect: note-compat
# The second copy's sizes point past the end.
	.include "note.inc"
	note_section
	record "1.2.3"
	compat_section
	record "1.2.3"
	note 9, 1000, 1, "XenServer\0", "1.2.3\0"
