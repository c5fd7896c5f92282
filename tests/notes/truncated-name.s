# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# namesz points past the end.
	.include "note.inc"
	note_section
	note 1000, 6, 1, "XenServer\0", "1.2.3\0"
