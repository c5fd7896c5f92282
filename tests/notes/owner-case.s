# SPDX-License-Identifier: GPL-2.0-only
# expect: note-owner
# Owners are compared byte by byte.
	.include "note.inc"
	note_section
	note 10, 6, 1, "xenserver\0", "1.2.3\0"
