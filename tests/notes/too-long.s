# SPDX-License-Identifier: GPL-2.0-only
# expect: note-long
# 64 bytes are one too many.
	.include "note.inc"
	note_section
	record "1234567890123456789012345678901234567890123456789012345678901.34"
