"""Every strategy against the emulator it starts itself, over SSH and Telnet: times as told, faults counted by phase,
an emulator that dies, and nothing left running."""
import os
import signal

from client_frame import check, check_gone, descendants, experiment, processes, rows, run, start, wait_until

DEVICES = 16
EXPERIMENT = """
name: emulated
devices: {count: [%d], transport: [ssh, telnet], latency: {connect: 20ms, login: 30ms, command: 50ms}}
work: {commands: [show clock]}
runs: {strategy: [sequential, threads, processes, hybrid, async], workers: [8], start_method: [fork, spawn], timeout: 40s}
""" % DEVICES

experiment(EXPERIMENT)
run("experiment.yaml", "-o", "out")
runs = rows("out", "runs")
sessions = rows("out", "sessions")
check(len(runs) == 2 * 7 and len(sessions) == len(runs) * DEVICES, "%d runs, %d sessions" % (len(runs), len(sessions)))
for row in runs:
    what = "%s over %s" % (row["strategy"], row["transport"])
    check(int(row["sessions_ok"]) == DEVICES, what + ": %s" % row)
    check(float(row["emulator_cpu_s"]) > 0, what + ": no CPU time of the emulator")
for row in sessions:
    at = {name: float(row[name + "_s"]) for name in ("start", "connected", "secured", "login", "ready", "worked", "end")}
    check(list(at.values()) == sorted(at.values()), "times out of order: %s" % row)
    check(at["secured"] - at["start"] >= 0.020 - 0.001, "connect is too fast: %s" % row)
    check(at["ready"] - at["secured"] >= 0.030 - 0.001, "login is too fast: %s" % row)
    check(at["worked"] - at["ready"] >= 0.050 - 0.001, "the command is too fast: %s" % row)

# Each fault alone, and a mixture.
FAULTS = {"refuse": "connect", "hang": "timeout", "drop": "command", "auth_fail": "auth"}
for fault, phase in FAULTS.items():
    for transport in ("ssh", "telnet"):
        folder = "%s-%s" % (fault, transport)
        out, err = run("experiment.yaml", "-o", folder, "--set", "devices.faults.%s=1" % fault, "--set",
                       "devices.transport=[%s]" % transport, "--set", "runs.strategy=[threads, async]", "--set",
                       "runs.timeout=" + ("1s" if fault == "hang" else "40s"), "--set", "runs.workers=[16]", code=3)
        for row in rows(folder, "runs"):
            check(int(row["failed_" + phase]) == DEVICES == int(row["sessions_failed"]), "%s: %s" % (folder, row))
            check(row["p50_s"] == "", folder + ": times of sessions that failed")
        check("%d of %d sessions failed: %s (" % (DEVICES, DEVICES, phase) in err, "%s says: %s" % (folder, err))

MIXED = ["--set", "devices.count=60", "--set", "devices.faults={refuse: 0.2, hang: 0.2, drop: 0.2, auth_fail: 0.2}",
         "--set", "runs.workers=[60]", "--set", "runs.strategy=[threads, async]", "--set", "runs.start_method=[fork]"]


def mixed(timeout):
    """The same devices fail in the same way whatever the strategy and the transport. Returns whether there was time enough."""
    folder = "mixed-" + timeout
    run("experiment.yaml", "-o", folder, *MIXED, "--set", "runs.timeout=" + timeout, code=3)
    for row in rows(folder, "runs"):
        counts = [int(row["failed_" + phase]) for phase in FAULTS.values()] + [int(row["sessions_ok"])]
        check(sum(counts) == 60, "mixed faults: %s" % row)
    ends = {}
    for row in rows(folder, "sessions"):
        ends.setdefault(row["device"], set()).add(row["end"])
    if any(len(end) > 1 and "timeout" in end for end in ends.values()):
        return False  # a slow machine: one that answers was given up
    check(all(len(end) == 1 for end in ends.values()), "a device's fault depends on the run: %s" % ends)
    check(set.union(*ends.values()) == set(FAULTS.values()) | {"ok"}, "mixed faults: %s" % ends)
    return True


check(mixed("3s") or mixed("12s") or mixed("40s"), "devices that answer are given up after 40 s")
# Allowed failures are no failure. (None that takes its time: nobody shall be given up.)
run("experiment.yaml", "-o", "allowed", *MIXED, "--set", "devices.faults={refuse: 0.4, hang: 0}", "--set",
    "runs.allowed_failures=0.95", "--set", "runs.strategy=[threads]", "--set", "devices.transport=[telnet]")

# Descriptors are given back: many more sessions than there may be open at once.
import resource
run("experiment.yaml", "-o", "files", "-q", "--set", "devices.count=300", "--set", "devices.latency={connect: 0, login: 0, command: 0}",
    "--set", "runs.strategy=[threads, async]",
    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))

# The emulator dies: the sessions fail, the next run has a new one. (One that checks the platform came and went before.)
process = start("experiment.yaml", "-o", "dead", "--set", "runs.strategy=[threads]", "--set", "devices.transport=[telnet]",
                "--set", "runs.workers=[2]", "--set", "runs.repeat=2", "--set", "devices.latency.command=500ms")
emulator = wait_until(lambda: [pid for pid in descendants(process.pid) if " emulate dead/" in processes().get(pid, ("", ""))[1]],
                      "there is an emulator")
wait_until(lambda: len(descendants(process.pid)) > 1, "the run goes on")
os.kill(emulator[0], signal.SIGKILL)
out, err = process.communicate(timeout=60)
first, second = rows("dead", "runs")
check(process.returncode == 3 and "the emulator died during the run (signal 9)" in err, "it says: " + err)
check(int(first["sessions_failed"]) > 0 and int(second["sessions_ok"]) == DEVICES, "rows: %s %s" % (first, second))

# Ctrl-C and a killed program take the emulator with them.
for number in (signal.SIGINT, signal.SIGKILL):
    process = start("experiment.yaml", "-o", "stopped-%d" % number)
    wait_until(lambda: len(descendants(process.pid)) >= 2, "emulator and run are there")
    pids = descendants(process.pid)
    process.send_signal(number)
    process.communicate(timeout=60)
    check_gone(pids)
