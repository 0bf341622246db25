"""A run whose devices mix platforms, credentials, slowness and faults: every strategy, a real Python, and the prediction.
An emulator that serves each under its name, at its own address and port."""
import os
import re
import subprocess

from client_frame import check, experiment, rows, run
from emulator_frame import PATIENCE, Peer, hold_port

NAMED = """
    - {name: slow1, username: admin, password: pw 1, latency: {command: 150ms}}
    - {name: jun, platform: juniper_junos, address: 127.9.9.9, commands: [show version]}
    - {name: hua, platform: huawei_vrp, ssh_port: 3922, telnet_port: 3923, commands: [display clock, display version]}
    - {name: mik, platform: mikrotik_routeros, commands: [/system identity print]}
    - {name: nex, platform: cisco_nxos}
    - {name: eos.lab, platform: arista_eos, latency: {rtt: 4ms}}
    - {name: xr, platform: cisco_iosxr}
    - {name: gone, faults: {refuse: 1}}
"""
EXPERIMENT = """
name: named
devices:
  count: [0, 2]
  transport: [%s]
  latency: {command: 10ms}
  named:""" + NAMED + """
runs: {strategy: [%s], workers: 5, interpreter: [%s], timeout: 10s, allowed_failures: 20%%}
"""


def check_runs(folder, shortest):
    """All but `gone` did their work, as slowly as each is told to be. shortest: device -> the shortest work seen, kept."""
    for row in rows(folder, "runs"):
        check(int(row["sessions_failed"]) == 1 and int(row["failed_connect"]) == 1, str(row))
        check(int(row["devices"]) in (8, 10), "not the names and the count: %s" % row)
    least = {1: 0.150, 2: 0.010, 3: 0.020, 8: None}
    for row in rows(folder, "sessions"):
        device = int(row["device"])
        check((row["end"] == "ok") == (device != 8), str(row))
        if row["end"] == "ok":
            worked = float(row["worked_s"]) - float(row["ready_s"])
            shortest[device] = min(worked, shortest.get(device, worked))
            check(worked >= least.get(device, 0.010) - 0.001, "too fast: %s" % row)


def measure(folder, *arguments):
    """A busy machine makes a session slow, but not in each of the runs; where it did in all of these, more are made."""
    shortest = {}
    for more in "", "-more", "-and-more":
        run(*arguments, "-o", folder + more)
        check_runs(folder + more, shortest)
        if all(worked < 0.140 for device, worked in shortest.items() if device != 1):
            return
    check(False, "as slow as another: %s" % shortest)


experiment(EXPERIMENT % ("ssh, telnet", "sequential, threads, processes, async", "native"))
measure("out", "experiment.yaml")
check(len(rows("out", "runs")) == 16, "not every run is there")
measure("again", "out/experiment.yaml", "--set", "runs.strategy=threads")  # the same from what was written as resolved

python = "/usr/bin/python3"
if os.path.exists(python):
    experiment(EXPERIMENT % ("telnet", "threads, processes, async", "'python:%s'" % python))
    measure("python", "experiment.yaml")

# Predicted: what each waits, and the CPU and round trips of their logins.
experiment(EXPERIMENT % ("ssh", "sequential", "native"))
out = subprocess.run([os.environ["NETBATON"], "simulate", "experiment.yaml", "-q", "-o", "predicted"], capture_output=True,
                     text=True, timeout=PATIENCE)
check(out.returncode in (0, 3), out.stderr)
for row in rows("predicted", "runs"):
    wall = 0.150 + 0.010 * 6 + (0.020 if row["devices"] == "10" else 0)
    check(wall <= float(row["wall_s"]) < wall + 0.200, "expected a little more than %s: %s" % (wall, row))

# Mistakes, before a folder is made.
with open("wrong.yaml", "w") as file:
    file.write("devices:\n  named:\n    - name: a\n      platform: cisco_ois\n")
out = subprocess.run([os.environ["NETBATON"], "run", "wrong.yaml", "-o", "no"], capture_output=True, text=True, timeout=PATIENCE)
check(out.returncode == 2, "exit code %d" % out.returncode)
check("wrong.yaml:4:17: no platform is called 'cisco_ois'; did you mean 'cisco_ios'?" in out.stderr, out.stderr)
check(not os.path.exists("no"), "a folder was made")

# Served: each at its place, with its own name.
held = hold_port("127.100.0.3")
own_port = held.getsockname()[1]
with open("served.yaml", "w") as file:
    file.write("devices:\n  count: 1\n  transport: telnet\n  named:" + NAMED.replace("3923", str(own_port)))
# A teacher's folder lies over the platform of its name, though that is not the one of most devices.
os.mkdir("huawei_vrp")
with open("huawei_vrp/more.yaml", "w") as file:
    file.write("commands:\n  user:\n    display coffee: \"Cup of {{hostname}}\\n\"\n")
emulator = subprocess.Popen([os.environ["NETBATON"], "emulate", "served.yaml", "--telnet", "0", "--until-eof", "--platform", "huawei_vrp"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
ready = emulator.stdout.readline()
port = int(re.search(r" telnet=127\.100\.0\.1:(\d+) devices=9 named=8$", ready.strip()).group(1))
PLACES = [
    # address, port, asks, user, password, prompt
    ("127.100.0.1", port, b"Username: ", b"admin", b"pw 1", b"slow1>"),
    ("127.9.9.9", port, b"login: ", b"cisco", b"cisco", b"cisco@jun> "),
    ("127.100.0.3", own_port, b"Username:", b"cisco", b"cisco", b"<hua>"),
    ("127.100.0.4", port, b"Login: ", b"cisco+c", b"cisco", b"[cisco@mik] > "),
    ("127.100.0.9", port, b"Username: ", b"cisco", b"cisco", b"R9>"),
]
for address, port, asks, user, password, prompt in PLACES:
    peer = Peer(address, port)
    peer.until(asks)
    peer.send(user + b"\r\n")
    peer.until(b"assword:")
    peer.send(password + b"\r\n")
    peer.until(prompt)
    if prompt == b"<hua>":
        peer.send(b"display coffee\r\n")
        peer.until(b"Cup of hua")
    if prompt == b"slow1>":
        peer.send(b"show cdp neighbors\r\n")
        peer.until(b"jun")  # who is next to it, by its name
    peer.close()
emulator.stdin.close()
check(emulator.wait(PATIENCE) == 0, "the emulator fails")
emulator.stdout.close()
held.close()
