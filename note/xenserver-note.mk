# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The make fragment that gives every module a driver's Makefile builds the record of XS_VERSION.
#
# Include it in the Makefile a person types `make` to, after the kernel's build directory is known:
#
#	KDIR ?= /lib/modules/$(KVER)/build
#	XS_VERSION := 1.2.3
#	include /usr/share/xs-ddk/note/xenserver-note.mk
#
#	all:
#		$(MAKE) -C $(KDIR) M=$(CURDIR) modules
#
# XS_VERSION      the version. Without one nothing is done, so that the include may stay for good
# XS_KDIR         the kernel's build directory; else the first set of KDIR, KERNELDIR, KERNEL_SRC, KSRC
# XS_NOTE_DIR     the directory to build in, default the current one; all is kept in its .xs-note/
# XS_NOTE_COMPAT  xs9: also emit the section .note.XenServer, for older readers
#
# It makes the record's object and a linker fragment there and adds `LDFLAGS_MODULE=-T <fragment>` to
# what make passes down as if it came from its command line, the one way by which it reaches the
# kernel's makefiles; an LDFLAGS_MODULE that is given to make is kept. GNU make 4. `make clean` removes .xs-note/. In the pass that kbuild makes over the same Makefile
# (KERNELRELEASE is set) it does nothing, and likewise below an xs-kbuild that was given this version.

ifeq ($(KERNELRELEASE),)
ifneq ($(XS_VERSION),)

xs-note-quoted = '$(subst ','\'',$(1))'
xs-note-tool := $(dir $(lastword $(MAKEFILE_LIST)))xs-kbuild
xs-note-kdir := $(firstword $(XS_KDIR) $(KDIR) $(KERNELDIR) $(KERNEL_SRC) $(KSRC))
xs-note-dir := $(or $(XS_NOTE_DIR),$(CURDIR))/.xs-note

ifneq ($(findstring /$(XS_VERSION)/xenserver-note.lds,$(LDFLAGS_MODULE)),)
# xs-kbuild, or a make above us, has seen to it.
else ifneq ($(findstring /xenserver-note.lds,$(LDFLAGS_MODULE)),)
$(error xenserver-note.mk: XS_VERSION is $(XS_VERSION), but this make runs below one that gives another version: $(LDFLAGS_MODULE))
else ifeq ($(filter-out clean %clean help,$(or $(MAKECMDGOALS),all)),)
xs-note-removed := $(if $(filter clean %clean,$(MAKECMDGOALS)),$(shell rm -rf $(call xs-note-quoted,$(xs-note-dir))))
else
ifeq ($(xs-note-kdir),)
$(error xenserver-note.mk: XS_KDIR is empty; set it to the kernel's build directory)
endif
# What chooses the compiler reaches the kernel's make from our command line by itself, and a $(shell)
# from the environment; from the command line it has to be told.
xs-note-toolchain := $(foreach v,ARCH CROSS_COMPILE LLVM LLVM_IAS CC,$(if \
	$(filter command,$(origin $(v))),$(call xs-note-quoted,$(v)=$($(v)))))
# The reason of a failure is on stderr by then.
xs-note-fragment := $(shell $(call xs-note-quoted,$(xs-note-tool)) \
	--fragment $(call xs-note-quoted,$(xs-note-dir)) --version $(call xs-note-quoted,$(XS_VERSION)) \
	--kdir $(call xs-note-quoted,$(xs-note-kdir)) --compat $(call xs-note-quoted,$(XS_NOTE_COMPAT)) -- $(xs-note-toolchain))
ifeq ($(xs-note-fragment),)
$(error xenserver-note.mk: no record can be made for XS_VERSION=$(XS_VERSION); the reason is above)
endif
xs-note-empty :=
xs-note-space := $(xs-note-empty) $(xs-note-empty)
xs-note-ldflags := $(strip $(LDFLAGS_MODULE) -T $(xs-note-fragment))
MAKEOVERRIDES += LDFLAGS_MODULE=$(subst $(xs-note-space),\$(xs-note-space),$(xs-note-ldflags))
endif

endif
endif
