# SPDX-License-Identifier: GPL-2.0-only
# expect: note-several
# Two records in the section.
	.include "note.inc"
	note_section
	record "1.2.3"
	record "1.2.3"
