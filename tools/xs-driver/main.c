// SPDX-License-Identifier: GPL-2.0-only
// xs-driver: shows the installed versions of drivers, and selects the version that the kernel loads.
#include "xs-driver/commands.h"

#define COMMON                                                                                                         \
	"  --layout dmv     write links as XenServer 9's own tools do\n"                                               \
	"  --sysroot DIR    /lib/modules, /sys, /proc, /etc and /boot are below DIR\n"
#define KERNEL "  --kernel UNAME   for this kernel; may be given again\n"
#define CHANGE                                                                                                         \
	"  --no-initrd      leave the initrd as it is\n"                                                               \
	"  --run-image-tools  below --sysroot, run that system's own programs to make its initrd\n"                    \
	"  --wait SECONDS   wait so long for another command to end; default: 600\n"

static const struct command commands[] = {
	{"list", driver_list, "the drivers, their versions and states",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  table, json, xe, xe-variants or prometheus\n"
	 "  --hardware       which devices each version would bind\n"
	 "  --all            all versions, even if the table is wider than the terminal\n"
	 "  --hardware-present  only drivers with a device that is here\n"
	 "  --problems       only drivers with a problem\n"
	 "  --reboot         only drivers that need a reboot\n"
	 "  --kernel UNAME   as that kernel has them, not the running one; may be given again\n" COMMON},
	{"select", driver_select, "choose the version that is loaded next",
	 "[OPTION...] NAME VERSION\n"
	 "[OPTION...] VARIANT-UUID\n\n" KERNEL "                   default: all that have the version\n"
	 "  --force          even if a device that is here would be without a driver\n" CHANGE COMMON},
	{"deselect", driver_deselect, "choose no version",
	 "[OPTION...] --force NAME\n\n"
	 "  --force          needed, as the host may be without a disk or network then\n" KERNEL CHANGE COMMON},
	{"activate", driver_activate, "unload what is loaded and load what is selected, now",
	 "[OPTION...] NAME\n\n"
	 "  --force          even if the root disk or the management network hangs on it, or\n"
	 "                   if what is loaded could not be loaded again\n" CHANGE COMMON},
	{"rollback", driver_rollback, "choose the version that was selected before",
	 "[OPTION...] NAME\n\n" KERNEL
	 "  --force          even if a device that is here would be without a driver\n" CHANGE COMMON},
	{"recover", driver_recover, "finish or undo what a command that was killed left",
	 "[OPTION...]\n\n" CHANGE COMMON},
	{"check", driver_check, "whether all is sound",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  text or json\n"
	 "  --strict         a notice counts as a problem\n"
	 "  --kmod VERSION   the system's version of kmod; default: that of its depmod\n"
	 "  --run-image-tools  below --sysroot, ask that system's own modprobe\n" KERNEL COMMON},
	{"driver-tool", driver_tool, "the same in the protocol that toolstacks call",
	 "[OPTION...] -l\n"
	 "[OPTION...] -s -n NAME -v VARIANT\n"
	 "[OPTION...] -d -n NAME\n\n"
	 "  -l, --list          print the drivers as JSON\n"
	 "  -s, --select        select the variant for all kernels that have it\n"
	 "  -d, --deselect      select none; NAME may follow as '-d NAME'\n"
	 "  -n, --name NAME     the driver\n"
	 "  -v, --variant V     its variant, or version\n"
	 "  --layout dmv        write links as XenServer 9's own tools do\n"
	 "  --sysroot DIR       /lib/modules, /sys, /proc, /etc and /boot are below DIR\n"},
};

int main(int argc, char **argv)
{
	static const struct program self = {
		.name = "xs-driver",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.statuses = "0 done or sound, 1 failed, refused or unsound, 2 called wrongly or unreadable",
	};

	return program_main(&self, "driver-tool", argc, argv);
}
