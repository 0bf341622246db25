"""How long the model takes the answers to be is how long they are: of all platforms, and of a folder of one's own."""
import csv
import os
import subprocess

from emulator_frame import PATIENCE, Emulator, check

COMMANDS = {
    "cisco_ios": ["show clock", "show version", "show interfaces", "show running-config", "configure terminal", "end"],
    "cisco_nxos": ["show version", "show interface", "show vlan"],
    "cisco_iosxr": ["show version", "show interfaces", "show route"],
    "arista_eos": ["show version", "show interfaces status", "show version | json"],
    "juniper_junos": ["show version", "show interfaces", "show configuration | display set"],
    "huawei_vrp": ["display version", "display interface brief", "display current-configuration"],
    "mikrotik_routeros": ["/system resource print", "/interface print", "/export"],
    "./mine": ["show lunch", "show lunch today", "show ip route"],
}
NO_PAGING = {"juniper_junos": "set cli screen-length 0", "huawei_vrp": "screen-length 0 temporary", "mikrotik_routeros": None}
SUFFIX = {"mikrotik_routeros": "+ct511w4098h"}
LOGOUT = {"huawei_vrp": "quit", "mikrotik_routeros": "/quit"}

os.mkdir("mine")
with open("mine/platform.yaml", "w") as file:
    file.write("base: cisco_ios\ncommands:\n  exec:\n    show lunch [<day:word>]: \"{{repeat('soup ', 300)}}{{day or 'daily'}}\\n\"\n")
with open("mine/show ip route.txt", "w") as file:
    file.write("nowhere\n" * 50)
with open("experiment.yaml", "w") as file:
    file.write("devices:\n  count: 2\n  transport: telnet\n  latency: {connect: 0ms, login: 0ms, command: 0ms}\n  named:\n")
    for number, (platform, commands) in enumerate(COMMANDS.items(), 1):
        file.write("    - {name: d%d, platform: %s, commands: %s}\n" % (number, platform, commands))
    file.write("work: {commands: [show clock, show inventory]}\nruns: {strategy: sequential, timeout: 100h}\n")


def predicted():
    """Bytes by device: at a byte a second a session takes as many seconds as its answers have bytes."""
    subprocess.run([os.environ["NETBATON"], "simulate", "experiment.yaml", "-q", "--ideal", "-o", "predicted", "--set",
                    "devices.latency.bandwidth=1B/s"], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    with open("predicted/sessions.csv") as file:
        return {int(row["device"]): round(float(row["worked_s"]) - float(row["ready_s"])) for row in csv.DictReader(file)}


def said(emulator, device, platform, commands):
    """How many bytes the device sends from the first to the last; everything is typed ahead."""
    no_paging = NO_PAGING.get(platform, "terminal length 0")
    user = "cisco" + SUFFIX.get(platform, "")
    lines = [user, "cisco"] + [no_paging] * (no_paging is not None) + commands + [LOGOUT.get(platform, "exit")]
    peer = emulator.telnet(device)
    peer.send("".join(line + "\r\n" for line in lines).encode())
    return len(peer.until_end())


sizes = predicted()
emulator = Emulator("experiment.yaml")
devices = list(COMMANDS.items()) + [("cisco_ios", ["show clock", "show inventory"])] * 2
check(len(sizes) == len(devices), sizes)
for device, (platform, commands) in enumerate(devices, 1):
    echoed = sum(len(command) + 2 for command in commands)
    seen = said(emulator, device, platform, commands) - said(emulator, device, platform, []) - echoed
    # An uptime, a clock may have become a letter longer meanwhile.
    check(abs(seen - sizes[device]) <= 4, platform, "sent", seen, "bytes, the model says", sizes[device])
emulator.stop()

# Of a real device nothing is known: 1000 bytes, whatever it is called.
subprocess.run([os.environ["NETBATON"], "simulate", "experiment.yaml", "-q", "--ideal", "-o", "real", "--set", "devices.named=[]",
                "--set", "devices.count=1", "--set", "devices.addresses=[192.0.2.1]", "--set", "devices.platform=some_box", "--set",
                "devices.latency.bandwidth=1B/s"], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
with open("real/sessions.csv") as file:
    row = next(csv.DictReader(file))
    check(round(float(row["worked_s"]) - float(row["ready_s"])) == 2000, row)
