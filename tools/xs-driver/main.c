// SPDX-License-Identifier: GPL-2.0-only
// xs-driver: shows the installed versions of drivers, and selects the version that the kernel loads.
#include "base/progress.h"
#include "xs-driver/commands.h"

#define COMMON                                                                                                         \
	"  --layout dmv     write links as XenServer 9's own tools do\n"                                               \
	"  --sysroot DIR    use /lib/modules, /sys, /proc, /etc and /boot below DIR\n"
#define KERNEL "  --kernel UNAME   for this kernel; may be given again\n"
#define CHANGE                                                                                                         \
	"  --no-initrd      do not change the initrd\n"                                                                \
	"  --run-image-tools  with --sysroot, run that system's own programs to make its initrd\n"                     \
	"  --wait SECONDS   how long to wait for another command to end; default: 600\n"

static const struct command commands[] = {
	{"list", driver_list, "print the drivers, their versions and states",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  table, json, xe, xe-variants or prometheus\n"
	 "  --hardware       print which devices each version would bind\n"
	 "  --all            all versions, even if the table is wider than the terminal\n"
	 "  --hardware-present  only drivers for a device that this host has\n"
	 "  --problems       only drivers with a problem\n"
	 "  --reboot         only drivers that need a reboot\n"
	 "  --kernel UNAME   for this kernel, not for the running kernel; may be given again\n" COMMON},
	{"select", driver_select, "select the version that is loaded next",
	 "[OPTION...] NAME VERSION\n"
	 "[OPTION...] VARIANT-UUID\n\n" KERNEL "                   default: all kernels that have the version\n"
	 "  --force          even if a device of this host would have no driver\n" CHANGE COMMON},
	{"deselect", driver_deselect, "select no version",
	 "[OPTION...] --force NAME\n\n"
	 "  --force          required, because the host may lose a disk or its network\n" KERNEL CHANGE COMMON},
	{"activate", driver_activate, "unload the active version and load the selected version, now",
	 "[OPTION...] NAME\n\n"
	 "  --force          even if the root disk or the management network depends on it, or\n"
	 "                   if the active version could not be loaded again\n" CHANGE COMMON},
	{"rollback", driver_rollback, "select the version that was selected before",
	 "[OPTION...] NAME\n\n" KERNEL
	 "  --force          even if a device of this host would have no driver\n" CHANGE COMMON},
	{"recover", driver_recover, "finish or undo the changes of a command that was killed",
	 "[OPTION...]\n\n" CHANGE COMMON},
	{"check", driver_check, "print all problems",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  text or json\n"
	 "  --strict         a notice counts as a problem\n"
	 "  --kmod VERSION   the version of the system's kmod; default: that of its depmod\n"
	 "  --run-image-tools  with --sysroot, ask that system's own modprobe\n" KERNEL COMMON},
	{"driver-tool", driver_tool, "list, select and deselect in the protocol of toolstacks",
	 "[OPTION...] -l\n"
	 "[OPTION...] -s -n NAME -v VARIANT\n"
	 "[OPTION...] -d -n NAME\n\n"
	 "  -l, --list          print the drivers as JSON\n"
	 "  -s, --select        select the variant for all kernels that have it\n"
	 "  -d, --deselect      select no version; '-d NAME' works, too\n"
	 "  -n, --name NAME     the driver\n"
	 "  -v, --variant V     the variant, or the version\n"
	 "  --layout dmv        write links as XenServer 9's own tools do\n"
	 "  --sysroot DIR       use /lib/modules, /sys, /proc, /etc and /boot below DIR\n"},
};

int main(int argc, char **argv)
{
	static const struct program self = {
		.name = "xs-driver",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.statuses = "0 success, 1 failed, refused, or problems found, 2 wrong command line or unreadable file",
	};
	int status;

	progress_start();
	status = program_main(&self, "driver-tool", argc, argv);
	progress_end();
	return status;
}
