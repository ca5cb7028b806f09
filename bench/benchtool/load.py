# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP and ping through a chain, and what came of it."""

import json
import re
import socket
import subprocess
import time

from . import BenchError, system
from .chain import H2

IPERF_PORT = 5201
PING_TIME = re.compile(r" time=([\d.]+) ms")
# A host of a chain may be waiting for something: none of it takes so long.
ANSWER_LIMIT = 20


def percentile(values, share):
    """The smallest value that share of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# --- TCP ---------------------------------------------------------------------

def _listening(node, port):
    shown = node.run("ss", "-Hltn", f"sport = :{port}")
    return bool(shown.strip())


def start_tcp(chain, streams, seconds):
    """(server, client): iperf3 from h1 to h2."""
    server = chain.h2.start("iperf3", "-s", "-1", "-p", str(IPERF_PORT),
                            output=subprocess.DEVNULL)
    until = time.monotonic() + ANSWER_LIMIT
    while not _listening(chain.h2, IPERF_PORT):
        if server.poll() is not None or time.monotonic() > until:
            raise BenchError("the iperf3 server does not start")
        time.sleep(0.01)
    client = chain.h1.start("iperf3", "-c", H2, "-p", str(IPERF_PORT),
                            "-P", str(streams), "-t", str(seconds), "-J",
                            output=subprocess.PIPE)
    return server, client


def end_tcp(server, client, seconds):
    """What iperf3 has to say: Gbit/s delivered, and retransmissions."""
    try:
        said, _ = client.communicate(timeout=seconds + ANSWER_LIMIT)
        told = json.loads(said)
    except subprocess.TimeoutExpired:
        raise BenchError("iperf3 does not end") from None
    except json.JSONDecodeError:
        raise BenchError("iperf3 says nothing") from None
    finally:
        system.end(client)
        system.end(server)
    if "error" in told:
        raise BenchError(f"iperf3: {told['error']}")
    end = told["end"]
    return {"gbps": end["sum_received"]["bits_per_second"] / 1e9,
            "retransmits": end["sum_sent"].get("retransmits", 0)}


def tcp(chain, streams, seconds):
    return end_tcp(*start_tcp(chain, streams, seconds), seconds)


# --- ping --------------------------------------------------------------------

def ping(chain, *how):
    """Microseconds: min, avg, p99, max; and what was lost of them.

    The times are those of ping(8), which takes the kernel's time of the
    answer: how soon ping itself is woken does not count.
    """
    done = subprocess.run(chain.h1.argv(["ping", "-n", *how, H2]), text=True,
                          capture_output=True, check=False, timeout=120)
    times = [float(t) * 1000 for t in PING_TIME.findall(done.stdout)]
    if not times:
        raise BenchError("no ping is answered")
    sent = re.search(r"(\d+) packets transmitted, (\d+) received",
                     done.stdout)
    return {"min": min(times), "avg": sum(times) / len(times),
            "p99": percentile(times, 0.99), "max": max(times),
            "lost": int(sent[1]) - int(sent[2]) if sent else 0}


def idle_ping(chain, count):
    """One packet after another's answer, as fast as these come."""
    ping(chain, "-A", "-c", str(max(20, count // 20)))
    return ping(chain, "-A", "-c", str(count))
