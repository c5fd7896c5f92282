// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk: shows the version in kernel modules, and checks checks modules, packages and driver disks.
#include "xs-ddk/commands.h"

static const struct command commands[] = {
	{"show", cmd_show, "print what is in modules, packages and disks",
	 "[--json] [--rpm-key FILE] PATH...\n"
	 "--contents FILE PACKAGE...\n"
	 "[--json] [--sysroot DIR] --loaded [MODULE...]\n\n"
	 "  --contents FILE  print this file of the packages, as it is\n"
	 "  --loaded         the loaded modules: those that are named, or all that have a record\n"
	 "  --json           print JSON, for programs\n"
	 "  --rpm-key FILE   check the signatures of packages with these OpenPGP keys; may be given again\n"
	 "  --sysroot DIR    use /sys and /proc below DIR\n"},
	{"verify", cmd_verify, "check modules, packages, disks and hosts",
	 "[OPTION...] PATH...\n"
	 "[OPTION...] --loaded [MODULE...]\n\n"
	 "  --loaded         check the loaded modules: those that are named, or all that have a record\n"
	 "  --version V      every record must have the version V\n"
	 "  --kernel UNAME   every module must be built for UNAME\n"
	 "  --symvers FILE   compare imported symbols with this Module.symvers; may be given again, for other kernels\n"
	 "  --require-signature  modules and packages must be signed\n"
	 "  --cert FILE      modules must be signed with the key of a certificate in this file (PEM or DER)\n"
	 "  --kdir DIR       say what the kernel with this build directory would not load; may be given again\n"
	 "  --rpm-key FILE   packages must be signed with one of these OpenPGP keys; may be given again\n"
	 "  --profile NAME   the target of the packages: generic, xs8, xs9 or el9\n"
	 "  --format FORMAT  text, json, tap, junit, github, sarif or markdown; may be given again\n"
	 "  --output FILE    write the format before it to FILE\n"
	 "  --all            print each finding, not equal ones together\n"
	 "  --sources DIR    as sarif and github, name the source or spec in DIR that a finding belongs to\n"
	 "  --quiet          print no summary and no progress; the findings, and what was suppressed, are printed\n"
	 "  --json           the same as --format json\n"
	 "  --config FILE    take the exceptions of FILE, and not those of .xs-ddk.conf in the current directory\n"
	 "  --no-config      do not read .xs-ddk.conf\n"
	 "  --baseline FILE  suppress the findings that are in FILE, so that only new ones count\n"
	 "  --write-baseline write all findings to the FILE of --baseline\n"
	 "  --show-suppressed  print suppressed findings too, each with its reason\n"
	 "  --disable RULE   do not check this rule; may be given again\n"
	 "  --strict         the status is 1 for warnings, too\n"
	 "  --jobs N         the number of threads; default: 8, or one for each processor for compressed files\n"
	 "  --limit SIZE     how much all inputs may unpack to, for example 4G; default: 64M and 16 times their size\n"
	 "  --sysroot DIR    use /sys and /proc (with --loaded) or /lib/firmware below DIR\n"},
	{"inject", cmd_inject, "add the record of the version to finished modules",
	 "--version V [OPTION...] FILE...\n\n"
	 "  --version V       the version: [A-Za-z0-9][A-Za-z0-9._+~@-]*, at most 63 bytes\n"
	 "  --output FILE     write the result to this file, and do not change the input\n"
	 "  --replace         replace a record that is wrong or has another version\n"
	 "  --drop-signature  remove the signature, which the change makes invalid\n"
	 "  --compat xs9      also add the section .note.XenServer, for older readers\n"},
	{"diff", cmd_diff, "what changes for devices and users from one set of modules to another",
	 "[--format FORMAT] OLD NEW\n\n"
	 "  OLD, NEW         modules, packages, disk images, or directories of these\n"
	 "  --format FORMAT  text, json, markdown or html\n"
	 "  --json           the same as --format json\n"},
	{"import", cmd_import, "make the directory that packages a driver, from its dkms.conf",
	 "[--output DIR] [--force] DIR [NAME=VALUE...]\n\n"
	 "  DIR           sources with a dkms.conf, or with the Makefile of an older kit\n"
	 "  --output DIR  the directory to make; default: the driver's name\n"
	 "  --force       replace the Makefile and the specs in an existing directory\n"
	 "  NAME=VALUE    a value that the sources do not have; the names are those of driver.mk: VENDOR_NAME, TEXT, "
	 "...;\n"
	 "                MAKE is the command that builds the modules, with {kdir} and {uname} for the kernel\n"},
	{"init", cmd_init, "make the directory that packages a driver, from its sources",
	 "[--output DIR] [--force] DRIVER DIR [NAME=VALUE...]\n\n"
	 "  DRIVER        the driver's name\n"
	 "  DIR           its sources, with a Kbuild or a Makefile for kbuild\n"
	 "  --output DIR  the directory to make; default: the driver's name\n"
	 "  --force       replace the Makefile and the specs in an existing directory\n"
	 "  NAME=VALUE    a value that the sources do not have; the names are those of driver.mk: VENDOR_NAME, TEXT, "
	 "...;\n"
	 "                MAKE is the command that builds the modules, with {kdir} and {uname} for the kernel\n"},
	{"compare", cmd_compare, "compare two versions: print <, = or >", "V1 V2\n"},
	{"info", cmd_info, "print the info.json of a driver, from its modules",
	 "--driver NAME --version V [OPTION...] MODULE.ko...\n\n"
	 "  --driver NAME       the name of the driver, that is, of its directory\n"
	 "  --version V         the version; the records of the modules must have it\n"
	 "  --variant V         the name by which toolstacks select the version; default: the version\n"
	 "  --category TEXT     network, storage, ...; default: other\n"
	 "  --description TEXT  default: the description of the first module\n"
	 "  --priority N        installers choose the highest; default: higher for a newer version\n"
	 "  --status STATUS     production, beta or alpha; default: production\n"},
	{"report", cmd_report, "write a page about driver disks, for a release",
	 "[OPTION...] DISK...\n\n"
	 "  DISK             the ISO image of a driver disk, or a directory with its files\n"
	 "  -o, --output FILE  write the page to FILE; default: stdout\n"
	 "  --against OLD    also tell what changes since the disk OLD\n"
	 "  --trial DIR      add the results that 'xs-trial --report DIR' wrote; may be given again\n"
	 "  --profile NAME   the target of the packages: generic, xs8, xs9 or el9\n"
	 "  --cert FILE      modules must be signed with the key of a certificate in this file (PEM or DER)\n"
	 "  --rpm-key FILE   packages must be signed with one of these OpenPGP keys; may be given again\n"
	 "  --config FILE    the exceptions of the project; default: .xs-ddk.conf, if it is there\n"
	 "  --no-config      do not read .xs-ddk.conf\n"
	 "  --baseline FILE  the findings in FILE are known\n"
	 "  --pci-ids FILE   the names of PCI devices; default: the distribution's list\n"},
	{"rules", cmd_rules, "the catalogue of checks", "[--json] [RULE...]\n\n  RULE  print these rules only\n"},
};

int main(int argc, char **argv)
{
	static const struct program self = {
		.name = "xs-ddk",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.statuses = "0 success, 1 findings or failure, 2 wrong command line or unreadable input",
	};

	return program_main(&self, NULL, argc, argv);
}
