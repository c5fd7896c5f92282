# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# Notes of other owners and of other types stand before the record.
	.include "note.inc"
	note_section
	note 4, 16, 3, "GNU\0", "0123456789abcdef"
	note 0, 0, 7, "", ""
	note 10, 4, 2, "XenServer\0", "abcd"
	note 5, 3, 1, "Xen6\0", "ab\0"
	record "1.2.3"
