/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small module of any machine: what a reader of modules looks at, and no code. Assembled with clang -target;
 * with VERSION defined it has the record of that version linked in.
 */
#ifdef VERSION
#include "xenserver-note.h"
XENSERVER_NOTE(VERSION)
#endif

	.section .modinfo, "a", %progbits
	.asciz	"license=GPL"
	.asciz	"alias=pci:v00001234d000011E8sv*sd*bc*sc*i*"
	.asciz	"name=little"
	.asciz	"vermagic=6.1.0-56-amd64 SMP "

	.section __versions, "a", %progbits
	.4byte	0x12345678, 0
	.ascii	"printk"
	.zero	50

	.data
	.balign	16
	.globl	words
words:	.4byte	1, 2, 3
	/* A relocation against a symbol, and one against a section. */
	.4byte	printk
	.4byte	.Lhere
.Lhere:	.byte	7

	.bss
	.balign	32
	.zero	100

	.section .gnu.linkonce.this_module, "aw", %progbits
	.balign	64
	.zero	24
	.asciz	"little"
	.balign	64
	.4byte	words

	.section .BTF, "", %progbits
	.4byte	0xeb9f0001, 24, 0, 0

#ifdef OTHER_NOTES
	.section .note.xenserver, "a", %note
	.balign	4
	.4byte	6, 4, 7
	.asciz	"Other"
	.balign	4
	.4byte	42
#endif
#ifdef RECORD_ELSEWHERE
	.section .note.elsewhere, "a", %note
	.balign	4
	.4byte	10, 4, 1
	.asciz	"XenServer"
	.balign	4
	.asciz	"9.9"
#endif
