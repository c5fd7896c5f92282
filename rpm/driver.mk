# SPDX-License-Identifier: GPL-2.0-only
# The make fragment that turns a driver's sources into packages: kernels x versions in one run.
#
#	DRIVER := intel-ice
#	DRIVER_VERSION := 1.2.3
#	SPEC := intel-ice.spec.in
#	include /usr/share/xs-ddk/rpm/driver.mk
#
# Targets: modules build-srctarballs build-srpms build-rpms verify clean; and build-isos (build-iso) and build-tarball,
# the driver disk, which disk.mk tells about.
# What they make, below build/, whatever else is there:
#
#	<version>/<uname>/<module>.ko           modules, for trying out
#	srctarballs/<driver>-<version>.tar.gz   srctarballs/<driver>-data-<version>.tar.gz
#	srpms/*.src.rpm                         one for each version; rpmbuild --rebuild makes packages for other kernels
#	rpms/*.rpm                              one for each version and kernel, and the data package
#	debuginfo/*.rpm                         one for each module package
#	logs/<package>.log                      what rpmbuild said
#
# Variables; a name with a dot may be spelt with an underscore:
#
#	DRIVER            the driver, and its directory on hosts      (SPEC's name up to the first dot)
#	VERSIONS          the versions there are
#	DRIVER_VERSION    which of them to build                   (all)
#	MODULES           its modules' files, for "make modules"   (<driver>.ko)
#	SPEC              its spec, with placeholders like @DRIVER@; rpm/driver.spec.in is one to begin with
#	DATASPEC          the data package's; also DATA_SPEC       (none: no data package)
#	DATA_DIR          what it installs, as below the root      (data)
#	SRCDIR            the sources                              (.)
#	SRCDIR.<version>  those of one version                     (SRCDIR)
#	SOURCES           the files of SRCDIR to build from        (all but build/, the Makefile, specs, DATA_DIR and .*)
#	VENDOR            who packages it; also VENDOR_NAME
#	VENDOR_CODE LABEL TEXT UUID BASE_REQUIRES                  for the disk, and as placeholders
#	RPM.VERSION       counts repackagings for a kernel         (1.0)
#	RPM.RELEASE                                                (1)
#	DATA.RPM.VERSION  the data package's version               (1.0)
#	DATA.RPM.RELEASE                                           (1)
#	KERNELS           unames or kernels' build directories         (every kernel whose headers are installed)
#	PROFILE           xs8, xs9, el9, generic: see macros       (generic)
#	XS_COMPRESS       gz, xz, zst: compress the modules        (no)
#	MODSIGN_KEY       PEM files to sign the modules with       (no)
#	MODSIGN_CERT
#	MODSIGN_COMMAND   or a command that signs the file given   (no)
#	GPG_KEY           gpg's name for a key to sign packages    (no)
#	XS_CATEGORY XS_DESCRIPTION XS_PRIORITY XS_STATUS           for info.json: see xs-ddk info --help
#	SOURCE_DATE_EPOCH the date of all that is made             (that of the newest source)
#	RPMBUILD          rpmbuild with options of one's own       (rpmbuild)
#	                  From 4.11 on. That one notes the machine's name and the time of the build in packages; a newer
#	                  one makes the same bytes anywhere.
#	XS_DDK            the program                              (the kit's own, else xs-ddk)

xs-kit := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))/..
xs-rpm := $(abspath $(xs-kit)/rpm)
XS_DDK ?= $(or $(abspath $(wildcard $(xs-kit)/build/bin/xs-ddk)),xs-ddk)
XS_KBUILD ?= $(xs-kit)/note/xs-kbuild
RPMBUILD ?= rpmbuild
# A Makefile's own first target comes first, and otherwise the packages do.
xs-default: build-rpms

# $(call xs-either,NAMES...): the value of the first of these variables that has one.
xs-either = $(firstword $(foreach n,$1,$(if $($n),$n)))
xs-value = $(if $(call xs-either,$1),$($(call xs-either,$1)),$2)

# $(call xs-quote,text): as one word of the shell.
xs-quote = '$(subst ','\'',$1)'

DRIVER ?= $(firstword $(subst ., ,$(notdir $(SPEC))))
DRIVER_VERSION ?= $(VERSIONS)
MODULES ?= $(DRIVER).ko
DATA_DIR ?= data
SRCDIR ?= .
PROFILE ?= generic
xs-data-spec := $(call xs-value,DATASPEC DATA_SPEC)
xs-vendor := $(call xs-value,VENDOR VENDOR_NAME)
xs-rpm-version := $(call xs-value,RPM.VERSION RPM_VERSION,1.0)
xs-rpm-release := $(call xs-value,RPM.RELEASE RPM_RELEASE,1)
xs-data-version := $(call xs-value,DATA.RPM.VERSION DATA_RPM_VERSION,1.0)
xs-data-release := $(call xs-value,DATA.RPM.RELEASE DATA_RPM_RELEASE,1)

## What there is to do ----------------------------------------------------------

ifneq ($(filter-out clean help,$(or $(MAKECMDGOALS),all)),)

# In the make below this one nothing is said twice.
xs-quiet := $(if $(XS_AGAIN),2>/dev/null)
xs-shell = $(shell XS_KBUILD='$(XS_KBUILD)' $1 $(xs-quiet) || echo failed)
$(if $(DRIVER_VERSION),,$(error DRIVER_VERSION is not set))
xs-unknown := $(if $(VERSIONS),$(filter-out $(VERSIONS),$(DRIVER_VERSION)))
$(if $(xs-unknown),$(error no version $(xs-unknown) of $(DRIVER); there are: $(VERSIONS)))
$(foreach v,$(DRIVER_VERSION),$(if $(filter failed,$(call xs-shell,$(xs-rpm)/kernels --check '$(DRIVER)' '$v')),$(error \
	no package can be made of DRIVER=$(DRIVER) DRIVER_VERSION=$v; the reason is above)))
# $(call xs-plain,variable,value)
xs-plain = $(if $(or $(findstring -,$2),$(findstring /,$2),$(filter-out 1,$(words $2))),$(error \
	$1 "$2": no '-', '/' or space can be in it))
$(call xs-plain,RPM.VERSION,$(xs-rpm-version))$(call xs-plain,RPM.RELEASE,$(xs-rpm-release))
$(call xs-plain,DATA.RPM.VERSION,$(xs-data-version))$(call xs-plain,DATA.RPM.RELEASE,$(xs-data-release))
$(if $(filter xs8 xs9 el9 generic,$(PROFILE)),,$(error PROFILE $(PROFILE) is unknown; there are xs8, xs9, el9 and generic))
$(if $(filter-out gz xz zst,$(XS_COMPRESS)),$(error XS_COMPRESS $(XS_COMPRESS) is unknown; there are gz, xz and zst))
# XenServer 9's tools see files named *.ko only; XenServer 8's kernel and kmod know no zstd.
$(if $(filter xs9-xz xs9-gz xs9-zst xs8-zst,$(PROFILE)-$(XS_COMPRESS)),$(error \
	XS_COMPRESS=$(XS_COMPRESS): hosts of PROFILE $(PROFILE) cannot read such modules))

# A kernel is a word uname=directory=flavour; without headers, uname==.
xs-kernels := $(filter-out failed,$(call xs-shell,$(xs-rpm)/kernels $(KERNELS)))
xs-uname = $(word 1,$(subst =, ,$1))
xs-kdir = $(word 2,$(subst =, ,$1))
xs-flavour = $(word 3,$(subst =, ,$1))
xs-missing := $(patsubst %==,%,$(filter %==,$(xs-kernels)))
xs-found := $(filter-out %==,$(xs-kernels))
$(if $(xs-kernels),,$(error KERNELS: no kernel headers are installed))
xs-unaskable := $(strip $(foreach k,$(xs-found),$(if $(word 3,$(subst -, ,$(call xs-uname,$k))),$(call xs-uname,$k))))
$(if $(filter xs9,$(PROFILE)),$(if $(xs-unaskable),$(error PROFILE xs9: its packages must ask for their kernel, and RPM cannot \
	ask for $(xs-unaskable), because a version has one '-' at most; name other KERNELS or another PROFILE)))
xs-arch := $(shell rpm --eval '%{_target_cpu}' 2>/dev/null)

xs-package = $(subst @,_at_,$(subst ~,_tilde_,$(DRIVER)-$1))
xs-tarball = build/srctarballs/$(DRIVER)-$1.tar.gz
xs-srpm = build/srpms/$(call xs-package,$1)-$(xs-rpm-version)-$(xs-rpm-release).src.rpm
# $(call xs-cell,version,kernel)
xs-cell = build/rpms/$(call xs-package,$1)-modules-$(call xs-flavour,$2)-$(call \
	xs-uname,$2)-$(xs-rpm-version)-$(xs-rpm-release).$(xs-arch).rpm
xs-data := $(if $(xs-data-spec),$(DRIVER)-data-$(xs-data-version))
xs-data-tarball := $(xs-data:%=build/srctarballs/%.tar.gz)
xs-data-srpm := $(xs-data:%=build/srpms/%-$(xs-data-release).src.rpm)
xs-data-rpm := $(xs-data:%=build/rpms/%-$(xs-data-release).noarch.rpm)
xs-cells := $(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-found),$(call xs-cell,$v,$k)))

## Sources ----------------------------------------------------------------------

xs-srcdir = $(or $(SRCDIR.$1),$(SRCDIR))
xs-all-sources = $(shell cd '$1' && find . -type f ! -path './build/*' ! -path '*/.*' ! -path './$(DATA_DIR)/*' \
	! -name '*.spec' ! -name '*.spec.in' ! -path ./Makefile | LC_ALL=C sort | sed 's|^\./||')
xs-sources = $(or $(SOURCES.$1),$(SOURCES),$(call xs-all-sources,$(call xs-srcdir,$1)))
xs-source-files = $(addprefix $(call xs-srcdir,$1)/,$(call xs-sources,$1))
xs-data-files := $(if $(xs-data),$(shell test ! -d '$(DATA_DIR)' || find '$(DATA_DIR)' ! -type d | LC_ALL=C sort))

ifeq ($(SOURCE_DATE_EPOCH),)
SOURCE_DATE_EPOCH := $(shell stat -c %Y $(SPEC) $(xs-data-spec) $(xs-data-files) $(foreach v,$(DRIVER_VERSION),$(call \
	xs-source-files,$v)) 2>/dev/null | sort -n | tail -n 1)
endif
export SOURCE_DATE_EPOCH

# $(call xs-tar,directory,files,name): the same files make the same bytes.
define xs-tar
@mkdir -p $(@D)
@LC_ALL=C tar -C '$1' --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode='u+rwX,go+rX,go-w' \
	--mtime=@$(SOURCE_DATE_EPOCH) --transform='flags=r;s|^\(\./\)*|$3/|' -c $2 >$@.tar
@gzip -n -9 <$@.tar >$@.new && rm -f $@.tar && mv $@.new $@
endef

## Modules, for trying out ------------------------------------------------------

# kbuild writes beside its sources, so each module has a directory with links to them.
# $(call xs-module-rule,version,kernel,directory)
define xs-module-rule
modules += $(addprefix $3/,$(MODULES))
$(addprefix $3/,$(MODULES)) &: $(call xs-source-files,$1) $(wildcard $(xs-kit)/note/*) $(call xs-kdir,$2)/Module.symvers
	@echo 'building $3/$(MODULES)'
	@for f in $(call xs-sources,$1); do \
		mkdir -p "$3/$$$$(dirname "$$$$f")" && ln -sf "$(abspath $(call xs-srcdir,$1))/$$$$f" "$3/$$$$f" || exit; done
	@$(XS_KBUILD) --version $1 --kdir $(call xs-kdir,$2) -- $$(MAKE) -s -C {kdir} M=$(abspath $3)
endef
$(foreach k,$(xs-found),$(foreach v,$(DRIVER_VERSION),$(eval $(call xs-module-rule,$v,$k,build/$v/$(call xs-uname,$k)))))

modules: $(modules)
ifneq ($(filter all modules,$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))),)
$(if $(xs-missing),$(error nothing is built; the reason is above))
endif

## Packages ---------------------------------------------------------------------

# What every package depends on beside its sources.
xs-settings := $(foreach n,PROFILE XS_COMPRESS MODSIGN_KEY MODSIGN_CERT MODSIGN_COMMAND GPG_KEY XS_CATEGORY \
	XS_DESCRIPTION XS_PRIORITY XS_STATUS RPMBUILD,$n=$(call xs-quote,$($n)))
export XS_SETTINGS := $(xs-settings) $(SOURCE_DATE_EPOCH) $(xs-vendor) $(VENDOR_CODE) $(LABEL) $(TEXT) $(UUID) $(BASE_REQUIRES)
xs-kit-files := $(wildcard $(addprefix $(xs-rpm)/,macros.xs-ddk kernels spec-packages build-modules install-modules \
	finish-modules sign-module module-relations scriptlet.sh depmod.conf depmod-search.conf build-package fill-spec driver.mk fileattrs/*) $(xs-kit)/note/*)
build/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$XS_SETTINGS" | cmp -s - $@ || printf '%s\n' "$$XS_SETTINGS" >$@

# How the scripts and macros of this kit are found, and not those of another that is installed.
xs-run := XS_DDK='$(XS_DDK)' XS_RPMBUILD='$(RPMBUILD)' $(xs-settings) $(xs-rpm)/build-package
# $(call xs-fill,more,spec,rpm version,rpm release)
xs-fill = $(xs-rpm)/fill-spec $2 $(foreach n,DRIVER PROFILE VENDOR_CODE LABEL TEXT UUID BASE_REQUIRES,$(call \
	xs-quote,$n=$($n))) $(foreach n,VENDOR VENDOR_NAME,$(call xs-quote,$n=$(xs-vendor))) \
	'RPM_VERSION=$3' 'RPM.VERSION=$3' 'RPM_RELEASE=$4' 'RPM.RELEASE=$4' $1

define xs-version
$(call xs-tarball,$1): $(call xs-source-files,$1) build/settings
	$$(call xs-tar,$(call xs-srcdir,$1),$(call xs-sources,$1),$(DRIVER)-$1)
$(call xs-srpm,$1): $(call xs-tarball,$1) $(wildcard $(SPEC)) $(xs-kit-files)
	@rm -f $(foreach k,$(xs-found),$(call xs-cell,$1,$k))
	@$$(call xs-fill,'DRIVER_VERSION=$1' 'PACKAGE=$(call xs-package,$1)' 'TARBALL=$(DRIVER)-$1.tar.gz',\
		$(SPEC),$(xs-rpm-version),$(xs-rpm-release)) >build/srctarballs/$(call xs-package,$1).spec
	@$(xs-run) source build/srctarballs/$(call xs-package,$1).spec $$@
endef
$(foreach v,$(DRIVER_VERSION),$(eval $(call xs-version,$v)))

# $(call xs-cell-rule,version,kernel)
define xs-cell-rule
$(call xs-cell,$1,$2): $(call xs-srpm,$1) $(wildcard $(call xs-kdir,$2)/Module.symvers) | build/settings
	@$(xs-run) modules $$< $$@ $(call xs-kdir,$2)
endef
$(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-found),$(eval $(call xs-cell-rule,$v,$k))))

ifneq ($(xs-data),)
$(xs-data-tarball): $(xs-data-files) build/settings
	$(call xs-tar,$(DATA_DIR),.,$(xs-data))
$(xs-data-srpm): $(xs-data-tarball) $(wildcard $(xs-data-spec)) $(xs-kit-files)
	@rm -f $(xs-data-rpm)
	@$(call xs-fill,'TARBALL=$(xs-data).tar.gz' 'PACKAGE=$(DRIVER)-data',$(xs-data-spec),$(xs-data-version),$(xs-data-release)) \
		>build/srctarballs/$(xs-data).spec
	@$(xs-run) source build/srctarballs/$(xs-data).spec $@
$(xs-data-rpm): $(xs-data-srpm)
	@$(xs-run) data $< $@
endif

## Targets ----------------------------------------------------------------------

build-srctarballs: $(foreach v,$(DRIVER_VERSION),$(call xs-tarball,$v)) $(xs-data-tarball)
build-srpms: $(foreach v,$(DRIVER_VERSION),$(call xs-srpm,$v)) $(xs-data-srpm)

xs-rpms: $(xs-cells) $(xs-data-rpm) $(xs-missing:%=xs-missing/%)
$(xs-missing:%=xs-missing/%):
	@false

# One that fails does not keep the others from being built; the table at the end tells which did.
build-rpms:
	@$(if $(SPEC),,echo 'xs-ddk: SPEC is not set: the spec file of the packages' >&2; exit 1)
	+@status=0; $(MAKE) -s -k --no-print-directory XS_AGAIN=1 XS_DDK='$(XS_DDK)' xs-rpms || status=1; \
	printf '%-28s %-12s %s\n' KERNEL VERSION PACKAGE $(foreach v,$(DRIVER_VERSION),$(foreach k,$(xs-kernels),\
		$(call xs-uname,$k) '$v' "$$($(call xs-state,$(if $(call xs-kdir,$k),$(call xs-cell,$v,$k))))")) \
		$(if $(xs-data),- '$(xs-data-version)' "$$($(call xs-state,$(xs-data-rpm)))"); exit $$status
xs-state = $(if $1,test -e '$1' && echo '$1' || echo FAILED,echo 'FAILED: no headers')

verify: build-rpms
	$(XS_DDK) verify --profile $(PROFILE) $(xs-cells) $(xs-data-rpm)

include $(xs-rpm)/disk.mk

endif

clean:
	rm -rf build

FORCE:
# Alone, use every processor; under another make, that one decides.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

.PHONY: xs-default modules build-srctarballs build-srpms build-rpms xs-rpms $(xs-missing:%=xs-missing/%) verify clean FORCE
.DELETE_ON_ERROR:
