# SPDX-License-Identifier: GPL-2.0-only
#
# Build, test and install xs-ddk. There is no configure step; the libraries are found with pkg-config.
#
# Variables for packagers, to be given on the command line:
#
#   PREFIX      where it is to live                       /usr/local
#   DESTDIR     a root to install into instead of /       (empty)
#   BINDIR      programs                                  $(PREFIX)/bin
#   SBINDIR     programs for administrators               $(PREFIX)/sbin
#   DATADIR     note/, rpm/, example-driver/              $(PREFIX)/share/xs-ddk
#   MANDIR      manual pages                              $(PREFIX)/share/man
#   COMPDIR     bash completions                          $(PREFIX)/share/bash-completion/completions
#   MACROSDIR   RPM macros                                $(PREFIX)/lib/rpm/macros.d
#   CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG                 as everywhere
#
# Variables for developers:
#
#   WERROR=1    warnings are errors                       (set in CI and by make check)
#   SANITIZE=1  build with ASan and UBSan, in build/san   (off)
#   TESTS=      the .bats files make check runs           all
#   JOBS=       how many of them at once                  one a processor
#   KERNELS=    unames the demo builds for                every kernel whose headers are installed

VERSION := 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
DATADIR ?= $(PREFIX)/share/xs-ddk
MANDIR ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
MACROSDIR ?= $(PREFIX)/lib/rpm/macros.d

PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)
O := build$(if $(SANITIZE),/san)

.DEFAULT_GOAL := all

## Programs -------------------------------------------------------------------

# One program a file of its name, with its commands beside it; all else in tools/ is shared.
LIBRARIES := libelf jansson libcrypto
XS_DDK_OBJECTS := $(patsubst tools/%.c,$O/obj/%.o,tools/xs-ddk.c $(wildcard tools/cmd_*.c))
SHARED_OBJECTS := $(patsubst tools/%.c,$O/obj/%.o,\
	$(filter-out tools/xs-ddk.c tools/cmd_%.c,$(wildcard tools/*.c)))
PROGRAMS := $O/bin/xs-ddk

XS_CPPFLAGS := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXS_DDK_VERSION='"$(VERSION)"' \
	$(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
XS_CFLAGS := -std=c11 $(WARNINGS) -pthread $(if $(SANITIZE),-fsanitize=address$(,)undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer)
XS_LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES))
, := ,

all: $(PROGRAMS) ## build the programs (what plain make does)

$O/bin/xs-ddk: $(XS_DDK_OBJECTS)
$(PROGRAMS): $O/libxs.a
	@mkdir -p $(@D)
	$(CC) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o,$^) $O/libxs.a $(XS_LDLIBS)

# Made anew, so that a source that is gone leaves no member.
$O/libxs.a: $(SHARED_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$O/obj/%.o: tools/%.c $O/settings
	@mkdir -p $(@D)
	$(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Changes when the compiler or its flags do, and only then: everything compiled with others is stale.
SETTINGS := $(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS)
$O/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SETTINGS))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(SETTINGS))' >$@

-include $(wildcard $O/obj/*.d)

## Doing things ---------------------------------------------------------------

deps: ## install what building, the demo and the tests need (apt or dnf), saying what and why
	@tools/deps

demo: all ## the main job, shown: the example driver for every kernel, its records, and one read back from a running kernel
	@tests/demo $(KERNELS)

check: ## all tests; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory WERROR=1 all
	@$(MAKE) --no-print-directory WERROR=1 SANITIZE=1 all
	@tests/run $(if $(JOBS),--jobs $(JOBS)) $(TESTS)

format: ## put the C sources into the project's format
	clang-format -i tools/*.[ch] example-driver/*.c

## Installing -----------------------------------------------------------------

# What is installed where, as "source:target" pairs: install and uninstall read the same list.
PROGRAM_FILES := $(foreach p,$(PROGRAMS),$p:$(BINDIR)/$(notdir $p)) note/xs-kbuild:$(DATADIR)/note/xs-kbuild
DATA_FILES := $(foreach f,$(filter-out note/xs-kbuild,$(wildcard note/*)) $(wildcard example-driver/*.c) \
	example-driver/Kbuild example-driver/Makefile,$f:$(DATADIR)/$f)
MAN_FILES := $(foreach f,$(wildcard tools/*.[18] note/*.[18]),$f:$(MANDIR)/man$(subst .,,$(suffix $f))/$(notdir $f))
FILES := $(PROGRAM_FILES) $(DATA_FILES) $(MAN_FILES)
target = $(DESTDIR)$(lastword $(subst :, ,$1))
source = $(firstword $(subst :, ,$1))
define newline


endef

install: all ## install below DESTDIR and PREFIX
	$(foreach f,$(PROGRAM_FILES),install -D -m 755 $(call source,$f) '$(call target,$f)'$(newline)	)
	$(foreach f,$(DATA_FILES) $(MAN_FILES),install -D -m 644 $(call source,$f) '$(call target,$f)'$(newline)	)
	ln -sf '$(DATADIR)/note/xs-kbuild' '$(DESTDIR)$(BINDIR)/xs-kbuild'

uninstall: ## remove what install installed
	rm -f $(foreach f,$(FILES),'$(call target,$f)') '$(DESTDIR)$(BINDIR)/xs-kbuild'
	-for d in $(sort $(foreach f,$(filter %,$(FILES)),'$(dir $(call target,$f))')) '$(DESTDIR)$(DATADIR)'; do \
		rmdir --ignore-fail-on-non-empty "$$d" 2>/dev/null; done

## Housekeeping ---------------------------------------------------------------

clean: ## remove everything that was built
	rm -rf build example-driver/build

help: ## this text
	@awk -F' ## ' '/^[a-z]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@awk '/^#  / { sub(/^#/, ""); print } /^$$/ && seen { exit } /^# Variables/ { seen = 1 }' $(firstword $(MAKEFILE_LIST))

FORCE:
.PHONY: all deps demo check format install uninstall clean help FORCE
.DELETE_ON_ERROR:
