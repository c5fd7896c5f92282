# SPDX-License-Identifier: GPL-2.0-only
# expect: note-missing note-type
# The section takes no room in the file.
	.include "note.inc"
	.section .note.xenserver, "a", %nobits
	.balign 4
	.skip 32
