"""Devices that misbehave in every way a peer can: each costs its own session, by a limit or a timeout, and the good
ones beside it do not notice. devices.addresses names them, so this is also how real devices are measured."""
import multiprocessing
import os
import resource
import sys
import socket
import subprocess
import threading

from client_frame import check, experiment, rows, run

IAC = b"\xff"


def ignore_errors(behave):
    def wrapped(peer):
        try:
            behave(peer)
        except OSError:
            pass
        finally:
            peer.close()
    return wrapped


def line(peer):
    """What the client types up to Enter, without Telnet's own bytes."""
    text = b""
    while not text.endswith((b"\r", b"\n")):
        byte = peer.recv(1)
        if not byte:
            raise OSError("gone")
        if byte == IAC:
            verb = peer.recv(1)
            if verb == b"\xfa":
                while not text.endswith(IAC + b"\xf0"):
                    text += peer.recv(1)
                text = b""
            else:
                peer.recv(1)
            continue
        if byte == b"\n" and not text:
            continue  # of the CR LF before
        text += byte
    return text.strip()


def login(peer):
    peer.sendall(IAC + b"\xfb\x01" + IAC + b"\xfd\x1f" + b"\r\n\r\nUsername: ")
    peer.sendall(line(peer) + b"\r\nPassword: ")
    line(peer)
    peer.sendall(b"\r\n\r\nX1>")


def good(peer):
    login(peer)
    while True:
        command = line(peer)
        peer.sendall(command + b"\r\n")
        if command == b"exit":
            return
        peer.sendall(b"some output\r\nX1>")


def silent(peer):
    peer.recv(100000)
    while peer.recv(100000):
        pass


def garbage(peer):
    noise = bytes((i * 7919) % 251 for i in range(65536))
    while True:
        peer.sendall(noise)


def iac_flood(peer):
    """Asks for options and never reads the refusals."""
    while True:
        peer.sendall(b"".join(IAC + b"\xfd" + bytes([i]) + IAC + b"\xfe" + bytes([i]) for i in range(40, 200)) * 50)


def long_line(peer):
    login(peer)
    line(peer)
    for _ in range(160):
        peer.sendall(b"x" * 65536)
    silent(peer)


def drip(peer):
    login(peer)
    while True:
        peer.sendall(b"y")
        if peer.recv(1) == b"":
            return


def closes_at_once(peer):
    pass


def closes_after_banner(peer):
    peer.sendall(b"\r\nUser Access Verification\r\n\r\n")


def resets(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def refuses_password(peer):
    peer.sendall(b"\r\nUsername: ")
    line(peer)
    peer.sendall(b"\r\nPassword: ")
    line(peer)
    peer.sendall(b"\r\n% Login invalid\r\n\r\nUsername: ")
    silent(peer)


def no_prompt(peer):
    peer.sendall(b"\r\nUsername: ")
    line(peer)
    peer.sendall(b"\r\nPassword: ")
    line(peer)
    peer.sendall(b"\r\nwelcome, and nothing more\r\n")
    silent(peer)


def drops_in_command(peer):
    login(peer)
    line(peer)


def command_is_wrong(peer):
    login(peer)
    while True:
        peer.sendall(line(peer) + b"\r\n      ^\r\n% Invalid input detected at '^' marker.\r\n\r\nX1>")


def does_not_hang_up(peer):
    login(peer)
    while line(peer) != b"exit":
        peer.sendall(b"terminal length 0\r\nX1>" + b"show clock\r\nX1>")
    silent(peer)


listeners = []  # and what only holds a port


def accept(listener, behave):
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=ignore_errors(behave), args=(peer,), daemon=True).start()


def serve(behave):
    """An address where a device behaves so. A process of its own: as threads of one Python the floods would keep the
    good ones from answering in time."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    listeners.append(listener)
    multiprocessing.get_context("fork").Process(target=accept, args=(listener, behave), daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1]


def nobody():
    """A port that nobody else is given meanwhile."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    listeners.append(held)
    return "127.0.0.1:%d" % held.getsockname()[1]


TELNET = [(good, "ok"), (silent, "timeout"), (garbage, "timeout"), (iac_flood, None), (long_line, "timeout"),
          (drip, "timeout"), (closes_at_once, "connect"), (closes_after_banner, "handshake"), (resets, "connect"),
          (refuses_password, "auth"), (no_prompt, "timeout"), (drops_in_command, "command"),
          (command_is_wrong, "command"), (does_not_hang_up, "timeout"), (good, "ok")]
SSH = [(silent, "timeout"), (garbage, None), (closes_at_once, "connect"), (closes_after_banner, None),
       (resets, "connect")]


def measure(transport, cases, strategies, interpreter="native", folder=None):
    """Every device ends as it should. Where a slow machine gave up one that answers, once more with more patience."""
    folder = folder or transport
    addresses = [serve(behave) for behave, _ in cases] + [nobody()]
    names = [behave.__name__ for behave, _ in cases] + ["nobody"]
    wanted = [end for _, end in cases] + ["connect"]
    for timeout_s in 2, 8, 20:
        name = "%s-%d" % (folder, timeout_s)
        experiment("""
name: hostile
devices: {transport: %s, addresses: [%s]}
work: {commands: [show clock]}
runs: {strategy: [%s], workers: [100], processes: [2], timeout: %ds, interpreter: ["%s"]}
""" % (transport, ", ".join('"%s"' % address for address in addresses), strategies, timeout_s, interpreter), name + ".yaml")
        out, err = run(name + ".yaml", "-o", name, code=3)
        check_memory(name, interpreter)
        wrong = []
        for row in rows(name, "sessions"):
            number = int(row["device"]) - 1
            if row["end"] == "ok" if wanted[number] is None else row["end"] != wanted[number]:
                wrong.append((row["run"], names[number], row["end"]))
        if not all(end == "timeout" for _, _, end in wrong):
            break
        if not wrong:
            return
    check(False, "%s: run, device, and how it ended: %s" % (name, wrong))


def check_reason(transport):
    """It says why. Of several reasons of a kind it shows that of the device that was first, so there is one only."""
    experiment("""
name: alone
devices: {transport: %s, addresses: ["%s"]}
work: {commands: [show clock]}
runs: {strategy: [threads, async], workers: [1]}
""" % (transport, nobody()), "alone.yaml")
    out, err = run("alone.yaml", "-o", "alone-" + transport, code=3)
    check(err.count("1 of 1 sessions failed: connect (cannot connect: Connection refused)") == 2, "%s: it says: %s" % (transport, err))


def check_memory(name, interpreter):
    largest_kb = 200000 if interpreter == "native" else 1000000  # shared pages of a Python's processes are counted once a worker
    for row in rows(name, "runs"):
        check(float(row["peak_rss_kb"]) < largest_kb, "%s: %s kB of memory" % (name, row["peak_rss_kb"]))


allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
if allowed != resource.RLIM_INFINITY and allowed < 4096:
    print("SKIP: 4096 open files are wanted, %d are allowed (ulimit -Hn)" % allowed)
    sys.exit(77)
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
measure("telnet", TELNET, "threads, hybrid, async")
measure("ssh", SSH, "threads, async")
check_reason("telnet")
check_reason("ssh")
PYTHON = "/usr/bin/python3"
if os.path.exists(PYTHON):
    # Floods apart: what one Python reads of them keeps its other sessions from their answers.
    floods = (garbage, iac_flood, long_line)
    measure("telnet", [case for case in TELNET if case[0] not in floods], "threads, async", "python:" + PYTHON, "python-telnet")
    measure("telnet", [(flood, None) for flood in floods], "threads, async", "python:" + PYTHON, "python-floods")
    if subprocess.call([PYTHON, "-c", "import paramiko"], stderr=subprocess.DEVNULL) == 0:
        measure("ssh", SSH, "threads, processes", "python:" + PYTHON, "python-ssh")

# Addresses that cannot be, and more sessions than descriptors: told before there is a folder.
for address, text in (("127.0.0.1:99999", "port"), ("no.such.host.invalid", "cannot find the host")):
    experiment("devices: {transport: telnet, addresses: ['%s']}" % address, "wrong.yaml")
    out, err = run("wrong.yaml", "-o", "wrong", code=2)
    check(text in err and len(err.splitlines()) == 1, "%s: it says %s" % (address, err))
    check(not os.path.exists("wrong"), "%s: a folder is left" % address)
experiment("{devices: {transport: telnet, count: 5000}, runs: {strategy: [threads], workers: [5000]}}", "many.yaml")
out, err = run("many.yaml", "-o", "many", code=2,
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024)))
check("limit is 1024" in err and "ulimit -n 5064" in err, "it says: " + err)
check(not os.path.exists("many"), "a folder is left")
