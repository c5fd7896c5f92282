// SPDX-License-Identifier: GPL-2.0-only
// Makes a new initrd for a kernel, so that it has the selected driver.
#include "change/initrd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/name.h"
#include "base/progress.h"
#include "base/spawn.h"
#include "base/text.h"

/* The names of an initrd: on XenServer and SUSE, on Fedora and RHEL, on Debian, on other hosts. */
static const char *const images[] = {"initrd-%s.img", "initramfs-%s.img", "initrd.img-%s", "initrd-%s"};

/* The programs that make an initrd, the best first. */
static const struct {
	const char *name, *option;
} makers[] = {{"dracut", "-f"}, {"mkinitramfs", "-o"}, {"mkinitrd", "-f"}};

/* The open directory /boot and the image of the kernel in it. */
struct boot {
	int fd;	     /* -1: there is no /boot */
	char *image; /* name of the image; NULL: the kernel has none */
	char *new, *old;
};

static void boot_close(struct boot *boot)
{
	if (boot->fd >= 0)
		close(boot->fd);
	free(boot->image);
	free(boot->new);
	free(boot->old);
}

static bool is_there(int dir, const char *name, bool *there)
{
	struct stat st;

	*there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	return *there || errno == ENOENT;
}

/*
 * Sets the names in BOOT if the image exists, or the former image that initrd_install() kept. Returns false, with a
 * message, on an error.
 */
static bool take_image(struct boot *boot, const char *format, const char *uname)
{
	char *image = text_format(format, uname);
	char *old = text_format(".%s.xs-old", image);
	bool there = false, kept = false, good;

	good = is_there(boot->fd, image, &there) && is_there(boot->fd, old, &kept);
	if (!good)
		complain("/boot/%s: %s", image, strerror(errno));
	if (there || kept) {
		boot->image = image;
		boot->old = old;
		boot->new = text_format(".%s.xs-new", image);
	} else {
		free(image);
		free(old);
	}
	return good;
}

/*
 * Opens /boot and finds the image of the kernel. Returns false, with a message, on an error. The caller calls
 * boot_close() in both cases.
 */
static bool boot_open(struct boot *boot, const struct root *root, const char *uname)
{
	bool good = true;

	*boot = (struct boot){.fd = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0)};
	if (boot->fd < 0 && errno != ENOENT) {
		complain("/boot: %s", strerror(errno));
		return false;
	}
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && boot->fd >= 0 && !boot->image && good; i++)
		good = take_image(boot, images[i], uname);
	return good;
}

/* The program that makes an image. */
struct maker {
	char *path; /* path of the program */
	const char *option;
	const struct root *jail;
};

/* Finds the program. Returns NULL, or the reason why no program is run. */
static const char *find_maker(const struct root *root, const struct initrd_policy *policy, struct maker *maker)
{
	const char *chosen = secure_getenv("XS_INITRD");

	*maker = (struct maker){.option = "-f"};
	if (policy->none)
		return "--no-initrd was given";
	if (chosen && *chosen) {
		maker->path = text_format("%s", chosen);
		return NULL;
	}
	if (*root->path && !policy->run_image_tools)
		return "programs of the image are run only with --run-image-tools";
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]) && !maker->path; i++) {
		maker->path = program_find(root, makers[i].name, NULL);
		maker->option = makers[i].option;
	}
	if (*root->path)
		maker->jail = root;
	if (!maker->path)
		return "there is neither dracut nor mkinitramfs nor mkinitrd";
	return maker->jail && geteuid() != 0 ? "only root can run the programs of another root" : NULL;
}

/* Prints the file name from a line of the list of an image. */
static void say_line(const char *uname, const char *line)
{
	size_t len = strcspn(line, "\n");
	const char *at = memmem(line, len, "lib/modules/", strlen("lib/modules/"));
	char *safe = at ? text_safe_n(at, len - (size_t)(at - line)) : NULL;

	if (safe)
		complain("the initrd of %s now holds %s", uname, safe);
	free(safe);
}

/* Prints which modules of the changed links are in the new image. */
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

/* Runs the program, and writes the image to the disk (fsync). Returns false, with a message, on an error. */
static bool run_maker(const struct boot *boot, const struct root *root, const struct maker *maker, const char *uname,
		      const struct changeset *changes, int keep)
{
	char *directory = maker->jail ? text_format("/boot") : root_real_path(root, "/boot");
	char *path = text_format("%s/%s", directory ? directory : "/boot", boot->new);
	const char *argv[] = {maker->path, maker->option, path, uname, NULL};
	struct spawn spawn = {.argv = argv, .jail = maker->jail, .keep = keep};
	int status, fd = -1;
	bool good;

	progress_step("making the initrd of kernel %s with %s; this may take a minute", uname, maker->path);
	status = program_run(&spawn);
	good = status == 0;

	if (status < 0) {
		complain("%s: %s", maker->path, strerror(errno));
	} else if (status != 0) {
		complain("%s failed for kernel %s with status %d", maker->path, uname, status);
	} else {
		inspect(maker, root, uname, path, changes);
		fd = regular_open(boot->fd, boot->new, NULL);
		good = fd >= 0 && fsync(fd) == 0;
		if (!good)
			complain("/boot/%s: %s", boot->new, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	if (!good)
		unlinkat(boot->fd, boot->new, 0);
	free(path);
	free(directory);
	return good;
}

bool initrd_make(const struct root *root, const char *uname, const struct changeset *changes,
		 const struct initrd_policy *policy, int keep)
{
	struct boot boot;
	struct maker maker = {0};
	bool good = boot_open(&boot, root, uname), replaced = false;
	const char *why;

	if (good && boot.image)
		good = is_there(boot.fd, boot.old, &replaced);
	if (good && boot.image && !replaced) {
		why = find_maker(root, policy, &maker);
		unlinkat(boot.fd, boot.new, 0);
		if (!why)
			good = run_maker(&boot, root, &maker, uname, changes, keep);
		else
			complain("%s/boot/%s still holds the former drivers: %s. Make it again before the next boot, "
				 "for example with 'dracut -f /boot/%s %s' in that system",
				 root->path, boot.image, why, boot.image, uname);
	}
	free(maker.path);
	boot_close(&boot);
	return good;
}

/*
 * Keeps the former image under the name OLD, then renames the new image. With a hard link, the image exists at any
 * moment. Some file systems have no hard links; then the former image is renamed.
 */
static bool put_in_place(const struct boot *boot)
{
	if (linkat(boot->fd, boot->image, boot->fd, boot->old, 0) != 0 && errno != EEXIST &&
	    (errno != EPERM || renameat(boot->fd, boot->image, boot->fd, boot->old) != 0))
		return false;
	return fsync(boot->fd) == 0 && renameat(boot->fd, boot->new, boot->fd, boot->image) == 0 &&
	       fsync(boot->fd) == 0;
}

bool initrd_install(const struct root *root, const char *uname)
{
	struct boot boot;
	bool good = boot_open(&boot, root, uname), made = false;

	if (good && boot.image)
		good = is_there(boot.fd, boot.new, &made) && (!made || put_in_place(&boot));
	if (!good && boot.image)
		complain("/boot/%s: %s", boot.image, strerror(errno));
	boot_close(&boot);
	return good;
}

bool initrd_restore(const struct root *root, const char *uname)
{
	struct boot boot;
	bool good = boot_open(&boot, root, uname);

	if (good && boot.image) {
		good = renameat(boot.fd, boot.old, boot.fd, boot.image) == 0 || errno == ENOENT;
		/* rename() does nothing if both names are hard links to the same file. Then OLD still exists. */
		good = good && (unlinkat(boot.fd, boot.old, 0) == 0 || errno == ENOENT);
		good = good && (unlinkat(boot.fd, boot.new, 0) == 0 || errno == ENOENT);
		good = good && fsync(boot.fd) == 0;
		if (!good)
			complain("/boot/%s: %s; the former one is /boot/%s", boot.image, strerror(errno), boot.old);
	}
	boot_close(&boot);
	return good;
}

char *initrd_path(const struct root *root, const char *uname)
{
	int boot = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0);
	char *path = NULL;

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && boot >= 0 && !path; i++) {
		char *image = text_format(images[i], uname);
		bool there = false;

		if (is_there(boot, image, &there) && there)
			path = text_format("/boot/%s", image);
		free(image);
	}
	if (boot >= 0)
		close(boot);
	return path;
}

char *initrd_command(const struct root *root, const char *uname, const char *path)
{
	size_t i = 0;
	char *program = NULL;

	while (i < sizeof(makers) / sizeof(makers[0]) && !(program = program_find(root, makers[i].name, NULL)))
		i++;
	free(program);
	i %= sizeof(makers) / sizeof(makers[0]);
	return text_format("%s %s %s %s", makers[i].name, makers[i].option, path, uname);
}

void initrd_clean(const struct root *root, const char *uname)
{
	int boot = root_openat(root, "/boot", O_RDONLY | O_DIRECTORY, 0);

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]) && boot >= 0; i++)
		for (int old = 0; old < 2; old++) {
			char *image = text_format(images[i], uname);
			char *name = text_format(".%s.xs-%s", image, old ? "old" : "new");

			unlinkat(boot, name, 0);
			free(name);
			free(image);
		}
	if (boot >= 0)
		close(boot);
}
