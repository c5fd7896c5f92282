# SPDX-License-Identifier: GPL-2.0-only
# expect: note-chars
# What would forge a line of output.
	.include "note.inc"
	note_section
	record "1.2\n/lib/x.ko: fine"
