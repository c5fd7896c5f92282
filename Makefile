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
#   FUZZ_SECONDS= how long each target is fuzzed           10
#   KERNELS=    unames the demo builds for                every kernel whose headers are installed
#   KDIR_419=   a build directory of Linux 4.19 to test   a stand-in

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

# A program is the directory of its name; the other directories are shared. tools/README.md shows which may include which.
LIBRARIES := libelf libarchive liblzma libzstd zlib jansson libcrypto libxml-2.0 uuid
objects = $(patsubst tools/%.c,$O/obj/%.o,$(wildcard tools/$1/*.c))
XS_DDK_OBJECTS := $(call objects,xs-ddk)
XS_DRIVER_OBJECTS := $(call objects,xs-driver)
SHARED_OBJECTS := $(filter-out $(XS_DDK_OBJECTS) $(XS_DRIVER_OBJECTS),$(call objects,*))
PROGRAMS := $O/bin/xs-ddk $O/bin/xs-driver

# Asked for once, when the first file is compiled: "make deps all" installs pkg-config before that.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(LIBRARIES)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(LIBRARIES)))$(PKG_LIBS)
XS_CPPFLAGS = -Itools -Inote -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXS_DDK_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
XS_CFLAGS := -std=c11 $(WARNINGS) -pthread $(if $(SANITIZE),-fsanitize=address -fsanitize=undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer)

all: $(PROGRAMS) $O/bin/driver-tool ## build the programs (what plain make does)

$O/bin/xs-ddk: $(XS_DDK_OBJECTS)
$O/bin/xs-driver: $(XS_DRIVER_OBJECTS)
$(PROGRAMS): $O/libxs.a
	@mkdir -p $(@D)
	$(CC) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o,$^) $O/libxs.a $(PKG_LIBS) -ldl

# The same program: it goes by the name it is called by.
$O/bin/driver-tool: $O/bin/xs-driver
	ln -sf xs-driver $@

# The static programs are the same objects, but for the file that loads libraries while the program runs.
STATIC_PROGRAMS := build/static/bin/xs-ddk build/static/bin/xs-driver
STATIC_LIBS = $(shell $(PKG_CONFIG) --static --libs $(filter-out libarchive libcrypto libxml-2.0,$(LIBRARIES)))

static: $(STATIC_PROGRAMS) ## xs-driver and xs-ddk for any x86-64 Linux from 3.10 on, and their package, in build/static
	@rpm/build-kit --static $(VERSION) build/static

build/static/bin/xs-ddk: $(XS_DDK_OBJECTS)
build/static/bin/xs-driver: $(XS_DRIVER_OBJECTS)
$(STATIC_PROGRAMS): build/static/late_library.o $O/libxs.a
	@mkdir -p $(@D)
	$(CC) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS) -static -Wl,--build-id=none -o $@ $(filter %.o,$^) $O/libxs.a $(STATIC_LIBS)

build/static/late_library.o: tools/base/late_library.c tools/base/late_library.h $O/settings
	@mkdir -p $(@D)
	$(CC) $(XS_CPPFLAGS) -DXS_STATIC $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) -c -o $@ $<

# Made anew, so that a source that is gone leaves no member. With "q", because directories have files of one name.
$O/libxs.a: $(SHARED_OBJECTS)
	rm -f $@
	$(AR) qcs $@ $^

$O/obj/%.o: tools/%.c $O/settings
	@mkdir -p $(@D)
	$(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Changes when the compiler or its flags do, and only then: everything compiled with others is stale.
SETTINGS = $(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(filter-out -Werror,$(XS_CFLAGS)) $(CFLAGS) $(LDFLAGS)
$O/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SETTINGS))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(SETTINGS))' >$@

-include $(wildcard $O/obj/*/*.d)

## Doing things ---------------------------------------------------------------

deps: ## install what building, the demo and the tests need (apt or dnf), saying what and why
	@tools/deps

demo: ## the main job, shown: the example driver for every kernel, its records, and one read back from a running kernel
	@$(MAKE) --no-print-directory -s all
	@tests/demo $(KERNELS)

# "make -j deps check": what needs the packages waits for them.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(filter-out deps,$(MAKECMDGOALS)): | deps
endif

check: ## all tests; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory WERROR=1 all
	@$(MAKE) --no-print-directory WERROR=1 SANITIZE=1 all
	@XS_BUILT=1 tests/run $(if $(JOBS),--jobs $(JOBS)) $(TESTS)

corpus: all ## real drivers, built plain and with the record, compared, and each put on a disk; takes minutes
	@tests/corpus/run
	@tests/corpus/package

## Fuzzing and measuring -------------------------------------------------------

comma := ,

# Everything is compiled once more with clang: with what finds its way through it and what watches over it, or with
# counters of what was reached.
F := build/fuzz$(if $(COVERAGE),-coverage)
FUZZ_CC := clang
FUZZ_SECONDS ?= 10
FUZZ_WATCH := $(if $(COVERAGE),-fprofile-instr-generate -fcoverage-mapping,-fsanitize=address$(comma)undefined \
	-fno-sanitize-recover=all)
FUZZ_CFLAGS := -std=c11 -O1 -g -pthread $(FUZZ_WATCH)
FUZZ_LDFLAGS := -Wl,--wrap=complain,--wrap=program_run,--wrap=fork,--export-dynamic-symbol=posix_spawn*
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$F/%,$(wildcard tests/fuzz/*.c))

$F/obj/%.o: tools/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(XS_CPPFLAGS) $(FUZZ_CFLAGS) $(if $(COVERAGE),,-fsanitize=fuzzer-no-link) -MMD -MP -c -o $@ $<

# The programs' own files too, but for those with main().
$F/libxs.a: $(patsubst tools/%.c,$F/obj/%.o,$(filter-out %/main.c,$(wildcard tools/*/*.c)))
	rm -f $@
	$(AR) qcs $@ $^

$(FUZZ_TARGETS): $F/%: tests/fuzz/%.c $F/libxs.a
	$(FUZZ_CC) $(XS_CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(FUZZ_LDFLAGS) -MMD -MP -o $@ $< $F/libxs.a $(PKG_LIBS) -ldl

-include $(wildcard $F/obj/*/*.d $F/*.d)

fuzz-targets: $(FUZZ_TARGETS)

fuzz: fuzz-targets ## fuzz every reader, FUZZ_SECONDS each; GROW=1 keeps what is new as seeds
	@tests/fuzz/run $(if $(GROW),--grow) $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzz-coverage: ## a table of how much of each reader the seeds of its fuzz target reach
	@$(MAKE) --no-print-directory -s COVERAGE=1 fuzz-targets
	@tests/fuzz/coverage build/fuzz-coverage

bench: all ## measure against the tools people use; prints tables for the README; takes minutes
	@tests/bench/run

format: ## put the C sources into the project's format
	clang-format -i tools/*/*.[ch]

## Installing -----------------------------------------------------------------

# What is installed where, as "source:target" words: install and uninstall read the same list.
FILES := $O/bin/xs-ddk:$(BINDIR)/xs-ddk $O/bin/xs-driver:$(SBINDIR)/xs-driver
KIT := $(sort $(shell find note rpm example-driver -name build -prune -o -type f ! -name 'xs-*.spec' ! -name build-kit ! -name '*.[158]' -print))
FILES += $(foreach f,$(KIT),$f:$(DATADIR)/$f) $O/macros.xs-ddk:$(MACROSDIR)/macros.xs-ddk
FILES += $(foreach f,$(wildcard tools/*/*.[158] note/*.[158] rpm/*.[158]),$f:$(MANDIR)/man$(subst .,,$(suffix $f))/$(notdir $f))
FILES += tools/finding/xs-ddk.schema.json:$(DATADIR)/xs-ddk.schema.json
FILES += $(foreach f,$(wildcard tools/completion/*),$f:$(COMPDIR)/$(notdir $f))
target = '$(DESTDIR)$(lastword $(subst :, ,$1))'
source = $(firstword $(subst :, ,$1))
define newline


endef

# The macros know where the kit is.
$O/macros.xs-ddk: rpm/macros.xs-ddk FORCE
	@mkdir -p $(@D)
	@sed -e 's|^%xs_ddk_dir .*|%xs_ddk_dir $(DATADIR)|' -e 's|^%xs_ddk .*|%xs_ddk $(BINDIR)/xs-ddk|' $< >$@

install: all $O/macros.xs-ddk ## install below DESTDIR and PREFIX
	$(foreach f,$(FILES),install -D -m $$(test -x $(call source,$f) && echo 755 || echo 644) $(call source,$f) $(call target,$f)$(newline)	)
	ln -sf '$(DATADIR)/note/xs-kbuild' '$(DESTDIR)$(BINDIR)/xs-kbuild'
	ln -sf xs-driver '$(DESTDIR)$(SBINDIR)/driver-tool'

uninstall: ## remove what install installed, and the directories it leaves empty
	rm -f $(foreach f,$(FILES),$(call target,$f)) '$(DESTDIR)$(BINDIR)/xs-kbuild' '$(DESTDIR)$(SBINDIR)/driver-tool'
	@for d in $(sort $(foreach f,$(FILES),'$(dir $(lastword $(subst :, ,$f)))')); do \
		! cd "$(DESTDIR)/$$d" 2>/dev/null || \
		{ cd "$(DESTDIR)/" && rmdir -p --ignore-fail-on-non-empty "$${d#/}"; } || exit 1; \
	done

rpm: ## the kit itself as RPM packages, in build/rpm
	@rpm/build-kit $(VERSION) build/rpm

## Housekeeping ---------------------------------------------------------------

clean: ## remove everything that was built
	rm -rf build example-driver/build

help: ## this text
	@awk -F' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@awk '/^#  / { sub(/^#/, ""); print } /^$$/ && seen { exit } /^# Variables/ { seen = 1 }' $(firstword $(MAKEFILE_LIST))

FORCE:
.PHONY: all static deps demo check corpus fuzz fuzz-targets fuzz-coverage bench format install uninstall rpm clean help FORCE
.DELETE_ON_ERROR:
