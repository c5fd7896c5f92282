# SPDX-License-Identifier: GPL-2.0-only
# expect: note-type
# The section's type is what ld.lld makes of a script with LONG() statements.
	.include "note.inc"
	.section .note.xenserver, "a", %progbits
	.balign 4
	record "1.2.3"
