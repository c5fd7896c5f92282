# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# The record as it should be.
	.include "note.inc"
	note_section
	record "1.2.3"
