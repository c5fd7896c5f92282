// SPDX-License-Identifier: GPL-2.0-only
// Checks that install.sh can read XS-REPOSITORY and XS-PACKAGES. It reads XML by lines, with awk. If all lines have the
// form that the kit writes, it reads the same values as an XML parser.
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "check/disk_topics.h"

/* rpm/disk/install.sh has the same expressions. It must refuse the same files. */
#define ATTRIBUTE " [a-z0-9-]+=\"([^\"<>&]|&(amp|lt|gt|quot);)*\""
#define TEXT	  "([^<>&]|&(amp|lt|gt|quot);)*"
#define PLAIN                                                                                                          \
	"^(<\\?xml version=\"1\\.0\" encoding=\"UTF-8\"\\?>|<(repository|packages)(" ATTRIBUTE                         \
	")*>|</(repository|packages)>|"                                                                                \
	" *<description>" TEXT "</description>| *<requires(" ATTRIBUTE ")+/>| *<package(" ATTRIBUTE ")+>" TEXT         \
	"</package>)$"

/* No correct line is as long as this. */
#define LINE_MAX_HERE 4096

static bool is_root(const char *line)
{
	return strncmp(line, "<repository", 11) == 0 || strncmp(line, "<packages", 9) == 0;
}

static void check_lines(struct disk_check *c, const struct disk_file *file, const regex_t *plain)
{
	char *next = disk_own(c->disk, strdup(file->bytes ? (const char *)file->bytes : "")), *line;
	size_t roots = 0;

	for (size_t number = 1; (line = strsep(&next, "\n")); number++) {
		if (!*line && !next)
			return;
		roots += is_root(line);
		if (strlen(line) <= LINE_MAX_HERE && roots <= 1 && regexec(plain, line, 0, NULL, 0) == 0)
			continue;
		if (strlen(line) > 80)
			line[80] = '\0';
		disk_found(c, RULE_DISK_PLAIN, file->path, "line %zu: '%s'", number, disk_safe(c->disk, line));
		return;
	}
}

void check_disk_plain(struct disk_check *c)
{
	static const char *const names[] = {"XS-REPOSITORY", "XS-PACKAGES"};
	regex_t plain;

	/* Without pack.sh, the disk is from another builder, whose installer reads XML. */
	if (!disk_find(c->disk, "pack.sh"))
		return;
	if (regcomp(&plain, PLAIN, REG_EXTENDED | REG_NOSUB) != 0)
		die_memory();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct disk_file *file = disk_find(c->disk, names[i]);

		if (file)
			check_lines(c, file, &plain);
	}
	regfree(&plain);
}
