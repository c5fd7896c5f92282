/* SPDX-License-Identifier: GPL-2.0-only */
/* The record by the header's assembly form. */
#include "xenserver-note.h"

XENSERVER_NOTE(NOTE_VERSION)

	.section .note.GNU-stack, "", %progbits
