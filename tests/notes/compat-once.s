# SPDX-License-Identifier: GPL-2.0-only
# expect: note-compat
# One of the two copies is missing.
	.include "note.inc"
	note_section
	record "1.2.3"
	compat_section
	record "1.2.3"
