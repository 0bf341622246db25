"""Every Python that is here, 2.7 to 3.15, in one experiment: each strategy it has, over Telnet, and no other.

The Pythons: paths in NETBATON_TEST_PYTHONS, else those on PATH.
"""
import os
import re
import shutil
import subprocess
import sys

import client_frame
from client_frame import check, experiment, rows, run

NAMES = (["python2.7"] + ["python3.%d" % minor for minor in range(5, 16)] +
         ["python3.%dt" % minor for minor in range(13, 16)] + ["python3"])
DEVICES = 4


def version_of(path):
    """(2, 7, "") and the like, "t" for a free-threaded build. None when it does not run: a shim of pyenv for a version
    that is not switched on."""
    try:
        text = subprocess.run([path, "-c", "import sys; print('%d %d %s' % (sys.version_info[0], sys.version_info[1],"
                               "'t' * ('t' in getattr(sys, 'abiflags', ''))))"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=60, check=True).stdout
        major, minor, letter = text.decode().rstrip("\n").split(" ")
        return int(major), int(minor), letter
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def find_pythons():
    named = os.environ.get("NETBATON_TEST_PYTHONS", "").split()
    found = {}
    for path in named or [path for path in map(shutil.which, NAMES) if path]:
        version = version_of(path)
        if version and ((2, 7) == version[:2] or (3, 5) <= version):
            found.setdefault(version, path)
    return {path: version for version, path in found.items()}


def methods(path):
    """The ways to start a process that this one has."""
    text = subprocess.run([path, "-c", "import multiprocessing as m\n"
                           "print(' '.join(getattr(m, 'get_all_start_methods', lambda: ['fork'])()))"],
                          stdout=subprocess.PIPE, check=True).stdout
    return set(text.decode().split())


def strategies(version, starts):
    names = {("sequential", ""), ("threads", "")}
    names |= {(strategy, start) for strategy in ("processes", "hybrid") for start in starts}
    if version >= (3, 5):
        names.add(("async", ""))
    if version >= (3, 12):
        names.add(("interpreters", ""))
    return names


pythons = find_pythons()
if not pythons:
    print("SKIP: no Python here that can be asked (name some in NETBATON_TEST_PYTHONS)")
    sys.exit(77)
experiment("""
name: versions
devices: {count: [%d], transport: telnet, latency: {command: 20ms}}
work: {commands: [show clock, show version], cpu: {command: 1ms}}
runs:
  strategy: [sequential, threads, processes, hybrid, async, interpreters]
  workers: [2]
  processes: [2]
  start_method: [fork, spawn, forkserver]
  interpreter: [%s]
  switch_interval: 1ms
  check_interval: 50
  repeat: 1
""" % (DEVICES, ", ".join('"python:%s"' % path for path in pythons)))
client_frame.LIMIT_S = 60 + 60 * len(pythons)
run("experiment.yaml", "-o", "out", "-q")

measured = rows("out", "runs")
for path, version in pythons.items():
    mine = [row for row in measured if row["interpreter"] == "python:" + path]
    kinds = [(row["strategy"], row["start_method"]) for row in mine]
    check(sorted(kinds) == sorted(strategies(version, methods(path))), "%s did %s" % (path, kinds))
    for row in mine:
        what = "%s, %s %s" % (path, row["strategy"], row["start_method"])
        check(re.match(r"python %d\.%d\.\d+%s$" % version, row["source"]), what + ": source " + row["source"])
        check(int(row["sessions_ok"]) == DEVICES, what + ": %s sessions went well" % row["sessions_ok"])
        workers = 1 if row["strategy"] == "sequential" else 2
        # Two commands of 20 ms and their computing.
        check(float(row["wall_s"]) >= DEVICES / workers * 0.040, what + ": took %s s" % row["wall_s"])
        intervals = ("", "50") if version[0] == 2 else ("0.001", "")
        check((row["switch_interval_s"], row["check_interval"]) == intervals, what + ": intervals")
        check(float(row["cpu_user_s"]) > 0 and float(row["peak_rss_kb"]) > 1000, what + ": usage")
check(len(measured) == sum(len(strategies(v, methods(p))) for p, v in pythons.items()), "%d rows" % len(measured))
print("done by", ", ".join(sorted({row["source"] for row in measured})))
