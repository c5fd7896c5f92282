# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# Another owner's note of type 1 is not a second record.
	.include "note.inc"
	note_section
	record "1.2.3"
	note 9, 4, 1, "XenServe\0", "9.9\0"
	note 4, 4, 1, "Xen\0", "9.9\0"
