"""Peers that send garbage, floods, a line without end, or nothing: their sessions end, a well-behaved one does not notice."""
import os
import signal
import socket
import time

from emulator_frame import PATIENCE, Emulator, Peer, check, fail

LATENCY = 0.1

emulator = Emulator("--devices", "40", "--threads", "2", "--login-timeout", "5s", "--set", "devices.latency.command=100ms")
good = emulator.telnet(1)
good.login()


def still_well():
    before = time.monotonic()
    good.send(b"show privilege\r\n")
    good.until(b"show privilege\r\n")
    good.until(b"R1>")
    took = time.monotonic() - before
    check(LATENCY <= took, "an answer after %.3f s" % took)
    check(took < LATENCY + 10, "an answer after %.3f s: the others hold it up" % took)


def flood(peer, piece, total):
    """Sends until the device hangs up; it must, long before all is sent or soon after."""
    sent = 0
    peer.socket.settimeout(PATIENCE)
    try:
        while sent < total:
            sent += peer.socket.send(piece)
    except socket.timeout:
        fail("neither read nor closed after %d bytes" % sent)
    except ConnectionError:
        pass
    peer.until_end()
    still_well()


def logged_in(device):
    peer = emulator.telnet(device)
    peer.login()
    return peer


memory_before = int(open("/proc/%d/statm" % emulator.process.pid).read().split()[1])
still_well()
flood(emulator.telnet(2), b"x" * 65536, 10 << 20)  # a 10 MB line instead of a name
flood(logged_in(3), b"x" * 65536, 10 << 20)  # and instead of a command
flood(emulator.telnet(4), b"\xff\xf1" * 32768, 10 << 20)  # NOP
flood(emulator.telnet(5), b"\xff\xfd\x2a" * 20000, 10 << 20)  # DO an option nobody has
flood(emulator.telnet(6), b"\xff\xfa\x18" + b"y" * 65000, 10 << 20)  # a subnegotiation without end
flood(emulator.telnet(7), b"\xff\xfa\x56\xff\xf0" + os.urandom(60000), 10 << 20)  # COMPRESS2 nobody asked for
flood(emulator.telnet(8), os.urandom(65536), 10 << 20)
flood(Peer(emulator.address(9), emulator.ssh_port), os.urandom(65536), 10 << 20)  # not SSH
flood(Peer(emulator.address(9), emulator.ssh_port), b"SSH-2.0-x\r\n" + os.urandom(60000), 10 << 20)
flood(Peer(emulator.address(9), emulator.ssh_port), b"y" * 65536, 10 << 20)  # a version line without end

# A peer that types and does not read: not read either, and let go when the others are done.
deaf = logged_in(10)
deaf.socket.settimeout(0.5)
try:
    while True:
        deaf.send(b"terminal length 0\r\n" * 1000)
except socket.timeout:
    pass
still_well()
deaf.close()

# Nothing at all: the login ends by its timeout, with a word on Telnet.
silent = emulator.telnet(11), Peer(emulator.address(11), emulator.ssh_port)
check(b"timeout expired" in silent[0].until_end())
silent[1].until_end()
still_well()

# Connections that come and go at once.
for i in range(200):
    peer = Peer(emulator.address(i % 40 + 1), (emulator.telnet_port, emulator.ssh_port)[i % 2])
    if i % 3 == 0:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()
still_well()
memory_after = int(open("/proc/%d/statm" % emulator.process.pid).read().split()[1])
grown = (memory_after - memory_before) * os.sysconf("SC_PAGESIZE") // 1024
with open(os.environ["NETBATON"], "rb") as program:
    sanitized = b"__asan_init" in program.read()  # keeps freed memory
check(sanitized or grown < 32 * 1024, "the memory has grown by %d kB" % grown)
good.send(b"exit\r\n")
good.until_end()

# A last word and a reset that the loop finds together: libuv calls it an error of the socket, once.
for rtt in "0ms", "10ms":
    patient = Emulator("--login-timeout", "1h", "--set", "devices.latency.rtt=" + rtt)
    peer = Peer(patient.address(1), patient.ssh_port)
    peer.until(b"SSH-2.0-")
    os.kill(patient.process.pid, signal.SIGSTOP)
    os.waitpid(patient.process.pid, os.WUNTRACED)  # it has stopped
    peer.send(b"S")
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()
    os.kill(patient.process.pid, signal.SIGCONT)
    patient.stop()  # checks that no session is left
print(emulator.stop(), "grown by %d kB" % grown)
