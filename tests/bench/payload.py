#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the payload of an RPM package, as it is compressed, to stdout."""

import struct
import sys


def header(data, at):
    """The offset of the end of the header that begins at this one."""
    entries, size = struct.unpack(">II", data[at + 8:at + 16])
    return at + 16 + 16 * entries + size


with open(sys.argv[1], "rb") as file:
    content = file.read()
# The lead, then the signature's header, which is padded, then the header.
sys.stdout.buffer.write(content[header(content, (header(content, 96) + 7) & ~7):])
