#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-only
"""Ansible module: selects, deselects or activates a version of a driver."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: driver
short_description: Select or activate a version of a driver
description:
  - Chooses, with xs-driver, which installed version of a driver the kernel loads.
  - A second run changes nothing.
options:
  name:
    description: The driver.
    type: str
    required: true
  state:
    description:
      - C(selected) selects O(version), for the kernels that have it.
      - C(latest) selects the newest version whose status is production, or else the newest version, for each kernel.
      - C(active) selects O(version) if that is given, and then loads the selected version if it is not loaded. It fails
        while the driver is in use.
      - C(deselected) selects no version.
    type: str
    choices: [selected, deselected, active, latest]
    default: selected
  version:
    description: The version. C(state=selected) needs it.
    type: str
  kernel:
    description: Only for these kernels. Without this option, for all kernels that have the driver.
    type: list
    elements: str
  force:
    description: Give xs-driver its option C(--force), in spite of warnings.
    type: bool
    default: false
  initrd:
    description: Make the initrd again.
    type: bool
    default: true
  sysroot:
    description: The root directory of the host, if it is not C(/).
    type: path
  executable:
    description: The program xs-driver on the host.
    type: path
    default: xs-driver
author:
  - The xs-ddk authors (@xs-ddk)
"""

EXAMPLES = r"""
- name: Select a version
  xs_ddk.drivers.driver:
    name: intel-ice
    version: 1.10.0

- name: Load the newest version now
  xs_ddk.drivers.driver:
    name: intel-ice
    state: "{{ item }}"
  loop: [latest, active]
"""

RETURN = r"""
selected:
  description: The selected version for each kernel. Null means that no version is selected.
  returned: success
  type: dict
active:
  description: The version that is loaded, or that would be loaded in check mode.
  returned: success
  type: str
reboot_required:
  description: Whether the loaded version is not the selected one.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.xs_ddk.drivers.plugins.module_utils.xs_driver import COMMON_ARGUMENTS, XsDriver


def newest(driver):
    """The newest version for production, or else the newest. The versions are in version order."""
    production = [v["version"] for v in driver["versions"] if v["status"] == "production"]
    return (production or [v["version"] for v in driver["versions"]] or [None])[-1]


def wanted(module, drivers):
    """The version to select for each kernel."""
    state, version = module.params["state"], module.params["version"]
    selected = dict((kernel, driver["selected_version"]) for kernel, driver in drivers.items())
    if state == "deselected":
        return dict.fromkeys(selected)
    if state == "latest":
        return dict((kernel, newest(driver)) for kernel, driver in drivers.items())
    if version is None:
        return selected
    have = [k for k, driver in drivers.items() if version in [v["version"] for v in driver["versions"]]]
    missing = sorted(set(drivers) - set(have))
    if not have or (module.params["kernel"] and missing):
        module.fail_json(
            msg="version %s of %s is not installed for kernel %s" % (version, module.params["name"], ", ".join(missing))
        )
    selected.update(dict.fromkeys(have, version))
    return selected


def read(module, tool):
    """The driver for each kernel, and for the running kernel (None if it has not the driver)."""
    name = module.params["name"]
    kernels = module.params["kernel"] or tool.kernels_with(name)
    if not kernels:
        module.fail_json(msg="no version of the driver %s is installed" % name)
    arguments = [word for kernel in kernels for word in ("--kernel", kernel)]
    drivers = dict((d["kernel"], d) for d in tool.list(*(arguments + [name]))["drivers"])
    running = [d for d in tool.list()["drivers"] if d["name"] == name]
    return drivers, running[0] if running else None


def change_selection(module, tool, before, after):
    """One call for each version, so that all its kernels change together or not at all."""
    options = ["--force"] if module.params["force"] or module.params["state"] == "deselected" else []
    options += [] if module.params["initrd"] else ["--no-initrd"]
    for version in sorted(set(after.values()), key=str):
        kernels = [k for k in sorted(after) if after[k] == version and before[k] != version]
        if not kernels:
            continue
        words = options + [word for kernel in kernels for word in ("--kernel", kernel)] + [module.params["name"]]
        if version is None:
            tool.run("deselect", *words)
        else:
            tool.run("select", *(words + [version]))


def describe(selected, active):
    """The state as text, for --diff."""
    lines = ["kernel %s: %s\n" % (kernel, selected[kernel]) for kernel in sorted(selected)]
    return "".join(lines) + "active: %s\n" % active


def main():
    module = AnsibleModule(
        argument_spec=dict(
            COMMON_ARGUMENTS,
            name=dict(type="str", required=True),
            state=dict(type="str", choices=["selected", "deselected", "active", "latest"], default="selected"),
            version=dict(type="str"),
            kernel=dict(type="list", elements="str"),
            force=dict(type="bool", default=False),
            initrd=dict(type="bool", default=True),
        ),
        required_if=[("state", "selected", ["version"])],
        supports_check_mode=True,
    )
    tool = XsDriver(module)
    drivers, running = read(module, tool)
    before = dict((kernel, driver["selected_version"]) for kernel, driver in drivers.items())
    after = wanted(module, drivers)
    loaded = active = running["active_version"] if running else None
    if module.params["state"] == "active":
        if not running:
            module.fail_json(msg="%s is not installed for the running kernel" % module.params["name"])
        active = after.get(running["kernel"], running["selected_version"])
    changed = before != after or loaded != active
    if changed and not module.check_mode:
        change_selection(module, tool, before, after)
        if loaded != active:
            tool.run("activate", *(["--force"] if module.params["force"] else []) + [module.params["name"]])
    module.exit_json(
        changed=changed,
        selected=after,
        active=active,
        reboot_required=bool(running and active and after.get(running["kernel"]) != active),
        diff=dict(before=describe(before, loaded), after=describe(after, active)),
    )


if __name__ == "__main__":
    main()
