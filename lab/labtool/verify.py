# SPDX-License-Identifier: GPL-3.0-or-later
"""getvpn-lab verify: types the whole article at the consoles of its network
and compares everything that comes with what the article shows.

What is typed and expected is in lab/steps/, the order in verify_parts.py.
Three kinds of things happen: a step of the article, whose output counts; a
line that the article leaves out but its reader needs (marked as such); and a
check of what no console shows, such as packets in the core.
"""

import re
import time
import traceback

from . import LabError, lab, store, transcript
from .console import LOG_LINE, Console

LAB, SCALE = "verify", 10
# Transcripts that the article has not, and what it types without showing what
# comes: compared, but no output of the article's.
OURS = ("rsa_key", "gm_after_rekey", "coop_alone")
UNSHOWN = ("configure terminal",)
PROMPT_NODE = re.compile(r"[\w-]+")
PROMPT_LIMIT = 5.0
POLL = 0.1


def say(text=""):
    print(text, flush=True)


class Verify:
    """One run through the article in a lab that is up."""

    def __init__(self, name, scale):
        self.lab, self.scale = name, scale
        self.nodes = lab.status(name)["nodes"]
        self.matched, self.outputs = 0, 0
        self.wrong = []           # what did not come as it should
        self._consoles = {}

    def close(self):
        for console in self._consoles.values():
            console.close()

    def console(self, node):
        if node not in self._consoles:
            where = self.nodes[node]["console"]
            self._consoles[node] = Console(where["port"], where["host"])
        return self._consoles[node]

    # --- what the reader sees ----------------------------------------------

    @staticmethod
    def title(text):
        say()
        say(f"===== {text}")

    @staticmethod
    def note(text):
        say()
        say(f"({text})")

    def _show(self, prompt, command, shown):
        say(f"{prompt}{command}")
        for line in shown:
            say(line.rstrip())

    def _result(self, what, wrong):
        if wrong is None:
            return
        self.wrong.append(what)
        say(f"***** {what}: not as expected")
        say("\n".join(f"***** {line}" for line in wrong.splitlines()))

    def _judge(self, name, prompt, command, expected, shown):
        wrong = transcript.difference(expected, shown)
        if transcript.trim(expected) and name not in OURS \
                and command not in UNSHOWN:
            self.outputs += 1
            self.matched += wrong is None
        self._result(f"{name}: {prompt}{command}", wrong)

    # --- steps ---------------------------------------------------------------

    def _at_prompt(self, prompt):
        console = self.console(PROMPT_NODE.match(prompt)[0])
        end = time.monotonic() + PROMPT_LIMIT
        while console.prompt() != prompt:
            console.read(POLL)
            if time.monotonic() > end:
                raise LabError(f"the prompt is {console.prompt()}, "
                               f"not {prompt}")
        return console

    def play(self, name, limit=60):
        """Types a transcript and compares prompts and outputs."""
        for prompt, command, expected in transcript.load(name):
            console = self._at_prompt(prompt)
            if command.endswith("?"):
                shown = console.help(command)
            else:
                shown = console.type(command, limit)
            self._show(prompt, command, shown)
            self._judge(name, prompt, command, expected, shown)

    def dialogue(self, name, answers, limit=60):
        """A command that asks; answers has one text for each question."""
        (prompt, command, expected), = transcript.load(name)
        console = self._at_prompt(prompt)
        shown = console.dialogue(command, answers, limit)
        shown = [line for line in shown if not LOG_LINE.match(line)]
        self._show(prompt, command, shown)
        self._judge(name, prompt, command, expected, shown)
        return shown

    def key_dialogue(self, name, lines):
        """A command that reads lines; keys are not printed."""
        (prompt, command, expected), = transcript.load(name)
        console = self._at_prompt(prompt)
        shown = console.paste("\n".join([command, *lines]))
        shown = [line.rstrip() for line in shown if line.startswith("%")]
        self._show(prompt, command, shown)
        self._judge(name, prompt, command, expected, shown)

    def expect_logs(self, name, limit=30):
        """Waits for the log lines of a transcript, in their order."""
        (prompt, _, expected), = transcript.load(name)
        console = self.console(PROMPT_NODE.match(prompt)[0])
        shown = []
        for line in expected:
            wanted = transcript.pattern(line).pattern
            try:
                shown.append(console.wait_log(wanted + " *$", limit))
            except LabError as err:
                self._judge(name, prompt, "log", expected, shown)
                say(str(err))
                return shown
        for line in shown:
            say(line.rstrip())
        self._judge(name, prompt, "log", expected, shown)
        return shown

    def forget_logs(self, *nodes):
        for node in nodes:
            self.console(node).forget_logs()

    def paste(self, node, name, change=lambda text: text):
        """A whole configuration at once; no line may be refused."""
        text = transcript.read(name + ".cfg")
        say(f"{node}(config)# ... pasted:")
        say(text.rstrip())
        shown = self.console(node).paste("configure terminal\n" + change(text)
                                         + "\nend")
        refused = [line for line in shown if line.startswith("%")
                   and "NOTE" not in line]
        self._result(f"{name} pasted on {node}",
                     "\n".join(refused) or None)

    def extra(self, node, *commands, why):
        """Lines that the article leaves out."""
        self.note(f"not in the article: {why}")
        console = self.console(node)
        for command in commands:
            say(f"{console.prompt()}{command}")
            shown = console.type(command)
            bad = [line for line in shown if line.startswith("%")]
            for line in shown:
                say(line.rstrip())
            self._result(f"{node}: {command}", "\n".join(bad) or None)

    def quiet(self, node, command):
        """What a command prints; nothing of it is shown."""
        return "\n".join(self.console(node).type(command))

    # --- what no output shows ---------------------------------------------------

    def check(self, what, good, detail=""):
        say(f"  check: {what}: {'yes' if good else 'NO ' + str(detail)}")
        if not good:
            self.wrong.append(f"check: {what}")

    def until(self, what, ready, limit=30):
        """Waits for something, and says when it does not come."""
        end = time.monotonic() + limit
        while not (answer := ready()):
            if time.monotonic() > end:
                self.check(what, False, f"(not within {limit} s)")
                return None
            time.sleep(POLL)
        return answer

    def registered(self, *nodes, limit=60):
        for node in nodes:
            self.until(f"{node} is registered", lambda node=node: re.search(
                r"Registration status *: Registered$",
                self.quiet(node, "show crypto gdoi gm"), re.M), limit)


def run(name, scale, parts):
    """All parts; the run, for its numbers."""
    verify = Verify(name, scale)
    try:
        for part in parts:
            try:
                part(verify)
            except LabError as err:
                verify.wrong.append(f"{part.__name__}: {err}")
                say(f"***** {part.__name__} ended early: {err}")
            except Exception:       # a fault of ours is no match either
                verify.wrong.append(f"{part.__name__}: broke")
                traceback.print_exc()
            _home(verify)
    finally:
        verify.close()
    return verify


def _home(verify):
    """Every console back at its first prompt, for the next part."""
    for node in list(verify._consoles):
        console = verify.console(node)
        if "(" in console.prompt():
            console.type("end")


def report(verify, outputs):
    """The last lines; the exit status.  outputs: how many there should be."""
    say()
    if verify.outputs != outputs:
        verify.wrong.append(f"{verify.outputs} outputs were compared")
    for what in verify.wrong:
        say(f"wrong: {what}")
    say(f"{verify.matched} of {outputs} outputs match")
    return 1 if verify.wrong or verify.matched != outputs else 0


def main(name, scale, keep):
    """Boots the network, verifies, and takes it down."""
    from . import verify_lab, verify_parts
    with verify_lab.topology() as path:
        lab.up(path, name, scale)
        try:
            done = run(name, scale, verify_parts.PARTS)
        finally:
            if not keep and store.read_plan(name):
                lab.down(name)
    return report(done, verify_parts.OUTPUTS)
