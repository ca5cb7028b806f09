# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures gateways side by side, in network namespaces of their own.

system     programs in namespaces, pinned or not; devices' offloads
chain      h1 - r1 - r2 - h2: hosts, cables and addresses of one contender
peers      the gateways of others: kernel, strongSwan, OpenVPN and so on
ours       a key server and two members of ours, in all their variants
load       TCP and ping through a chain, and what came of it
udp        floods, and the rate that loses nothing
gateway    one gateway alone, its wire ending in a drop
events     what a rekey or a new crypto map costs the traffic
samples    figures by test and contender; medians
verdict    the goals, and which of them are met
report     the tables and JSON
plot       the figures as bars
plan       which tests run on which contender, in turns
main       the command line
failover   how soon a cooperative key server takes over (bench/failover)

Namespaces, processes and routers come from lab/labtool.
"""

from labtool import LabError


class BenchError(LabError):
    """One contender or test that cannot run; the others go on."""
