# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and runs the parts of the test suite; ./run-tests calls it.

A part is a set of folders under tests/: what is written in C there and what is
written for pytest there.  Parts of another kind: fallback runs what has to do with packets
once more on the backends that are taken where the best ones cannot be had;
backends runs all of the exchange and lab tests on each pair of backends;
guard counts what the packet path asks for (tests/guard); sanitizers sends real
traffic through instrumented gateways.  Each check of a Check program counts as one test,
any other program as one (by its exit status, as automake has it), each pytest
test as one, each fuzz target as one, the format of all C files as one.  A
program that crashes, and a build that fails, count as one failed test.
"""

import concurrent.futures
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
TESTS = os.path.join(TOP, "tests")
PARTS = ("format", "unit", "exchange", "model", "cli", "lab", "fallback",
         "guard", "fuzz")
ON_DEMAND = ("backends", "sanitizers")     # too long for every day
OWN_PART = ("exchange", "model", "cli", "lab", "guard", "fuzz")

AT_ONCE = 2
PROGRAM_LIMIT = 300        # seconds for one C test program
LONG_LIMIT = 900           # and for one that simulates weeks
SKIPPED = 77               # exit status of a program without Check
FUZZ_SECONDS = 10
FUZZ_LIMIT = 120

ASAN = ("build-asan", "check-programs", "--enable-asan")
PLAIN = ("build", "all")
LONG = ("build", "check-long")
GUARD = ("build", "check-guard")
# Trees of gateways that watch themselves; MAKEFLAGS replaces the sanitizers of
# a fuzzing tree by others, for which configure has no option.
WATCHED = (("build-asan", "all", "--enable-asan"),
           ("build-tsan", "all", "--enable-tsan"))
FUZZ_TSAN = ("build-fuzz-tsan", "all", "--enable-fuzzers", "CC=clang")
FUZZ_TSAN_FLAGS = "SAN=-fsanitize=fuzzer-no-link,thread"
PACKET_FUZZERS = re.compile(r"fuzz_(esp_input|gso|gro)$")
FUZZ = ("build-fuzz", "all", "--enable-fuzzers", "CC=clang")

WIRES, CRYPTOS = ("af-xdp", "af-packet"), ("ipsec-mb", "openssl")
FALLBACK = ("af-packet", "openssl")
# Of the lab tests, those whose packets cross the dataplane in many ways.
FALLBACK_LAB = ("test_dataplane.py", "test_replay.py", "test_superpackets.py",
                "test_wire.py")
BACKEND_PARTS = ("exchange", "lab")

SUMMARY = re.compile(
    r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)", re.M)
FAILURE = re.compile(r"^.*:\d+:[FE]:.*$", re.M)
FIGURES = re.compile(r"^figures: (.*)$", re.M)     # for people to read
FORMAT_CHUNK = 50


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, passed, failed, said="", figures=()):
        self.passed += passed
        self.failed += failed
        word = f"{failed} FAILED" if failed else "ok" if passed else "skipped"
        print(f"  {name:<44}{passed + failed:>5}  {word}", flush=True)
        for line in figures:
            print("      " + line, flush=True)
        if said and failed:
            print("\n".join("      " + line for line in said.splitlines()))


def build(tally, tree, target, *arguments):
    """Builds a tree; a failure counts, and nothing of it can be run."""
    print(f"-- building {tree}/", flush=True)
    script = ('me=run-tests; top=$0; . "$top/lab/prepare.sh"; build "$@"')
    done = subprocess.run(["sh", "-c", script, TOP, tree, target, *arguments],
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        tally.add(f"build {tree}", 0, 1, done.stderr)
    return done.returncode == 0


def folders(part):
    if part in OWN_PART:
        names = [part]
    else:
        names = sorted(name for name in os.listdir(TESTS)
                       if name not in OWN_PART
                       and os.path.isdir(os.path.join(TESTS, name)))
    return [name for name in names
            if os.path.isdir(os.path.join(TESTS, name))]


def files(place, pattern):
    """Paths of the files of that name under a folder, sorted."""
    found = []
    for path, inner, names in os.walk(place):
        inner.sort()
        found += [os.path.join(path, name) for name in sorted(names)
                  if re.fullmatch(pattern, name)]
    return found


def programs(tree, folder, lists="$(check_PROGRAMS) $(noinst_PROGRAMS)"):
    """The programs that automake knows below tests/FOLDER."""
    asked = f"include Makefile\nask:\n\t@echo {lists}\n"
    done = subprocess.run(["make", "-s", "-f", "-", "ask"], input=asked,
                          cwd=os.path.join(TOP, tree), text=True,
                          stdout=subprocess.PIPE, check=True)
    return [os.path.join(TOP, tree, name)
            for name in sorted(set(done.stdout.split()))
            if name.startswith(f"tests/{folder}/")]


def run_part(tally, part):
    print(f"== {part}", flush=True)
    if part == "format":
        return check_format(tally)
    if part == "fuzz":
        return run_fuzz(tally)
    if part == "guard":
        return run_guard(tally)
    if part == "fallback":
        return run_fallback(tally)
    if part == "backends":
        return run_backends(tally)
    if part == "sanitizers":
        return run_sanitizers(tally)
    names = folders(part)
    written = [name for name in names
               if files(os.path.join(TESTS, name), r"test_.*\.c")]
    if written and build(tally, *ASAN):
        run_check_programs(tally, [p for name in written
                                   for p in programs(ASAN[0], name)])
    if part == "exchange" and build(tally, *LONG):
        run_check_programs(tally, programs(LONG[0], part, "$(LONG_CHECKS)"))
    scripted = [name for name in names
                if files(os.path.join(TESTS, name), r"test_.*\.py")]
    if scripted and build(tally, *PLAIN):
        for name in scripted:
            run_pytest(tally, name)
    return None


# --- backends ----------------------------------------------------------------

@contextlib.contextmanager
def environment(**variables):
    """What is started meanwhile has these."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def backends(wire, crypto):
    print(f"-- with {wire} and {crypto}", flush=True)
    return environment(GETVPN_WIRE=wire, GETVPN_CRYPTO=crypto)


def run_fallback(tally):
    with backends(*FALLBACK):
        if build(tally, *ASAN):
            run_check_programs(tally, programs(ASAN[0], "ipsec"))
        if build(tally, *PLAIN):
            run_pytest(tally, "lab", FALLBACK_LAB)


def run_backends(tally):
    """The C programs of tests/ipsec, too: they are the dataplane's own."""
    for wire in WIRES:
        for crypto in CRYPTOS:
            with backends(wire, crypto):
                if build(tally, *ASAN):
                    run_check_programs(tally, programs(ASAN[0], "ipsec"))
                for part in BACKEND_PARTS:
                    run_part(tally, part)


# --- guards ------------------------------------------------------------------

def run_guard(tally):
    if not build(tally, *GUARD):
        return
    run_check_programs(tally, programs(GUARD[0], "guard", "$(GUARD_CHECKS)"))
    status, said = run_limited(
        [sys.executable, os.path.join(TESTS, "guard", "instructions.py"),
         os.path.join(TOP, GUARD[0])], PROGRAM_LIMIT)
    lines = [line for line in said.splitlines()
             if not line.startswith("figures: ")]
    tally.add("instructions a packet (recorded)", int(status == 0),
              int(status != 0), "\n".join(lines), FIGURES.findall(said))


def run_sanitizers(tally):
    """Real traffic through two gateways of each tree, then what the fuzzers
    of the packet path found so far."""
    for tree, *how in WATCHED:
        if build(tally, tree, *how):
            with environment(GETVPN_BUILD=os.path.join(TOP, tree)):
                run_pytest(tally, "lab", ("sanitized.py",))
    if not shutil.which("clang"):
        print("  no clang: no fuzzers")
        return
    if build(tally, *FUZZ):
        run_fuzzers(tally, FUZZ[0], PACKET_FUZZERS)
    with environment(MAKEFLAGS=FUZZ_TSAN_FLAGS):
        built = build(tally, *FUZZ_TSAN)
    if built:
        run_fuzzers(tally, FUZZ_TSAN[0], PACKET_FUZZERS)


# --- Check -------------------------------------------------------------------

def run_limited(argv, limit, **options):
    """(exit status, output); the status is None when the time was up.  What
    the program started is ended with it."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          text=True, errors="replace",
                          start_new_session=True, **options) as child:
        try:
            said = child.communicate(timeout=limit)[0]
            status = child.returncode
        except subprocess.TimeoutExpired:
            status = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        if status is None:
            said = child.communicate()[0]
            said += f"\nnot done after {limit} s"
    return status, said


def run_check_programs(tally, paths):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for path, result in zip(paths, pool.map(run_check_program, paths)):
            tally.add(os.path.relpath(path, TOP), *result)


def run_check_program(path):
    """(passed, failed, what to show of failures, figures)"""
    env = dict(os.environ, CK_VERBOSITY="normal", srcdir=TOP,
               UBSAN_OPTIONS="print_stacktrace=1")
    tree = os.path.relpath(path, TOP).split(os.sep)[0]
    status, said = run_limited(
        [path], PROGRAM_LIMIT if tree == ASAN[0] else LONG_LIMIT, env=env,
        cwd=os.path.join(TOP, tree))
    found = SUMMARY.findall(said)
    if not found and status in (0, SKIPPED):
        return int(not status), 0, "", FIGURES.findall(said)
    checks = sum(int(row[0]) for row in found)
    failed = sum(int(row[1]) + int(row[2]) for row in found)
    lines = FAILURE.findall(said)
    if status != 0 and not failed:
        failed, checks = 1, checks + 1
    if failed and not lines or "Sanitizer" in said:
        lines = said.splitlines()[-40:]
    return checks - failed, failed, "\n".join(lines), FIGURES.findall(said)


# --- pytest ------------------------------------------------------------------

def run_pytest(tally, folder, names=()):
    """All of a folder's files, or some."""
    place = os.path.join("tests", folder)
    paths = [os.path.join(place, name) for name in names] or [place]
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.xml")
        status = subprocess.call(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
             "--tb=short", f"--junitxml={report}", *paths], cwd=TOP)
        try:
            suites = list(xml.etree.ElementTree.parse(report).getroot())
        except (OSError, xml.etree.ElementTree.ParseError):
            suites = []
    counts = {key: sum(int(suite.get(key, 0)) for suite in suites)
              for key in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    if status and not failed:
        failed, counts["tests"] = 1, counts["tests"] + 1
    if counts["skipped"]:
        print(f"  {counts['skipped']} skipped")
    tally.add(f"{folder} (pytest)",
              max(0, counts["tests"] - failed - counts["skipped"]), failed)


# --- format, fuzz ------------------------------------------------------------

def c_files():
    for place, inner, names in os.walk(TOP):
        inner[:] = sorted(name for name in inner if not name.startswith(".")
                          and not (place == TOP and
                                   re.match(r"build|opengetvpn-", name)))
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(place, name), TOP)


def check_format(tally):
    files = [name for name in c_files()
             if os.path.basename(name) != "config.h"]
    said = ""
    for at in range(0, len(files), FORMAT_CHUNK):
        done = subprocess.run(["clang-format", "--dry-run", "-Werror",
                               *files[at:at + FORMAT_CHUNK]], cwd=TOP,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            said += done.stderr
    wrong = sorted(set(re.findall(r"^([^:\s]+):\d+:\d+: error", said, re.M)))
    tally.add(f"clang-format of {len(files)} files", int(not said),
              int(bool(said)), "\n".join(wrong))


def run_fuzz(tally):
    if not shutil.which("clang"):
        print("  no clang: left out")
        return
    if not build(tally, *FUZZ):
        return
    run_fuzzers(tally, FUZZ[0], re.compile(""))


def run_fuzzers(tally, tree, wanted):
    paths = [path for path in programs(tree, "fuzz") if wanted.search(path)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for path, result in zip(paths, pool.map(run_fuzz_target, paths)):
            tally.add(os.path.basename(path), *result)


def run_fuzz_target(path):
    """The seeds, then some seconds of new inputs."""
    seeds = os.path.join(TESTS, "fuzz", "corpus",
                         os.path.basename(path).removeprefix("fuzz_"))
    with tempfile.TemporaryDirectory() as found:
        corpus = [found] + [seeds] * os.path.isdir(seeds)
        status, said = run_limited(
            [path, f"-max_total_time={FUZZ_SECONDS}",
             f"-artifact_prefix={found}/", *corpus], FUZZ_LIMIT, cwd=found)
    if status != 0:
        return 0, 1, "\n".join(said.splitlines()[-30:])
    return 1, 0, ""


def main(wanted):
    wrong = [part for part in wanted if part not in PARTS + ON_DEMAND]
    if wrong:
        print(f"run-tests: no part '{wrong[0]}'; there are: "
              f"{' '.join(PARTS + ON_DEMAND)}", file=sys.stderr)
        return 2
    tally = Tally()
    for part in wanted or PARTS:
        run_part(tally, part)
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
