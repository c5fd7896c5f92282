// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of driver disks with their XML files, and the checks of them: directories, or an image.
#include "fuzz.h"

#include "check/disk.h"
#include "file.h"
#include "mutate.h"
#include "tree.h"

static void judge_disks(struct disks *disks)
{
	struct report report = {0};

	check_disks(&report, disks, NULL);
	for (size_t i = 0; i < report.count; i++)
		if (strpbrk(report.findings[i].text, "\n\033") || strpbrk(report.findings[i].path, "\n\033"))
			abort();
	report_free(&report);
	disks_free(disks);
}

static void notice(struct disks *disks, enum input_kind kind, const char *name)
{
	char path[128];
	struct input input = {.kind = kind, .path = path};

	snprintf(path, sizeof(path), "%s%s", tree_path, name);
	disks_notice(disks, &input);
}

/* A tree that is a disk, with perhaps a second one below "other"; whatever else is an image. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	struct disks disks;
	char path[32];
	struct input image = {.kind = INPUT_DISK, .path = path};
	int fd;

	disks_init(&disks);
	if (!tree_is(data, len)) {
		fd = file_make(data, len, path);
		disks_notice(&disks, &image);
		judge_disks(&disks);
		close(fd);
		return;
	}
	tree_make(data, len);
	notice(&disks, INPUT_DISK, "");
	notice(&disks, INPUT_FILE, "/other/XS-REPOSITORY");
	notice(&disks, INPUT_FILE, "/other/repodata/repomd.xml");
	judge_disks(&disks);
	tree_end();
}
