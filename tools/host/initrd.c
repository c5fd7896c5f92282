// SPDX-License-Identifier: GPL-2.0-only
// Making a kernel's initrd anew, so that it carries the driver that is selected.
#include "host/initrd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/name.h"
#include "base/spawn.h"
#include "base/text.h"

/* What hosts call a kernel's initrd: XenServer and SUSE, Fedora and RHEL, Debian, others. */
static const char *const images[] = {"initrd-%s.img", "initramfs-%s.img", "initrd.img-%s", "initrd-%s"};

/* The programs that make one, the most able first. */
static const struct {
	const char *name, *option;
} makers[] = {{"dracut", "-f"}, {"mkinitramfs", "-o"}, {"mkinitrd", "-f"}};

/* The name of the kernel's image in /boot, memory to free, or NULL. */
static char *find_image(const struct root *root, const char *uname)
{
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		char *name = text_format(images[i], uname);
		char *path = text_format("/boot/%s", name);
		int fd = root_openat(root, path, O_PATH, 0);

		free(path);
		if (fd >= 0) {
			close(fd);
			return name;
		}
		free(name);
	}
	return NULL;
}

/* How the image is to be made. */
struct maker {
	char *path; /* of the program */
	const char *option;
	const struct root *jail;
};

static bool find_maker(const struct root *root, struct maker *maker)
{
	const char *chosen = secure_getenv("XS_INITRD");

	memset(maker, 0, sizeof(*maker));
	if (chosen && *chosen) {
		maker->path = text_format("%s", chosen);
		maker->option = "-f";
		return true;
	}
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]) && !maker->path; i++) {
		maker->path = program_find(root, makers[i].name, NULL);
		maker->option = makers[i].option;
	}
	if (*root->path)
		maker->jail = root;
	return maker->path && (!maker->jail || geteuid() == 0);
}

/* The part of a listing's line that names the file, without its end of line. */
static void say_line(const char *uname, const char *line)
{
	size_t len = strcspn(line, "\n");
	const char *at = memmem(line, len, "lib/modules/", strlen("lib/modules/"));
	char *safe = at ? text_safe_n(at, len - (size_t)(at - line)) : NULL;

	if (safe)
		complain("the initrd of %s now holds %s", uname, safe);
	free(safe);
}

/* Tells which of the changed links' modules the new image holds. */
static void inspect(const struct maker *maker, const struct root *root, const char *uname, const char *image,
		    const struct changeset *changes)
{
	char *lister = program_find(root, strcmp(maker->option, "-o") == 0 ? "lsinitramfs" : "lsinitrd", NULL);
	char *output = NULL;
	const char *argv[] = {lister, image, NULL};
	struct spawn spawn = {.argv = argv, .jail = maker->jail, .keep = -1, .output = &output};
	size_t told = 0;

	if (!lister || program_run(&spawn) != 0 || !output) {
		free(lister);
		free(output);
		return;
	}
	for (size_t i = 0; i < changes->count; i++) {
		const char *base = strrchr(changes->list[i].path, '/');

		for (const char *line = output; *base && *line; line += strcspn(line, "\n"), line += *line == '\n')
			if (name_module_suffix(base) && memmem(line, strcspn(line, "\n"), base, strlen(base))) {
				say_line(uname, line);
				told++;
			}
	}
	if (told == 0)
		complain("the initrd of %s holds none of the driver's modules", uname);
	free(lister);
	free(output);
}

static char *new_name(const char *image)
{
	return text_format(".%s.xs-new", image);
}

/* Brings the finished image to the disk and puts it in the old one's place. */
static bool replace(const struct root *root, const char *image, const char *new)
{
	int boot = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0);
	int fd = boot < 0 ? -1 : openat(boot, new, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0 && renameat(boot, new, boot, image) == 0 && fsync(boot) == 0;

	if (!good)
		complain("/boot/%s: %s", image, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (boot >= 0)
		close(boot);
	return good;
}

static bool make_image(const struct root *root, const struct maker *maker, const char *uname, const char *image,
		       const struct changeset *changes, int keep)
{
	char *new = new_name(image);
	char *boot = maker->jail ? text_format("/boot") : root_real_path(root, "/boot");
	char *path = text_format("%s/%s", boot ? boot : "/boot", new);
	const char *argv[] = {maker->path, maker->option, path, uname, NULL};
	struct spawn spawn = {.argv = argv, .jail = maker->jail, .keep = keep};
	int status = program_run(&spawn);

	if (status < 0)
		complain("%s: %s", maker->path, strerror(errno));
	else if (status != 0)
		complain("%s failed for kernel %s with status %d", maker->path, uname, status);
	else
		inspect(maker, root, uname, path, changes);
	if (status == 0 && !replace(root, image, new))
		status = -1;
	free(path);
	free(boot);
	free(new);
	return status == 0;
}

bool initrd_update(const struct root *root, const char *uname, const struct changeset *changes, int keep)
{
	char *image = find_image(root, uname);
	struct maker maker = {0};
	bool good = true;

	if (image && find_maker(root, &maker)) {
		initrd_clean(root, uname);
		good = make_image(root, &maker, uname, image, changes, keep);
		if (!good)
			initrd_clean(root, uname);
	} else if (image) {
		complain("/boot/%s is left as it is: %s; make it anew before the next boot", image,
			 maker.path ? "only root can do that below another root"
				    : "there is neither dracut nor mkinitramfs nor mkinitrd");
	}
	free(maker.path);
	free(image);
	return good;
}

void initrd_clean(const struct root *root, const char *uname)
{
	int boot = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0);

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && boot >= 0; i++) {
		char *image = text_format(images[i], uname);
		char *new = new_name(image);

		unlinkat(boot, new, 0);
		free(new);
		free(image);
	}
	if (boot >= 0)
		close(boot);
}
