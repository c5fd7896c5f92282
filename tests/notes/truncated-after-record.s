# SPDX-License-Identifier: GPL-2.0-only
# expect: note-truncated
# Bytes after the record that are no note.
	.include "note.inc"
	note_section
	record "1.2.3"
	.long 4
