"""The lock in C and the model beside the real CPython whose rules they follow: the cases of data/model/truth-*.csv on this
machine.

Lines: case<TAB>real CPython<TAB>the lock in C<TAB>error of the medians<TAB>range of the real one<TAB>range of ours<TAB>the
file's figure<TAB>the model<TAB>its error<TAB>a bare loop meanwhile, as a multiple of its best<TAB>how many runs of either side
count; in seconds or answers a second. Then for each version the median and the greatest error of both, and the cases whose
ranges meet. Process pools and echoes are apart: a pool is no matter of the lock (2.7's ends by polling every 0.1 s), an
echo is a race of microseconds. A case is MODE SESSIONSxROUNDS(wait+cpu) by WORKERS, or echo beside THREADS.

A run counts when all cores were fast before and after it and hardly anything else ran meanwhile (cores.py). Each case is done,
the real one and ours in turn and all cases in turn, until ROUNDS of both count, at most TRIES times; where too few count,
all do. What is left: threads that fight for the lock are now put on one core, now on several, which changes the time of
either side by half; hence the ranges.

RUNS: a file that keeps every run and the machine's costs beside it (RUNS.yaml): a later call goes on where that one ended, and
prints what there is. SECONDS_AT_MOST: ends after that, so that the half hour can be done in portions.
PATIENCE_S: seconds to wait for fast cores, 2. ROUNDS: 3. TRIES: 6.
PYTHONS: paths; else python2.7 and python3 of PATH and of ~/.pyenv. CASES: a regular expression of the cases to do.
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

from cores import SLOWEST, Bystanders, Cores, is_little

NETBATON = os.environ["NETBATON"]
DATA = os.path.join(os.environ["SOURCE"], "tests", "bench", "data", "model")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PATIENCE_S = float(os.environ.get("PATIENCE_S", "2"))
TRIES = int(os.environ.get("TRIES", "6"))
LONGEST_S = 6  # cases that only wait for longer than this tell nothing that the short ones do not
SIDES = ("real", "ours")
COLUMNS = ["case", "side", "value", "cpu_s", "loop_before_s", "loop_after_s", "others_s", "stolen_s"]


class Runs(object):
    """Every run that was made, in a file that a later call goes on with."""

    def __init__(self, path):
        self.path = path
        self.rows = []
        if os.path.exists(path):
            with open(path, newline="") as file:
                self.rows = list(csv.DictReader(file))
        else:
            with open(path, "w", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(COLUMNS)

    def add(self, row):
        self.rows.append(row)
        with open(self.path, "a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow([row[name] for name in COLUMNS])

    def best_loop_s(self):
        return min([1e9] + [float(row[name]) for row in self.rows for name in ("loop_before_s", "loop_after_s")])

    def slowness(self, row):
        return max(float(row["loop_before_s"]), float(row["loop_after_s"])) / self.best_loop_s()

    def counts(self, row):
        cpu_s = float(row["cpu_s"])
        return (self.slowness(row) <= SLOWEST and is_little(float(row["others_s"]), cpu_s)
                and is_little(float(row["stolen_s"]), cpu_s))

    def of(self, case, side):
        return [row for row in self.rows if row["case"] == case.name and row["side"] == side]

    def that_count(self, case, side):
        return [row for row in self.of(case, side) if self.counts(row)]

    def lacks(self, case):
        tries = min(len(self.of(case, side)) for side in SIDES)
        return tries < TRIES and any(len(self.that_count(case, side)) < ROUNDS for side in SIDES)


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

    def measure(self, side, interpreter, cores):
        """Between two looks at the cores."""
        cores.wait()
        before_s = cores.loop_s()
        bystanders = Bystanders()
        used_s = sum(os.times()[:4])
        value = self.run(interpreter)
        used_s = sum(os.times()[:4]) - used_s
        others_s, stolen_s = bystanders.shares()
        figures = [value, used_s, before_s, cores.loop_s(), others_s, stolen_s]
        return dict(zip(COLUMNS, [self.name, side] + ["%.6g" % figure for figure in figures]))


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


def measure(runs, todo):
    """Whichever case was done least is next, until none lacks runs or the time is up. How many lack some."""
    until = time.monotonic() + float(os.environ.get("SECONDS_AT_MOST", "1e9"))
    cores = Cores(runs.best_loop_s(), PATIENCE_S)
    while time.monotonic() < until:
        lacking = [one for one in todo if runs.lacks(one[0])]
        if not lacking:
            break
        case, python = min(lacking, key=lambda one: len(runs.of(one[0], SIDES[1])))
        for side, interpreter in zip(SIDES, ("python:" + python, "cpython-" + case.version)):
            runs.add(case.measure(side, interpreter, cores))
    return sum(runs.lacks(case) for case, _python in todo)


def compare(case, runs):
    """One case, printed: the errors in per cent, and whether the ranges of both meet."""
    rows = [runs.that_count(case, side) for side in SIDES]
    counted = [len(some) for some in rows]
    if min(counted) < min(2, ROUNDS):
        rows = [runs.of(case, side) for side in SIDES]
    real, ours = [[float(row["value"]) for row in some] for some in rows]
    predicted = case.run("cpython-" + case.version, "simulate")
    error = (statistics.median(ours) / statistics.median(real) - 1) * 100
    model_error = (predicted / statistics.median(real) - 1) * 100
    print("%s\t%.4g\t%.4g\t%+.1f %%\t%.4g..%.4g\t%.4g..%.4g\t%s\t%.4g\t%+.1f %%\t%.2f\t%d and %d" % (
        case.name, statistics.median(real), statistics.median(ours), error, min(real), max(real), min(ours), max(ours),
        case.truth, predicted, model_error, statistics.median(runs.slowness(row) for row in rows[0] + rows[1]),
        counted[0], counted[1]), flush=True)
    return abs(error), min(ours) <= max(real) and min(real) <= max(ours), abs(model_error)


def report(runs, todo):
    errors = {}
    for case, _python in todo:
        if runs.of(case, SIDES[1]):
            errors.setdefault(case.kind + case.version, []).append(compare(case, runs))
    for name, values in errors.items():
        print("lock_error_median_%s\t%.1f\t%%" % (name, statistics.median(value[0] for value in values)))
        print("lock_error_max_%s\t%.1f\t%%" % (name, max(values)[0]))
        print("lock_ranges_meet_%s\t%d\tof %d" % (name, sum(value[1] for value in values), len(values)))
        print("model_error_median_%s\t%.1f\t%%" % (name, statistics.median(value[2] for value in values)))
        print("model_error_max_%s\t%.1f\t%%" % (name, max(value[2] for value in values)))


def find_machine(path, pythons):
    """A machine file: the user's, or that of an earlier call, or a new one."""
    if os.environ.get("MACHINE"):
        return os.path.abspath(os.environ["MACHINE"])
    if not os.path.exists(path):
        options = [word for python in pythons for word in ("--python", python)]
        subprocess.run([NETBATON, "calibrate", "-q", "-o", path] + options, check=True, stdout=subprocess.DEVNULL)
    return path


def main():
    pythons = find_pythons()
    if not pythons:
        sys.exit("bench_lock: no python here; name some in PYTHONS")
    folder = tempfile.mkdtemp(prefix="netbaton-bench.")
    path = os.path.abspath(os.environ.get("RUNS", os.path.join(folder, "runs.csv")))
    machine = find_machine(path + ".yaml", pythons)
    os.chdir(folder)
    try:
        shutil.copy(machine, "machine.yaml")
        todo = [(case, python) for python in pythons for case in cases_of(version_of(python))]
        runs = Runs(path)
        lacking = measure(runs, todo)
        report(runs, todo)
        if lacking:
            print("bench_lock: %d of %d cases lack runs" % (lacking, len(todo)), file=sys.stderr)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
