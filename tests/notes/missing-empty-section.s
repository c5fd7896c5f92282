# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing
# The section is there and holds nothing.
	.include "note.inc"
	note_section
