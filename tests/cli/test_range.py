# SPDX-License-Identifier: GPL-3.0-or-later
"""interface range: one line for several interfaces; default interface."""

import re

from test_corpus import errors, router  # noqa: F401


def typed(router, *lines):  # noqa: F811
    argv = []
    for line in ("configure terminal", *lines, "end"):
        argv += ["-c", line]
    return router.run(*argv)


def block(router, name):  # noqa: F811
    shown = router.show()
    return re.search(rf"^interface {name}\n((?: .*\n)*)", shown, re.M)[1]


def test_each_line_is_for_all_of_the_range(router):  # noqa: F811
    said = typed(router, "interface range e0/0 - 1 , lo 7", "description all",
                 "ip tcp adjust-mss 1300", "no description",
                 "ip address 10.7.0.1 255.255.255.255", "no ip address",
                 "load-interval 30", "interface e0/1", "description one")
    assert not errors(said), said
    for name in ("Ethernet0/0", "Ethernet0/1", "Loopback7"):
        assert " load-interval 30\n" in block(router, name)
    assert "description" not in block(router, "Ethernet0/0")
    assert " description one\n" in block(router, "Ethernet0/1")


def test_a_line_of_a_mode_around_it_is_there_once(router):  # noqa: F811
    said = typed(router, "interface range lo1-3", "hostname AFTER",
                 "ip access-list standard L", "permit 10.1.1.1")
    assert not errors(said), said
    shown = router.show()
    assert "hostname AFTER" in shown
    assert shown.count(" permit 10.1.1.1\n") == 1


def test_an_interface_that_goes_ends_the_range(router):  # noqa: F811
    said = typed(router, "interface range lo1-3", "no interface lo2",
                 "interface lo1", "description left")
    assert not errors(said), said
    shown = router.show()
    assert "interface Loopback2" not in shown
    assert " description left\n" in block(router, "Loopback1")
    assert "description" not in block(router, "Loopback3")


def test_no_range_at_all(router):  # noqa: F811
    for text in ("e0/0 -", "lo3 - 1", "lo1 - 1000", "nonsense"):
        assert "% Invalid interface range" in typed(
            router, f"interface range {text}")


def test_default_interface_takes_its_lines_away(router):  # noqa: F811
    typed(router, "interface e0/1", "description x",
          "ip address 10.9.0.1 255.255.255.0", "ip mtu 1400",
          "no ip unreachables", "ip helper-address 10.1.1.1", "shutdown",
          "interface e0/0", "description stays")
    said = typed(router, "default interface e0/1", "hostname AFTER")
    assert not errors(said), said
    assert "Interface Ethernet0/1 set to default configuration" in said
    assert block(router, "Ethernet0/1") == " no ip address\n"
    assert "description stays" in block(router, "Ethernet0/0")
    assert "hostname AFTER" in router.show()
