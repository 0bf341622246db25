"""SSH devices that misbehave inside the protocol, which a peer can only once keys are exchanged: each costs its own session, by a
limit or a timeout, and the good ones beside it do not notice; nor does the client's memory."""
import logging
import multiprocessing
import os
import socket
import sys
import threading

try:
    import paramiko
    from paramiko.common import (cMSG_CHANNEL_DATA, cMSG_CHANNEL_EXTENDED_DATA, cMSG_CHANNEL_OPEN, cMSG_GLOBAL_REQUEST,
                                 cMSG_IGNORE, cMSG_USERAUTH_BANNER)
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no paramiko here (python3-paramiko)")
    sys.exit(77)

from client_frame import NETBATON, check, experiment, rows, run

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it tells of each refusal
with open(NETBATON, "rb") as program:
    code = program.read()
    SANITIZED = b"__asan_init" in code or b"__tsan_init" in code  # they have memory of their own
LARGEST_KB = 2000000 if SANITIZED else 40000  # of the client; the floods of two seconds, if they are kept, make it twice that
KEY = paramiko.ECDSAKey.generate()


class Device(paramiko.ServerInterface):
    """A device that behaves, but for what the cases below change."""
    methods = "password"
    packet_max = 32768

    def __init__(self, transport):
        self.transport = transport
        transport.default_max_packet_size = self.packet_max

    def get_allowed_auths(self, _user):
        return self.methods

    def check_auth_password(self, _user, _password):
        return paramiko.AUTH_SUCCESSFUL if "password" in self.methods else paramiko.AUTH_FAILED

    def check_channel_request(self, _kind, _number):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_):
        return True

    def check_channel_shell_request(self, channel):
        threading.Thread(target=self.talk, args=(channel,), daemon=True).start()
        return True

    def talk(self, channel):
        file = channel.makefile("r")
        channel.sendall(b"\r\nX1>")
        for line in file:
            channel.sendall(line.strip().encode() + b"\r\n")
            if line.strip() == "exit":
                channel.send_exit_status(0)
                channel.close()
                return
            channel.sendall(b"some output\r\nX1>")

    def flood(self, *parts):
        """One message again and again, whatever the peer's window says."""
        message = paramiko.Message()
        for add, value in parts:
            getattr(message, "add_" + add)(value)
        data = message.asbytes()
        try:
            while self.transport.is_active():
                self.transport.packetizer.send_message(paramiko.Message(data))
        except (OSError, EOFError):
            pass  # it has ended


class NoRoom(Device):
    """Takes packets without a byte of data only: ten are the header (libssh takes them off; not so 0.12, which then has
    room)."""
    packet_max = 10


class SmallPackets(Device):
    """Eleven bytes, one of them data: slow, but right."""
    packet_max = 11


class AsksOnAndOn(Device):
    methods = "keyboard-interactive"

    def check_auth_interactive(self, _user, _submethods):
        return paramiko.InteractiveQuery("Again", "", ("Password: ", False))

    def check_auth_interactive_response(self, _responses):
        return paramiko.InteractiveQuery("Again", "", ("Password: ", False))


class AsksOnce(AsksOnAndOn):
    def check_auth_interactive_response(self, responses):
        return paramiko.AUTH_SUCCESSFUL if responses == ["cisco"] else paramiko.AUTH_FAILED


class NeverSays(Device):
    def check_auth_password(self, _user, _password):
        threading.Event().wait()


class BannersWithoutEnd(Device):
    def check_auth_password(self, _user, _password):
        self.flood(("byte", cMSG_USERAUTH_BANNER), ("string", "no entry\r\n" * 1000), ("string", ""))


class IgnoreWithoutEnd(Device):
    def check_auth_password(self, _user, _password):
        self.flood(("byte", cMSG_IGNORE), ("string", "x" * 10000))


class Errors(Device):
    """On a stream that nobody reads."""

    def talk(self, channel):
        self.flood(("byte", cMSG_CHANNEL_EXTENDED_DATA), ("int", channel.remote_chanid), ("int", 1), ("string", "x" * 30000))


class TalksBeforeTheShell(Device):
    def check_channel_pty_request(self, channel, *_):
        self.flood(("byte", cMSG_CHANNEL_DATA), ("int", channel.remote_chanid), ("string", "x" * 30000))


class WantsChannels(Device):
    def talk(self, channel):
        self.flood(("byte", cMSG_CHANNEL_OPEN), ("string", "session"), ("int", 7), ("int", 1), ("int", 1))


class WantsAnswers(Device):
    """Asks and asks, and does not read what it is answered."""

    def talk(self, channel):
        self.transport.packetizer.read_message = lambda: threading.Event().wait()
        self.flood(("byte", cMSG_GLOBAL_REQUEST), ("string", "x"), ("boolean", True))


def speaks_ssh(kind):
    def behave(peer):
        transport = paramiko.Transport(peer)
        transport.add_server_key(KEY)
        transport.start_server(server=kind(transport))
        transport.join()
    behave.__name__ = kind.__name__
    return behave


def lines_without_end(peer):
    """Lines before the version are allowed (RFC 4253, 4.2), but none of these is the version."""
    while True:
        peer.sendall(b"welcome\r\n" * 1000)


def drips_its_version(peer):
    for byte in b"SSH-2.0-" + b"x" * 240:
        peer.sendall(bytes([byte]))
        if threading.Event().wait(0.2):
            return


# How each ends; None: anyhow but well.
CASES = [(speaks_ssh(Device), "ok"), (speaks_ssh(NoRoom), "command or ok"), (speaks_ssh(SmallPackets), "ok"),
         (speaks_ssh(AsksOnAndOn), "auth"), (speaks_ssh(AsksOnce), "ok"), (speaks_ssh(NeverSays), "timeout"),
         (speaks_ssh(BannersWithoutEnd), None), (speaks_ssh(IgnoreWithoutEnd), None), (speaks_ssh(Errors), None),
         (speaks_ssh(TalksBeforeTheShell), None), (speaks_ssh(WantsChannels), None), (speaks_ssh(WantsAnswers), None),
         (lines_without_end, None), (drips_its_version, None), (speaks_ssh(Device), "ok")]

listeners = []


def accept(listener, behave):
    def serve_one(peer):
        try:
            behave(peer)
        except (OSError, EOFError, paramiko.SSHException):
            pass
        peer.close()

    while True:
        peer, _ = listener.accept()
        threading.Thread(target=serve_one, args=(peer,), daemon=True).start()


def serve(behave):
    """An address where a device behaves so, in a process of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    listeners.append(listener)
    multiprocessing.get_context("fork").Process(target=accept, args=(listener, behave), daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1]


def measure(timeout_s):
    """What is wrong, and whether that is only that a good one was given up."""
    experiment("""
name: hostile
devices: {transport: ssh, addresses: [%s]}
work: {commands: [show clock]}
runs: {strategy: [threads, async], workers: [100], timeout: %ds}
""" % (", ".join('"%s"' % serve(behave) for behave, _ in CASES), timeout_s), "hostile.yaml")
    name = "after-%d" % timeout_s
    run("hostile.yaml", "-o", name, code=3)
    for row in rows(name, "runs"):
        check(float(row["peak_rss_kb"]) < LARGEST_KB, "run %s: %s kB of memory" % (row["strategy"], row["peak_rss_kb"]))
        check(float(row["wall_s"]) < 20 * timeout_s, "run %s takes %s s" % (row["strategy"], row["wall_s"]))
    wrong = []
    for row in rows(name, "sessions"):
        behave, wanted = CASES[int(row["device"]) - 1]
        if row["end"] == "ok" if wanted is None else row["end"] not in wanted.split(" or "):
            wrong.append((row["run"], behave.__name__, row["end"]))
    return wrong


# Where a slow machine gave up one that answers, once more with more patience.
for patience_s in 2, 8, 20:
    wrong = measure(patience_s)
    if not wrong or not all(end == "timeout" for _, _, end in wrong):
        break
check(not wrong, "run, device, and how it ended: %s" % wrong)
