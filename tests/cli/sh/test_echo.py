# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed, what comes back, and what the router gets."""

import pytest

from fake import screen


def typed(session, keys):
    """The line the router got for these keys and Return."""
    before = len(session.router.lines())
    session.write(keys)
    session.write("\r")
    return session.router.wait_for("L", before + 1)[before]


def test_each_character_is_echoed_as_it_is_and_nothing_else(telnet):
    session = telnet()
    for c in "show clock | include ^[0-9]":
        session.write(c)
        assert session.expect(c) == c
        session.nothing_more(0.01)
    session.write("\r")
    assert session.expect("R1#") == (
        "\r\noutput of show clock | include ^[0-9]\r\nR1#")
    session.nothing_more()


def test_an_empty_line_gives_the_next_prompt_and_no_blank_line(telnet):
    session = telnet()
    session.write("\r")
    assert session.expect("R1#") == "\r\nR1#"
    assert session.router.lines() == [""]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\r\0", "\n"])
def test_every_kind_of_return_ends_one_line(telnet, end):
    session = telnet()
    session.write("show a" + end + "show b" + end)
    session.expect("output of show b\r\nR1#")
    session.nothing_more()
    assert session.router.lines() == ["show a", "show b"]


def test_a_line_end_cut_between_two_packets_is_still_one(telnet):
    session = telnet()
    session.write("show a\r")
    session.expect("R1#")
    session.write("\n")
    session.nothing_more()
    session.write("\0\0show b\r")
    session.expect("output of show b\r\nR1#")
    assert session.router.lines() == ["show a", "show b"]


@pytest.mark.parametrize("keys,line", [
    ("show clock\x01no \x05 x", "no show clock x"),
    ("abcd\x02\x02X", "abXcd"),
    ("abcd\x01\x06X", "aXbcd"),
    ("abcd\x01\x04", "bcd"),
    ("abcd\x08\x7fX", "abX"),
    ("one two three\x17four", "one two four"),
    ("one two\x15three", "three"),
    ("one two\x18three", "three"),
    ("one two\x01\x0bthree", "three"),
    ("one two\x17\x01\x19 ", "two one "),
    ("ab\x14", "ba"),
    ("one two\x1bbX", "one Xtwo"),
    ("one two\x01\x1bfX", "oneX two"),
    ("one two\x01\x1bd", " two"),
    ("abc\x1b[D\x1b[DX\x1b[CY", "aXbYc"),
    ("abc\x1bOD\x1bODX", "aXbc"),
    ("abc\x1b[HX\x1b[FY", "XabcY"),
    ("a\x16?b", "a?b"),
    ("a\x16\r\x16\nb", "ab"),
    ("a\x16\x03b", "a\x03b"),
    ("caf\u00e9s\x7f\x7fe", "cafe"),
    ("\x04\x04abc", "abc"),
    ("\x7f\x17\x15\x0babc", "abc"),
    ("\x1b\x1b[Zabc", None),
])
def test_editing_keys_do_what_they_do_on_ios(telnet, keys, line):
    session = telnet()
    got = typed(session, keys)
    if line is not None:
        assert got == line


def test_the_screen_shows_the_line_as_the_router_gets_it(telnet):
    session = telnet()
    session.write("shw clock\x01\x06\x06o\x05 detail\x1bb\x1bb\x0bX")
    assert screen("R1#" + session.expect("X"))[-1] == "R1#show X"
    session.write("\r")
    assert session.router.wait_for("L") == ["show X"]


def test_redraw_shows_the_line_again_below(telnet):
    session = telnet()
    session.write("show")
    session.expect("show")
    session.write("\x12")
    assert session.expect("show") == "\r\nR1#show"


def test_question_mark_asks_for_help_and_keeps_the_line(telnet):
    session = telnet()
    session.write("show cl")
    session.expect("show cl")
    session.write("?")
    assert session.expect("R1#show cl") == (
        "?\r\nhelp for [show cl]\r\n\r\nR1#show cl")
    session.write("ock\r")
    assert session.expect("R1#") == "ock\r\noutput of show clock\r\nR1#"


def test_help_is_about_what_stands_left_of_the_cursor(telnet):
    session = telnet()
    session.write("show clock\x01\x1bf?")
    out = "R1#" + session.expect("help for [show]")
    assert screen(out) == ["R1#show clock?", "help for [show]"]
    session.write("\r")
    assert session.router.wait_for("L") == ["show clock"]


def test_tab_completes_on_a_new_line(telnet):
    session = telnet()
    session.write("conf")
    session.expect("conf")
    session.write("\t")
    assert session.expect("configure ") == "\r\nR1#configure "
    session.write("terminal\r")
    assert session.router.wait_for("L") == ["configure terminal"]


def test_tab_that_completes_nothing_shows_the_line_again(telnet):
    session = telnet()
    session.write("xy")
    session.expect("xy")
    session.write("\t")
    assert session.expect("xy") == "\r\nR1#xy"


def test_pasted_tabs_are_blanks(telnet):
    session = telnet()
    session.write("\tip\taddress\r")
    assert session.router.wait_for("L") == ["ip address"]


def test_history_goes_back_and_forth_without_repetitions(telnet):
    session = telnet()
    for line in ("show a", "show b", "show b", ""):
        session.command(line)
    assert typed(session, "\x10") == "show b"
    assert typed(session, "\x1b[A\x1b[A") == "show a"
    assert typed(session, "\x10\x10\x10\x0e") == "show b"
    assert typed(session, "\x10\x0e") == ""


def test_exec_and_configuration_have_their_own_history(telnet):
    session = telnet()
    session.command("show a")
    session.command("configure terminal")
    session.command("hostname R2")
    assert typed(session, "\x10") == "hostname R2"
    session.command("end")
    assert typed(session, "\x10\x10") == "show a"


def test_show_history_asks_for_the_lines(telnet):
    session = telnet(terminal=(24, 80, 2))
    for line in ("show a", "show b", "show c"):
        session.command(line)
    session.router.send("Y")
    assert session.router.wait_for("Y") == ["show b\nshow c\n"]


def test_lines_with_a_secret_are_forgotten(telnet):
    session = telnet()
    for line in ("show a", "secret one", "secret one", "show b", "show b",
                 "secret two"):
        session.command(line)
    session.router.send("Y")
    assert session.router.wait_for("Y") == ["show a\nshow b\n"]
    assert typed(session, "\x10") == "show b"
    session.command("configure terminal")
    session.command("secret three")
    session.router.send("Y")
    assert session.router.wait_for("Y", 2)[1] == ""


def test_ctrl_z_ends_configuration(telnet):
    session = telnet()
    session.command("configure terminal")
    session.write("hostname X\x1a")
    assert session.expect("R1#") == "hostname X^Z\r\nR1#"
    assert session.router.wait_for("Z") == ["hostname X"]


def test_ctrl_c_gives_the_line_up(telnet):
    session = telnet()
    session.write("show a\x03")
    assert session.expect("R1#") == "show a^C\r\nR1#"
    session.write("show b\r")
    session.expect("output of show b")
    assert session.router.lines() == ["show b"]


def test_ctrl_c_in_configuration_tells_the_router(telnet):
    session = telnet()
    session.command("configure terminal")
    session.write("host\x03")
    session.router.wait_for("I")
    session.router.config = False
    session.router.prompt()
    assert session.expect("R1#") == "host^C\r\nR1#"
    session.write("\r")
    assert session.router.wait_for("L", 2)[1] == ""


def test_a_password_is_not_echoed_nor_kept(telnet):
    def login(router, line):
        if line == "enable":
            router.prompt("Password: ", 2 | 4)
        else:
            router.prompt()

    session = telnet(on_line=login)
    session.write("enable\r")
    session.expect("Password: ")
    session.write("oops\x15se?c\x7fcret")
    session.nothing_more()
    session.write("\r")
    assert session.expect("R1#") == "\r\nR1#"
    assert session.router.lines() == ["enable", "se?cret"]
    assert typed(session, "\x10") == "enable"
    assert typed(session, "\x19x") == "x"


def test_an_answer_is_neither_completed_nor_kept(telnet):
    def ask(router, line):
        if line == "reload":
            router.prompt("Proceed? [yes/no]: ", 4)
        else:
            router.prompt()

    session = telnet(on_line=ask)
    session.write("reload\r")
    session.expect("Proceed? [yes/no]: ")
    session.write("conf?\tx\r")
    assert session.expect("R1#") == "conf? x\r\nR1#"
    assert session.router.lines() == ["reload", "conf?\tx"]
    assert typed(session, "\x10") == "reload"


def test_confirm_takes_one_key_and_does_not_show_it(telnet):
    def ask(router, line):
        if line == "write erase":
            router.prompt("Continue? [confirm]", 4 | 16)
        else:
            router.prompt()

    session = telnet(on_line=ask)
    session.write("write erase\r")
    session.expect("[confirm]")
    session.write("n")
    assert session.expect("R1#") == "\r\nR1#"
    session.write("write erase\r")
    session.expect("[confirm]")
    session.write("\r")
    assert session.expect("R1#") == "\r\nR1#"
    assert session.router.lines() == ["write erase", "n", "write erase", ""]


def test_a_line_longer_than_the_screen_scrolls_and_says_so(telnet):
    session = telnet(terminal=(24, 40, 10))
    line = "crypto key generate rsa general-keys label CA"
    session.write(line + "\x05Z")
    stream = "R1#" + session.settle()
    shown = screen(stream, 40)
    assert len(shown) == 1
    assert shown[0].startswith("R1#$")
    assert shown[0].endswith("label CAZ")
    session.write("\x01A")
    shown = screen(stream + session.settle(), 40)
    assert shown[0].startswith("R1#Acrypto key")
    assert shown[0].endswith("$")
    session.write("\r")
    assert session.router.wait_for("L") == ["A" + line + "Z"]


@pytest.mark.parametrize("width", [0, 511, 512])
def test_without_a_width_the_echo_of_a_long_line_is_exact(telnet, width):
    session = telnet(terminal=(0, width, 10))
    line = "show " + "long words " * 40 + "end"
    session.write(line + "\r")
    assert session.expect("R1#") == (
        line + "\r\noutput of " + line + "\r\nR1#")


def test_no_escape_sequence_is_ever_printed(telnet):
    session = telnet()
    session.write("abc\x1b[D\x1b[D\x0bx?\t\x10\x12" + "y" * 200 + "\r")
    session.router.wait_for("L")
    session.write("exit\r")
    assert "\x1b" not in session.rest()
