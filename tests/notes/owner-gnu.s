# SPDX-License-Identifier: GPL-2.0-only
# expect: note-owner
# The owner is another.
	.include "note.inc"
	note_section
	note 4, 6, 1, "GNU\0", "1.2.3\0"
