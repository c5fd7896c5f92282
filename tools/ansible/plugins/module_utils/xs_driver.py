# SPDX-License-Identifier: GPL-2.0-only
"""Functions that the modules share: they call xs-driver on the host and read its JSON."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os

COMMON_ARGUMENTS = dict(
    sysroot=dict(type="path"),
    executable=dict(type="path", default="xs-driver"),
)


class XsDriver:
    """Calls xs-driver with the module's sysroot. A call that fails ends the module with xs-driver's own message."""

    def __init__(self, module):
        self.module = module
        self.program = module.get_bin_path(module.params["executable"], required=True)
        self.sysroot = module.params["sysroot"] or ""

    def run(self, command, *arguments):
        words = [self.program, command]
        if self.sysroot:
            words += ["--sysroot", self.sysroot]
        status, output, errors = self.module.run_command(words + list(arguments))
        if status != 0:
            self.module.fail_json(msg=errors.strip() or output.strip(), rc=status, cmd=words + list(arguments))
        return output

    def list(self, *arguments):
        return json.loads(self.run("list", "--format", "json", *arguments))

    def kernels_with(self, driver):
        """The kernels that have a directory of the driver."""
        modules = self.sysroot + "/lib/modules"
        if not os.path.isdir(modules):
            return []
        return sorted(
            kernel
            for kernel in os.listdir(modules)
            if any(os.path.isdir(os.path.join(modules, kernel, place, driver)) for place in ("xenserver", "dmv"))
        )
