// SPDX-License-Identifier: GPL-2.0-only
// It does nothing. Its record has only the form that XenServer 9's own tools read: the variant, in .note.XenServer.
#include <linux/module.h>

asm(".pushsection .note.XenServer, \"a\", @note\n"
    ".balign 4\n"
    ".long 9, 2f - 1f, 1\n"
    ".asciz \"XenServer\"\n"
    ".balign 4\n"
    "1: .asciz \"" XS_VARIANT "\"\n"
    "2: .balign 4\n"
    ".popsection\n");

MODULE_DESCRIPTION("A module for a test of xs-driver");
MODULE_LICENSE("GPL");
