# SPDX-License-Identifier: GPL-2.0-only
#
# Build, test and install xs-ddk. There is no configure step: pkg-config finds the libraries. "make help" prints this.
#
# Variables for installing. In the last column: the default.
#
#   PREFIX        directory to install into                  /usr/local
#   DESTDIR       directory to use as the root, for packages (empty: /)
#   BINDIR        programs                                   $(PREFIX)/bin
#   SBINDIR       programs for administrators                $(PREFIX)/sbin
#   DATADIR       note/, rpm/, example-driver/               $(PREFIX)/share/xs-ddk
#   ANSIBLEDIR    the Ansible collection                     $(PREFIX)/share/ansible/collections/...
#   MANDIR        manual pages                               $(PREFIX)/share/man
#   DOCDIR        README, NEWS and LICENSE                   $(PREFIX)/share/doc/xs-ddk
#   COMPDIR       bash completions                           $(PREFIX)/share/bash-completion/completions
#   MACROSDIR     RPM macros                                 $(PREFIX)/lib/rpm/macros.d
#
# Variables for compiling:
#
#   CC            C compiler                                 cc
#   CFLAGS        options for the C compiler                 -O2 -g
#   CPPFLAGS      options for the preprocessor               (none)
#   LDFLAGS       options for the linker                     (none)
#   PKG_CONFIG    the program pkg-config                     pkg-config
#   WERROR=1      warnings are errors                        (off; on in make check)
#   SANITIZE=1    build with ASan and UBSan, in build/san    (off)
#   SANITIZE=thread  build with ThreadSanitizer, in build/tsan
#   SANITIZE=coverage  build with gcov's counters, in build/cov
#
# Variables for testing:
#
#   TESTS         the .bats files that make check runs, or sources: then their tests  (all)
#   RANDOM        how many random changes make mutants makes (none: those of tests/mutants)
#   JOBS          how many test files run at once            (one for each processor)
#   KDIR_419      build directory of Linux 4.19 to test with (a stand-in, of makefiles)
#   KERNELS       kernels that make demo builds for          (all whose headers are installed)
#                 and whose headers make image installs      (the newest of the distribution)
#   FUZZ_CC       C compiler of make fuzz                    clang
#   FUZZ_SECONDS  seconds that make fuzz spends on a target  10
#   GROW=1        make fuzz keeps new inputs as seeds        (off)
#   COVERAGE=1    make fuzz-targets counts the code reached  (off; on in make fuzz-coverage)

VERSION := 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
DATADIR ?= $(PREFIX)/share/xs-ddk
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/xs-ddk
ANSIBLEDIR ?= $(PREFIX)/share/ansible/collections/ansible_collections/xs_ddk/drivers
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
MACROSDIR ?= $(PREFIX)/lib/rpm/macros.d

PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)
VARIANT_thread := tsan
VARIANT_coverage := cov
O := build$(if $(SANITIZE),/$(or $(VARIANT_$(SANITIZE)),san))

.DEFAULT_GOAL := all

## Programs -------------------------------------------------------------------

# A program is in the directory of its name; both programs share the other directories. See tools/README.md.
# LATE_LIBRARIES are loaded when they are needed; see tools/base/late_library.h.
LATE_LIBRARIES := libarchive libcrypto libxml-2.0 rpm
LIBRARIES := libelf liblzma libzstd zlib jansson uuid $(LATE_LIBRARIES)
objects = $(patsubst tools/%.c,$O/obj/%.o,$(wildcard tools/$1/*.c))
XS_DDK_OBJECTS := $(call objects,xs-ddk)
XS_DRIVER_OBJECTS := $(call objects,xs-driver)
SHARED_OBJECTS := $(filter-out $(XS_DDK_OBJECTS) $(XS_DRIVER_OBJECTS),$(call objects,*))
PROGRAMS := $O/bin/xs-ddk $O/bin/xs-driver
MANUAL := build/man/xs-ddk.1 build/man/xs-ddk-guide.7

# pkg-config runs once, when the first file is compiled: "make deps all" installs it before that.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(LIBRARIES)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(LIBRARIES)))$(PKG_LIBS)
XS_CPPFLAGS = -Itools -Inote -I$O/include -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXS_DDK_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
# "atomic" counts in threads too, and "abs-path" in tests that change their directory.
VARIANT_OPTIONS_san := -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
VARIANT_OPTIONS_tsan := -fsanitize=thread -fno-sanitize-recover=all -fno-omit-frame-pointer
VARIANT_OPTIONS_cov := --coverage -fprofile-update=atomic -fprofile-abs-path
XS_CFLAGS := -std=c11 $(WARNINGS) -pthread $(VARIANT_OPTIONS_$(notdir $O))

all: $(PROGRAMS) $O/bin/driver-tool $(MANUAL) ## build the programs in build/bin; the default

$O/bin/xs-ddk: $(XS_DDK_OBJECTS)
$O/bin/xs-driver: $(XS_DRIVER_OBJECTS)
$(PROGRAMS): $O/libxs.a
	@mkdir -p $(@D)
	$(CC) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o,$^) $O/libxs.a $(PKG_LIBS) -ldl

# The same program: it looks at the name by which it was called.
$O/bin/driver-tool: $O/bin/xs-driver
	ln -sf xs-driver $@

# The manual page gets the severity, the problem and the hint of each rule from the list of rules.
build/man/xs-ddk.1: tools/xs-ddk/manual.awk tools/finding/rules.def tools/xs-ddk/xs-ddk.1.in
	@mkdir -p $(@D)
	@awk -f $^ >$@

build/man/xs-ddk-guide.7: rpm/guide.awk rpm/GUIDE.md
	@mkdir -p $(@D)
	@awk -f $^ >$@

# The static programs are linked from the same objects, except the one that loads libraries while the program runs.
STATIC_PROGRAMS := build/static/bin/xs-ddk build/static/bin/xs-driver
STATIC_LIBS = $(shell $(PKG_CONFIG) --static --libs $(filter-out $(LATE_LIBRARIES),$(LIBRARIES)))

static: $(STATIC_PROGRAMS) $(MANUAL) ## build static programs for Linux 3.10 and newer, and their package, in build/static
	@rpm/build-kit --static $(VERSION) build/static

build/static/bin/xs-ddk: $(XS_DDK_OBJECTS)
build/static/bin/xs-driver: $(XS_DRIVER_OBJECTS)
$(STATIC_PROGRAMS): build/static/late_library.o $O/libxs.a
	@mkdir -p $(@D)
	$(CC) $(XS_CFLAGS) $(CFLAGS) $(LDFLAGS) -static -Wl,--build-id=none -o $@ $(filter %.o,$^) $O/libxs.a $(STATIC_LIBS)

build/static/late_library.o: tools/base/late_library.c tools/base/late_library.h $O/settings | $(SONAMES)
	@mkdir -p $(@D)
	$(CC) $(XS_CPPFLAGS) -DXS_STATIC $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) -c -o $@ $<

# The library is made anew, so that it has no member of a removed source. Option q keeps members of one name, which
# different directories have.
$O/libxs.a: $(SHARED_OBJECTS)
	rm -f $@
	$(AR) qcs $@ $^

# The names of the libraries that are loaded while a program runs: a linker writes down what it finds.
SONAMES := $O/include/late_sonames.h
$(SONAMES): $O/settings
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -shared -nostdlib -Wl,--no-as-needed -o $@.so $(shell $(PKG_CONFIG) --libs $(LATE_LIBRARIES))
	readelf -dW $@.so | sed -n -e 's/.*NEEDED.*\[\(libarchive\..*\)\]/#define LIBARCHIVE_SONAME "\1"/p' \
		-e 's/.*NEEDED.*\[\(libcrypto\..*\)\]/#define LIBCRYPTO_SONAME "\1"/p' \
		-e 's/.*NEEDED.*\[\(libxml2\..*\)\]/#define LIBXML_SONAME "\1"/p' \
		-e 's/.*NEEDED.*\[\(librpmio\..*\)\]/#define LIBRPMIO_SONAME "\1"/p' >$@

$O/obj/%.o: tools/%.c $O/settings | $(SONAMES)
	@mkdir -p $(@D)
	$(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(XS_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# This file changes only if the compiler or its options change. Then everything is compiled again.
SETTINGS = $(CC) $(XS_CPPFLAGS) $(CPPFLAGS) $(filter-out -Werror,$(XS_CFLAGS)) $(CFLAGS) $(LDFLAGS)
$O/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SETTINGS))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(SETTINGS))' >$@

-include $(wildcard $O/obj/*/*.d)

## Doing things ---------------------------------------------------------------

deps: ## install the packages that building, demo and tests need, with apt or dnf; needs root
	@tools/deps

demo: ## build, package and verify the example driver, then try its disk on a kernel in QEMU
	@$(MAKE) --no-print-directory -s all
	@tests/demo $(KERNELS)

# In "make -j deps check", all other targets wait for deps.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(filter-out deps,$(MAKECMDGOALS)): | deps
endif

check: ## run all tests; the last line is "N passed, N failed"
	@$(MAKE) --no-print-directory WERROR=1 all
	@$(MAKE) --no-print-directory WERROR=1 SANITIZE=1 all
	@XS_BUILT=1 tests/run $(if $(JOBS),--jobs $(JOBS)) $(TESTS)

mutants: ## change one line of the sources at a time: does a test notice? RANDOM=N: at N random places
	@tests/mutants/run $(if $(JOBS),--jobs $(JOBS)) $(if $(RANDOM),--random $(RANDOM))

coverage: ## run all tests, and print how much of each source they reach
	@$(MAKE) --no-print-directory -s all
	@$(MAKE) --no-print-directory -s SANITIZE=1 all
	@$(MAKE) --no-print-directory -s SANITIZE=coverage all
	@find build/cov -name '*.gcda' -delete
	@XS_BUILT=1 XS_BIN=$(CURDIR)/build/cov/bin tests/run $(if $(JOBS),--jobs $(JOBS)) $(TESTS) || echo "coverage: see above which tests failed"
	@gcovr --root . --object-directory build/cov --filter tools/ --sort-percentage

kernel-verdicts: all ## ask Linux 6.1 and 6.12 which module signatures they take; builds both, takes half an hour
	@tests/kernels/record 6.1 6.12

check-image: all ## make an image, and run the CI snippets and the guide in it; downloads packages, takes minutes
	@bats tests/image/image.bats

kernels: all ## build kernels with special configurations, and use the kit for them; takes an hour
	@tests/kernels/run

farm: all ## build a driver in parts with Slurm, and its source packages with obs-build; needs root, takes minutes
	@tests/farm/slurm
	@tests/farm/obs

corpus: all ## build, package and try real drivers, and read kernels of other machines; takes minutes
	@tests/corpus/run
	@tests/corpus/package
	@tests/corpus/trial
	@tests/corpus/machines

## Fuzzing and measuring -------------------------------------------------------

# All shared objects are compiled again with clang: with the sanitizers, and with the fuzzer's coverage or with counters
# that show which code was reached.
F := build/fuzz$(if $(COVERAGE),-coverage)
FUZZ_CC := clang
FUZZ_SECONDS ?= 10
FUZZ_CFLAGS := -std=c11 -O1 -g -pthread -fsanitize=address,undefined -fno-sanitize-recover=all \
	$(if $(COVERAGE),-fprofile-instr-generate -fcoverage-mapping)
FUZZ_LDFLAGS := -Wl,--wrap=complain,--wrap=program_run,--wrap=fork,--export-dynamic-symbol=posix_spawn*
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$F/%,$(wildcard tests/fuzz/*.c))

$F/obj/%.o: tools/%.c | $(SONAMES)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(XS_CPPFLAGS) $(FUZZ_CFLAGS) $(if $(COVERAGE),,-fsanitize=fuzzer-no-link) -MMD -MP -c -o $@ $<

# The programs' own files too, but for those with main().
$F/libxs.a: $(patsubst tools/%.c,$F/obj/%.o,$(filter-out %/main.c,$(wildcard tools/*/*.c)))
	rm -f $@
	$(AR) qcs $@ $^

$(FUZZ_TARGETS): $F/%: tests/fuzz/%.c $F/libxs.a
	$(FUZZ_CC) $(XS_CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(FUZZ_LDFLAGS) -MMD -MP -o $@ $< $F/libxs.a $(PKG_LIBS) -ldl

-include $(wildcard $F/obj/*/*.d $F/*.d)

fuzz-targets: $(FUZZ_TARGETS) ## build what make fuzz runs

fuzz: fuzz-targets ## fuzz each reader of files for FUZZ_SECONDS
	@tests/fuzz/run $(if $(GROW),--grow) $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzz-coverage: ## print how much of each reader the seeds of its fuzz target reach
	@$(MAKE) --no-print-directory -s COVERAGE=1 fuzz-targets
	@tests/fuzz/coverage build/fuzz-coverage

bench: all ## measure the speed against other tools; takes minutes
	@tests/bench/run

format: ## format the C sources with clang-format
	clang-format -i tools/*/*.[ch]

## Installing -----------------------------------------------------------------

# Words "source:target". install and uninstall read the same list.
FILES := $O/bin/xs-ddk:$(BINDIR)/xs-ddk $O/bin/xs-driver:$(SBINDIR)/xs-driver
KIT := $(sort $(shell find note rpm example-driver -name build -prune -o -type f ! -name 'xs-*.spec' ! -name build-kit ! -name guide.awk ! -name '*.svg' ! -name '*.[158]' -print))
FILES += $(foreach f,$(KIT),$f:$(DATADIR)/$f) $O/macros.xs-ddk:$(MACROSDIR)/macros.xs-ddk
FILES += $(foreach f,$(MANUAL) $(wildcard tools/*/*.[158] note/*.[158] rpm/*.[158]),$f:$(MANDIR)/man$(subst .,,$(suffix $f))/$(notdir $f))
FILES += $(foreach f,$(shell find tools/trial -type f ! -name '*.1'),$f:$(DATADIR)/$(f:tools/%=%))
FILES += $(foreach f,$(shell find tools/ansible -name __pycache__ -prune -o -type f -print),$f:$(ANSIBLEDIR)/$(f:tools/ansible/%=%))
FILES += tools/finding/xs-ddk.schema.json:$(DATADIR)/xs-ddk.schema.json
FILES += $(foreach f,$(wildcard tools/completion/*),$f:$(COMPDIR)/$(notdir $f))
# The README names its picture as it lies in the sources.
FILES += $(foreach f,README.md NEWS.md LICENSE rpm/way.svg,$f:$(DOCDIR)/$f)
target = '$(DESTDIR)$(lastword $(subst :, ,$1))'
source = $(firstword $(subst :, ,$1))
define newline


endef

# The installed macros have the path of the installed kit.
$O/macros.xs-ddk: rpm/macros.xs-ddk FORCE
	@mkdir -p $(@D)
	@sed -e 's|^%xs_ddk_dir .*|%xs_ddk_dir $(DATADIR)|' -e 's|^%xs_ddk .*|%xs_ddk $(BINDIR)/xs-ddk|' $< >$@

install: all $O/macros.xs-ddk ## install everything below DESTDIR and PREFIX
	$(foreach f,$(FILES),install -D -m $$(test -x $(call source,$f) && echo 755 || echo 644) $(call source,$f) $(call target,$f)$(newline)	)
	ln -sf '$(DATADIR)/note/xs-kbuild' '$(DESTDIR)$(BINDIR)/xs-kbuild'
	ln -sf '$(DATADIR)/trial/xs-trial' '$(DESTDIR)$(BINDIR)/xs-trial'
	ln -sf '$(DATADIR)/rpm/make-disk' '$(DESTDIR)$(BINDIR)/xs-make-disk'
	ln -sf xs-driver '$(DESTDIR)$(SBINDIR)/driver-tool'

uninstall: ## remove the installed files, and directories that are empty then
	rm -f $(foreach f,$(FILES),$(call target,$f)) '$(DESTDIR)$(BINDIR)/xs-kbuild' '$(DESTDIR)$(BINDIR)/xs-trial' \
		'$(DESTDIR)$(BINDIR)/xs-make-disk' '$(DESTDIR)$(SBINDIR)/driver-tool'
	@for d in $(sort $(foreach f,$(FILES),'$(dir $(lastword $(subst :, ,$f)))')); do \
		! cd "$(DESTDIR)/$$d" 2>/dev/null || \
		{ cd "$(DESTDIR)/" && rmdir -p --ignore-fail-on-non-empty "$${d#/}"; } || exit 1; \
	done

image: ## make an OCI image of the kit with the headers of KERNELS, with buildah or podman
	@tools/image $(KERNELS)

rpm: ## make RPM packages of the kit, in build/rpm
	@rpm/progress bar build/rpm/.progress 1 rpm/progress step build/rpm/.progress 'the packages of xs-ddk $(VERSION)' \
		rpm/build-kit $(VERSION) build/rpm

## Housekeeping ---------------------------------------------------------------

clean: ## remove all files that were built
	rm -rf build example-driver/build

help: ## print this text
	@awk -F' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@awk '/^$$/ && seen { exit } /^# Variables/ { seen = 1 } seen { sub(/^# ?/, ""); print }' $(firstword $(MAKEFILE_LIST))

FORCE:
.PHONY: all static deps demo check mutants coverage kernel-verdicts kernels farm check-image corpus fuzz fuzz-targets fuzz-coverage bench format install uninstall image rpm clean help FORCE
.DELETE_ON_ERROR:
