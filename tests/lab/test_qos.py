# SPDX-License-Identifier: GPL-3.0-or-later
"""Service policies with real packets on a member: marks, policers, the queue
that goes first, what is counted and shown of it."""

import re
import socket
import threading
import time

import pytest

from flow import inside
from labs import until
from labtool import store
from pair_lab import ESP, PC1, PC2, SECRET, PairLab

OUT, IN = "Ethernet0/0", "Ethernet0/1"
AF31, EF = 26, 46
COUNT = 20
PLAIN = 80                # pings without a mark beside COUNT of EF
SIZE = 1000                # octets of ICMP data
FRAME = 14 + 20 + 8 + SIZE
RATE = 1_000_000           # bit/s, of the shaper
BULK_GAP = 0.004           # s: 2 Mbit/s of SIZE
BULK = 1200                # 4.8 s of it
FILL = 1.0                 # s until the queue is full


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    directory = tmp_path_factory.mktemp("qos")
    # What goes first is early: a window of 64 packets would drop the others.
    with PairLab(str(directory), replay="time window-size 5") as made:
        made.wait_registered("GM1", "GM2")
        until(lambda: ping(made, 3)[0] == 3, 30, "a path")
        yield made


def ping(lab, count=COUNT, gap=0.02, size=56, tos=0):
    """How many came back, and the mean and worst round trip in ms."""
    done = lab.exec("PC1", "ping", "-q", "-c", str(count), "-i", str(gap),
                    "-s", str(size), "-Q", str(tos), "-W", "3", PC2,
                    check=False)
    return result(done.stdout)


def result(said):
    came = re.search(r"(\d+) received", said)
    times = re.search(r"= [\d.]+/([\d.]+)/([\d.]+)/", said)
    return (int(came[1]) if came else 0,
            *(map(float, times.groups()) if times else (0.0, 0.0)))


def start_ping(lab, count, gap, size, tos):
    return lab.start("PC1", "ping", "-q", "-c", str(count), "-i", str(gap),
                     "-s", str(size), "-Q", str(tos), "-W", "3", PC2)


class Bulk(threading.Thread):
    """UDP from PC1 to PC2 at a steady rate, more than the shaper has."""

    def __init__(self, lab):
        super().__init__()
        self.ends = []
        for node, address in (("PC1", PC1), ("PC2", PC2)):
            with inside(store.netns(lab.name, node)):
                end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            end.bind((address, SECRET))
            self.ends.append(end)
        self.ends[1].setblocking(False)
        self.came = 0
        self.start()

    def _read(self):
        try:
            while self.ends[1].recv(2000):
                self.came += 1
        except BlockingIOError:
            pass

    def run(self):
        begin = time.monotonic()
        for number in range(BULK):
            time.sleep(max(0, begin + number * BULK_GAP - time.monotonic()))
            self.ends[0].sendto(bytes(SIZE), (PC2, SECRET))
            self._read()

    def end(self):
        """How many came, when the queue has run empty."""
        self.join()
        time.sleep(1.5)
        self._read()
        for end in self.ends:
            end.close()
        return self.came


def configure(lab, *lines):
    said = lab.cli("GM1", "configure terminal", *lines, "end")
    assert "%" not in said, said


def shown(lab, interface, direction):
    return lab.cli("GM1",
                   f"show policy-map interface {interface} {direction}")


def section(text, name):
    """A class of what was shown."""
    at = text.index(f"Class-map: {name} (")
    after = text.find("Class-map: ", at + 1)
    return text[at:after if after > 0 else None]


def offered(text, name):
    """(packets, octets)"""
    found = re.search(r"(\d+) packets, (\d+) bytes", section(text, name))
    return int(found[1]), int(found[2])


@pytest.fixture
def policy(lab):
    """Attaches policies; they are gone when the test is over."""
    made = []

    def attach(interface, direction, name, *lines):
        configure(lab, *lines, f"interface {interface}",
                  f"service-policy {direction} {name}")
        made.append((interface, direction, name))
    yield attach
    for interface, direction, name in made:
        configure(lab, f"interface {interface}",
                  f"no service-policy {direction} {name}")


# Besides pings there is what the kernel of a host says now and then.
ICMP = ("ip access-list extended ICMP", "permit icmp any any",
        "class-map match-all ICMP", "match access-group name ICMP",
        "policy-map ALL", "class ICMP", "set precedence 1")
PINGS = COUNT, COUNT * (14 + 84)


# --- what is done -------------------------------------------------------------

def test_marks_are_in_the_packet_and_in_esp(lab, policy):
    policy(IN, "input", "MARK",
           "ip access-list extended PING", "permit icmp any any echo",
           "class-map match-all PING", "match access-group name PING",
           "match not dscp ef",
           "policy-map MARK", "class PING", "set dscp af31")
    with lab.capture("net", "n2") as wire, lab.capture("GM2", "eth2") as lan:
        assert ping(lab)[0] == COUNT
        assert ping(lab, tos=EF << 2)[0] == COUNT
    for packets, protocol in ((wire, ESP), (lan, 1)):
        marks = [packet.tos >> 2 for packet in packets.packets()
                 if packet.src == PC1 and packet.dst == PC2
                 and packet.protocol == protocol]
        assert marks == [AF31] * COUNT + [EF] * COUNT
    text = shown(lab, IN, "input")
    assert offered(text, "PING") == (COUNT, COUNT * (14 + 84))
    assert f"Packets marked {COUNT}\n" in section(text, "PING")
    assert offered(text, "class-default")[0] >= COUNT
    assert "drop rate" not in section(text, "PING")


def test_a_policer_lets_through_what_conforms(lab, policy):
    policy(IN, "input", "POLICE",
           *ICMP[:4], "policy-map POLICE", "class ICMP",
           "police 64000 8000 conform-action transmit exceed-action drop")
    came = ping(lab, 2 * COUNT, 0.01, SIZE)[0]
    text = section(shown(lab, IN, "input"), "ICMP")
    conformed, exceeded = (
        tuple(map(int, re.search(
            rf"{word} (\d+) packets, (\d+) bytes; actions:\n +{act} $", text,
            re.M).groups()))
        for word, act in (("conformed", "transmit"), ("exceeded", "drop")))
    assert conformed == (came, came * FRAME)
    assert exceeded == (2 * COUNT - came, (2 * COUNT - came) * FRAME)
    # 8000 octets at once, and what 64 kbit/s are in a second or so.
    assert 7 <= came < 2 * COUNT
    assert "          cir 64000 bps, bc 8000 bytes\n" in text


def test_a_policer_marks_what_exceeds(lab, policy):
    policy(IN, "input", "REMARK",
           *ICMP[:4], "policy-map REMARK", "class ICMP",
           "police 64000 8000 conform-action set-dscp-transmit af31 "
           "exceed-action set-dscp-transmit cs1")
    with lab.capture("GM2", "eth2") as lan:
        assert ping(lab, 2 * COUNT, 0.01, SIZE)[0] == 2 * COUNT
    marks = [packet.tos >> 2 for packet in lan.packets()
             if packet.src == PC1 and packet.protocol == 1]
    assert marks[:7] == [AF31] * 7
    assert set(marks) == {AF31, 8}


SHAPED = ("class-map match-all EF", "match dscp ef",
          "policy-map LLQ", "class EF", "priority percent 30",
          "policy-map SHAPE", "class class-default",
          f"shape average {RATE}", "service-policy LLQ")


def test_ef_goes_first_where_the_link_is_shaped(lab, policy):
    policy(OUT, "output", "SHAPE", *SHAPED)
    bulk = Bulk(lab)
    time.sleep(FILL)
    # Not in step with the stream: those that find a full queue are lost.
    plain = start_ping(lab, PLAIN, 0.037, 56, 0)
    voice = start_ping(lab, COUNT, 0.1, 56, EF << 2)
    voice, plain = (result(one.communicate(timeout=30)[0])
                    for one in (voice, plain))
    came = bulk.end()
    assert voice[0] == COUNT
    # Half of it is too much.
    assert BULK / 4 < came < BULK * 3 / 4
    # The others wait behind up to 64 frames of 9 ms.
    assert plain[0] > 0 and plain[1] > 100
    assert voice[1] < plain[1] / 3, (voice, plain)
    text = shown(lab, OUT, "output")
    parent, child = text.split("Service-policy : LLQ")
    assert offered(child, "EF")[0] == COUNT
    assert "Priority: 30% (300 kbps), burst bytes 7500, " \
        "b/w exceed drops: 0" in child
    assert f"shape (average) cir {RATE}, bc 4000, be 4000" in parent
    left = section(child, "class-default")
    dropped = int(re.search(r"no-buffer drops\) \d+/(\d+)/0\n", left)[1])
    lost = BULK - came + PLAIN - plain[0]
    assert lost <= dropped <= lost + COUNT    # and of what routers say
    output = int(re.search(r"bytes output\) (\d+)/", left)[1])
    assert output == offered(child, "class-default")[0] - dropped


def test_pre_classify_looks_at_what_is_inside(lab, policy):
    policy(OUT, "output", "INSIDE",
           "ip access-list extended PING", "permit icmp any any echo",
           "class-map match-all PING", "match access-group name PING",
           "policy-map INSIDE", "class PING", "priority 1000")
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, OUT, "output"), "PING")[0] == 0
    configure(lab, "crypto map M 1 gdoi", "qos pre-classify")
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, OUT, "output"), "PING")[0] == COUNT
    configure(lab, "crypto map M 1 gdoi", "no qos pre-classify")
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, OUT, "output"), "PING")[0] == COUNT


# --- what changes meanwhile ---------------------------------------------------

COUNTED = ("ip access-list extended OTHER", "permit udp any any",
           "class-map match-any SOME", "match access-group name OTHER",
           "match dscp ef",
           "policy-map COUNT", "class SOME", "set precedence 5")


def test_a_list_that_changes_changes_the_class(lab, policy):
    policy(IN, "input", "COUNT", *COUNTED)
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, IN, "input"), "SOME")[0] == 0
    configure(lab, "ip access-list extended OTHER", "permit icmp any any")
    assert ping(lab)[0] == COUNT
    assert ping(lab, 5, tos=EF << 2)[0] == 5
    text = section(shown(lab, IN, "input"), "SOME")
    assert f"Match: access-group name OTHER\n        {COUNT + 5} packets" \
        in text
    configure(lab, "ip access-list extended OTHER", "no permit icmp any any",
              "class-map match-any SOME", "no match dscp ef")
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, IN, "input"), "SOME")[0] == COUNT + 5


def test_counters_are_cleared_and_survive_a_shutdown(lab, policy):
    policy(IN, "input", "ALL", *ICMP)
    assert ping(lab)[0] == COUNT
    configure(lab, f"interface {IN}", "shutdown")
    assert offered(shown(lab, IN, "input"), "ICMP") == PINGS
    configure(lab, f"interface {IN}", "no shutdown")
    until(lambda: ping(lab, 1)[0], 20, "it is up again")
    lab.cli("GM1", f"clear counters {IN}", "")
    assert offered(shown(lab, IN, "input"), "ICMP") == (0, 0)
    assert ping(lab)[0] == COUNT
    assert offered(shown(lab, IN, "input"), "ICMP") == PINGS


def interface_rate(lab, way):
    found = re.search(rf"\n  30 second {way} rate (\d+) bits/sec, "
                      r"(\d+) packets/sec\n",
                      lab.cli("GM1", f"show interfaces {IN}"))
    return int(found[1]) > 10_000 and (int(found[1]), int(found[2]))


def test_rates_are_measured_over_the_load_interval(lab, policy):
    policy(IN, "input", "COUNT", *COUNTED)
    configure(lab, f"interface {IN}", "load-interval 30")
    stream = start_ping(lab, 600, 0.01, SIZE, 0)
    # 834 kbit/s for a tick of 5 s: a sixth of it, of 30 s.
    rate = until(lambda: int(re.search(
        r"30 second offered rate (\d{4,}) bps",
        section(shown(lab, IN, "input"), "class-default"))[1]), 15, "a rate")
    # The interface's own, with those of the answers; its ticks are others.
    for way in ("input", "output"):
        bits, packets = until(lambda way=way: interface_rate(lab, way), 8,
                              f"{way} rate")
        assert bits < 900_000 and 1 < packets < 110
    stream.communicate(timeout=30)
    configure(lab, f"interface {IN}", "no load-interval")
    assert rate % 1000 == 0 and rate <= FRAME * 8 * 100 / 6 * 1.1
    assert "5 minute offered rate" in shown(lab, IN, "input")


def test_a_saved_policy_is_at_work_after_a_restart(lab, policy):
    policy(IN, "input", "COUNT", *COUNTED, "class-map match-any SOME",
           "match dscp ef")
    policy(OUT, "output", "SHAPE", *SHAPED)
    lab.cli("GM1", "write memory")
    lab.run("restart", "GM1")
    lab.wait_registered("GM1")
    until(lambda: ping(lab, 1)[0], 20, "the path is back")
    assert ping(lab, tos=EF << 2)[0] == COUNT
    assert offered(shown(lab, IN, "input"), "SOME")[0] == COUNT
    assert offered(shown(lab, OUT, "output"), "EF")[0] == COUNT


def test_a_policy_goes_with_its_interface_into_a_vrf(lab, policy):
    policy(IN, "input", "COUNT", *COUNTED)
    configure(lab, "ip vrf BLUE", "rd 1:1")
    lab.cli("GM1", "configure terminal", f"interface {IN}",
            "ip vrf forwarding BLUE", "ip address 10.1.1.1 255.255.255.0",
            "end")
    lab.cli("GM1", f"clear counters {IN}", "")

    def answers():
        done = lab.exec("PC1", "ping", "-q", "-c", "1", "-W", "1",
                        "10.1.1.1", check=False)
        return result(done.stdout)[0]
    until(answers, 20, "the address in the VRF")
    assert offered(shown(lab, IN, "input"), "class-default")[0] > 0
    lab.cli("GM1", "configure terminal", f"interface {IN}",
            "no ip vrf forwarding", "ip address 10.1.1.1 255.255.255.0",
            "no service-policy input COUNT",
            "service-policy input COUNT", "end")
    until(lambda: ping(lab, 1)[0], 20, "the path is back")
    assert offered(shown(lab, IN, "input"), "class-default")[0] > 0
