/* SPDX-License-Identifier: GPL-2.0-only */
#define UTS_RELEASE "4.19.0+1"
