// SPDX-License-Identifier: GPL-2.0-only
// Finds the kernel that boots next, in the configuration of the boot loader.
#include "boot/next_kernel.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/text.h"
#include "host/hierarchy_read.h"

#define CONFIG_LIMIT (4u << 20)
/* Bytes of the name of a menu entry. A longer name is cut, and then names no entry. */
#define ENTRY_MAX 256

static bool is_there(const struct root *root, const char *format, const char *name)
{
	char *path = text_format(format, name);
	int fd = root_openat(root, path, O_PATH, 0);

	free(path);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool boot_has_kernel(const struct root *root, const char *uname)
{
	static const char *const signs[] = {"/lib/modules/%s/modules.order", "/lib/modules/%s/modules.builtin",
					    "/lib/modules/%s/kernel", "/boot/vmlinuz-%s"};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (is_there(root, signs[i], uname))
			return true;
	return false;
}

/*
 * Takes the uname from the path of a kernel's image, such as "/boot/vmlinuz-6.1.0". The file may be a link to the
 * image: XenServer has vmlinuz-4.19-xen. Returns false if this kernel is not installed.
 */
static bool take_image(const struct root *root, const char *image, size_t len, char out[UNAME_MAX + 1])
{
	static const char prefix[] = "vmlinuz-";
	const char *base = memrchr(image, '/', len);
	char name[UNAME_MAX + sizeof(prefix)], target[PATH_MAX] = "";
	int boot;

	base = base ? base + 1 : image;
	len -= (size_t)(base - image);
	if (len >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)len, base);
	boot = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0);
	if (boot >= 0) {
		ssize_t n = readlinkat(boot, name, target, sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		close(boot);
	}
	base = *target ? target : name;
	base = strrchr(base, '/') ? strrchr(base, '/') + 1 : base;
	if (strncmp(base, prefix, strlen(prefix)) != 0 || !name_is_uname(base + strlen(prefix)) ||
	    !boot_has_kernel(root, base + strlen(prefix)))
		return false;
	snprintf(out, UNAME_MAX + 1, "%s", base + strlen(prefix));
	return true;
}

/* The value of the line "KEY VALUE" or "KEY=VALUE" in TEXT; *LEN is its length without quotes. NULL: no such line. */
static const char *find_value(const char *text, const char *key, size_t *len)
{
	for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *value = line + strspn(line, " \t");

		if (strncmp(value, key, strlen(key)) != 0 || !strchr(" \t=", value[strlen(key)]))
			continue;
		value += strlen(key);
		value += strspn(value, " \t=\"'");
		*len = strcspn(value, "\"'\n");
		return value;
	}
	return NULL;
}

/* Copies the value of a key; "" if there is none. */
static void copy_value(const char *text, const char *key, char out[ENTRY_MAX])
{
	size_t len = 0;
	const char *value = text ? find_value(text, key, &len) : NULL;

	snprintf(out, ENTRY_MAX, "%.*s", (int)len, value ? value : "");
}

/* Takes the kernel from the line "linux /path" of an entry of the Boot Loader Specification. */
static bool take_entry(const struct root *root, const char *file, char out[UNAME_MAX + 1])
{
	char *path = text_format("/boot/loader/entries/%s", file);
	char *text = root_read(root, path, CONFIG_LIMIT, NULL);
	size_t len = 0;
	const char *image = text ? find_value(text, "linux", &len) : NULL;
	bool found = image && take_image(root, image, strcspn(image, " \t\n"), out);

	if (!found && text) {
		char uname[ENTRY_MAX];

		/* systemd's kernel-install names images "linux", in a directory of the kernel. */
		copy_value(text, "version", uname);
		found = name_is_uname(uname) && boot_has_kernel(root, uname);
		if (found)
			memcpy(out, uname, strlen(uname) + 1);
	}
	free(text);
	free(path);
	return found;
}

/* Finds the last entry whose file name matches the pattern, as systemd-boot does. ".conf" may be left out. */
static bool find_entry(const struct root *root, const char *pattern, char out[UNAME_MAX + 1])
{
	int fd = *pattern ? root_openat(root, "/boot/loader/entries", O_RDONLY | O_DIRECTORY, 0) : -1;
	char **names = fd < 0 ? NULL : directory_names(fd);
	char *longer = text_format("%s.conf", pattern);
	bool found = false;

	for (size_t i = 0; names && names[i]; i++)
		if (fnmatch(pattern, names[i], 0) == 0 || fnmatch(longer, names[i], 0) == 0)
			found = take_entry(root, names[i], out) || found;
	free(longer);
	directory_names_free(names);
	return found;
}

/* The next word in a line, in quotes or not; false if there is none. Moves *AT behind it. */
static bool take_word(const char **at, char out[ENTRY_MAX])
{
	const char *begin = *at + strspn(*at, " \t");
	bool quoted = *begin == '\'' || *begin == '"';
	size_t len = quoted ? strcspn(begin + 1, (char[]){*begin, '\n', '\0'}) : strcspn(begin, " \t\n");

	snprintf(out, ENTRY_MAX, "%.*s", (int)len, begin + quoted);
	*at = begin + quoted + len;
	*at += quoted && **at == *begin;
	return quoted || len > 0;
}

/* Whether the line of a menu entry has the title or the id NAME. */
static bool is_named(const char *line, const char *name)
{
	char word[ENTRY_MAX];

	while (take_word(&line, word))
		if (strcmp(word, name) == 0)
			return true;
	return false;
}

/*
 * Finds the menu entry NAME in grub.cfg, and takes the image of its kernel. NAME is a title, an id, or the number of an
 * entry of the top level. "a>b" is entry b in submenu a. Under Xen, the kernel is a module of the hypervisor.
 */
static bool find_menu_entry(const struct root *root, const char *config, const char *name, char out[UNAME_MAX + 1])
{
	const char *last = strrchr(name, '>') ? strrchr(name, '>') + 1 : name;
	long wanted = strspn(last, "0123456789") == strlen(last) && *last ? strtol(last, NULL, 10) : -1, number = -1;
	bool inside = false;
	char word[ENTRY_MAX];

	for (const char *line = config; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		bool top = *line != ' ' && *line != '\t';
		const char *rest = line;

		take_word(&rest, word);
		rest += strspn(rest, " \t");
		if (strcmp(word, "menuentry") == 0 || strcmp(word, "submenu") == 0) {
			number += top || last != name;
			inside = *word == 'm' && (wanted < 0 ? is_named(rest, last) : wanted == number);
		} else if (inside && (strncmp(word, "linux", 5) == 0 || strncmp(word, "module", 6) == 0) &&
			   take_image(root, rest, strcspn(rest, " \t\n"), out)) {
			return true;
		}
	}
	return false;
}

/*
 * The default in grub.cfg: SAVED, if a line sets the default to a variable; else the first default that is set to a
 * name or a number; else the first entry.
 */
static void find_default(const char *config, const char *saved, char out[ENTRY_MAX])
{
	static const char key[] = "set default";
	size_t len;

	snprintf(out, ENTRY_MAX, "0");
	for (const char *value = find_value(config, key, &len); value; value = find_value(value, key, &len)) {
		if (*value == '$' && *saved)
			snprintf(out, ENTRY_MAX, "%s", saved);
		else if (*value != '$')
			snprintf(out, ENTRY_MAX, "%.*s", (int)len, value);
		else
			continue;
		return;
	}
}

static bool find_grub(const struct root *root, const char *directory, char out[UNAME_MAX + 1])
{
	char *path = text_format("%s/grub.cfg", directory), *env_path = text_format("%s/grubenv", directory);
	char *config = root_read(root, path, CONFIG_LIMIT, NULL), *env = root_read(root, env_path, CONFIG_LIMIT, NULL);
	char name[ENTRY_MAX], saved[ENTRY_MAX];
	bool found = false;

	copy_value(env, "next_entry", saved);
	if (!*saved)
		copy_value(env, "saved_entry", saved);
	if (config) {
		find_default(config, saved, name);
		found = find_menu_entry(root, config, name, out);
	}
	/* With entries of the Boot Loader Specification, grub.cfg has no menu entries. */
	found = found || find_entry(root, saved, out);
	free(config);
	free(env);
	free(path);
	free(env_path);
	return found;
}

static bool find_systemd(const struct root *root, char out[UNAME_MAX + 1])
{
	char *config = root_read(root, "/boot/loader/loader.conf", CONFIG_LIMIT, NULL), name[ENTRY_MAX];

	copy_value(config, "default", name);
	free(config);
	return find_entry(root, name, out);
}

bool boot_next_kernel(const struct root *root, char out[UNAME_MAX + 1])
{
	static const char *const directories[] = {"/boot/efi/EFI/xenserver", "/boot/grub2", "/boot/grub"};
	char **names;
	bool found = false;

	*out = '\0';
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (find_grub(root, directories[i], out))
			return true;
	if (find_systemd(root, out))
		return true;
	names = hierarchy_kernels(root);
	for (size_t i = 0; names && names[i]; i++)
		if (boot_has_kernel(root, names[i])) {
			snprintf(out, UNAME_MAX + 1, "%s", names[i]);
			found = true;
		}
	directory_names_free(names);
	return found;
}
