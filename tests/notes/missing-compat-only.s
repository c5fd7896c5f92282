# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing
# Only the section of the old readers is there.
	.include "note.inc"
	compat_section
	record "1.2.3"
	record_short "1.2.3"
