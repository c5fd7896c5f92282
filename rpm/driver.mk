# SPDX-License-Identifier: GPL-2.0-only
# Include this file in a Makefile to make packages from a driver's sources, for several kernels and versions in one run.
#
#	DRIVER := intel-ice
#	DRIVER_VERSION := 1.2.3
#	SPEC := intel-ice.spec.in
#	VENDOR_NAME := Example
#	include /usr/share/xs-ddk/rpm/driver.mk
#
# Targets:
#
#	modules            builds the modules with the command in the spec, to try them out
#	build-srctarballs  makes the archives of the sources
#	build-srpms        makes the source packages
#	build-rpms         makes the packages, and prints a table of them
#	build-isos         makes the driver disk of the packages; also build-iso; disk.mk has its variables. With FROM, of
#	                   packages that were built elsewhere
#	matrix             prints the jobs of a build in parts, a version and a kernel each; see FORMAT
#	build-tarball      makes an archive with the files of the disk
#	report             makes the disk, and a page about it for whoever decides about a release
#	verify             makes the packages and checks whether they are fit to ship, and signed with GPG_KEY if that is set
#	clean              removes build/
#	help               prints this list of targets and variables
#
# All results are below build/, or with a PROFILE but generic below build/<profile>/, and there the packages' release ends in
# .<profile>. Packages of versions and kernels that are built no more are removed.
#
#	<version>/<uname>/<module>.ko           modules
#	srctarballs/<driver>-<version>.tar.gz   srctarballs/<driver>-data-<version>.tar.gz
#	srpms/*.src.rpm                         one for each version; rpmbuild --rebuild makes packages for other kernels
#	rpms/*.rpm                              one for each version and kernel, the data package and the tools package
#	debuginfo/*.rpm                         one for each module package
#	devel/*.rpm                             one for each module package: the symbols that the modules export
#	logs/<package>.log                      the output of rpmbuild
#	compiled/<package>/                     what was compiled: it is not compiled again if only RPM.RELEASE changes
#
# make makes a result again when one of these has changed: the list of the sources, the content of a source, a variable,
# the spec, the kernel's build directory, or the kit. The times of files do not matter.
#
# Variables. In a name, an underscore may replace the dot. In brackets: the value of a variable that is not set.
#
#	DRIVER            the driver's name, also of its directory on hosts     (SPEC's name up to the first dot)
#	VERSIONS          all versions of the driver
#	DRIVER_VERSION    the versions to build                    (VERSIONS)
#	SPEC              the spec, with placeholders like @DRIVER@; begin with a copy of rpm/driver.spec.in
#	DATASPEC          the spec of the data package; also DATA_SPEC     (none: there is no data package)
#	DATA_DIR          the files of the data package, with their paths below the host's root     (data)
#	TOOLS_SPEC        the spec of the tools package: programs and libraries that belong to the driver; begin with a copy
#	                  of rpm/driver-tools.spec.in              (none: there is no tools package)
#	TOOLS_DIR         the sources of the tools package         (tools)
#	SRCDIR            the directory of the sources             (.)
#	SRCDIR.<version>  the directory of one version's sources   (SRCDIR)
#	SOURCES           the files or directories in SRCDIR to build from; also SOURCES.<version>     (all: see below)
#	VENDOR            the company that packages the driver; also VENDOR_NAME
#	VENDOR_CODE LABEL TEXT UUID BASE_REQUIRES                  for the disk; specs can use them as placeholders too
#	RPM.VERSION       the packages' version: increase it when you package a version again     (1.0)
#	RPM.RELEASE       the packages' release                    (1)
#	DATA.RPM.VERSION  the data package's version               (1.0)
#	DATA.RPM.RELEASE  the data package's release               (1)
#	TOOLS.RPM.VERSION TOOLS.RPM.RELEASE                        the same of the tools package     (1.0, 1)
#	KERNELS           unames, or build directories of kernels  (all kernels whose headers are installed)
#	KERNELS_MAY_FAIL  1: the disk leaves out each kernel for which the driver does not build
#	FROM              directories with results of other builds: build-isos and build-tarball put all packages there on the
#	                  disk, and build nothing. Sources, specs and headers are not needed then
#	FORMAT            how matrix prints the jobs: lines, each the arguments of a "make build-rpms"; or JSON for "github"
#	                  (strategy.matrix) or "gitlab" (parallel:matrix)     (lines)
#	NEEDS             the drivers whose symbols the modules use: NAME[=VERSION] of an installed -devel package, or the
#	                  directory (with a / in it) where driver.mk has packaged the driver; see rpm/needs     (none)
#	INJECT            1: modules that the build links without the record get it afterwards, before they are signed
#	DEBUGINFO         0: make no packages with debug information     (1)
#	ARCH, CROSS_COMPILE, LLVM  for another machine's kernel: as for the kernel's own build
#	ALLOW_NO_SYMVERS  1: a kernel's build directory may lack Module.symvers; its modules have no symbol versions
#	PROFILE           xs8, xs9, el9 or generic: the kind of hosts; see macros.xs-ddk     (generic)
#	XS_COMPRESS       gz, xz or zst: compress the modules      (none)
#	MODSIGN_KEY       a PEM file: sign the modules with this key     (none)
#	MODSIGN_CERT      a PEM file: the certificate of MODSIGN_KEY
#	MODSIGN_COMMAND   a command that signs the file in its argument; used instead of a key     (none)
#	GPG_KEY           a key's name in gpg: sign the packages with this key     (none)
#	XS_CATEGORY XS_DESCRIPTION XS_PRIORITY XS_STATUS           for info.json: see xs-ddk info --help
#	XS_PRIORITY.<version> XS_STATUS.<version>                  the same for one version     (XS_PRIORITY, XS_STATUS)
#	SOURCE_DATE_EPOCH the date in all results, in seconds since 1970     (for each package: that of its newest source or
#	                  spec; for the disk: that of its newest package). A build in parts needs it, unless all parts
#	                  have the sources with the same dates
#	RPMBUILD          rpmbuild with options of your own; quote an option that has a space     (rpmbuild)
#	                  4.11 or newer. 4.11 writes the machine's name and the build's time into packages; a newer
#	                  one makes the same bytes anywhere.
#	XS_DDK            the program xs-ddk                       (the kit's own)
#
# All sources are: each file and link in SRCDIR, except hidden files and results of kbuild (*.o, *.ko, *.mod, *.mod.c,
# modules.order, Module.symvers). If SRCDIR is the Makefile's own directory, these are left out too: the Makefile,
# specs, build/, DATA_DIR, TOOLS_DIR and the SRCDIR of other versions. A link is kept only if it leads to a file or directory
# inside SRCDIR.
#
# A value is data: one line. No shell, make or rpm executes it. RPMBUILD, MODSIGN_COMMAND and DISK_OPTIONS are commands
# or options. In a Makefile, write '$$' for '$', as always in make. On make's command line and in the environment, write
# '$'.
#
# GNU make 3.82 or newer.

$(if $(filter undefine,$(.FEATURES)),,$(error this is GNU make $(MAKE_VERSION), and xs-ddk needs 3.82 or newer))

# $(call xs-quote,text): the text as one word of the shell.
xs-quote = '$(subst ','\'',$1)'
define xs-newline


endef

# $(call xs-literal,variables): values from the command line and the environment are taken literally. make expands
# nothing in them.
xs-literal = $(foreach n,$1,$(if $(filter command environment,$(firstword $(origin $n))),$(eval override $n := $$(value $n))))
$(call xs-literal,VERSIONS DRIVER_VERSION)
xs-variables := DRIVER VERSIONS DRIVER_VERSION SPEC DATASPEC DATA_SPEC DATA_DIR TOOLS_SPEC TOOLS_DIR SRCDIR SOURCES \
	$(foreach v,$(VERSIONS) $(DRIVER_VERSION),SRCDIR.$v SOURCES.$v) VENDOR VENDOR_NAME VENDOR_CODE LABEL TEXT UUID BASE_REQUIRES \
	RPM.VERSION RPM_VERSION RPM.RELEASE RPM_RELEASE DATA.RPM.VERSION DATA_RPM_VERSION DATA.RPM.RELEASE DATA_RPM_RELEASE \
	TOOLS.RPM.VERSION TOOLS_RPM_VERSION TOOLS.RPM.RELEASE TOOLS_RPM_RELEASE \
	KERNELS KERNELS_MAY_FAIL ALLOW_NO_SYMVERS NEEDS INJECT DEBUGINFO PROFILE XS_COMPRESS MODSIGN_KEY MODSIGN_CERT MODSIGN_COMMAND GPG_KEY XS_CATEGORY \
	XS_DESCRIPTION XS_PRIORITY XS_STATUS SOURCE_DATE_EPOCH RPMBUILD XS_DDK XS_KBUILD PACK_VERSION PACK.VERSION PACK_BUILD \
	$(foreach v,$(VERSIONS) $(DRIVER_VERSION),XS_PRIORITY.$v XS_STATUS.$v) \
	PACK.BUILD FROM FORMAT DEFAULT_VERSION PRODUCT PRODUCT_VERSION REQUIRES AFTER_APPLY WITH_XS_DRIVER DISK_OPTIONS AGAINST TRIAL \
	ARCH CROSS_COMPILE LLVM
$(call xs-literal,$(xs-variables))
$(foreach n,$(xs-variables),$(if $(findstring $(xs-newline),$($n)),$(error $n has more than one line)))

xs-kit := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))/..
xs-rpm := $(abspath $(xs-kit)/rpm)
$(if $(wildcard $(xs-rpm)/driver.mk),,$(error the kit is in a directory whose name has a space or a character that make \
	does not take: move it))
XS_DDK ?= $(or $(abspath $(wildcard $(xs-kit)/build/bin/xs-ddk)),xs-ddk)
XS_KBUILD ?= $(xs-kit)/note/xs-kbuild
RPMBUILD ?= rpmbuild
# The default target is the Makefile's own first target. If the Makefile has none, the default is build-rpms.
xs-default: build-rpms

XS_DESCRIPTION ?= $(TEXT)

# $(call xs-either,names): the name of the first of these variables that has a value.
xs-either = $(firstword $(foreach n,$1,$(if $($n),$n)))
# $(call xs-value,names,default): the value of that variable, or the default.
xs-value = $(if $(call xs-either,$1),$($(call xs-either,$1)),$2)

DRIVER ?= $(firstword $(subst ., ,$(notdir $(SPEC))))
DRIVER_VERSION ?= $(VERSIONS)
DATA_DIR ?= data
TOOLS_DIR ?= tools
SRCDIR ?= .
PROFILE ?= generic
xs-data-spec := $(call xs-value,DATASPEC DATA_SPEC)
xs-vendor := $(call xs-value,VENDOR VENDOR_NAME)
xs-rpm-version := $(call xs-value,RPM.VERSION RPM_VERSION,1.0)
xs-rpm-release := $(call xs-value,RPM.RELEASE RPM_RELEASE,1)$(patsubst %,.%,$(filter-out generic,$(PROFILE)))
xs-data-version := $(call xs-value,DATA.RPM.VERSION DATA_RPM_VERSION,1.0)
xs-data-release := $(call xs-value,DATA.RPM.RELEASE DATA_RPM_RELEASE,1)$(patsubst %,.%,$(filter-out generic,$(PROFILE)))
xs-tools-spec := $(TOOLS_SPEC)
xs-tools-version := $(call xs-value,TOOLS.RPM.VERSION TOOLS_RPM_VERSION,1.0)
xs-tools-release := $(call xs-value,TOOLS.RPM.RELEASE TOOLS_RPM_RELEASE,1)$(patsubst %,.%,$(filter-out generic,$(PROFILE)))
# The packages beside those of modules.
xs-extras := $(if $(xs-data-spec),data) $(if $(xs-tools-spec),tools)

ifneq ($(SOURCE_DATE_EPOCH),)
export SOURCE_DATE_EPOCH
endif

# A build in parts is planned and joined without sources and headers.
xs-join := $(if $(FROM),$(filter build-iso build-isos build-tarball,$(MAKECMDGOALS)))
matrix:
	@XS_KBUILD=$(call xs-quote,$(XS_KBUILD)) $(xs-rpm)/matrix $(call xs-quote,$(FORMAT)) $(foreach v,$(DRIVER_VERSION),$(call \
		xs-quote,$v)) -- $(foreach k,$(KERNELS),$(call xs-quote,$k))

# Packages of a profile have a directory and a release of their own, so that those of another one are not overwritten.
xs-suffix := $(filter-out generic,$(PROFILE))
xs-build := build$(xs-suffix:%=/%)

ifneq ($(xs-join),)
include $(xs-rpm)/disk.mk
else ifneq ($(filter-out clean help matrix,$(or $(MAKECMDGOALS),all)),)

## Checks -----------------------------------------------------------------------

# XS_AGAIN is set in a make that this make starts. It must not print the same messages again.
xs-quiet := $(if $(XS_AGAIN),2>/dev/null)
# $(call xs-shell,command): the command's output; if it fails, the last word is "failed".
xs-shell = $(shell XS_DDK=$(call xs-quote,$(XS_DDK)) XS_KBUILD=$(call xs-quote,$(XS_KBUILD)) LC_ALL=C $1 $(xs-quiet) || echo failed)
# $(call xs-need,output of xs-shell): the output, or an error if the command failed.
xs-need = $(if $(filter failed,$(lastword $1)),$(error nothing is built; the reason is above),$1)

# A kernel is a word uname=directory=flavour. A kernel without headers is uname==.
xs-kernels := $(filter-out failed,$(call xs-shell,$(xs-rpm)/kernels $(foreach k,$(KERNELS),$(call xs-quote,$k))))
xs-uname = $(word 1,$(subst =, ,$1))
xs-kdir = $(word 2,$(subst =, ,$1))
xs-flavour = $(word 3,$(subst =, ,$1))
xs-missing := $(patsubst %==,%,$(filter %==,$(xs-kernels)))
xs-found := $(filter-out %==,$(xs-kernels))
$(if $(xs-kernels),,$(error KERNELS: no kernel headers are installed))

# A make that this make starts need not check the same again.
xs-nothing := $(if $(XS_AGAIN),,$(call xs-need,$(call xs-shell,$(xs-rpm)/check-settings $(call xs-quote,GOALS=$(or \
	$(MAKECMDGOALS),$(.DEFAULT_GOAL))) $(foreach n,$(xs-variables),$(if $($n),$(call xs-quote,$n=$($n)))) $(foreach \
	v,$(DRIVER_VERSION),$(call xs-quote,VERSION=$v)) $(foreach k,$(xs-found),$(call xs-quote,KERNEL=$(call xs-uname,$k))))))

## Names ------------------------------------------------------------------------

# The kernel's name of the machine that the modules are for, and RPM's name.
xs-arch-names := arm:armv7hl arm64:aarch64 i386:i686 loongarch:loongarch64 powerpc:ppc64le riscv:riscv64 s390:s390x x86:x86_64 \
	x86_64:x86_64
xs-arch := $(if $(ARCH),$(patsubst $(ARCH):%,%,$(filter $(ARCH):%,$(xs-arch-names))),$(shell rpm --eval '%{_target_cpu}' 2>/dev/null))
$(if $(xs-arch),,$(error ARCH=$(ARCH): the kit knows RPM's name only for ARCH=$(foreach n,$(xs-arch-names),$(firstword $(subst :, ,$n)))))
xs-cross := $(strip $(foreach n,ARCH CROSS_COMPILE LLVM,$(if $($n),$n)))

xs-package = $(subst @,_at_,$(subst ~,_tilde_,$(DRIVER)-$1))
xs-tarball = $(xs-build)/srctarballs/$(DRIVER)-$1.tar.gz
xs-srpm = $(xs-build)/srpms/$(call xs-package,$1)-$(xs-rpm-version)-$(xs-rpm-release).src.rpm
# $(call xs-cell,version,kernel): the package of that version for that kernel.
xs-cell = $(xs-build)/rpms/$(call xs-package,$1)-modules-$(call xs-flavour,$2)-$(call \
	xs-uname,$2)-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm
xs-extra-arch.data := noarch
xs-extra-arch.tools := $(xs-arch)
# $(call xs-extra-names,kind): the names of the package of that kind.
define xs-extra-names
xs-$1 := $(DRIVER)-$1-$(xs-$1-version)
xs-$1-tarball := $$(xs-$1:%=$(xs-build)/srctarballs/%.tar.gz)
xs-$1-srpm := $$(xs-$1:%=$(xs-build)/srpms/%-$(xs-$1-release).src.rpm)
xs-$1-rpm := $$(xs-$1:%=$(xs-build)/rpms/%-$(xs-$1-release).$(xs-extra-arch.$1).rpm)
endef
$(foreach x,$(xs-extras),$(eval $(call xs-extra-names,$x)))
# $(call xs-of-extras,what): that result of each of them: tarball, srpm or rpm.
xs-of-extras = $(foreach x,$(xs-extras),$(xs-$x-$1))
xs-cells := $(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-found),$(call xs-cell,$v,$k)))

## What each result is made from ------------------------------------------------

# make never handles the name of a source, which may have spaces, or be read as a command by make or the shell.
xs-srcdir = $(or $(SRCDIR.$1),$(SRCDIR))
xs-own-files := Makefile build $(DATA_DIR) $(if $(xs-tools-spec),$(TOOLS_DIR)) *.spec *.spec.in $(foreach v,$(VERSIONS) $(DRIVER_VERSION),$(SRCDIR.$v))
# $(call xs-sources,version): the arguments of source-files that name the sources.
xs-sources = $(call xs-quote,$(call xs-srcdir,$1)) $(if $(filter $(realpath .),$(realpath $(call xs-srcdir,$1))),$(foreach \
	f,$(xs-own-files),-x $(call xs-quote,$f))) -- $(foreach f,$(or $(SOURCES.$1),$(SOURCES)),$(call xs-quote,$f))
xs-data-sources := $(call xs-quote,$(DATA_DIR)) -d --
xs-tools-sources := $(call xs-quote,$(TOOLS_DIR)) --

# $(call xs-first,version): the first of the versions that have the same sources.
xs-first = $(firstword $(foreach w,$(DRIVER_VERSION),$(if $(subst x$(call xs-sources,$w)x,,x$(call xs-sources,$1)x),,$w)))
# $(xs-state.<version>): the digest and the newest date of the sources. The same sources are read once.
xs-state = $(if $(filter $1,$2),$(call xs-need,$(call xs-shell,$(xs-rpm)/source-files state $(call xs-sources,$1))),$(xs-state.$2))
$(foreach v,$(DRIVER_VERSION),$(eval xs-state.$v := $$(call xs-state,$v,$$(call xs-first,$v))))
$(foreach x,$(xs-extras),$(eval xs-$x-state := $$(call xs-need,$$(call xs-shell,$$(xs-rpm)/source-files state $$(xs-$x-sources)))))
# $(call xs-date,spec,state): the date of the newest source. Each package has its own date, so that it does not depend on
# what else is built.
xs-date = $(or $(SOURCE_DATE_EPOCH),$(shell { stat -c %Y $1 2>/dev/null; echo $(word 2,$2); } | sort -n | tail -n 1))
$(foreach v,$(DRIVER_VERSION),$(eval xs-date.$v := $$(call xs-date,$$(SPEC),$$(xs-state.$v))))
$(foreach x,$(xs-extras),$(eval xs-$x-date := $$(call xs-date,$$(xs-$x-spec),$$(xs-$x-state))))
# xs-kbuild reads it from the environment.
export ALLOW_NO_SYMVERS

# $(xs-needs): NEEDS, where a directory of driver.mk becomes the absolute one of its -devel packages.
xs-needs := $(foreach w,$(NEEDS),$(if $(findstring /,$w),$(abspath $(word 1,$(subst =, ,$w)))/$(xs-build)/devel$(patsubst \
	%,=%,$(word 2,$(subst =, ,$w))),$w))
# The settings for rpm/build-package.
xs-settings := $(foreach n,PROFILE XS_COMPRESS MODSIGN_KEY MODSIGN_CERT MODSIGN_COMMAND GPG_KEY XS_CATEGORY \
	XS_DESCRIPTION XS_PRIORITY XS_STATUS INJECT DEBUGINFO RPMBUILD $(xs-cross),$(call xs-quote,$n=$($n))) \
	$(call xs-quote,NEEDS=$(xs-needs)) $(if $(ARCH),XS_RPM_TARGET=$(xs-arch))
# $(call xs-of-version,version): those that it has of its own.
xs-of-version = $(foreach n,XS_PRIORITY XS_STATUS,$(if $($n.$1),$(call xs-quote,$n=$($n.$1))))
# $(call xs-fill,spec,rpm version,rpm release,more): fills in the placeholders of a spec.
xs-fill = $(xs-rpm)/fill-spec $(call xs-quote,$1) $(foreach n,DRIVER PROFILE VENDOR_CODE LABEL TEXT UUID BASE_REQUIRES,$(call \
	xs-quote,$n=$($n))) $(foreach n,VENDOR VENDOR_NAME,$(call xs-quote,$n=$(xs-vendor))) \
	'RPM_VERSION=$2' 'RPM.VERSION=$2' 'RPM_RELEASE=$3' 'RPM.RELEASE=$3' $4
xs-common := $(firstword $(shell { printf '%s\n' $(xs-settings) $(foreach v,$(sort $(VERSIONS) $(DRIVER_VERSION)),$(call xs-of-version,$v)) $(call xs-fill,,$(xs-rpm-version) \
	$(xs-data-version) $(xs-tools-version),$(xs-rpm-release) $(xs-data-release) $(xs-tools-release)); $(call xs-quote,$(XS_DDK)) --version; \
	cat $(foreach n,SPEC MODSIGN_KEY MODSIGN_CERT,$(call xs-quote,$($n))) $(xs-data-spec) $(xs-tools-spec); \
	find $(xs-rpm) $(xs-kit)/note -maxdepth 1 -type f ! -name make-disk ! -name '*.mk' -print0 | sort -z | xargs -0 cat \
	$(xs-rpm)/fileattrs/*; } 2>/dev/null | sha256sum | cut -c 1-32))
$(foreach k,$(xs-found),$(eval xs-kernel.$(call xs-uname,$k) := $$(firstword $$(shell cd $(call xs-kdir,$k) && { pwd -P; \
	cat .config Module.symvers include/generated/autoconf.h include/generated/utsrelease.h scripts/module.lds; } \
	2>/dev/null | sha256sum | cut -c 1-32))))
$(if $(xs-needs),$(foreach k,$(xs-found),$(eval xs-kernel.$(call xs-uname,$k) := $(xs-kernel.$(call xs-uname,$k))-$$(call \
	xs-need,$$(call xs-shell,$(xs-rpm)/needs --digest $(call xs-uname,$k) $(foreach w,$(xs-needs),$(call xs-quote,$w)))))))

# What the results that are there were made from: words name:digests.
xs-made := $(shell cd $(xs-build)/made-from 2>/dev/null && grep . /dev/null *)
# $(call xs-stale,result,digests): FORCE, unless the result was made from that.
xs-stale = $(if $(filter $(notdir $1).from:$2,$(xs-made)),,FORCE)
# $(call xs-record,result,digests): the command that records it.
xs-record = mkdir -p $(xs-build)/made-from && echo '$2' >$(xs-build)/made-from/$(notdir $1).from
xs-forget = rm -f $(xs-build)/made-from/$(notdir $1).from
xs-from = $(word 1,$(xs-state.$1))-$(xs-date.$1)-$(xs-common)
xs-cell-from = $(xs-from)-$(xs-kernel.$(call xs-uname,$2))
$(foreach x,$(xs-extras),$(eval xs-$x-from := $(word 1,$(xs-$x-state))-$(xs-$x-date)-$(xs-common)))

## Packages ---------------------------------------------------------------------

# $(call xs-step,name): the command that runs another one, and tells when it begins and ends.
xs-step = $(xs-rpm)/progress step $(xs-build)/.progress $1
# $(call xs-run,version,result): rpm/build-package for a result of that version.
xs-run = $(call xs-step,$2) env $(xs-settings) $(call xs-of-version,$1) XS_DDK=$(call xs-quote,$(XS_DDK)) $(xs-rpm)/build-package
xs-spec = $(xs-build)/srctarballs/$1.spec

define xs-version
$(call xs-tarball,$1) $(call xs-srpm,$1): export SOURCE_DATE_EPOCH = $(xs-date.$1)
$(call xs-tarball,$1): $(call xs-stale,$(call xs-tarball,$1),$(call xs-from,$1))
	@$$(xs-rpm)/source-files tar $$@ $(DRIVER)-$1 $$(call xs-sources,$1)
	@$(call xs-record,$(call xs-tarball,$1),$(call xs-from,$1))
$(call xs-srpm,$1): $(call xs-stale,$(call xs-srpm,$1),$(call xs-from,$1)) | $(call xs-tarball,$1)
	@$(call xs-forget,$(call xs-srpm,$1)); rm -f $(foreach k,$(xs-found),$(call xs-cell,$1,$k))
	@$$(call xs-fill,$$(SPEC),$$(xs-rpm-version),$$(xs-rpm-release),'DRIVER_VERSION=$1' 'PACKAGE=$(call \
		xs-package,$1)' 'TARBALL=$(DRIVER)-$1.tar.gz') >$(call xs-spec,$(call xs-package,$1))
	@$$(call xs-run,$1,$$(@F)) source $(call xs-spec,$(call xs-package,$1)) $$@ $(call xs-tarball,$1)
	@$(call xs-record,$(call xs-srpm,$1),$(call xs-from,$1))
endef
$(foreach v,$(DRIVER_VERSION),$(eval $(call xs-version,$v)))

# $(call xs-cell-rule,version,kernel): the rules for a package, and for the modules to try out.
define xs-cell-rule
$(call xs-cell,$1,$2) $(xs-build)/$1/$(call xs-uname,$2): export SOURCE_DATE_EPOCH = $(xs-date.$1)
$(call xs-cell,$1,$2): $(call xs-stale,$(call xs-cell,$1,$2),$(call xs-cell-from,$1,$2)) | $(call xs-srpm,$1)
	@$(call xs-forget,$(call xs-cell,$1,$2))
	@$$(call xs-run,$1,$$(@F)) modules $(call xs-srpm,$1) $$@ $(call xs-kdir,$2)
	@$(call xs-record,$(call xs-cell,$1,$2),$(call xs-cell-from,$1,$2))
$(xs-build)/$1/$(call xs-uname,$2): $(call xs-stale,modules-$1-$(call xs-uname,$2),$(call xs-cell-from,$1,$2)) | $(call xs-srpm,$1)
	@$$(call xs-run,$1,$$@) try $(call xs-spec,$(call xs-package,$1)) $(xs-build)/$1/$(call xs-uname,$2) $(call xs-kdir,$2) $(call xs-tarball,$1)
	@$(call xs-record,modules-$1-$(call xs-uname,$2),$(call xs-cell-from,$1,$2))
endef
$(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-found),$(eval $(call xs-cell-rule,$v,$k))))

# $(call xs-extra-rules,kind): the rules for the package of that kind.
define xs-extra-rules
$(xs-$1-tarball) $(xs-$1-srpm) $(xs-$1-rpm): export SOURCE_DATE_EPOCH = $(xs-$1-date)
$(xs-$1-tarball): $(call xs-stale,$(xs-$1-tarball),$(xs-$1-from))
	@$$(xs-rpm)/source-files tar $$@ $(xs-$1) $$(xs-$1-sources)
	@$$(call xs-record,$$@,$(xs-$1-from))
$(xs-$1-srpm): $(call xs-stale,$(xs-$1-srpm),$(xs-$1-from)) | $(xs-$1-tarball)
	@$$(call xs-forget,$$@); rm -f $(xs-$1-rpm)
	@$$(call xs-fill,$$(xs-$1-spec),$(xs-$1-version),$(xs-$1-release),'TARBALL=$(xs-$1).tar.gz' \
		'PACKAGE=$(DRIVER)-$1') >$(call xs-spec,$(xs-$1))
	@$$(call xs-run,,$$(@F)) source $(call xs-spec,$(xs-$1)) $$@ $(xs-$1-tarball)
	@$$(call xs-record,$$@,$(xs-$1-from))
$(xs-$1-rpm): $(call xs-stale,$(xs-$1-rpm),$(xs-$1-from)) | $(xs-$1-srpm)
	@$$(call xs-forget,$$@)
	@$$(call xs-run,,$$(@F)) $1 $(xs-$1-srpm) $$@
	@$$(call xs-record,$$@,$(xs-$1-from))
endef
$(foreach x,$(xs-extras),$(eval $(call xs-extra-rules,$x)))

## Targets ----------------------------------------------------------------------

ifneq ($(filter all modules,$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))),)
$(if $(xs-missing),$(error nothing is built; the reason is above))
endif
xs-tried := $(foreach k,$(xs-found),$(foreach v,$(DRIVER_VERSION),$v/$(call xs-uname,$k)))
modules: $(xs-tried:%=$(xs-build)/%)
# The modules that "make modules" has built.
modules = $(shell find $(xs-tried:%=$(xs-build)/%) -name '*.ko')

build-srctarballs: $(foreach v,$(DRIVER_VERSION),$(call xs-tarball,$v)) $(call xs-of-extras,tarball)
build-srpms: $(foreach v,$(DRIVER_VERSION),$(call xs-srpm,$v)) $(call xs-of-extras,srpm)

xs-rpms: $(xs-cells) $(call xs-of-extras,rpm) $(xs-missing:%=xs-missing/%)
$(xs-missing:%=xs-missing/%):
	@false

# What earlier builds of other versions, kernels or releases left there. It must not come on a disk, or be judged.
xs-debuginfo = $(patsubst $(xs-build)/rpms/%-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm,\
	$(xs-build)/debuginfo/%-debuginfo-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm,$(if $(filter 0,$(DEBUGINFO)),,$(xs-cells)))
xs-devel = $(patsubst $(xs-build)/rpms/%-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm,\
	$(xs-build)/devel/%-devel-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm,$(xs-cells))
xs-left-over := $(filter-out $(xs-cells) $(xs-debuginfo) $(xs-devel) $(call xs-of-extras,rpm) $(call xs-of-extras,srpm) $(foreach v,$(DRIVER_VERSION),$(call \
	xs-srpm,$v)),$(wildcard $(addprefix $(xs-build)/,rpms/*.rpm srpms/*.rpm debuginfo/*.rpm devel/*.rpm)))
xs-left-over += $(filter-out $(patsubst $(xs-build)/rpms/%-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm,\
	$(xs-build)/compiled/%,$(xs-cells)),$(wildcard $(xs-build)/compiled/*))

# $(call xs-due,result,digests): a word if the result will be made.
xs-due = $(if $(wildcard $1),$(call xs-stale,$1,$2),FORCE)
xs-all-due = $(foreach v,$(DRIVER_VERSION),$(call xs-due,$(call xs-srpm,$v),$(call xs-from,$v)) $(foreach k,$(xs-found),$(call \
	xs-due,$(call xs-cell,$v,$k),$(call xs-cell-from,$v,$k)))) $(foreach x,$(xs-extras),$(call \
	xs-due,$(xs-$x-srpm),$(xs-$x-from)) $(call xs-due,$(xs-$x-rpm),$(xs-$x-from)))

# What else "make xs-rpms" would have to do. If there is nothing, it is not started: it would find out all of this again.
xs-also-due = $(xs-missing) $(foreach v,$(DRIVER_VERSION),$(call xs-due,$(call xs-tarball,$v),$(call xs-from,$v))) $(foreach \
	x,$(xs-extras),$(call xs-due,$(xs-$x-tarball),$(xs-$x-from)))

# One package that fails does not keep the others from being built. The table at the end tells which did, and
# $(xs-build)/kernels has the build directories of the kernels that all versions were built for.
build-rpms:
	@$(if $(SPEC),,echo 'xs-ddk: SPEC is not set: the spec file of the packages' >&2; exit 1)
	$(if $(xs-left-over),@rm -rf $(xs-left-over))
	+@status=0; $(if $(strip $(xs-all-due) $(xs-also-due)),$(xs-rpm)/progress bar $(xs-build)/.progress $(words $(xs-all-due)) \
		$(MAKE) -s -k --no-print-directory XS_AGAIN=1 XS_DDK=$(call xs-quote,$(XS_DDK)) xs-rpms || status=1;) \
	printf '%-28s %-12s %s\n' KERNEL VERSION PACKAGE $(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-kernels),\
		$(call xs-uname,$k) '$v' "$$($(call xs-result,$(if $(call xs-kdir,$k),$(call xs-cell,$v,$k))))")) \
		$(foreach x,$(xs-extras),- '$(xs-$x-version)' "$$($(call xs-result,$(xs-$x-rpm)))"); \
	good=; bad='$(xs-missing)'; $(foreach k,$(xs-found),if $(foreach v,$(DRIVER_VERSION),[ -e '$(call xs-cell,$v,$k)' ] &&) :; \
		then good="$$good $(call xs-kdir,$k)"; else bad="$$bad $(call xs-uname,$k)"; fi; )echo $$good >$(xs-build)/kernels; \
	[ $$status != 0 ] || exit 0; \
	if $(foreach x,$(xs-extras),[ ! -e $(xs-$x-rpm) ] ||) [ -z "$$good" ] || [ -z "$$bad" ]; then exit 1; fi; \
	bad=$$(echo $$bad); \
	if [ '$(KERNELS_MAY_FAIL)' = 1 ]; then echo "xs-ddk: these kernels are left out: $$bad" >&2; exit 0; fi; \
	echo "xs-ddk: not all packages are made for: $$bad; to leave these kernels out, say KERNELS_MAY_FAIL=1, or" \
		"KERNELS='$$(echo $$good)'" >&2; exit 1
xs-result = $(if $1,test -e '$1' && echo '$1' || echo FAILED,echo 'FAILED: no headers')

verify: build-rpms
	+@$(MAKE) -s --no-print-directory XS_AGAIN=1 XS_DDK=$(call xs-quote,$(XS_DDK)) KERNELS="$$(cat $(xs-build)/kernels)" xs-verify
xs-package-key := $(if $(GPG_KEY),$(xs-build)/package-key.asc)
xs-verify:
	$(if $(xs-package-key),@gpg --batch --armor --export -- $(call xs-quote,$(GPG_KEY)) >$(xs-package-key))
	$(call xs-quote,$(XS_DDK)) verify --profile $(PROFILE) $(xs-package-key:%=--rpm-key %) $(xs-cells) $(call xs-of-extras,rpm)

include $(xs-rpm)/disk.mk

endif

clean:
	rm -rf build

# The head of this file and that of disk.mk.
help:
	@sed -n '/^# Targets:/,/^# GNU make/ { /^# GNU make/d; s/^# \{0,1\}//; p; }' $(xs-rpm)/driver.mk
	@sed -n '/^# Targets:/,/^$$/ { s/^# \{0,1\}//; p; }' $(xs-rpm)/disk.mk

FORCE:
# Without -j, and unless another make started this one, make uses every processor.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

.PHONY: modules build-srctarballs build-srpms build-rpms verify clean help matrix
.PHONY: xs-default xs-rpms xs-verify $(xs-missing:%=xs-missing/%) FORCE
.DELETE_ON_ERROR:
