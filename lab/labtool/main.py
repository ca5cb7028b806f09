# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of getvpn-lab."""

import argparse
import json
import os
import signal
import sys

from . import LabError, lab, router, store, verify

DEFAULT_LAB = "article"
DEFAULT_FILE = "article.clab.yml"

HELP = """\
A lab is one containerlab topology file, booted into network namespaces on
this machine.  Nodes whose image is called opengetvpn are routers of ours; the
others are plain namespaces in which their exec lines are run.

  getvpn-lab up                             the article's lab
  getvpn-lab --name two up campus.clab.yml  another one beside it
  getvpn-lab console CE1                    a router's console
  getvpn-lab cli CE1 "show crypto gdoi gm" "show clock"
  getvpn-lab exec P -- tcpdump -ni eth1     any program, inside a node
  getvpn-lab link CE1:e0/0 down             pull a cable
  getvpn-lab down
  getvpn-lab verify                         the whole article, compared

Without --name a command means the lab 'article', or else the only one there
is.  Consoles also answer telnet on the ports of 127.0.0.1 that status lists.
"""


def _parser():
    keep = argparse.SUPPRESS
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--name", metavar="LAB", default=keep,
                        help="which lab (default: the file's own name)")
    common.add_argument("--time-scale", metavar="N", type=int, default=keep,
                        help="with up, verify: lifetimes run N times faster")
    top = argparse.ArgumentParser(
        prog="getvpn-lab", description=HELP, parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name, text):
        return verbs.add_parser(name, help=text, description=text,
                                parents=[common])

    up = verb("up", "boot a topology; returns when every router answers")
    up.add_argument("file", nargs="?", help="containerlab file "
                    "(default: the article's topology)")
    down = verb("down", "remove a lab and all that belongs to it")
    down.add_argument("file", nargs="?", help="the lab this file names")
    status = verb("status", "what runs, and the consoles' telnet ports")
    status.add_argument("--json", action="store_true")
    console = verb("console", "a router's console on this terminal")
    console.add_argument("node")
    cli = verb("cli", "run commands in one privileged console session")
    cli.add_argument("node")
    cli.add_argument("command", nargs="+")
    paste = verb("paste", "type a file into a router's configuration mode")
    paste.add_argument("node")
    paste.add_argument("file", help="'-' is the standard input")
    run = verb("exec", "run a program inside a node: exec NODE -- PROGRAM …")
    run.add_argument("node")
    run.add_argument("program", nargs=argparse.REMAINDER)
    link = verb("link", "pull a cable (down) or plug it in again (up)")
    link.add_argument("interface", metavar="NODE:IF",
                      help="IF as Linux or as IOS calls it: eth1, e0/0")
    link.add_argument("state", choices=["up", "down"])
    verify = verb("verify", "type the whole article in a lab of its own and "
                  "compare every output")
    verify.add_argument("--keep", action="store_true",
                        help="leave the lab up afterwards")
    restart = verb("restart", "end a router and start it again")
    restart.add_argument("node")
    restart.add_argument("--power-cut", action="store_true",
                         help="kill it instead of asking it to end")
    return top


def main(argv):
    program = []
    if "--" in argv:
        cut = argv.index("--")
        argv, program = argv[:cut], argv[cut + 1:]
    options = _parser().parse_args(argv)
    if options.verb == "exec":
        options.program += program
    signal.signal(signal.SIGTERM, _terminated)
    try:
        _need_root()
        return VERBS[options.verb](options) or 0
    except LabError as err:
        print(f"getvpn-lab: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


def _terminated(_number, _frame):
    raise KeyboardInterrupt


def _need_root():
    if os.geteuid() != 0:
        raise LabError("network namespaces need root")


def _lab(options):
    """Which lab a verb other than up means."""
    name = getattr(options, "name", None)
    if name:
        return name
    there = store.running()
    if DEFAULT_LAB not in there and len(there) == 1:
        return there[0]
    return DEFAULT_LAB


def _topology_path(given):
    """The file as given, or one of the topologies that come with us."""
    if given is None:
        given = DEFAULT_FILE
    elif os.path.isfile(given) or os.path.dirname(given):
        return given
    here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for name in (given, given + ".clab.yml"):
        if os.path.exists(os.path.join(here, name)):
            return os.path.join(here, name)
    return given


def do_up(options):
    scale = getattr(options, "time_scale", 1)
    if scale < 1:
        raise LabError("--time-scale takes a whole number from 1 up")
    name = lab.up(_topology_path(options.file),
                  getattr(options, "name", None), scale)
    print(f"lab {name} is up")


def do_down(options):
    name = _lab(options)
    if options.file and not hasattr(options, "name"):
        name = lab.load(_topology_path(options.file)).name
    print(f"lab {name} is down" if lab.down(name)
          else f"lab {name} is not up")


def do_status(options):
    named = hasattr(options, "name")
    labs = [lab.status(name) for name in
            ([options.name] if named else store.running())
            if named or store.read_plan(name)]
    if options.json:
        json.dump(labs[0] if named else labs, sys.stdout, indent=1)
        print()
        return 0
    if not labs:
        print("no lab is up")
    for number, one in enumerate(labs):
        if number:
            print()
        _print_status(one)
    return 0


def _print_status(one):
    scale = one["time_scale"]
    print(f"lab {one['name']}  {one['file']}"
          + ("" if scale == 1 else f"  time x{scale}")
          + ("" if one["complete"] else "  (not complete)"))
    width = max(len(name) for name in ["NODE", *one["nodes"]]) + 2
    print(f"  {'NODE':<{width}}KIND    STATE    PID      CONSOLE")
    for name, node in one["nodes"].items():
        console = node["console"]
        where = f"telnet {console['host']} {console['port']}" if console else ""
        print(f"  {name:<{width}}{node['kind']:<8}{node['state']:<9}"
              f"{node['pid'] or '-':<9}{where}".rstrip())
    for end in one["unplugged"]:
        print(f"  cable pulled: {end}")


def _session(options, *arguments):
    """Becomes getvpnsh on the router."""
    plan = lab.plan_of(_lab(options))
    node = lab.router_of(plan, options.node)
    shell = router.getvpnsh()
    sys.stdout.flush()
    os.execv(shell, [shell, "-r", store.node_dir(plan["name"], node),
                     *arguments])


def do_console(options):
    _session(options)


def do_cli(options):
    _session(options, *(word for command in options.command
                        for word in ("-c", command)))


def do_paste(options):
    file = "/dev/stdin" if options.file == "-" else options.file
    if not os.access(file, os.R_OK):
        raise LabError(f"{options.file}: cannot be read")
    _session(options, "-f", file)


def do_exec(options):
    plan = lab.plan_of(_lab(options))
    node = lab.node_of(plan, options.node)
    if not options.program:
        raise LabError("exec NODE -- PROGRAM …: which program?")
    argv = ["ip", "netns", "exec", plan["nodes"][node]["netns"],
            *options.program]
    sys.stdout.flush()
    os.execvpe("ip", argv, router.environment(plan["name"], node, plan))


def do_link(options):
    lab.link(_lab(options), options.interface, options.state)


def do_restart(options):
    lab.restart(_lab(options), options.node, options.power_cut)


def do_verify(options):
    return verify.main(getattr(options, "name", verify.LAB),
                       getattr(options, "time_scale", verify.SCALE),
                       options.keep)


VERBS = {"up": do_up, "down": do_down, "status": do_status,
         "console": do_console, "cli": do_cli, "paste": do_paste,
         "exec": do_exec, "link": do_link, "restart": do_restart,
         "verify": do_verify}
