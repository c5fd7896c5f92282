// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk: shows the version in kernel modules, and checks whether modules are ready to ship.
#include "xs-ddk/commands.h"

static const struct command commands[] = {
	{"show", cmd_show, "what is in modules, packages and disks",
	 "[--json] [--rpm-key FILE] PATH...\n"
	 "--contents FILE PACKAGE...\n"
	 "[--json] [--sysroot DIR] --loaded [MODULE...]\n\n"
	 "  --contents FILE  print this file of the packages, as it is\n"
	 "  --loaded       what the kernel has loaded: the modules with a record, or those named\n"
	 "  --json         for programs\n"
	 "  --rpm-key FILE   check the signatures of packages with these OpenPGP keys; may be given again\n"
	 "  --sysroot DIR  /sys and /proc are below DIR\n"},
	{"verify", cmd_verify, "whether modules, packages, disks and hosts are right",
	 "[OPTION...] PATH...\n"
	 "[OPTION...] --loaded [MODULE...]\n\n"
	 "  --loaded         what the kernel has loaded: the modules with a record, or those named\n"
	 "  --version V      every record must say V\n"
	 "  --kernel UNAME   every module must be built for UNAME\n"
	 "  --symvers FILE   imported symbols against this Module.symvers; may be given again, for other kernels\n"
	 "  --require-signature  modules and packages must be signed\n"
	 "  --cert FILE      modules must be signed with this certificate's key (PEM or DER)\n"
	 "  --rpm-key FILE   packages must be signed with one of these OpenPGP keys; may be given again\n"
	 "  --profile NAME   what packages are for: generic, xs8, xs9 or el9\n"
	 "  --format FORMAT  text, json, tap, junit or github\n"
	 "  --json           the same as --format json\n"
	 "  --disable RULE   leave this rule out; may be given again\n"
	 "  --strict         warnings fail too\n"
	 "  --jobs N         threads: 8, but one a processor for what is compressed\n"
	 "  --limit SIZE     how much a file or package may unpack to, e.g. 4G; 1G\n"
	 "  --sysroot DIR    the target: /sys and /proc with --loaded, else /lib/firmware, are below DIR\n"},
	{"inject", cmd_inject, "puts the version record into finished modules",
	 "--version V [OPTION...] FILE...\n\n"
	 "  --version V       the version: [A-Za-z0-9][A-Za-z0-9._+~@-]*, at most 63 bytes\n"
	 "  --output FILE     write the result there and leave the one input as it is\n"
	 "  --replace         put the record in the place of another version's, or of a damaged one\n"
	 "  --drop-signature  remove the appended signature, which the change makes void\n"
	 "  --compat xs9      the section .note.XenServer too, for older readers\n"},
	{"diff", cmd_diff, "what changes for devices and users from one set of modules to another",
	 "[--json] OLD NEW\n\n"
	 "  OLD, NEW  modules, packages, disk images, or directories of these\n"
	 "  --json    for programs\n"},
	{"import", cmd_import, "makes the directory that packages a driver, from its dkms.conf",
	 "[--output DIR] [--force] DIR [NAME=VALUE...]\n\n"
	 "  DIR           sources with a dkms.conf, or with the Makefile of an older kit\n"
	 "  --output DIR  the directory to make; default: the driver's name\n"
	 "  --force       replace the Makefile and the specs in a directory that is there\n"
	 "  NAME=VALUE    what the sources do not say, by the names of driver.mk: VENDOR_NAME, TEXT, LICENSE, ...;\n"
	 "                MAKE is the command that builds, with {kdir} and {uname} for the kernel\n"},
	{"init", cmd_init, "makes the directory that packages a driver, from its sources",
	 "[--output DIR] [--force] DRIVER DIR [NAME=VALUE...]\n\n"
	 "  DRIVER        the driver's name\n"
	 "  DIR           its sources, with a Kbuild or a Makefile for kbuild\n"
	 "  --output DIR  the directory to make; default: the driver's name\n"
	 "  --force       replace the Makefile and the specs in a directory that is there\n"
	 "  NAME=VALUE    what the sources do not say, by the names of driver.mk: VENDOR_NAME, TEXT, LICENSE, ...;\n"
	 "                MAKE is the command that builds, with {kdir} and {uname} for the kernel\n"},
	{"compare", cmd_compare, "the order of two versions: prints <, = or >", "V1 V2\n"},
	{"info", cmd_info, "the info.json of a driver, from its modules",
	 "--driver NAME --version V [OPTION...] MODULE.ko...\n\n"
	 "  --driver NAME       the driver, as its directory is called\n"
	 "  --version V         what the modules' records must say\n"
	 "  --variant V         the name toolstacks select by; default: the version\n"
	 "  --category TEXT     network, storage, ...; default: other\n"
	 "  --description TEXT  default: the first module's own\n"
	 "  --priority N        the highest is an installer's choice; default: higher for a newer version\n"
	 "  --status STATUS     production, beta or alpha; default: production\n"},
	{"rules", cmd_rules, "the catalogue of checks", "[--json]\n"},
};

int main(int argc, char **argv)
{
	static const struct program self = {
		.name = "xs-ddk",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.statuses = "0 yes, 1 no, 2 called wrongly or could not be read",
	};

	return program_main(&self, NULL, argc, argv);
}
