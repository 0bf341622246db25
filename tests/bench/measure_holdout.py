"""Measures real CPythons, 2.7 and from 3.8 on, for the model's hold-outs; every round of every case is a line of the raw file.

usage: measure_holdout.py RAW.csv CASES.csv PYTHON...   adds rounds until each case of each python has ROUNDS
       measure_holdout.py --medians RAW.csv FOLDER NUMBER   writes FOLDER/holdout-VERSION-NUMBER.csv, which bench_model reads

A session is `rounds` times (sleep `wait_s`, compute `cpu_s` in a loop of Python). Modes: sequential; threads fed from one queue;
processes, spawn and forkserver (multiprocessing.Pool); async (as many tasks as workers); echo beside `workers` threads
that compute. Each case has a process of its own. cpu_s is in seconds of that python's best loop.

The cores of a virtual machine have phases in which they are half as fast. So each round says what its computing really took:
burnt_s, the CPU time of the loops of all sessions, is what the model is told. loop_before and loop_after are what a loop took
on the slower core, as a multiple of the best seen. others_s is the CPU time that other processes of the machine had meanwhile,
stolen_s what its host took (with a real-time priority, `chrt -r 1`, the others do not matter); a round with much of either counts for nothing (cores.py says what is little).
BEST_LOOP_S: the best loop as an earlier call saw it (it is printed). SECONDS_AT_MOST: a later call goes on.
"""
import csv
import os
import subprocess
import sys
import time

from cores import SLOWEST, Bystanders, Cores, is_little

ROUNDS = 3
SINCE_3 = ("spawn", "forkserver", "async")
RAW = "python,mode,sessions,workers,rounds,wait_s,cpu_s,wall_s,burnt_s,loop_before,loop_after,others_s,stolen_s".split(",")


def ask(python, *words):
    case = os.path.join(os.path.dirname(os.path.abspath(__file__)), "holdout_case.py")
    return subprocess.check_output([python, "-W", "ignore", case] + list(words)).decode().strip()


def key_of(row):
    return tuple(row[name] for name in RAW[:7])


def is_undisturbed(row):
    """The workers of a fork server and a tracker of resources are nobody's children: they look like others. What 2.7's computing
    took is not known: its cores have to be fast."""
    burnt_s = float(row["burnt_s"])
    if row["python"] == "2.7":
        burnt_s = float(row["cpu_s"]) * float(row["sessions"]) * float(row["rounds"])
        if max(float(row["loop_before"]), float(row["loop_after"])) > SLOWEST:
            return False
    is_alone = row["mode"] in ("spawn", "forkserver") or is_little(float(row["others_s"]), burnt_s)
    return is_alone and is_little(float(row["stolen_s"]), burnt_s)


class Counts:
    """Of each case: its undisturbed rounds, and all."""

    def __init__(self, raw):
        self.of = {}
        if os.path.exists(raw):
            with open(raw, newline="") as file:
                for row in csv.DictReader(file):
                    self.add(row)

    def add(self, row):
        good, tried = self[key_of(row)]
        self.of[key_of(row)] = (good + is_undisturbed(row), tried + 1)

    def __getitem__(self, key):
        return self.of.get(key, (0, 0))


def measure(raw, cases, pythons):
    """Whoever has the fewest rounds is next, until all have enough or the time is up."""
    until = time.monotonic() + float(os.environ.get("SECONDS_AT_MOST", "1e9"))
    counts = Counts(raw)
    is_new = not os.path.exists(raw)
    cores = Cores(float(os.environ.get("BEST_LOOP_S", "1e9")))
    cores.wait()
    todo = []
    for python in pythons:
        version, rate = ask(python).split()
        todo += [(python, rate, (version,) + tuple(case)) for case in cases if version != "2.7" or case[0] not in SINCE_3]
    with open(raw, "a", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        if is_new:
            out.writerow(RAW)
        while time.monotonic() < until:
            python, rate, key = min(todo, key=lambda one: counts[one[2]])
            if counts[key][0] >= ROUNDS:
                break
            before = cores.wait()
            bystanders = Bystanders()
            measured = ask(python, rate, *key[1:]).split()
            shares = bystanders.shares()
            row = dict(zip(RAW, list(key) + measured + ["%.3f" % before, "%.3f" % cores.slowness()]
                           + ["%.2f" % share for share in shares]))
            out.writerow([row[name] for name in RAW])
            file.flush()
            counts.add(row)
    missing = sum(1 for one in todo if counts[one[2]][0] < ROUNDS)
    print("%d of %d cases miss rounds; BEST_LOOP_S=%.6f" % (missing, len(todo), cores.best))


def write_medians(raw, folder, number):
    versions = {}
    with open(raw, newline="") as file:
        for row in csv.DictReader(file):
            if is_undisturbed(row):
                versions.setdefault(row["python"], []).append(row)
    for version, rows in versions.items():
        cases = {}
        for row in rows:
            cases.setdefault(key_of(row), []).append(row)
        with open(os.path.join(folder, "holdout-%s-%s.csv" % (version, number)), "w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(RAW[:7] + ["wall_s_median", "wall_s_min", "wall_s_max", "burnt_s"])
            for key, rounds in cases.items():
                rounds.sort(key=lambda row: float(row["wall_s"]))
                middle = rounds[len(rounds) // 2]
                out.writerow(list(key) + [row["wall_s"] for row in (middle, rounds[0], rounds[-1])] + [middle["burnt_s"]])


def main(words):
    if words[0] == "--medians":
        write_medians(*words[1:])
        return
    with open(words[1], newline="") as file:
        cases = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    measure(words[0], cases, words[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
