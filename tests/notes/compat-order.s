# SPDX-License-Identifier: GPL-2.0-only
# expect: note-compat
# The copies stand in the order that makes one reader fail.
	.include "note.inc"
	note_section
	record "1.2.3"
	compat_section
	record_short "1.2.3"
	record "1.2.3"
