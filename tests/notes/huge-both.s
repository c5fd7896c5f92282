# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# Both sizes at their greatest.
	.include "note.inc"
	note_section
	note 0xffffffff, 0xffffffff, 1, "", ""
