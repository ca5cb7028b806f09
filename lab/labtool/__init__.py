# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab runner: topology files become network namespaces.

topology   reads a containerlab file; knows nothing of the system
store      /run/getvpn-lab/LAB: what belongs to a lab, and who may change it
kernel     namespaces, links, bridges, through the ip program
process    finds and ends processes by their id, never by their name
router     starts one getvpnd and waits until its console answers
lab        up, down, status, link, restart: the verbs with side effects
main       the command line
capture    packets as they pass an interface of a node
console    a terminal at a router's telnet console
transcript compares what a router printed with lab/steps/
verify*    types the whole article and compares every output
tour       the guided walk of ./quickstart
"""


class LabError(Exception):
    """Something the user can understand and act on: one clear message."""
