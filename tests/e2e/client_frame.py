"""What the e2e tests of `netbaton run` share: starting it, reading its folder, looking at its processes."""
import csv
import faulthandler
import os
import subprocess
import sys
import time

faulthandler.dump_traceback_later(380)  # of a test that hangs, before it is killed: where it stands
NETBATON = os.environ["NETBATON"]
LIMIT_S = 200  # of a run: for one that hangs, not for a slow machine


def fail(text):
    print("FAIL: " + text)
    sys.exit(1)


def check(condition, text):
    if not condition:
        fail(text)


def experiment(text, name="experiment.yaml"):
    with open(name, "w") as file:
        file.write(text)
    return name


def start(*arguments, **more):
    """The program in the background, its output in pipes."""
    return subprocess.Popen([NETBATON, "run"] + list(arguments), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, universal_newlines=True, **more)


def run(*arguments, code=0, **more):
    """Runs to the end; must exit with code. Returns what it said on stdout and stderr."""
    process = start(*arguments, **more)
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        fail("'run %s' does not end" % " ".join(arguments))
    if process.returncode != code:
        print(out + err)
        fail("'run %s' exits with %d, not %d" % (" ".join(arguments), process.returncode, code))
    return out, err


def simulate(folder, *arguments):
    """Predicts the runs of the experiment that was written last."""
    subprocess.run([NETBATON, "simulate", "experiment.yaml", "-q", "-o", folder, *arguments], check=True, timeout=LIMIT_S)


def rows(folder, name):
    with open(os.path.join(folder, name + ".csv"), newline="") as file:
        return list(csv.DictReader(file))


def wait_until(condition, what):
    until = time.monotonic() + 60
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            fail("still not: " + what)
        time.sleep(0.01)


def processes():
    """pid -> (parent, command line) of all processes."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    stat = file.read()
                with open("/proc/%s/cmdline" % name, "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            fields = stat[stat.rindex(")") + 2:].split()
            if fields[0] != "Z":
                found[int(name)] = (int(fields[1]), line)
    return found


def children(pid):
    return [child for child, (parent, _) in processes().items() if parent == pid]


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child] + descendants(child)
    return found


def check_gone(pids):
    """None of these runs any more, whoever its parent is now."""
    wait_until(lambda: not [pid for pid in pids if pid in processes()],
               "all of its processes are gone")
