"""Every strategy over sessions that only sleep: rows, sessions, times, the table and the folder."""
import os

from client_frame import check, experiment, rows, run, simulate

DEVICES = 24
WAIT_S = 0.030  # of a session: connect, login, two commands of which one is instant

experiment("""
name: sleep
devices: {count: [%d], transport: sleep, latency: {connect: 5ms, login: 10ms, command: 15ms}}
work: {commands: [terminal width 512, show clock]}
runs:
  strategy: [sequential, threads, processes, hybrid, async, interpreters]
  workers: [8]
  start_method: [fork, spawn]
  interpreter: [native, cpython-3.11, cpython-2.7, subinterpreters, free-threaded]
  repeat: 2
""" % DEVICES)
out, err = run("experiment.yaml", "-o", "out")

for name in ("experiment.yaml", "machine.json", "runs.csv", "sessions.csv"):
    check(os.path.exists("out/" + name), "no " + name)

runs = rows("out", "runs")
kinds = {(row["strategy"], row["start_method"]) for row in runs}
check(kinds == {("sequential", ""), ("threads", ""), ("async", ""), ("interpreters", ""), ("processes", "fork"),
                ("processes", "spawn"), ("hybrid", "fork"), ("hybrid", "spawn")}, "runs: %s" % kinds)
check(len(runs) == len(kinds) * 5 * 2, "%d runs" % len(runs))
check("results in out" in out, "it does not say where the results are")
check(out.count("\nprocesses, spawn") == 5, "the table lacks lines:\n" + out)
check(len(err.splitlines()) == len(runs), "it does not tell of each run:\n" + err)

sessions = rows("out", "sessions")
for number, row in enumerate(runs):
    what = "%s %s %s" % (row["strategy"], row["start_method"], row["interpreter"])
    mine = [session for session in sessions if int(session["run"]) == number]
    workers = 1 if row["strategy"] == "sequential" else 8
    check(row["source"] == "netbaton" and row["kind"] == "measured", what + ": source")
    check(int(row["sessions_ok"]) == DEVICES and int(row["sessions_failed"]) == 0, what + ": failed sessions")
    check(sorted(int(session["device"]) for session in mine) == list(range(1, DEVICES + 1)), what + ": devices")
    check(len({session["worker"] for session in mine}) <= workers, what + ": workers")
    least = DEVICES / workers * WAIT_S
    check(least <= float(row["wall_s"]) < least + 20, what + ": wall %s" % row["wall_s"])
    check(WAIT_S <= float(row["p50_s"]) <= float(row["p90_s"]) <= float(row["p99_s"]) <= float(row["max_s"]),
          what + ": percentiles")
    check(float(row["peak_rss_kb"]) > 500 and float(row["ctx_voluntary"]) > 0, what + ": usage")
    check((row["gil_held_s"] != "") == (row["interpreter"] not in ("native", "free-threaded")), what + ": lock")
    for session in mine:
        times = [float(session[name + "_s"])
                 for name in ("start", "connected", "secured", "login", "ready", "worked", "end")]
        check(times == sorted(times), what + ": times of a session out of order: %s" % times)
        check(times[-1] - times[0] >= WAIT_S, what + ": a session shorter than its waits")
        check(times[-1] <= float(row["wall_s"]), what + ": a session after the end")

# Draws depend on the device alone, not on the order of events: each is as slow as it was told before, or slower on a busy
# machine. With other draws about half of them would be faster.
DRAWN = ("--set", "runs.strategy=[sequential, threads]", "--set", "runs.interpreter=[native]", "--set",
         "devices.latency.command=uniform(1ms, 60ms)", "--set", "runs.repeat=1")


def took(folder):
    return {(row["run"], row["device"]): round(float(row["worked_s"]) - float(row["ready_s"]), 9)
            for row in rows(folder, "sessions")}


run("experiment.yaml", "-o", "drawn", "-q", *DRAWN)
simulate("told", "--ideal", *DRAWN)
drawn, told = took("drawn"), took("told")
check(len(set(told.values())) == DEVICES, "not every device has a draw of its own: %s" % told)
check(all(drawn[session] >= told[session] for session in told), "draws: %s, told: %s" % (drawn, told))

# Runs have the cores they are pinned to, or say that they have others: more than there are, or a system that does not pin.
for cores, why in (1, "this system does not let a program choose its cores"), (4000, "there are no more"):
    name = "cores-%d" % cores
    out, err = run("experiment.yaml", "-q", "-o", name, "--set", "runs.strategy=[threads]", "--set", "runs.interpreter=[native]",
                   "--set", "runs.repeat=1", "--set", "machine.cores=%d" % cores)
    have = int(rows(name, "runs")[0]["cores"])
    told = "machine.cores asks for %d, the runs have %d: %s" % (cores, have, why)
    check((told in err) == (have != cores) and (cores == 1 or have < cores), "of %d cores: %d, %s" % (cores, have, err))
