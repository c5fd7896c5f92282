# SPDX-License-Identifier: GPL-2.0-only
# A script as people write it with pyelftools: the record of every file named on standard input.
import sys

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection

for path in sys.stdin:
    with open(path.rstrip("\n"), "rb") as file:
        for section in ELFFile(file).iter_sections():
            if isinstance(section, NoteSection):
                for note in section.iter_notes():
                    if note["n_name"] == "XenServer":
                        print(path.rstrip("\n"), note["n_descdata"])
