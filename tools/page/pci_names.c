// SPDX-License-Identifier: GPL-2.0-only
// The names of PCI devices, from the list pci.ids that distributions have.
#include "page/pci_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "stream/source.h"

/* What distributions ship has 1.5 MiB. */
#define LIST_MAX (16u << 20)

/* Stands for "no device" and "no subsystem" in a key: no number has 17 bits. */
#define NONE 0x10000

/* Vendor, device, subsystem's vendor and subsystem's device. */
struct key {
	uint32_t numbers[4];
};

struct name {
	struct key key;
	const char *text; /* in the list's text */
};

struct pci_names {
	char *text; /* the whole list; lines end in NUL */
	struct name *all;
	size_t count;
	const char *version;
};

static int compare_names(const void *a, const void *b)
{
	const struct key *x = &((const struct name *)a)->key, *y = &((const struct name *)b)->key;

	for (size_t i = 0; i < 4; i++)
		if (x->numbers[i] != y->numbers[i])
			return x->numbers[i] < y->numbers[i] ? -1 : 1;
	return 0;
}

/* Reads 4 hexadecimal digits and the SPACES after them. Returns what follows, or NULL. */
static const char *read_number(const char *line, uint32_t *number, size_t spaces)
{
	char digits[5] = "", *end;

	if (strspn(line, "0123456789abcdefABCDEF") != 4 || strspn(line + 4, " ") < spaces)
		return NULL;
	memcpy(digits, line, 4);
	*number = (uint32_t)strtoul(digits, &end, 16);
	return line + 4 + strspn(line + 4, " ");
}

/* Takes a line. LAST is the key of the line before, which has the vendor and device of an indented line. */
static void take_line(struct pci_names *names, const char *line, struct key *last)
{
	size_t depth = strspn(line, "\t");
	const char *text;

	if (strncmp(line, "#\tVersion: ", 11) == 0)
		names->version = line + 11;
	if (depth > 2 || *line == '#')
		return;
	/* A subsystem has two numbers with one blank between. */
	text = read_number(line + depth, &last->numbers[depth], depth == 2 ? 1 : 2);
	if (text && depth == 2)
		text = read_number(text, &last->numbers[3], 2);
	for (size_t i = depth + 1; i < 4 && depth < 2; i++)
		last->numbers[i] = NONE;
	if (!text) {
		/* Classes of devices follow, "C 02  Network controller": nothing below them is a device. */
		last->numbers[depth] = NONE;
		return;
	}
	names->all = array_grown(names->all, names->count, sizeof(*names->all));
	names->all[names->count++] = (struct name){*last, text};
}

static char *read_list(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	uint8_t *bytes = NULL;
	char *text = NULL;
	struct stat st;
	size_t len = 0;

	*why = fd < 0 ? strerror(errno) : "it is not a regular file";
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		bytes = source_whole_fd(fd, (uint64_t)st.st_size, LIST_MAX, false, &len, why);
	if (fd >= 0)
		close(fd);
	if (bytes)
		text = text_format("%.*s", (int)len, (const char *)bytes);
	source_whole_free(bytes, len);
	return text;
}

/* Takes over TEXT. */
static struct pci_names *parse(char *text)
{
	struct pci_names *names = need_memory(1, sizeof(*names));
	struct key last = {{NONE, NONE, NONE, NONE}};
	char *next = text, *line;

	names->text = text;
	names->version = "";
	while ((line = strsep(&next, "\n")))
		take_line(names, line, &last);
	if (names->count)
		qsort(names->all, names->count, sizeof(*names->all), compare_names);
	return names;
}

struct pci_names *pci_names_read(const char *path)
{
	static const char *const usual[] = {"/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"};
	const char *why;
	char *text = NULL, *safe;

	if (path) {
		text = read_list(path, &why);
	} else {
		for (size_t i = 0; !text && i < sizeof(usual) / sizeof(usual[0]); i++)
			text = read_list(usual[i], &why);
	}
	if (text)
		return parse(text);
	if (path) {
		safe = text_safe(path);
		complain("%s: the names of PCI devices cannot be read: %s", safe, why);
		free(safe);
	}
	return NULL;
}

void pci_names_free(struct pci_names *names)
{
	if (!names)
		return;
	free(names->text);
	free(names->all);
	free(names);
}

const char *pci_names_version(const struct pci_names *names)
{
	return names->version;
}

/* The name of the first COUNT numbers of the id. */
static const char *find(const struct pci_names *names, const struct pci_id *id, size_t count)
{
	const char *const fields[4] = {id->vendor, id->device, id->subvendor, id->subdevice};
	struct name wanted = {.key = {{NONE, NONE, NONE, NONE}}}, *found;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(fields[i], "*") == 0)
			return NULL;
		wanted.key.numbers[i] = (uint32_t)strtoul(fields[i], NULL, 16);
	}
	found = names && names->count ? bsearch(&wanted, names->all, names->count, sizeof(wanted), compare_names)
				      : NULL;
	return found ? found->text : NULL;
}

const char *pci_names_vendor(const struct pci_names *names, const struct pci_id *id)
{
	return find(names, id, 1);
}

const char *pci_names_device(const struct pci_names *names, const struct pci_id *id)
{
	return find(names, id, 2);
}

const char *pci_names_subsystem(const struct pci_names *names, const struct pci_id *id)
{
	return find(names, id, 4);
}
