#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# Replays the writes to a disk, as QEMU's block driver blklogwrites has recorded them.
#
#   replay.py LOG IMAGE COMMAND
#
# IMAGE is the disk as it was before. The power can go after any write. So COMMAND is run after each write, with the number
# of its entry in the log, and finds in IMAGE this write and those before it. Prints the number of writes.
# Format: Documentation/admin-guide/device-mapper/log-writes.rst of Linux; struct log_write_entry.
import struct
import subprocess
import sys

MAGIC = 0x6a736677736872
DISCARD, MARK = 4, 8

log_path, image_path, command = sys.argv[1:4]
log, image = open(log_path, "rb"), open(image_path, "r+b")
magic, version, count, sector = struct.unpack("<QQQI", log.read(28))
if magic != MAGIC or version != 1 or count == 0:
    sys.exit(f"{log_path}: not a log of writes, or an empty one")
log.seek(sector)
points = 0
for number in range(count):
    start, sectors, flags, _ = struct.unpack("<QQQQ", log.read(sector)[:32])
    if flags & (DISCARD | MARK) or sectors == 0:
        continue
    image.seek(start * sector)
    image.write(log.read(sectors * sector))
    image.flush()
    points += 1
    subprocess.run([command, str(number)], check=True)
print(points)
