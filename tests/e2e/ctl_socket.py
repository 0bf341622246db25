"""The socket of the control channel: where it lies, the protocol on it, and peers that send garbage, floods, half lines, that never read, or vanish."""
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess

from emulator_frame import PATIENCE, Emulator, check, wait_until

NETBATON = os.environ["NETBATON"]
LINE_MAX = 64 * 1024
PEERS_MAX = 16


class Control:
    """A peer of the socket: lines out, lines in."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)  # waits while the queue is full
        self.socket.settimeout(PATIENCE)
        self.file = self.socket.makefile("rb")

    def say(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else json.dumps(data).encode() + b"\n")

    def answer(self):
        line = self.file.readline()
        check(line.endswith(b"\n"), "the emulator hung up after", line)
        return json.loads(line)

    def ask(self, data):
        self.say(data)
        return self.answer()

    def ended(self):
        try:
            return self.file.readline() == b""
        except ConnectionError:
            return True

    def close(self):
        self.file.close()
        self.socket.close()


def refused(text, *options):
    done = subprocess.run([NETBATON, "emulate", "--until-eof", "--telnet", "0", *options], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    check(done.returncode == 2 and text in done.stderr and done.stderr.count("\n") == 1, options, done)


def is_ok(answer):
    return answer["ok"] is True and "error" not in answer


# One that listens and takes nobody: ctl says so when its patience ends, at the end of this script.
full = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
full.bind("full.sock")
full.listen(0)
first = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
first.connect("full.sock")
waiting = subprocess.Popen([NETBATON, "ctl", "sessions", "--control", "full.sock"], stderr=subprocess.PIPE, text=True)


def waits(process):
    with open("/proc/%d/stat" % process.pid) as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


# Ctrl-Z and fg, which interrupt its wait.
wait_until("ctl waits", lambda: waits(waiting))
waiting.send_signal(signal.SIGSTOP)
os.waitid(os.P_PID, waiting.pid, os.WSTOPPED)
waiting.send_signal(signal.SIGCONT)

# A folder that somebody has locked for good does not hold up an emulator that starts in it.
os.mkdir("locked")
lock = os.open("locked", os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
Emulator("--control", "locked/here.sock").stop()
os.close(lock)

# Where it lies: for the user only, one emulator's, and not in the way of any other file.
emulator = Emulator("--control", "here.sock")
check(stat.S_IMODE(os.stat("here.sock").st_mode) == 0o600)
refused("another emulator's", "--control", "here.sock")
check(is_ok(Control("here.sock").ask({"request": "hello"})), "the first one goes on")
with open("file", "w") as file:
    file.write("precious")
refused("another file", "--control", "file")
check(open("file").read() == "precious")
refused("No such file", "--control", "no/where.sock")
refused("at most 107 characters", "--control", "x" * 108)
refused("--no-control", "--control", "there.sock", "--no-control")
emulator.process.send_signal(signal.SIGKILL)
emulator.process.wait()
check(os.path.exists("here.sock"), "a killed emulator leaves it")
emulator = Emulator("--control", "here.sock")
check(is_ok(Control("here.sock").ask({"request": "hello"})), "and another one takes its place")
os.unlink("here.sock")
with open("here.sock", "w") as file:
    file.write("somebody else's")
emulator.stop()
check(os.path.exists("here.sock"), "only the own socket is removed")
os.unlink("here.sock")

# The default place: removed at the end, and what a killed one left is swept away by the next. It is never in the way.
folder = os.environ["XDG_RUNTIME_DIR"] + "/netbaton"
killed = Emulator()
check(os.listdir(folder) == ["%d.sock" % killed.process.pid], os.listdir(folder))
check(stat.S_IMODE(os.stat(folder).st_mode) == 0o700)
killed.process.send_signal(signal.SIGKILL)
killed.process.wait()
emulator = Emulator()
check(os.listdir(folder) == ["%d.sock" % emulator.process.pid], os.listdir(folder))
emulator.stop()
check(os.listdir(folder) == [])
quiet = Emulator("--no-control")
check(os.listdir(folder) == [])
quiet.stop()
os.environ["XDG_RUNTIME_DIR"] = os.path.abspath("nowhere")
os.mkdir("temporary")
os.environ["TMPDIR"] = os.path.abspath("temporary")
emulator = Emulator()
check(os.listdir("temporary") == ["netbaton-%d" % os.geteuid()])
emulator.stop()
os.rmdir("temporary/netbaton-%d" % os.geteuid())
os.symlink("/", "temporary/netbaton-%d" % os.geteuid())  # somebody else's trap
emulator = Emulator("-q")
emulator.stop()

# The protocol.
emulator = Emulator("--devices", "40", "--threads", "2", "--control", "here.sock")
good = emulator.telnet(1)
good.login()
control = Control("here.sock")


def still_well():
    good.send(b"show privilege\r\n")
    good.until(b"level is 1\r\n")
    good.until(b">")
    sessions = control.ask({"request": "sessions", "device": 1})
    check(is_ok(sessions) and len(sessions["sessions"]) == 1, sessions)


hello = control.ask({"request": "hello"})
check((hello["pid"], hello["devices"]) == (emulator.process.pid, 40) and hello["telnet"].endswith(":%d" % emulator.telnet_port))
for wrong, message in (
        (b"nonsense\n", "not JSON"),
        (b"\xff\xfe\x00\n", "not JSON"),
        (b"{\n", "not JSON"),
        (b"{} {}\n", "not JSON"),
        (b"5\n", "not JSON"),
        (b"[]\n", "request"),
        (b"{}\n", "request"),
        (b'{"request": 5}\n', "request"),
        (b'{"request": "hello", "request": "hello"}\n', "duplicate"),
        (b"[" * 60000 + b"\n", "not JSON"),
        ('{"request": \u00e9}\n'.encode(), "not JSON"),
        ({"request": "\u00e9" * 1000}, "unknown request '"),  # the message is cut inside a letter
        ({"request": "a" + "\u00e9" * 1000}, "unknown request '"),
        ({"request": "set", "values": {"latency.command": "a" + "\u00e9" * 100 + "("}}, "is too long"),
        ({"request": "helo"}, "did you mean 'hello'?"),
        ({"request": "sessions", "devise": 1}, "did you mean 'device'?"),
        ({"request": "sessions", "device": 1.5}, "'device'"),
        ({"request": "sessions", "device": -1}, "no device '-1'"),
        ({"request": "sessions", "device": 10 ** 18}, "no device"),
        ({"request": "sessions", "device": "R0"}, "no device"),
        ({"request": "sessions", "session": "1"}, "'session'"),
        ({"request": "drop"}, "which sessions?"),
        ({"request": "drop", "device": "all", "reset": "yes"}, "'reset'"),
        ({"request": "set"}, "'values'"),
        ({"request": "set", "values": {}}, "'values'"),
        ({"request": "set", "values": {"latency.command": ["1s"]}}, "text or a number"),
        ({"request": "set", "values": {"latency.command": "1s: ["}}, "latency.command"),
        ({"request": "set", "values": {"": "1s"}}, "unknown key")):
    said = control.ask(wrong)
    check(said["ok"] is False and said["exit"] == 2 and message in said["error"], wrong[:80] if isinstance(wrong, bytes) else wrong, said)
check(is_ok(control.ask({"request": "set", "values": {"faults.hang": 0.25, "limits.vty_lines": 7, "latency.command": "0"}, "device": "2-40"})))
check(control.ask({"request": "show", "device": 2})["settings"]["limits.vty_lines"] == "7")
check(is_ok(control.ask({"request": "reset"})))
still_well()

# Many requests at once, in pieces, with empty lines between; the last one without an end.
peer = Control("here.sock")
peer.say(b"\r\n\n".join([b'{"request": "counters"}'] * 200) + b'\n{"req')
peer.say(b'uest": "hello"}')
peer.socket.shutdown(socket.SHUT_WR)
check(all("accepted" in peer.answer() for _ in range(200)) and "pid" in peer.answer() and peer.ended())
peer.close()

# Hostile peers.
for piece in os.urandom(4096).replace(b"\n", b""), b"x" * 4096, b"\n" * 4096, b'{"request": "sessions"}\n' * 100, b"{", b"\0" * 4096:
    peer = Control("here.sock")
    peer.socket.settimeout(0.2)
    try:
        for _ in range(10000):
            peer.socket.sendall(piece)
    except socket.timeout:
        pass  # it is not read any more: its answers wait
    except ConnectionError:
        pass  # its line was too long
    peer.close()
    still_well()
peer = Control("here.sock")
peer.say(b"x" * (LINE_MAX + 1))
said = peer.answer()
check(said["ok"] is False and str(LINE_MAX) in said["error"] and peer.ended(), said)
peer.close()
for i in range(200):
    peer = Control("here.sock")
    peer.say((b"", b'{"request"', b'{"request": "sessions"}\n')[i % 3])
    peer.close()
still_well()

# More peers than there is room for: those that say nothing have to go after a while, whoever speaks stays.
silent = [Control("here.sock") for _ in range(PEERS_MAX)]
newest = Control("here.sock")
newest.say({"request": "hello"})
newest.socket.settimeout(0.2)
while True:
    check(is_ok(control.ask({"request": "hello"})), "the one that speaks was sent away")
    try:
        check(is_ok(newest.answer()))
        break
    except socket.timeout:
        newest.file = newest.socket.makefile("rb")
check(silent[0].ended())
for one in silent + [newest]:
    one.close()
still_well()

# The emulator ends while a peer waits.
control.say({"request": "counters"})
control.answer()
good.send(b"exit\r\n")
good.until_end()
idle = Control("here.sock")
check(is_ok(idle.ask({"request": "hello"})))
emulator.process.stdin.close()
check(emulator.process.wait(PATIENCE) == 0)
check(idle.ended() and control.ended() and not os.path.exists("here.sock"))

code, said = waiting.wait(PATIENCE), waiting.stderr.read()
check(code == 1 and "takes nobody within" in said, code, said)
first.close()
full.close()
