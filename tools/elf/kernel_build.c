// SPDX-License-Identifier: GPL-2.0-only
// Reads what a kernel's build directory says of modules: its configuration, and the keys that it trusts.
#include "elf/kernel_build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/root.h"
#include "base/text.h"

/* The bound for a configuration, in bytes. Real ones have 300 KiB. */
#define CONFIG_MAX (8u << 20)

/* Reads the file NAME in the directory. NULL with errno on an error. The caller frees the text. */
static char *read_file(const char *directory, const char *name)
{
	char *path = text_format("%s/%s", directory, name), *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), saved;

	text = fd < 0 ? NULL : read_whole(fd, CONFIG_MAX, NULL);
	saved = errno;
	if (fd >= 0)
		close(fd);
	free(path);
	errno = saved;
	return text;
}

/* include/config/kernel.release is not used: a distribution may write its own version there. */
static bool read_uname(struct kernel_build *build, const char *directory)
{
	static const char define[] = "#define UTS_RELEASE \"";
	char *text = read_file(directory, "include/generated/utsrelease.h");
	char *release = text ? strstr(text, define) : NULL;

	if (release) {
		release += sizeof(define) - 1;
		release[strcspn(release, "\"\n")] = '\0';
		if (name_is_uname(release))
			snprintf(build->uname, sizeof(build->uname), "%s", release);
	}
	free(text);
	return build->uname[0];
}

/* Returns the value of the OPTION, without quotes, in memory to free; NULL if it is not set. */
static char *value_of(const char *config, const char *option)
{
	size_t len = strlen(option);

	for (const char *at = config; (at = strstr(at, option)); at += len)
		if ((at == config || at[-1] == '\n') && at[len] == '=') {
			const char *value = at + len + 1;
			size_t value_len = strcspn(value, "\n");

			if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"') {
				value++;
				value_len -= 2;
			}
			return text_format("%.*s", (int)value_len, value);
		}
	return NULL;
}

/* Whether the option is y or m. */
static bool is_set(const char *config, const char *option)
{
	char *value = value_of(config, option);
	bool set = value && (strcmp(value, "y") == 0 || strcmp(value, "m") == 0);

	free(value);
	return set;
}

/* The first of the options that is set, or NULL. OPTIONS ends with NULL. */
static const char *first_set(const char *config, const char *const *options)
{
	for (; *options; options++)
		if (is_set(config, *options))
			return *options;
	return NULL;
}

static void read_options(struct kernel_build *build, const char *config)
{
	/* The layout of structures comes from a plugin, which is made for one compiler. */
	static const char *const exact[] = {"CONFIG_RANDSTRUCT_FULL", "CONFIG_RANDSTRUCT_PERFORMANCE",
					    "CONFIG_GCC_PLUGIN_RANDSTRUCT", "CONFIG_GCC_PLUGINS", NULL};
	/* Calls through pointers are checked by marks that only the same kind of compiler makes. */
	static const char *const family[] = {"CONFIG_CFI_CLANG", "CONFIG_CFI", "CONFIG_LTO_CLANG", NULL};

	build->compiler = value_of(config, "CONFIG_CC_VERSION_TEXT");
	build->same_compiler = first_set(config, exact);
	build->same_family = first_set(config, family);
	build->checks_signatures = is_set(config, "CONFIG_MODULE_SIG");
	build->needs_signatures = is_set(config, "CONFIG_MODULE_SIG_FORCE");
	build->takes_keys = is_set(config, "CONFIG_SECONDARY_TRUSTED_KEYRING");
	build->sha1 = is_set(config, "CONFIG_CRYPTO_SHA1") || is_set(config, "CONFIG_CRYPTO_LIB_SHA1");
	build->sha256 = is_set(config, "CONFIG_CRYPTO_SHA256") || is_set(config, "CONFIG_CRYPTO_LIB_SHA256");
	build->sha512 = is_set(config, "CONFIG_CRYPTO_SHA512") || is_set(config, "CONFIG_CRYPTO_LIB_SHA512");
}

/* Adds the certificates in the file NAME, a path or a name in the directory, if there is such a file. */
static bool add_certificates(struct kernel_build *build, const char *directory, const char *name)
{
	char *path = *name == '/' ? text_format("%s", name) : text_format("%s/%s", directory, name);
	bool fine = true;

	if (access(path, F_OK) == 0) {
		fine = certificates_read(&build->certificates[build->certificate_count], path);
		build->certificate_count += fine;
	}
	free(path);
	return fine;
}

static bool read_certificates(struct kernel_build *build, const char *directory, const char *config)
{
	char *trusted = value_of(config, "CONFIG_SYSTEM_TRUSTED_KEYS");
	bool fine = add_certificates(build, directory, "certs/signing_key.x509") &&
		    (!trusted || !*trusted || add_certificates(build, directory, trusted));

	free(trusted);
	return fine;
}

bool kernel_builds_read(struct kernel_builds *builds, const char *path)
{
	struct kernel_build *build;
	char *safe = text_safe(path), *config;
	bool fine = false;

	builds->all = array_grown(builds->all, builds->count, sizeof(*builds->all));
	build = &builds->all[builds->count++];
	memset(build, 0, sizeof(*build));
	config = read_file(path, "include/config/auto.conf");
	if (!config)
		config = read_file(path, ".config");
	if (!config)
		complain("%s: it has neither include/config/auto.conf nor .config: the build directory of a kernel is "
			 "expected",
			 safe);
	else if (!read_uname(build, path))
		complain("%s: include/generated/utsrelease.h does not say which kernel it is for; run 'make "
			 "modules_prepare' there",
			 safe);
	else
		fine = read_certificates(build, path, config);
	if (fine)
		read_options(build, config);
	free(config);
	free(safe);
	return fine;
}

void kernel_builds_free(struct kernel_builds *builds)
{
	for (size_t i = 0; i < builds->count; i++) {
		free(builds->all[i].compiler);
		for (size_t c = 0; c < builds->all[i].certificate_count; c++)
			certificates_free(builds->all[i].certificates[c]);
	}
	free(builds->all);
	memset(builds, 0, sizeof(*builds));
}

const struct kernel_build *kernel_builds_find(const struct kernel_builds *builds, const char *uname)
{
	for (size_t i = 0; i < builds->count; i++)
		if (strcmp(builds->all[i].uname, uname) == 0)
			return &builds->all[i];
	return NULL;
}
