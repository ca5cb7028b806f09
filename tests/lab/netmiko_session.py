# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator's script does with Netmiko: netmiko_session.py TYPE USER
PASSWORD SECRET.  Prints what it saw as JSON."""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import netmiko  # noqa: E402

HOST = "10.0.0.1"
LINES = ["interface Loopback5", "ip address 10.5.5.5 255.255.255.255",
         "description written by a script", "exit",
         "ip access-list extended LONG",
         *(f"permit tcp host 10.9.{n}.1 any eq {1000 + n}"
           for n in range(60))]


def paged(session):
    """A long command with " --More-- " to be answered, as a person would."""
    session.send_command("terminal length 24")
    shown = session.send_command_timing("show access-lists LONG")
    pages = 0
    while "--More--" in shown[-40:]:
        pages += 1
        shown += session.send_command_timing(" ", strip_prompt=False,
                                             strip_command=False,
                                             normalize=False)
    session.send_command("terminal length 0")
    return pages, shown


def main():
    kind, user, password, secret = sys.argv[1:]
    seen = {}
    with netmiko.ConnectHandler(device_type=kind, host=HOST, username=user,
                                password=password, secret=secret,
                                fast_cli=True) as session:
        seen["first prompt"] = session.find_prompt()
        session.enable()
        seen["privilege"] = session.send_command("show privilege")
        seen["config"] = session.send_config_set(LINES)
        seen["mode left"] = not session.check_config_mode()
        seen["brief"] = session.send_command("show ip interface brief")
        seen["unpaged"] = session.send_command("show access-lists LONG")
        seen["pages"], seen["paged"] = paged(session)
        seen["save"] = session.save_config()
        seen["saved"] = session.send_command(
            "show startup-config | include description")
        seen["version"] = session.send_command("show version")
        seen["error"] = session.send_command("show nonsense")
    json.dump(seen, sys.stdout)


main()
