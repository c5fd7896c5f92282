# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A make fragment: each module that a driver's Makefile builds gets the record of XS_VERSION.
#
# Include it in the Makefile in which a person types "make". Include it after the variable that names the
# kernel's build directory is set:
#
#	KDIR ?= /lib/modules/$(KVER)/build
#	XS_VERSION := 1.2.3
#	include /usr/share/xs-ddk/note/xenserver-note.mk
#
#	all:
#		$(MAKE) -C $(KDIR) M=$(CURDIR) modules
#
# XS_VERSION        the version. If it is empty, the fragment does nothing, so the include line may stay
# XS_KDIR           the kernel's build directory; default: the first that is set of KDIR, KERNELDIR,
#                   KERNEL_SRC and KSRC
# XS_NOTE_DIR       the fragment makes its files in XS_NOTE_DIR/.xs-note/; default: the current directory
# XS_NOTE_COMPAT    xs9: also write the section .note.XenServer, for older readers
# ALLOW_NO_SYMVERS  1: the kernel's build directory may lack Module.symvers
#
# The fragment makes an object with the record, and a linker fragment that pulls the object in. It passes
# LDFLAGS_MODULE="-T <linker fragment>" to every make that this make starts, as if a person had typed it
# on the command line: a value in the environment would not reach the kernel's makefiles. An
# LDFLAGS_MODULE that you give to make is kept. "make clean" removes .xs-note/.
#
# kbuild reads the same Makefile again, with KERNELRELEASE set: then the fragment does nothing. It also
# does nothing below an xs-kbuild that was called with the same version. It needs GNU make 3.82.
# Manual: xs-ddk-note(5).

ifeq ($(KERNELRELEASE),)
ifneq ($(XS_VERSION),)

xs-note-quoted = '$(subst ','\'',$(1))'
xs-note-tool := $(dir $(lastword $(MAKEFILE_LIST)))xs-kbuild
xs-note-kdir := $(firstword $(XS_KDIR) $(KDIR) $(KERNELDIR) $(KERNEL_SRC) $(KSRC))
xs-note-dir := $(or $(XS_NOTE_DIR),$(CURDIR))/.xs-note

ifneq ($(findstring /$(XS_VERSION)/xenserver-note.lds,$(LDFLAGS_MODULE)),)
# xs-kbuild, or a make that started this make, has already added the linker fragment.
else ifneq ($(findstring /xenserver-note.lds,$(LDFLAGS_MODULE)),)
$(error xenserver-note.mk: XS_VERSION is $(XS_VERSION), but xs-kbuild or a make that started this one gives another version: $(LDFLAGS_MODULE))
else ifeq ($(filter-out clean %clean help,$(or $(MAKECMDGOALS),all)),)
xs-note-removed := $(if $(filter clean %clean,$(MAKECMDGOALS)),$(shell rm -rf $(call xs-note-quoted,$(xs-note-dir))))
else
ifeq ($(xs-note-kdir),)
$(error xenserver-note.mk: XS_KDIR is empty; set it to the kernel's build directory)
endif
# The variables that choose the compiler. make passes them on from its command line to other makes, but not to
# a $(shell), so xs-kbuild gets them as arguments.
xs-note-toolchain := $(foreach v,ARCH CROSS_COMPILE LLVM LLVM_IAS CC,$(if \
	$(filter command,$(origin $(v))),$(call xs-note-quoted,$(v)=$($(v)))))
# If xs-kbuild fails, it prints the reason on stderr.
xs-note-fragment := $(shell ALLOW_NO_SYMVERS=$(call xs-note-quoted,$(ALLOW_NO_SYMVERS)) $(call xs-note-quoted,$(xs-note-tool)) \
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
