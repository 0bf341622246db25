"""A long network path: every exchange costs its round trip, nothing is lost or reordered, resets and ends arrive. Lower bounds only: a
loaded machine may be late, the path may never be early."""
import shutil
import socket
import subprocess
import time

from emulator_frame import PATIENCE, Emulator, check

RTT = 0.05

emulator = Emulator("--devices", "40", "--set", "devices.latency.rtt=50ms")


class Clock:
    def __init__(self):
        self.start = time.monotonic()

    def at_least(self, trips, what):
        trips_taken = (time.monotonic() - self.start) / RTT
        check(trips_taken >= trips, "%s after %.2f round trips" % (what, trips_taken))
        self.start = time.monotonic()


# Telnet: the connection and the question, the name, the password, the command, the end.
clock = Clock()
peer = emulator.telnet(1)
peer.until(b"Username: ")
clock.at_least(2, "the question")
peer.send(b"cisco\r\n")
peer.until(b"Password: ")
clock.at_least(1, "the second question")
peer.send(b"cisco\r\n")
peer.until(b"R1>")
clock.at_least(1, "the prompt")
peer.send(b"show privilege\r\n")
peer.until(b"R1>")
clock.at_least(1, "the answer")
peer.send(b"exit\r\n")
peer.until_end()
clock.at_least(1, "the end")

# Typed ahead, all of it is one exchange; a half-closed connection has its answers.
clock = Clock()
peer = emulator.telnet(2)
peer.send(b"cisco\r\ncisco\r\n" + b"show privilege\r\n" * 2000)
peer.socket.shutdown(socket.SHUT_WR)
check(peer.until_end().count(b"Current privilege level is 1\r\n") == 2000, "answers are lost")
clock.at_least(2, "the end")

# The peer vanishes with and without a word while bytes are on their way.
for reset in True, False:
    peer = emulator.telnet(3)
    peer.send(b"cisco\r\ncisco\r\nshow running-config\r\n")
    if reset:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()

# SSH takes many round trips.
if shutil.which("sshpass") and shutil.which("ssh"):
    clock = Clock()
    done = subprocess.run(
        ["sshpass", "-p", "cisco", "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
         "-o", "LogLevel=ERROR", "-p", str(emulator.ssh_port), "cisco@" + emulator.address(4), "show privilege"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=PATIENCE, check=True)
    clock.at_least(7, "an SSH command")
    check(done.stdout.strip() == b"Current privilege level is 1", done.stdout)

print(emulator.stop())

# The emulator ends at once while much is on its way.
emulator = Emulator("--devices", "40", "--set", "devices.latency.rtt=1h")
peers = [emulator.telnet(device) for device in range(1, 20)]
for peer in peers:
    peer.send(b"cisco\r\n")
emulator.process.stdin.close()
check(emulator.process.wait(PATIENCE) == 0)
