"""A free-threaded Python is told from one with a lock, and from one whose lock somebody turned on.

Such a build is rare, so that the one here is made up: the Python that is there says it were one, by a sitecustomize, and
a paramiko that turns the lock on as a C module does that knows nothing of free threads. LOCK stands for PYTHON_GIL, which
other builds refuse. Real ones, python3.13t and on, do every strategy in python_versions.py.
"""
import os
import shutil
import sys

from client_frame import check, experiment, rows, run

PYTHON = shutil.which("python3", path="/usr/bin:" + os.environ["PATH"])
SITE = """
import os, sys
sys.abiflags = "t"
lock = [os.environ.get("LOCK") == "1"]
sys._is_gil_enabled = lambda: lock[0]
sys.turn_lock_on = lambda: lock.__setitem__(0, os.environ.get("LOCK") != "0")
"""
PARAMIKO = """
import sys, warnings
sys.turn_lock_on()
if sys._is_gil_enabled():
    warnings.warn("The global interpreter lock (GIL) has been enabled to load module 'its._c_part', which has not "
                  "declared that it can run safely without the GIL.", RuntimeWarning)
"""
os.mkdir("site")
for name, text in (("sitecustomize", SITE), ("paramiko", PARAMIKO)):
    experiment(text, os.path.join("site", name + ".py"))
experiment("""
name: free
devices: {count: 2, transport: [ssh, sleep]}
work: {commands: [show clock]}
runs: {strategy: threads, workers: 2, repeat: 1, allowed_failures: 1}
""")
own = "%d.%d.%d" % sys.version_info[:3]


def sources(folder, **more):
    """What a run says of its Python: a set of (transport, source), and the messages."""
    environment = dict(os.environ, PYTHONPATH=os.path.abspath("site"), **more)
    _, said = run("experiment.yaml", "-o", folder, "-q", "--python", PYTHON, env=environment)
    return {(row["transport"], row["source"]) for row in rows(folder, "runs")}, said


found, said = sources("free")
check(found == {("sleep", "python %st" % own), ("ssh", "python %st+gil" % own)}, "free: %s" % found)
check(said.count("its lock is on: paramiko loads its._c_part") == 1, "free says: " + said)
found, said = sources("off", LOCK="0")
check(found == {("sleep", "python %st" % own), ("ssh", "python %st" % own)}, "lock off: %s" % found)
check("lock" not in said, "lock off says: " + said)
found, said = sources("on", LOCK="1")
check(found == {("sleep", "python %st+gil" % own), ("ssh", "python %st+gil" % own)}, "lock on: %s" % found)
check(said.count("with its lock turned on (PYTHON_GIL=1") == 1 and "paramiko loads" not in said, "lock on says: " + said)
