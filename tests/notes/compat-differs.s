# SPDX-License-Identifier: GPL-2.0-only
# expect: note-compat
# A copy says another version.
	.include "note.inc"
	note_section
	record "1.2.3"
	compat_section
	record "1.2.3"
	record_short "1.2.4"
