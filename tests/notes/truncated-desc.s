# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# descsz points past the end.
	.include "note.inc"
	note_section
	note 10, 1000, 1, "XenServer\0", "1.2.3\0"
