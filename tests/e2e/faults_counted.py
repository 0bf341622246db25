"""The same fault befalls the same device in whatever way the run is made: over SSH, over Telnet, asleep, by a real
Python, and in the prediction. And the AAA server's queue makes more workers useless, then worse."""
import sys

from client_frame import check, experiment, rows, run, simulate

KINDS = ("refuse", "hang", "drop", "reset", "auth_fail", "password_expired", "wrong_prompt", "cut", "drip", "syslog")
experiment("""
name: faults
devices: {count: 60, latency: {connect: 5ms, login: 10ms, command: 10ms}, limits: {command_rate: 200/s},
          faults: {%s, at: any}}
work: {commands: [terminal length 0, show clock, show version]}
runs: {strategy: [threads, async], workers: 60, timeout: 2s, allowed_failures: 1}
""" % ", ".join("%s: 0.085" % kind for kind in KINDS))


def ends(folder):
    """run -> device -> how it ended"""
    found = {}
    for row in rows(folder, "sessions"):
        found.setdefault(row["run"], {})[row["device"]] = row["end"]
    return found


def predicted(folder, timeout):
    simulate(folder, "--set", "devices.transport=[ssh]", "--set", "runs.strategy=[threads]", "--set", "runs.timeout=" + timeout)
    expected = ends(folder)["0"]
    check(set(expected.values()) == {"ok", "connect", "auth", "command", "timeout"}, "the draw has not everything: %s" % expected)
    return expected


def same_ends(folder, *options, patience=("2s", "8s", "20s"), predict=predicted):
    """Runs it, and each device ends as predicted. Where a slow machine gave up a device that answers, once more with more patience."""
    for timeout in patience:
        expected = predict(folder + timeout + "-predicted", timeout)
        run("experiment.yaml", "-q", "-o", folder + timeout, *options, "--set", "runs.timeout=" + timeout)
        wrong = []
        for number, found in ends(folder + timeout).items():
            check(len(found) == len(expected), "%s, run %s: %s" % (folder, number, found))
            wrong += [(number, device, end, expected[device]) for device, end in found.items() if end != expected[device]]
        if not all(end == "timeout" for _, _, end, _ in wrong):
            break
        if not wrong:
            return
    check(False, "%s: run, device, how it ended, and what was predicted: %s" % (folder, wrong))


PYTHON = "'python:%s'" % sys.executable
same_ends("wire", "--set", "devices.transport=[ssh, telnet]")
same_ends("python", "--set", "devices.transport=[telnet]", "--set", "runs.strategy=[threads]", "--set", "runs.interpreter=[%s]" % PYTHON)
same_ends("asleep", "--set", "devices.transport=[sleep]", "--set", "runs.strategy=[threads, async, processes]", "--set",
          "runs.start_method=[spawn]", "--set", "runs.interpreter=[native, %s]" % PYTHON, patience=("600ms", "3s", "20s"))

# A device with a name has its own.
NAMED = ["--set", "devices={count: 2, transport: telnet, named: [{name: a, faults: {cut: 1}}, {name: b, faults: {reset: 1, at: login}}]}",
         "--set", "devices.faults={%s}" % ", ".join("%s: 0" % kind for kind in KINDS), "--set", "runs.strategy=[threads]"]


def predicted_named(folder, timeout):
    simulate(folder, *NAMED, "--set", "runs.timeout=" + timeout)
    expected = ends(folder)["0"]
    check(expected == {"1": "timeout", "2": "auth", "3": "ok", "4": "ok"}, "%s: %s" % (folder, expected))
    return expected


same_ends("named", *NAMED, predict=predicted_named)

# No share is more than all.
out, err = run("experiment.yaml", "--set", "devices.faults={cut: 0.6, drip: 0.6}", code=2)
check("add up to more than 1" in err, err)

# Forty logins at 40 a second take a second, whoever asks; a session takes 0.1 s beside.
experiment("""
name: aaa
devices: {count: 40, transport: telnet, latency: {connect: 50ms, command: 50ms}, limits: {aaa_rate: 40/s}}
runs: {strategy: [threads], workers: [10, 40], timeout: 20s}
""")


def walls(folder):
    return [float(row["wall_s"]) for row in rows(folder, "runs")]


simulate("aaa-predicted")
run("experiment.yaml", "-q", "-o", "aaa")
run("experiment.yaml", "-q", "-o", "aaa-asleep", "--set", "devices.transport=sleep", "--set", "runs.strategy=[processes]",
    "--set", "runs.start_method=[spawn]")
for folder in ("aaa-predicted", "aaa", "aaa-asleep"):
    ten, forty = walls(folder)
    check(ten >= 1 and forty >= 1, "%s: the queue is not waited for: %s" % (folder, walls(folder)))
    if folder == "aaa-predicted":
        check(ten < 1.3 and abs(ten - forty) < 0.1, "forty workers are as good as ten: %s" % walls(folder))
# With half a second of patience forty workers are worse than ten: who stands too far behind has waited in vain.
simulate("aaa-worse", "--set", "runs.timeout.login=500ms", "--set", "runs.allowed_failures=1")
failed = [int(row["sessions_failed"]) for row in rows("aaa-worse", "runs")]
check(failed[0] == 0 and failed[1] >= 15, "failed: %s" % failed)
