"""Measures real CPythons, 3.8 and later, for the model's hold-outs; every round of every case is a line of the raw file.

usage: measure_holdout.py RAW.csv CASES.csv PYTHON...   adds rounds until each case of each python has ROUNDS
       measure_holdout.py --medians RAW.csv FOLDER      writes FOLDER/holdout-VERSION-3.csv, which bench_model reads

A session is `rounds` times (sleep `wait_s`, compute `cpu_s` in a loop of Python). Modes: sequential; threads fed from one queue;
processes, spawn and forkserver (multiprocessing.Pool); async (as many tasks as workers); echo beside `workers` threads
that compute. Each case has a process of its own. cpu_s is in seconds of that python's best loop.

The cores of a virtual machine have phases in which they are half as fast. So each round says what its computing really took:
burnt_s, the CPU time of the loops of all sessions, is what the model is told. loop_before and loop_after are what a loop took
on the slower core, as a multiple of the best seen. others_s is the CPU time that other processes of the machine had meanwhile,
stolen_s what its host took; a round with more of either than OTHERS_S and OTHERS_SHARE of the computing counts for nothing.
BEST_LOOP_S: the best loop as an earlier call saw it (it is printed). SECONDS_AT_MOST: a later call goes on.
"""
import csv
import os
import subprocess
import sys
import time

from holdout_case import burn

ROUNDS = 3
SLOWEST = 1.1
PATIENCE_S = 0.3
OTHERS_S = 0.03
OTHERS_SHARE = 0.05
RAW = "python,mode,sessions,workers,rounds,wait_s,cpu_s,wall_s,burnt_s,loop_before,loop_after,others_s,stolen_s".split(",")


class Cores:
    def __init__(self):
        self.numbers = sorted(os.sched_getaffinity(0))
        self.best = float(os.environ.get("BEST_LOOP_S", "1e9"))
        for _ in range(20):
            self.slowness()

    @staticmethod
    def loop():
        start = time.process_time()
        burn(60000)
        return time.process_time() - start

    def slowness(self):
        slowest = 0
        for number in self.numbers:
            os.sched_setaffinity(0, {number})
            took = min(self.loop() for _ in range(3))
            self.best = min(self.best, took)
            slowest = max(slowest, took)
        os.sched_setaffinity(0, self.numbers)
        return slowest / self.best

    def wait(self):
        until = time.monotonic() + PATIENCE_S
        slowness = self.slowness()
        while slowness > SLOWEST and time.monotonic() < until:
            time.sleep(0.02)
            slowness = self.slowness()
        return slowness


class Bystanders:
    """CPU time of other processes, and of the host, since it was made."""

    def __init__(self):
        self.start = self.now()

    @staticmethod
    def now():
        with open("/proc/stat") as file:
            jiffies = [int(word) for word in file.readline().split()[1:]]
        own = os.times()
        busy = (jiffies[0] + jiffies[1] + jiffies[2]) / os.sysconf("SC_CLK_TCK")
        return busy - sum(own[:4]), jiffies[7] / os.sysconf("SC_CLK_TCK")

    def shares(self):
        return [max(0.0, now - start) for now, start in zip(self.now(), self.start)]


def ask(python, *words):
    case = os.path.join(os.path.dirname(os.path.abspath(__file__)), "holdout_case.py")
    return subprocess.check_output([python, "-W", "ignore", case] + list(words)).decode().strip()


def key_of(row):
    return tuple(row[name] for name in RAW[:7])


def is_undisturbed(row):
    """The workers of a fork server and a tracker of resources are nobody's children: they look like others."""
    limit = OTHERS_S + OTHERS_SHARE * float(row["burnt_s"])
    is_alone = row["mode"] in ("spawn", "forkserver") or float(row["others_s"]) <= limit
    return is_alone and float(row["stolen_s"]) <= limit


def read_counts(raw):
    """The undisturbed rounds of each case."""
    counts = {}
    if os.path.exists(raw):
        with open(raw, newline="") as file:
            for row in csv.DictReader(file):
                counts[key_of(row)] = counts.get(key_of(row), 0) + is_undisturbed(row)
    return counts


def measure(raw, cases, pythons):
    """Whoever has the fewest rounds is next, until all have enough or the time is up."""
    until = time.monotonic() + float(os.environ.get("SECONDS_AT_MOST", "1e9"))
    counts = read_counts(raw)
    is_new = not os.path.exists(raw)
    cores = Cores()
    cores.wait()
    todo = []
    for python in pythons:
        version, rate = ask(python).split()
        todo += [(python, rate, (version,) + tuple(case)) for case in cases]
    with open(raw, "a", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        if is_new:
            out.writerow(RAW)
        while time.monotonic() < until:
            python, rate, key = min(todo, key=lambda one: counts.get(one[2], 0))
            if counts.get(key, 0) >= ROUNDS:
                break
            before = cores.wait()
            bystanders = Bystanders()
            measured = ask(python, rate, *key[1:]).split()
            shares = bystanders.shares()
            row = dict(zip(RAW, list(key) + measured + ["%.3f" % before, "%.3f" % cores.slowness()]
                           + ["%.2f" % share for share in shares]))
            out.writerow([row[name] for name in RAW])
            file.flush()
            counts[key] = counts.get(key, 0) + is_undisturbed(row)
    missing = sum(1 for one in todo if counts.get(one[2], 0) < ROUNDS)
    print("%d of %d cases miss rounds; BEST_LOOP_S=%.6f" % (missing, len(todo), cores.best))


def write_medians(raw, folder):
    versions = {}
    with open(raw, newline="") as file:
        for row in csv.DictReader(file):
            if is_undisturbed(row):
                versions.setdefault(row["python"], []).append(row)
    for version, rows in versions.items():
        cases = {}
        for row in rows:
            cases.setdefault(key_of(row), []).append(row)
        with open(os.path.join(folder, "holdout-%s-3.csv" % version), "w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(RAW[:7] + ["wall_s_median", "wall_s_min", "wall_s_max", "burnt_s"])
            for key, rounds in cases.items():
                rounds.sort(key=lambda row: float(row["wall_s"]))
                middle = rounds[len(rounds) // 2]
                out.writerow(list(key) + [row["wall_s"] for row in (middle, rounds[0], rounds[-1])] + [middle["burnt_s"]])


def main(words):
    if words[0] == "--medians":
        write_medians(words[1], words[2])
        return
    with open(words[1], newline="") as file:
        cases = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    measure(words[0], cases, words[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
