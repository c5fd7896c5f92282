# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# descsz 0xffffffff: adding to it wraps in 32 bits.
	.include "note.inc"
	note_section
	note 10, 0xffffffff, 1, "XenServer\0", "1.2.3\0"
