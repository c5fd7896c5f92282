// SPDX-License-Identifier: GPL-2.0-only
// A module of two objects: the other half.
int pair_value(void);

int pair_value(void)
{
	return 0;
}
#ifdef NOTE_IN_HALF
#include "xenserver-note.h"
XENSERVER_NOTE(NOTE_IN_HALF);
#endif
