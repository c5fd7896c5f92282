# SPDX-License-Identifier: GPL-2.0-only
# A vendor's own Makefile, as such files are: its default is the kernel that runs.
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

all:
	make -C $(KDIR) M=$(CURDIR) modules

clean:
	make -C $(KDIR) M=$(CURDIR) clean
