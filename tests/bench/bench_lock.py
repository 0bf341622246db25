"""The lock in C and the model beside the real CPython whose rules they follow: the cases of data/model/truth-*.csv on this
machine.

Lines, as each case is done: case<TAB>real CPython<TAB>the lock in C<TAB>error of the medians<TAB>range of the real
one<TAB>range of ours<TAB>the file's figure<TAB>the model<TAB>its error<TAB>a bare loop meanwhile, as a multiple of its
best; in seconds or answers a second. Then for each version the median and the greatest error of both, and the cases whose
ranges meet. Process pools and echoes are apart: a pool is no matter of the lock (2.7's ends by polling every 0.1 s), an
echo is a race of microseconds. A case is MODE SESSIONSxROUNDS(wait+cpu) by WORKERS, or echo beside THREADS.

The cores of a virtual machine have phases in which they are half as fast. So a run counts when all cores were fast before
it and after it; else it is done again, at most RETRIES times. What is left: threads that fight for the lock are now put on
one core, now on several, which changes the time of either side by half; hence the ranges.

PATIENCE_S: seconds to wait for fast cores, 2; RETRIES: 2.
PYTHONS: paths; else python2.7 and python3 of PATH and of ~/.pyenv. ROUNDS: 3. CASES: a regular expression of the cases to do.
MACHINE: a machine file with these pythons, else it is measured first.
"""
import csv
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NETBATON = os.environ["NETBATON"]
DATA = os.path.join(os.environ["SOURCE"], "tests", "bench", "data", "model")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
RETRIES = int(os.environ.get("RETRIES", "2"))
LONGEST_S = 6  # cases that only wait for longer than this tell nothing that the short ones do not
PROBE_PASSES = 100000
PROBES = 3
FAST = 1.15  # times the best probe so far
PATIENCE_S = float(os.environ.get("PATIENCE_S", "2"))


class Cores(object):
    """How fast they are now, beside the best that was seen."""

    def __init__(self):
        self.numbers = sorted(os.sched_getaffinity(0))
        self.best = 1e9
        self.last = 1e9
        self.seen = []  # beside each run, since it was emptied
        for _ in range(30):
            self.are_fast()

    @staticmethod
    def loop():
        start = time.process_time()
        n = PROBE_PASSES
        while n > 0:
            n -= 1
        return time.process_time() - start

    def are_fast(self):
        """The best of a few probes on each core: what else runs on it slows one down."""
        slowest = 0
        for number in self.numbers:
            os.sched_setaffinity(0, {number})
            slowest = max(slowest, min(self.loop() for _ in range(PROBES)))
            self.best = min(self.best, slowest)
        os.sched_setaffinity(0, self.numbers)
        self.last = slowest
        return slowest <= FAST * self.best

    def wait(self):
        until = time.monotonic() + PATIENCE_S
        while not self.are_fast() and time.monotonic() < until:
            time.sleep(0.05)


class Case(object):
    def __init__(self, version, row):
        self.version = version
        self.workers = row["workers"]
        self.echo = "echo" in row["mode"]
        if self.echo:
            self.name = "%s echo beside %s" % (version, self.workers)
            self.truth = row["wall_s_min"]
            self.kind = "echo_"
            self.text = """
devices: {count: 1, transport: sleep}
work: {echo: 1s}
runs: {strategy: threads, workers: 1, background: %s""" % self.workers
            return
        mode = "threads" if row["mode"] == "cpu-threads" else row["mode"]
        self.name = "%s %s %sx%s(%ss+%ss) by %s" % (version, mode, row["sessions"], row["rounds"], row["wait_s"],
                                                    row["cpu_s"], self.workers)
        self.truth = row["wall_s_median"]
        self.kind = "processes_" if mode == "processes" else ""
        self.text = """
devices: {count: %s, transport: sleep, latency: {connect: 0, login: 0, command: %ss}}
work: {commands: [%s], cpu: {command: %ss}}
runs: {strategy: %s, workers: %s""" % (row["sessions"], row["wait_s"], ", ".join(["a"] * int(row["rounds"])), row["cpu_s"],
                                       mode, self.workers)

    def is_wanted(self):
        only_waits = not self.echo and float(self.truth) > LONGEST_S
        return not only_waits and re.search(os.environ.get("CASES", ""), self.name)

    def run(self, interpreter, command="run"):
        """Seconds, or answers a second; measured, or by `simulate` predicted."""
        with open("case.yaml", "w") as file:
            file.write("name: lock%s, repeat: 1, interpreter: ['%s']}\n" % (self.text, interpreter))
        subprocess.run([NETBATON, command, "case.yaml", "-q", "--machine", "machine.yaml", "-o", "out"], check=True,
                       stdout=subprocess.DEVNULL)
        with open("out/runs.csv", newline="") as file:
            row = next(csv.DictReader(file))
        shutil.rmtree("out")
        return float(row["answers_per_s" if self.echo else "wall_s"])

    def measure(self, interpreter, cores):
        """Between two looks at the cores that found them fast; the last try counts in any case."""
        for _ in range(RETRIES):
            cores.wait()
            value = self.run(interpreter)
            if cores.are_fast():
                break
        cores.seen.append(cores.last)
        return value


def version_of(python):
    text = subprocess.check_output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
    return text.decode().strip()


def find_pythons():
    if os.environ.get("PYTHONS"):
        return os.environ["PYTHONS"].split()
    found = []
    for name in ("python2.7", "python3"):
        places = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/" + name)))
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            places.append(path)
        found += places[-1:]
    return found


def cases_of(version):
    """Versions that have no file do the cases of the newest that has one."""
    path = os.path.join(DATA, "truth-%s.csv" % version)
    with open(path if os.path.exists(path) else os.path.join(DATA, "truth-3.11.csv"), newline="") as file:
        return [case for case in (Case(version, row) for row in csv.DictReader(file)) if case.is_wanted()]


def compare(case, python, cores):
    """One case, printed: the errors in per cent, and whether the ranges of both meet."""
    real = []
    ours = []
    cores.seen = []
    for _ in range(ROUNDS):
        real.append(case.measure("python:" + python, cores))
        ours.append(case.measure("cpython-" + case.version, cores))
    predicted = case.run("cpython-" + case.version, "simulate")
    error = (statistics.median(ours) / statistics.median(real) - 1) * 100
    model_error = (predicted / statistics.median(real) - 1) * 100
    print("%s\t%.4g\t%.4g\t%+.1f %%\t%.4g..%.4g\t%.4g..%.4g\t%s\t%.4g\t%+.1f %%\t%.2f" % (
        case.name, statistics.median(real), statistics.median(ours), error, min(real), max(real), min(ours), max(ours),
        case.truth, predicted, model_error, statistics.median(cores.seen) / cores.best), flush=True)
    return abs(error), min(ours) <= max(real) and min(real) <= max(ours), abs(model_error)


def main():
    pythons = find_pythons()
    if not pythons:
        sys.exit("bench_lock: no python here; name some in PYTHONS")
    machine = os.path.abspath(os.environ["MACHINE"]) if os.environ.get("MACHINE") else None
    folder = tempfile.mkdtemp(prefix="netbaton-bench.")
    os.chdir(folder)
    try:
        if machine:
            shutil.copy(machine, "machine.yaml")
        else:
            options = [word for python in pythons for word in ("--python", python)]
            subprocess.run([NETBATON, "calibrate", "-q", "-o", "machine.yaml"] + options, check=True,
                           stdout=subprocess.DEVNULL)
        cores = Cores()
        errors = {}
        for python in pythons:
            for case in cases_of(version_of(python)):
                errors.setdefault(case.kind + case.version, []).append(compare(case, python, cores))
        for name, values in errors.items():
            print("lock_error_median_%s\t%.1f\t%%" % (name, statistics.median(value[0] for value in values)))
            print("lock_error_max_%s\t%.1f\t%%" % (name, max(values)[0]))
            print("lock_ranges_meet_%s\t%d\tof %d" % (name, sum(value[1] for value in values), len(values)))
            print("model_error_median_%s\t%.1f\t%%" % (name, statistics.median(value[2] for value in values)))
            print("model_error_max_%s\t%.1f\t%%" % (name, max(value[2] for value in values)))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
