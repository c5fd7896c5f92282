# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing
# No notes at all.
	.include "note.inc"
