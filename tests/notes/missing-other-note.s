# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing
# There is a build-id, but no record.
	.include "note.inc"
	.section .note.gnu.build-id, "a", %note
	.balign 4
	note 4, 8, 3, "GNU\0", "01234567"
