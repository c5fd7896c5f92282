# SPDX-License-Identifier: GPL-2.0-only
# expect: sound
# The copies for old readers agree.
	.include "note.inc"
	compat_section
	record "1.2.3"
	record_short "1.2.3"
	note_section
	record "1.2.3"
