/* SPDX-License-Identifier: GPL-2.0-only */
/* The least that depmod and the tools take for a module: .modinfo, and the record of VERSION if that is defined. */
#define MODULE
#include "xenserver-note.h"

	.section .modinfo, "a"
	.asciz "license=GPL"
	.asciz "name=" NAME
	.asciz "vermagic=" UNAME " SMP preempt mod_unload modversions "
#ifdef DEPENDS
	.asciz "depends=" DEPENDS
#endif
#ifdef ALIAS
	.asciz "alias=" ALIAS
#endif

#ifdef VERSION
XENSERVER_NOTE(VERSION)
#endif
