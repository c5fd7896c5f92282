# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# 63 bytes are legal.
	.include "note.inc"
	note_section
	record "1234567890123456789012345678901234567890123456789012345678901.3"
