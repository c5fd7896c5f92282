# SPDX-License-Identifier: GPL-2.0-only
"""Filter differences: compares the facts of module driver_facts between hosts."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
name: differences
short_description: What differs between the drivers of hosts
description:
  - For each driver of which not all hosts have the same version selected and active, a text that names the hosts.
  - A host without facts is a difference too.
positional: _input
options:
  _input:
    description: The variables of all hosts, hostvars.
    type: dict
    required: true
  hosts:
    description: The hosts to compare.
    type: list
    elements: str
    required: true
author:
  - The xs-ddk authors (@xs-ddk)
"""

EXAMPLES = r"""
# The differences in a pool
# {{ hostvars | xs_ddk.drivers.differences(groups['all']) }}
"""

RETURN = r"""
_value:
  description: The differences. The list is empty if all hosts are in the same state.
  type: list
  elements: str
"""


def describe(driver):
    return "%s selected, %s active" % (driver["selected_version"] or "none", driver["active_version"] or "none")


def differences(hostvars, hosts):
    known = [host for host in hosts if "xs_drivers" in hostvars[host]]
    found = ["%s: did not answer" % host for host in hosts if host not in known]
    states = {}
    for host in known:
        for driver in hostvars[host]["xs_drivers"]:
            states.setdefault(driver["name"], {}).setdefault(describe(driver), []).append(host)
    for name in sorted(states):
        without = [host for host in known if not any(host in group for group in states[name].values())]
        if without:
            states[name]["not installed"] = without
        if len(states[name]) > 1:
            found += ["%s: %s: %s" % (name, state, ", ".join(group)) for state, group in sorted(states[name].items())]
    return found


class FilterModule:
    def filters(self):
        return {"differences": differences}
