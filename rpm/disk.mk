# SPDX-License-Identifier: GPL-2.0-only
# The part of driver.mk that makes a driver disk from the packages of a build.
#
# Targets: build-isos (or build-iso)  build/isos/<LABEL>.iso, .md5, .sha256; build/<profile>/isos/<LABEL>-<profile>.iso
#          build-tarball              build/isos/<LABEL>.tar.gz: the same files, for USB sticks, HTTP, FTP and NFS
#          report                     build/isos/<LABEL>.html: what xs-ddk report tells of the disk
#
# Variables, in addition to those of driver.mk. In brackets: the value of a variable that is not set.
#
#	LABEL             the name of the pack and of the volume   (DRIVER)
#	TEXT              one line that describes the pack         (LABEL)
#	PACK_VERSION      the pack's version: numbers with dots between; also PACK.VERSION   (the newest DRIVER_VERSION)
#	PACK_BUILD        the pack's build; also PACK.BUILD        (see make-disk --help)
#	DEFAULT_VERSION   the DRIVER_VERSION that hosts select     (the newest whose XS_STATUS is production)
#	PRODUCT           the product whose hosts can use the disk     (XenServer)
#	PRODUCT_VERSION   the only version of the product that can use the disk     (any)
#	REQUIRES          packs that a host must have: "originator:name test version", a comma between two
#	BASE_REQUIRES     dependencies that hosts must provide, e.g. "product-version = 8.2.1", a comma between two
#	UUID              the disk's UUID, a new one for each release     (made from vendor, label, version and build)
#	AFTER_APPLY       what to restart afterwards: see make-disk --help     (restartHost)
#	WITH_XS_DRIVER    1: put the package xs-driver-static of "make static" on the disk; or the path of this package
#	DISK_OPTIONS      more options for make-disk
#	AGAINST           an older disk: the report tells what changes since then
#	TRIAL             the directory of xs-trial --report: the report has its results

xs-label := $(or $(LABEL),$(DRIVER))
xs-static := $(filter-out 0,$(WITH_XS_DRIVER))
xs-static := $(if $(filter 1,$(xs-static)),$(wildcard $(xs-rpm)/../build/static/xs-driver-static-*.rpm),$(wildcard $(xs-static)))
xs-pack-version := $(call xs-value,PACK_VERSION PACK.VERSION)
xs-comma := ,
xs-empty :=
xs-space := $(xs-empty) $(xs-empty)
# $(call xs-each,option,list): the option for each member of the list, whose members are separated by commas.
xs-each = $(foreach w,$(subst $(xs-comma), ,$(subst $(xs-space),<>,$(strip $2))),$1 $(call xs-quote,$(strip $(subst <>, ,$w))))
xs-option = $(if $2,$1 $(call xs-quote,$2))

# The names of disks for different hosts differ too.
xs-disk-name := $(xs-label)$(xs-suffix:%=-%)
xs-disk := $(xs-rpm)/make-disk --output $(xs-build)/isos $(call xs-option,--label,$(xs-label)) --name $(xs-disk-name) \
	$(call xs-option,--version,$(xs-pack-version)) $(call xs-option,--build,$(call xs-value,PACK_BUILD PACK.BUILD)) \
	$(call xs-option,--text,$(TEXT)) $(call xs-option,--vendor,$(xs-vendor)) \
	$(call xs-option,--vendor-code,$(VENDOR_CODE)) $(call xs-option,--product,$(PRODUCT)) \
	$(call xs-option,--product-version,$(PRODUCT_VERSION)) $(call xs-option,--uuid,$(UUID)) \
	$(call xs-option,--after-apply,$(AFTER_APPLY)) $(call xs-option,--gpg-key,$(GPG_KEY)) \
	--profile $(PROFILE) --strict $(call xs-option,--default-version,$(DEFAULT_VERSION)) $(call xs-each,--requires,$(REQUIRES)) $(call xs-each,--base-requires,$(BASE_REQUIRES)) $(DISK_OPTIONS)
xs-iso := $(xs-build)/isos/$(xs-disk-name).iso
xs-disk-tarball := $(xs-build)/isos/$(xs-disk-name).tar.gz

ifneq ($(xs-join),)
$(if $(xs-label),,$(error LABEL is not set, and without DRIVER or SPEC there is no other name for the disk))
build-isos build-iso build-tarball:
	@mkdir -p $(xs-build)/isos
	@env XS_DDK=$(call xs-quote,$(XS_DDK)) $(xs-disk) $(if $(filter %tarball,$@),--tarball) $(foreach d,$(FROM),$(call \
		xs-quote,$d)) $(xs-static)
	@echo '$(if $(filter %tarball,$@),$(xs-disk-tarball),$(xs-iso))'
else
xs-disk-packages := $(xs-cells) $(call xs-of-extras,rpm) $(xs-static) $(foreach v,$(DRIVER_VERSION),$(call xs-srpm,$v)) $(call xs-of-extras,srpm)

# The packages too: another list of them makes another disk.
$(xs-build)/disk-settings: FORCE
	@mkdir -p $(xs-build)/isos
	@printf '%s\n' $(call xs-quote,$(xs-disk)) $(xs-disk-packages) >$@.new; cmp -s $@.new $@ || mv $@.new $@

$(xs-iso) $(xs-disk-tarball): $(xs-disk-packages) $(xs-build)/disk-settings $(xs-rpm)/make-disk $(wildcard $(xs-rpm)/disk/*)
	@$(xs-rpm)/progress bar $(xs-build)/.progress 1 $(call xs-step,$(@F)) env XS_DDK=$(call xs-quote,$(XS_DDK)) $(xs-disk) $(if $(filter %.gz,$@),--tarball) $(xs-disk-packages)

# These run after build-rpms, which reports the packages that could not be built.
build-isos build-iso: build-rpms
	+@$(MAKE) -s --no-print-directory XS_AGAIN=1 XS_DDK=$(call xs-quote,$(XS_DDK)) KERNELS="$$(cat $(xs-build)/kernels)" $(xs-iso)
	@echo '$(xs-iso)'
build-tarball: build-rpms
	+@$(MAKE) -s --no-print-directory XS_AGAIN=1 XS_DDK=$(call xs-quote,$(XS_DDK)) KERNELS="$$(cat $(xs-build)/kernels)" $(xs-disk-tarball)
	@echo '$(xs-disk-tarball)'

# A report that speaks against a release is written too, and the target fails.
report: build-isos
	@status=0; $(call xs-quote,$(XS_DDK)) report --profile $(PROFILE) $(call xs-option,--cert,$(MODSIGN_CERT)) \
		$(call xs-option,--against,$(AGAINST)) $(call xs-option,--trial,$(TRIAL)) --output $(xs-iso:.iso=.html) $(xs-iso) || status=$$?; \
	[ $$status = 2 ] || echo '$(xs-iso:.iso=.html)'; \
	[ $$status != 1 ] || echo 'xs-ddk: the report tells what speaks against a release' >&2; exit $$status
endif

.PHONY: build-isos build-iso build-tarball report
