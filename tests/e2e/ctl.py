"""netbaton ctl: what a running emulator tells, and that a change holds from the next step on, for open sessions and for new ones.

Whether something is slow or fast is told by the order of events: what waits for minutes is not answered before what waits for nothing.
"""
import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import termios

from emulator_frame import PATIENCE, Emulator, check, wait_until

NETBATON = os.environ["NETBATON"]


def ctl(*words, code=0):
    done = subprocess.run([NETBATON, "ctl", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    check(done.returncode == code, words, "exits with", done.returncode, done.stdout, done.stderr)
    return done.stderr if code else done.stdout


def answer(*words):
    return json.loads(ctl(*words, "--json"))


def sessions(*words):
    return answer("sessions", *words)["sessions"]


def logged_in(device):
    peer = emulator.telnet(device)
    peer.login()
    return peer


def ask(peer):
    peer.send(b"show privilege\r\n")
    peer.until(b"show privilege\r\n")  # the echo never waits


def get(peer):
    peer.until(b"Current privilege level is 1\r\n")
    peer.until(b">")


def is_quiet(peer):
    peer.socket.setblocking(False)
    try:
        peer.seen += peer.socket.recv(65536)
    except BlockingIOError:
        pass
    peer.socket.settimeout(PATIENCE)
    return not peer.seen


def last_words(client):
    """Its input stays open: a client that passes the input's end on while the session ends tells of a broken pipe instead."""
    said = client.stdout.read()
    client.wait(PATIENCE)
    return said


check("no emulator runs here" in ctl("sessions", code=1))
check("no emulator listens at 'nowhere'" in ctl("sessions", "--control", "nowhere", code=1))

emulator = Emulator("--devices", "40", "--threads", "2", "--set", "devices.latency.command=1h")
check(ctl("sessions") == "no session is open\n")

# What sessions do.
first, second = logged_in(1), logged_in(2)
ask(first)
wait_until("R1 works", lambda: [one["phase"] for one in sessions("R1")] == ["busy"])
one = sessions("--device", "2")[0]
check((one["device"], one["name"], one["transport"], one["peer"]) == (2, "R2", "telnet", "127.0.0.1"), one)
check((one["user"], one["phase"], one["fault"], one["commands"]) == ("cisco", "prompt", "none", 0), one)
check(len({one["session"] for one in sessions("1-40")}) == 2, "each session has an id of its own")
check([found["name"] for found in sessions("--session", str(one["session"]))] == ["R2"])
table = ctl("sessions").splitlines()
check(table[0].split()[:4] == ["ID", "DEVICE", "NAME", "VIA"] and len(table) == 3, table)
check(len(set(map(len, table))) <= 2 and table[1].split()[1:6] in (["1", "R1", "telnet", "127.0.0.1", "cisco"],
                                                                   ["2", "R2", "telnet", "127.0.0.1", "cisco"]), table)

# One device becomes fast: its next command is answered, while the other still waits for what it asked before.
ask(second)
check(ctl("set", "latency.command=0", "--device", "R3") == "1 device changed\n")
third = logged_in(3)
ask(third)
get(third)
check(is_quiet(first) and is_quiet(second), "they have an hour")
counters = answer("counters")
check((counters["accepted"], counters["open"], counters["logins"], counters["commands"]) == (3, 3, 3, 1), counters)
check(counters["transports"]["telnet"] == {"accepted": 3, "open": 3}, counters)
check(counters["bytes_in"] == 3 * len("show privilege\r"), counters)

# An open session becomes slow from its next command on, then everything is as in the file, then everything is fast.
ctl("set", "devices.latency.command=1h", "-d", "3")
ask(third)
fourth = logged_in(4)
ctl("set", "latency.command=0", "-q", "--device", "4-5")
ask(fourth)
get(fourth)
check(is_quiet(third))
ctl("reset", "--device", "R4")
ask(fourth)
ctl("set", "latency.command=0")
for device in 1, 4, 40:
    peer = logged_in(device)
    ask(peer)
    get(peer)
    peer.close()
check(is_quiet(fourth), "a command that was begun keeps its time")
ctl("set", "latency.per_command={show clock: 1h}", "--device", "all")
fifth = logged_in(5)
fifth.send(b"show clock\r\n")
sixth = logged_in(6)
ask(sixth)
get(sixth)
check(b":" not in fifth.seen and is_quiet(first))

# What is set is shown, beside what the file has.
shown = answer("show", "R3")
check(shown["settings"]["latency.command"].strip('"') == "0" and "latency.command" in shown["file"], shown)
ctl("set", "faults.hang=25%", "-d", "R9")
shown = answer("show")
check([other["name"] for other in shown["others"]] == ["R9"], shown)
check("faults.hang" in ctl("show") and "other for" in ctl("show"))
ctl("reset")
shown = answer("show")
check(not shown["file"] and not shown["others"], shown)
ctl("set", "latency.command=30ms")
ctl("reset", "-d", "R8")
check(answer("show", "R8")["settings"]["latency.command"].strip('"') == "1h", "the file, not what is set for all")
check("R8" in [other["name"] for other in answer("show")["others"]])
ctl("reset")
ctl("set", "latency.command=0")

# Faults and limits hold for sessions that begin now.
ctl("set", "faults.hang=1", "-d", "10")
silent = emulator.telnet(10)
wait_until("the silent session is known", lambda: [one["fault"] for one in sessions("10")] == ["hang"])
emulator.telnet(11).close()
check(is_quiet(silent))
ctl("set", "faults.hang=0", "faults.refuse=100%", "-d", "R10")
try:
    check(emulator.telnet(10).until_end() == b"")
except ConnectionResetError:  # seen as early as that
    pass
ctl("set", "faults.refuse=0", "limits.vty_lines=1", "-d", "R12")
alone = logged_in(12)
check(b"refused" in emulator.telnet(12).until_end())
ctl("set", "limits.vty_lines=0", "-d", "R12")
logged_in(12).close()
ask(alone)
get(alone)

# The AAA server: slow, then without a limit. Who waits keeps waiting, who comes later does not.
ctl("set", "limits.aaa_rate=0.001/s")
check("aaa_rate" in ctl("set", "limits.aaa_rate=1/s", "-d", "R1", code=2))
waiting = emulator.telnet(13)
waiting.until(b"Username: ")
waiting.send(b"cisco\r\ncisco\r\n")
wait_until("R13 asks the AAA server", lambda: [one["phase"] for one in sessions("13")] == ["checking"])
ctl("set", "limits.aaa_rate=0")
logged_in(14).close()
check(b">" not in waiting.seen)

# Credentials.
ctl("set", "username=anna", "password=two words", "-d", "15")
peer = emulator.telnet(15)
peer.until(b"Username: ")
peer.send(b"cisco\r\ncisco\r\n")
peer.until(b"Login invalid")
peer.login(b"anna", b"two words")

# Dropped: an end of the connection, or a reset; by device, by session.
check(ctl("drop", "--device", "15") == "1 session dropped\n")
peer.until_end()
peer = logged_in(16)
check(ctl("drop", "--session", str(sessions("R16")[0]["session"]), "--reset") == "1 session dropped\n")
try:
    check(peer.socket.recv(1) is None, "an end, not a reset")
except ConnectionResetError:
    pass
if shutil.which("sshpass") and shutil.which("ssh"):
    client = subprocess.Popen(
        ["sshpass", "-p", "cisco", "ssh", "-F", "none", "-tt", "-o", "StrictHostKeyChecking=no", "-o",
         "UserKnownHostsFile=/dev/null", "-p", str(emulator.ssh_port), "cisco@" + emulator.address(17)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until("OpenSSH is at the prompt", lambda: [one["phase"] for one in sessions("17")] == ["prompt"])
    check(sessions("17")[0]["transport"] == "ssh")
    ctl("drop", "-d", "R17")
    said = last_words(client)
    check(client.returncode == 255 and b"closed" in said, client.returncode, said)
if shutil.which("telnet"):
    client = subprocess.Popen(["telnet", emulator.address(18), str(emulator.telnet_port)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until("telnet is asked who it is", lambda: [one["phase"] for one in sessions("18")] == ["login"])
    ctl("drop", "-d", "R18")
    said = last_words(client)
    check(b"Connection closed by foreign host" in said, said)
check("which sessions?" in ctl("drop", code=2))
ctl("drop", "--all")
for peer in first, second, third, fourth, fifth, sixth, silent, alone, waiting:
    peer.until_end()
counters = answer("counters")
check(counters["open"] == 0 and counters["ended"]["dropped"] >= 11, counters)
check("dropped" in ctl("counters"))

# Wrong words: one message, the nearest right word, and nothing is changed.
before = answer("show")
for words, message in (
        ((), "what? sessions"),
        (("sesions",), "did you mean 'sessions'?"),
        (("sessions", "R41"), "there is no device 'R41'; there are R1 to R40"),
        (("sessions", "0"), "there is no device '0'"),
        (("sessions", "5-3"), "write it as 3-5"),
        (("sessions", "R1", "R2"), "unexpected 'R2'"),
        (("sessions", "--session", "x"), "--session"),
        (("counters", "R1"), "unexpected 'R1'"),
        (("counters", "--device", "R1"), "does not take --device"),
        (("show", "1-3"), "one device"),
        (("set",), "KEY=VALUE"),
        (("set", "latency.command"), "KEY=VALUE"),
        (("set", "latency.comand=1s"), "did you mean"),
        (("set", "latency.command=5"), "no unit"),
        (("set", "latency.command="), "latency.command"),
        (("set", "latency.command=1s", "faults.hang=2"), "faults.hang"),
        (("set", "latency.command=1s", "faults.hang=0.6", "faults.drop=0.6"), "add up to more than 1"),
        (("set", "platform=cisco_nxos"), "cannot change while"),
        (("set", "seed=5"), "seed"),
        (("set", "--reset", "latency.command=1s"), "does not take --reset"),
        (("drop", "--all", "--session", "1"), "--all leaves nothing to choose"),
        (("drop", "--sesion", "1"), "did you mean '--session'?")):
    said = ctl(*words, code=2)
    check(message in said and said.count("\n") == 1, words, said)
check(answer("show") == before)

# Two emulators: which one is to be told; each has a place of its own.
other = Emulator("--devices", "3", "--control", "other.sock", "--set", "name=the-other")
check(len(sessions()) == 0, "one that lies elsewhere does not disturb")
other.stop()
other = Emulator("--devices", "3", "--set", "name=the-other")
said = ctl("sessions", code=2)
check(said.count("--control ") == 2 and "the-other, 3 devices, ssh " in said, said)
paths = [line.split()[1] for line in said.splitlines() if "--control " in line]
check([sessions("--control", path) for path in paths] == [[], []])
other.stop()
emulator.stop()
check("no emulator runs here" in ctl("counters", code=1))

# On a terminal, --stats is one line that is written over and never wraps.
terminal, stderr = pty.openpty()
fcntl.ioctl(stderr, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
watched = subprocess.Popen([NETBATON, "emulate", "--until-eof", "--telnet", "0", "--stats"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=stderr)
os.close(stderr)
check(watched.stdout.readline().startswith(b"ready "))
seen = os.read(terminal, 4096)
watched.stdin.close()
check(watched.wait(PATIENCE) == 0)
try:
    while True:
        seen += os.read(terminal, 4096)
except OSError:  # the end of a terminal
    pass
lines = seen.decode().rstrip("\r\n").split("\r")
check(lines[0] == "" and len(lines) >= 3 and "\n" not in "".join(lines), lines)
check(all(line.endswith("\x1b[K") and "  open 0  " in line and len(line) - 3 < 40 for line in lines[1:]), lines)
