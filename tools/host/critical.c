// SPDX-License-Identifier: GPL-2.0-only
// The modules that a host needs for its root disk and its management network, and modules that are in use.
#include "host/critical.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/text.h"
#include "host/loaded.h"

/* Real disks have fewer layers, and real devices have fewer buses above them. A forged /sys may have loops. */
#define LAYERS_MAX    16
#define ANCESTORS_MAX 32
/* How many users of a driver a message names. */
#define USERS_SHOWN	8
#define MOUNTINFO_LIMIT (4u << 20)
#define ROUTE_LIMIT	(4u << 20)

static void add_critical(struct critical_modules *critical, const char *name, const char *what, const char *device)
{
	char *safe = text_safe(device);
	struct critical_module *module;

	critical->list = array_grown(critical->list, critical->count, sizeof(*critical->list));
	module = &critical->list[critical->count++];
	name_of_module(name, module->module);
	module->why = text_format("it drives the %s (%s)", what, safe);
	free(safe);
}

/* The last COUNT components of the target of a link, or NULL. The string is in OUT. */
static const char *link_tail(int dir, const char *name, int count, char out[PATH_MAX])
{
	ssize_t len = readlinkat(dir, name, out, PATH_MAX - 1);
	char *at;

	if (len <= 0)
		return NULL;
	out[len] = '\0';
	for (at = out + len; at > out && count > 0; at--)
		if (at[-1] == '/' && --count == 0)
			break;
	return at;
}

/*
 * Adds the module of a device's driver. The device has a link driver -> .../bus/<bus>/drivers/<driver>; that directory
 * has a link module.
 */
static void take_driver(struct critical_modules *critical, const struct root *root, int device, const char *what,
			const char *name)
{
	char target[PATH_MAX], module[PATH_MAX];
	const char *tail = link_tail(device, "driver", 4, target);
	char *path = tail && strncmp(tail, "bus/", 4) == 0 ? text_format("/sys/%s", tail) : NULL;
	int fd = path ? root_openat(root, path, O_PATH | O_DIRECTORY, 0) : -1;

	tail = fd < 0 ? NULL : link_tail(fd, "module", 1, module);
	if (tail)
		add_critical(critical, tail, what, name);
	if (fd >= 0)
		close(fd);
	free(path);
}

/*
 * Adds the drivers of a device and of all devices above it, up to /sys/devices. Closes FD. Every device has a file
 * uevent. Between two devices there may be one directory without it, named after a class, e.g. "block" above sda.
 */
static void take_ancestors(struct critical_modules *critical, const struct root *root, int fd, const char *what,
			   const char *name)
{
	bool below_is_device = true;

	for (int i = 0; i < ANCESTORS_MAX && fd >= 0; i++) {
		bool is_device = faccessat(fd, "uevent", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
		int above;

		if (!is_device && !below_is_device)
			break;
		below_is_device = is_device;
		if (is_device)
			take_driver(critical, root, fd, what, name);
		above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = above;
	}
	if (fd >= 0)
		close(fd);
}

/* Whether NAME can be one component of a path. */
static bool is_component(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/') &&
	       strlen(name) <= NAME_MAX;
}

/* Adds the drivers of a block device and of the devices below it, e.g. in /sys/class/block/md0/slaves/. */
static void take_block(struct critical_modules *critical, const struct root *root, const char *path, const char *what,
		       const char *name, int layer)
{
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	int slaves = fd < 0 ? -1 : openat(fd, "slaves", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char **names = slaves < 0 ? NULL : directory_names(slaves);

	for (size_t i = 0; names && names[i] && layer < LAYERS_MAX; i++) {
		char *below = text_format("/sys/class/block/%s", names[i]);

		take_block(critical, root, below, what, names[i], layer + 1);
		free(below);
	}
	directory_names_free(names);
	take_ancestors(critical, root, fd, what, name);
}

/*
 * Reads a line of mountinfo (proc(5)). For "/", finds the block device by its number. Some file systems have a number
 * without a device (0:N); then finds it by its name in /dev.
 */
static void take_root_mount(struct critical_modules *critical, const struct root *root, const char *line)
{
	char number[32], point[8], source[256], path[PATH_MAX];
	const char *rest = strstr(line, " - ");

	if (sscanf(line, "%*s %*s %31s %*s %7s", number, point) != 2 || strcmp(point, "/") != 0 ||
	    !is_component(number))
		return;
	if (strncmp(number, "0:", 2) != 0) {
		snprintf(path, sizeof(path), "/sys/dev/block/%s", number);
		take_block(critical, root, path, "root disk", number, 0);
	} else if (rest && sscanf(rest, " - %*s /dev/%255s", source) == 1 && is_component(source)) {
		snprintf(path, sizeof(path), "/sys/class/block/%s", source);
		take_block(critical, root, path, "root disk", source, 0);
	}
}

static void read_root_disk(struct critical_modules *critical, const struct root *root)
{
	char *text = root_read(root, "/proc/self/mountinfo", MOUNTINFO_LIMIT, NULL);
	char *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		take_root_mount(critical, root, line);
	free(text);
}

static void take_interface(struct critical_modules *critical, const struct root *root, const char *name, int layer);

/*
 * Adds the interfaces below an interface: its links lower_<name>, and the ports of a bridge in brif/. Returns their
 * number.
 */
static size_t take_lower(struct critical_modules *critical, const struct root *root, const char *name, int layer)
{
	static const struct {
		const char *directory, *prefix;
	} places[] = {{"", "lower_"}, {"/brif", ""}};
	size_t found = 0;

	for (size_t p = 0; p < 2; p++) {
		char *path = text_format("/sys/class/net/%s%s", name, places[p].directory);
		int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
		char **names = fd < 0 ? NULL : directory_names(fd);
		size_t skip = strlen(places[p].prefix);

		for (size_t i = 0; names && names[i]; i++)
			if (strncmp(names[i], places[p].prefix, skip) == 0 && is_component(names[i] + skip)) {
				take_interface(critical, root, names[i] + skip, layer + 1);
				found++;
			}
		directory_names_free(names);
		free(path);
	}
	return found;
}

static void take_interface(struct critical_modules *critical, const struct root *root, const char *name, int layer)
{
	char *path = text_format("/sys/class/net/%s/device", name);
	int fd = root_openat(root, path, O_PATH | O_DIRECTORY, 0);

	free(path);
	if (fd >= 0)
		take_ancestors(critical, root, fd, "management network", name);
	else if (layer < LAYERS_MAX && take_lower(critical, root, name, layer) == 0 && layer == 0)
		/*
		 * In Open vSwitch, a bridge has no link to its ports. But the interface ovs-system has links to all
		 * ports.
		 */
		take_lower(critical, root, "ovs-system", 1);
}

/*
 * The interface of the default route: destination and mask are 0. The kernel's net/ipv4/fib_trie.c describes the table.
 */
static bool default_route(const struct root *root, char out[64])
{
	char *text = root_read(root, "/proc/net/route", ROUTE_LIMIT, NULL);
	bool found = false;
	char *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		char destination[16], mask[16];

		found = sscanf(line, "%63s %15s %*s %*s %*s %*s %*s %15s", out, destination, mask) == 3 &&
			strcmp(destination, "00000000") == 0 && strcmp(mask, "00000000") == 0;
	}
	free(text);
	return found;
}

static bool management_interface(const struct root *root, char out[64])
{
	static const char key[] = "\nMANAGEMENT_INTERFACE='";
	char *text = root_read(root, "/etc/xensource-inventory", ROUTE_LIMIT, NULL);
	char *padded = text_format("\n%s", text ? text : "");
	const char *at = strstr(padded, key);
	bool found = at && sscanf(at + strlen(key), "%63[^'\n]", out) == 1;

	free(padded);
	free(text);
	return found;
}

void critical_modules_read(struct critical_modules *critical, const struct root *root)
{
	char interface[64];

	memset(critical, 0, sizeof(*critical));
	read_root_disk(critical, root);
	if ((management_interface(root, interface) || default_route(root, interface)) && is_component(interface))
		take_interface(critical, root, interface, 0);
}

void critical_modules_free(struct critical_modules *critical)
{
	for (size_t i = 0; i < critical->count; i++)
		free(critical->list[i].why);
	free(critical->list);
	memset(critical, 0, sizeof(*critical));
}

const char *critical_modules_find(const struct critical_modules *critical, const struct driver *driver)
{
	for (size_t i = 0; i < critical->count; i++)
		for (size_t m = 0; m < driver->module_count; m++)
			if (strcmp(critical->list[i].module, driver->modules[m]) == 0)
				return critical->list[i].why;
	return NULL;
}

/* Adds the drivers of interfaces that are up. */
static void read_interfaces(struct critical_modules *users, const struct root *root)
{
	int net = root_openat(root, "/sys/class/net", O_RDONLY | O_DIRECTORY, 0);
	char **names = net < 0 ? NULL : directory_names(net);

	for (size_t i = 0; names && names[i]; i++) {
		char *flags_path = text_format("/sys/class/net/%s/flags", names[i]);
		char *path = text_format("/sys/class/net/%s/device", names[i]), flags[32];

		if (root_read_line(root, flags_path, flags, sizeof(flags)) && (strtoul(flags, NULL, 16) & IFF_UP))
			take_ancestors(users, root, root_openat(root, path, O_PATH | O_DIRECTORY, 0),
				       "interface that is up", names[i]);
		free(flags_path);
		free(path);
	}
	directory_names_free(names);
}

/* Adds the drivers of mounted block devices. */
static void read_mounts(struct critical_modules *users, const struct root *root)
{
	char *text = root_read(root, "/proc/self/mountinfo", MOUNTINFO_LIMIT, NULL);
	char *save = NULL;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
		char number[32], point[256], path[64];

		if (sscanf(line, "%*s %*s %31s %*s %255s", number, point) != 2 || !is_component(number))
			continue;
		snprintf(path, sizeof(path), "/sys/dev/block/%s", number);
		take_block(users, root, path, "device that is mounted", point, 0);
	}
	free(text);
}

/* Adds the drivers of the devices that a process has open. */
static void read_process(struct critical_modules *users, const struct root *root, const char *pid)
{
	char *path = text_format("/proc/%s/fd", pid), *comm = text_format("/proc/%s/comm", pid);
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(dup(fd)), name[32] = "?";
	struct stat st;

	root_read_line(root, comm, name, sizeof(name));
	for (size_t i = 0; names && names[i]; i++) {
		char device[64], *who;

		/* The kernel follows these links itself. They lead to the open files, not to a path. */
		if (fstatat(fd, names[i], &st, 0) != 0 || (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)))
			continue;
		snprintf(device, sizeof(device), "/sys/dev/%s/%u:%u", S_ISCHR(st.st_mode) ? "char" : "block",
			 major(st.st_rdev), minor(st.st_rdev));
		who = text_format("process %s, %s", pid, name);
		take_ancestors(users, root, root_openat(root, device, O_PATH | O_DIRECTORY, 0),
			       "device that a process has open", who);
		free(who);
	}
	directory_names_free(names);
	if (fd >= 0)
		close(fd);
	free(comm);
	free(path);
}

/*
 * Reads all processes but this one, which has what the shell that started it has open. Below a sysroot, /proc is not
 * that of the running kernel.
 */
static void read_processes(struct critical_modules *users, const struct root *root)
{
	int proc = *root->path ? -1 : root_openat(root, "/proc", O_RDONLY | O_DIRECTORY, 0);
	char **names = proc < 0 ? NULL : directory_names(proc);

	for (size_t i = 0; names && names[i]; i++)
		if (strspn(names[i], "0123456789") == strlen(names[i]) && strtol(names[i], NULL, 10) != getpid())
			read_process(users, root, names[i]);
	directory_names_free(names);
}

static bool has_module(const struct driver *driver, const char *module)
{
	for (size_t m = 0; m < driver->module_count; m++)
		if (name_same_module(driver->modules[m], module))
			return true;
	return false;
}

/* Who uses the driver's devices, as far as /sys and /proc say it: clauses to free, or NULL. */
static char *find_users(const struct root *root, const struct driver *driver)
{
	struct critical_modules users = {0};
	struct growing_text text = {0};
	const char *former = "";
	size_t count = 0;

	read_interfaces(&users, root);
	read_mounts(&users, root);
	read_processes(&users, root);
	for (size_t i = 0; i < users.count && count <= USERS_SHOWN; i++) {
		const char *why = users.list[i].why;

		/* A process may have a device open several times. */
		if (!has_module(driver, users.list[i].module) || strcmp(why, former) == 0)
			continue;
		text_add(&text, "%s%s", count ? "; " : "", count < USERS_SHOWN ? why : "and others");
		former = why;
		count++;
	}
	critical_modules_free(&users);
	return text.text;
}

/*
 * Counts the modules of the driver that hold MODULE. If modules of other drivers hold it, *OTHERS has their names, to
 * free.
 */
static unsigned long count_holders(const struct root *root, const struct driver *driver, const char *module,
				   char **others)
{
	char *path = text_format("/sys/module/%s/holders", module);
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	struct growing_text text = {0};
	unsigned long own = 0;

	for (size_t i = 0; names && names[i]; i++) {
		char *safe = text_safe(names[i]);

		if (has_module(driver, names[i]))
			own++;
		else
			text_add(&text, "%s%s", text.len ? ", " : "", safe);
		free(safe);
	}
	*others = text.text;
	directory_names_free(names);
	free(path);
	return own;
}

static char *module_in_use(const struct root *root, const struct driver *driver, const char *module)
{
	char count[32], *others, *text = NULL, *who;
	char *path = text_format("/sys/module/%s/refcnt", module);
	unsigned long own = count_holders(root, driver, module, &others);

	if (others) {
		text = text_format("module %s is used by module %s", module, others);
	} else if (root_read_line(root, path, count, sizeof(count)) && strtoul(count, NULL, 10) > own) {
		who = find_users(root, driver);
		text = text_format("the reference count of module %s is %lu: %s", module,
				   strtoul(count, NULL, 10) - own,
				   who ? who : "open files, mounts or devices, which cannot be told");
		free(who);
	}
	free(path);
	free(others);
	return text;
}

char *driver_in_use(const struct root *root, const struct driver *driver)
{
	char *text = NULL;

	for (size_t m = 0; m < driver->module_count && !text; m++)
		text = module_in_use(root, driver, driver->modules[m]);
	return text;
}
