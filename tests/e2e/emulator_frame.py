"""What the e2e scripts in Python share: an emulator of the test's own, and a Telnet peer that says and sees bytes. Standard library only."""
import atexit
import contextlib
import faulthandler
import os
import signal
import socket
import subprocess
import tempfile
import time

faulthandler.dump_traceback_later(380)  # of a test that hangs, before it is killed: where it stands
PATIENCE = 60  # s, of a test for what takes a moment: a limit for what hangs, not for a slow machine


def fail(*what):
    raise AssertionError(*what)  # the traceback shows what was done


def check(truth, *what):
    if not truth:
        fail(*what)


def wait_until(what, condition, explain=lambda: ""):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            fail("after %d s still not: %s" % (PATIENCE, what), explain())
        time.sleep(0.01)


def open_descriptors(pid):
    """What a process has open: number -> where it leads."""
    folder = "/proc/%d/fd/" % pid
    found = {}
    for name in os.listdir(folder):
        try:
            found[int(name)] = os.readlink(folder + name)
        except FileNotFoundError:
            pass  # closed meanwhile
    return found


def hold_port(host):
    """A port that nobody is given while the socket lives, and nobody listens at; an emulator that is told to may have it."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, 0))
    return held


class Emulator:
    """netbaton emulate on free ports; ends with the script."""

    running = []

    def __init__(self, *options):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [os.environ["NETBATON"], "emulate", "--until-eof", "-v", "--ssh", "0", "--telnet", "0", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        ready = self.process.stdout.readline().decode()
        check(ready.startswith("ready "), "the emulator is not ready:", ready, self.said())
        words = dict(word.split("=") for word in ready.split()[1:])
        self.by_port = words["mode"] == "ports"
        self.base, self.ssh_port = self.place(words["ssh"])
        self.base, self.telnet_port = self.place(words["telnet"])
        self.fds_before = self.fds()
        self.running.append(self)

    @staticmethod
    def place(text):
        host, port = text.split(":")
        return host, int(port)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def fds(self):
        return open_descriptors(self.process.pid)

    def open_now(self):
        """For the reader of a failed test: what should be closed, and what its sessions are at."""
        control = "%s/netbaton/%d.sock" % (os.environ.get("XDG_RUNTIME_DIR"), self.process.pid)
        sessions = subprocess.run([os.environ["NETBATON"], "ctl", "sessions", "--control", control], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
        return "open before: %s\nopen now: %s\n%s" % (self.fds_before, self.fds(), sessions.stdout.decode())

    def address(self, device):
        parts = [int(part) for part in self.base.split(".")]
        number = ((parts[0] * 256 + parts[1]) * 256 + parts[2]) * 256 + parts[3] + device - 1
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))

    def telnet_place(self, device):
        if self.by_port:
            return self.base, self.telnet_port + device - 1
        return self.address(device), self.telnet_port

    def telnet(self, device=1):
        return Peer(*self.telnet_place(device))

    @contextlib.contextmanager
    def held(self):
        """It sees nothing of what happens meanwhile, and then all at once."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def await_descriptors(self):
        wait_until("every descriptor is given back", lambda: len(self.fds()) == len(self.fds_before), self.open_now)

    def stop(self):
        """All sessions must be over; it must end with 0 and have complained of nothing."""
        self.await_descriptors()
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        check(code == 0, "the emulator ended with", code, self.said())
        lines = self.said().splitlines()
        check(len(lines) == 1 and " sessions" in lines[0], "it complained:", lines)
        self.running.remove(self)
        self.log.close()
        return lines[0]


@atexit.register
def tell_of_emulators():
    """For the reader of a failed test: a crash of an emulator is seen nowhere else."""
    for emulator in Emulator.running:
        said = emulator.said()
        if said or emulator.process.poll():
            print("an emulator that was not stopped (exit code %s) said:\n%s" % (emulator.process.poll(), said))


class Peer:
    """A raw TCP connection."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), PATIENCE)
        self.seen = b""

    def send(self, data):
        self.socket.sendall(data)

    def until(self, text):
        """Everything up to and with text; the rest is kept."""
        while text not in self.seen:
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                fail("waited in vain for", text, "saw", self.seen[-300:])
            check(data, "the connection ended before", text, "after", self.seen[-300:])
            self.seen += data
        end = self.seen.index(text) + len(text)
        part, self.seen = self.seen[:end], self.seen[end:]
        return part

    def until_end(self):
        """Everything until the device hangs up; a reset is an end, too."""
        try:
            while True:
                data = self.socket.recv(65536)
                if not data:
                    break
                self.seen += data
        except socket.timeout:
            fail("the device does not hang up; saw", self.seen[-300:])
        except ConnectionError:
            pass
        self.close()
        return self.seen

    def login(self, user=b"cisco", password=b"cisco", enter=b"\r\n"):
        self.until(b"Username: ")
        self.send(user + enter)
        self.until(b"Password: ")
        self.send(password + enter)
        return self.until(b">")

    def close(self):
        self.socket.close()
