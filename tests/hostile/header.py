#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes an RPM package of headers only: header.py KIND COUNT LENGTH >case.rpm

The header has a name, a version, a release, and by its KIND:
  directory    COUNT files with empty names in one directory of LENGTH bytes
  name         COUNT files, and a package name of LENGTH bytes
  firmware     COUNT files of firmware with numbers for names; LENGTH is not used
  needs        COUNT empty Requires and Provides, and COUNT empty triggers
"""
import struct
import sys

STRING, STRING_ARRAY, INT32 = 6, 8, 4


def header(tags):
    entries, store = b"", b""
    for tag, kind, count, data in tags:
        entries += struct.pack(">IIII", tag, kind, len(store), count)
        store += data
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", len(tags), len(store)) + entries + store


def main():
    kind, count, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    name = b"n" * length if kind == "name" else b"case"
    tags = [(1000, STRING, 1, name + b"\0"), (1001, STRING, 1, b"1\0"), (1002, STRING, 1, b"1\0"),
            (1044, STRING, 1, b"case.src.rpm\0")]
    if kind == "needs":
        for tag in (1049, 1047, 1065, 5066, 5076):
            tags.append((tag, STRING_ARRAY, count, bytes(count)))
    elif kind == "firmware":
        tags += [(1118, STRING_ARRAY, 1, b"/lib/firmware/\0"), (1116, INT32, count, bytes(4 * count)),
                 (1117, STRING_ARRAY, count, b"".join(b"f%d\0" % i for i in range(count)))]
    else:
        directory = b"/" + b"d" * length if kind == "directory" else b"/"
        tags += [(1118, STRING_ARRAY, 1, directory + b"\0"), (1116, INT32, count, bytes(4 * count)),
                 (1117, STRING_ARRAY, count, bytes(count))]
    signature = header([(1000, INT32, 1, bytes(4))])
    lead = b"\xed\xab\xee\xdb" + bytes(92)
    sys.stdout.buffer.write(lead + signature + bytes(-len(signature) % 8) + header(tags))


main()
