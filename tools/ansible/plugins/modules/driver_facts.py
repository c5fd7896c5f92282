#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-only
"""Ansible module: reads the drivers of a host as facts."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: driver_facts
short_description: Read the drivers of a host, and what is wrong with them
description:
  - Runs C(xs-driver list --format json), and gives its drivers and findings as facts.
  - See xs-driver(8) for the members of a driver and of a finding.
options:
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
- name: Read the drivers
  xs_ddk.drivers.driver_facts:
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: always
  type: dict
  contains:
    xs_drivers:
      description: The drivers of the running kernel, each with its versions and its state.
      type: list
      elements: dict
    xs_driver_findings:
      description: What differs for other kernels, and initrds that have another version.
      type: list
      elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.xs_ddk.drivers.plugins.module_utils.xs_driver import COMMON_ARGUMENTS, XsDriver


def main():
    module = AnsibleModule(argument_spec=dict(COMMON_ARGUMENTS), supports_check_mode=True)
    listed = XsDriver(module).list()
    module.exit_json(ansible_facts=dict(xs_drivers=listed["drivers"], xs_driver_findings=listed["findings"]))


if __name__ == "__main__":
    main()
