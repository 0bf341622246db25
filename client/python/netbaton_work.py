"""The work of one session, as any CPython from 2.7 on does it: wait, talk, compute.

Imported by the worker, by its spawned processes and by its sub-interpreters. A job is [device,
host, port, waits, cpus, script]: waits are the seconds a `sleep` session waits (connect, login, "no
paging", each command, logout), cpus the seconds it computes (after the login, after each command),
script is what in the plan differs for this device (user, commands ...), or None.
A row is [device, worker, end, start, connected, secured, login, ready, worked, ended, reason]; end
is the index of enum job_end (base/results.h), times are seconds of clock(), 0 for a phase not
reached, the reason tells of a failure.
"""
import re
import socket
import sys
import threading
import time

PY2 = sys.version_info[0] == 2
# CLOCK_MONOTONIC is the same in all processes; 2.7 has only the wall clock.
clock = getattr(time, "monotonic", time.time)

OK, CONNECT, HANDSHAKE, AUTH, PROMPT, COMMAND, TIMEOUT, WORKER = range(8)
START, CONNECTED, SECURED, LOGIN, READY, WORKED, ENDED, REASON = range(3, 11)

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SUPPRESS_GO_AHEAD = 1, 3


class Failed(Exception):
    """A session that ended before its work was done: the phase, and why."""

    def __init__(self, end, reason):
        Exception.__init__(self, end)
        self.end = end
        self.reason = str(reason)


LATE = "no more time to wait"
CLOSED = "the device closed the connection"


def burn(n):
    while n > 0:
        n -= 1


def calibrate():
    """Passes of burn in a second of CPU: the best of nine tries, as others only slow one down."""
    timer = getattr(time, "process_time", None) or time.clock
    best = 0
    for _ in range(9):
        n = 300000
        start = timer()
        burn(n)
        best = max(best, n / (timer() - start))
    return best


class Telnet(object):
    """Takes Telnet's commands out of what arrives (RFC 854) and answers them."""

    def __init__(self):
        self.kept = b""

    def strip(self, data):
        """(text, reply)"""
        data = self.kept + data
        self.kept = b""
        if b"\xff" not in data:
            return data, b""
        data = bytearray(data)
        text = bytearray()
        reply = bytearray()
        i = 0
        while i < len(data):
            if data[i] != IAC:
                text.append(data[i])
                i += 1
                continue
            used = self.command(data[i:], text, reply)
            if not used:
                self.kept = bytes(data[i:])
                break
            i += used
        return bytes(text), bytes(reply)

    @staticmethod
    def command(data, text, reply):
        """Bytes of the command at the start of data; 0: not all there yet."""
        if len(data) < 2:
            return 0
        if data[1] == IAC:
            text.append(IAC)
            return 2
        if data[1] == SB:
            end = bytes(data).find(b"\xff\xf0")
            return end + 2 if end >= 0 else 0
        if data[1] not in (DO, DONT, WILL, WONT):
            return 2
        if len(data) < 3:
            return 0
        if data[1] == DO:
            reply += bytearray([IAC, WONT, data[2]])
        elif data[1] == WILL:
            wanted = data[2] in (ECHO, SUPPRESS_GO_AHEAD)
            reply += bytearray([IAC, DO if wanted else DONT, data[2]])
        return 3


FIRST_PROMPT = re.compile(br"^(?:<|\[)?[^\s>#$%\[\]<]+(?:[>#$%]|\])[ ]?$")
USER = re.compile(br"(?i)(?:username|login|user name) ?: *$")
PASSWORD = re.compile(br"(?i)password ?: *$")
REFUSED = re.compile(br"(?i)% ?(?:login invalid|authentication failed|bad passwords)|access denied")


class Dialog(object):
    """Bytes in, what to send out and what has happened; no I/O. The rules of client/dialog.h."""

    LOGGED_IN, READY, ANSWERED, REFUSED = "logged in", "ready", "answered", "refused"

    def __init__(self, plan, in_band):
        self.plan = plan
        self.newline = plan["newline"].encode("ascii")
        self.in_band = in_band
        self.buffer = b""
        self.name = None
        self.echo = None
        self.asked = False
        self.password_sent = False
        self.secret_sent = False

    def command(self, text):
        """What to send for a command."""
        self.buffer = b""
        self.echo = text.encode("utf-8")
        self.secret_sent = False
        return self.echo + self.newline

    def input(self, data):
        """(reply, event or None)"""
        self.buffer += data
        tail = self.buffer[self.buffer.rfind(b"\n") + 1:].lstrip(b"\r")
        if self.name is None:
            return self.login(tail)
        if self.echo not in self.buffer:
            return b"", None
        if tail.startswith(self.name) and tail.rstrip()[-1:] in b">#$%]":
            return b"", Dialog.ANSWERED
        if PASSWORD.search(tail) and not self.secret_sent:
            self.secret_sent = True
            return self.plan["secret"].encode("utf-8") + self.newline, None
        return b"", None

    def login(self, tail):
        if self.in_band and self.password_sent and (REFUSED.search(self.buffer) or
                                                    USER.search(tail)):
            return b"", Dialog.REFUSED
        if self.in_band and not self.password_sent:
            if USER.search(tail):
                self.asked = True
                self.buffer = b""
                return self.plan["user"].encode("utf-8") + self.newline, None
            if PASSWORD.search(tail):
                self.asked = True
                self.password_sent = True
                self.buffer = b""
                return self.plan["password"].encode("utf-8") + self.newline, Dialog.LOGGED_IN
        if FIRST_PROMPT.match(tail):
            self.name = tail.rstrip()[:-1][:17]
            return b"", Dialog.READY
        return b"", None


class Sleep(object):
    """No peer: every wait of the device is a sleep."""

    def __init__(self, plan, job):
        self.waits = job[3]

    @staticmethod
    def wait(seconds):
        if seconds:
            time.sleep(seconds)

    def connect(self):
        self.wait(self.waits[0])

    def secure(self):
        pass

    def login(self):
        pass

    def ready(self):
        self.wait(self.waits[1])

    def command(self, i, text):
        self.wait(self.waits[2 if i is None else 3 + i])

    def logout(self):
        self.wait(self.waits[-1])

    def close(self):
        pass


class Talk(object):
    """What SSH and Telnet have in common: a blocking conversation with limits."""

    def __init__(self, plan, job, in_band):
        self.plan = plan
        self.address = (job[1], job[2])
        self.dialog = Dialog(plan, in_band)

    def open(self):
        limit = self.plan["timeout_connect"]
        try:
            self.socket = socket.create_connection(self.address, limit)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except socket.timeout:
            raise Failed(TIMEOUT, LATE)
        except (socket.error, OSError) as error:
            raise Failed(CONNECT, error)

    def until(self, wanted, limit, failure):
        """Reads until the dialog says so."""
        end = clock() + limit
        self.set_limit(limit)
        while True:
            try:
                data = self.receive()
            except socket.timeout:
                raise Failed(TIMEOUT, LATE)
            except (socket.error, OSError) as error:
                raise Failed(failure, error)
            if not data:
                raise Failed(failure, CLOSED)
            reply, event = self.dialog.input(data)
            if reply:
                self.send(reply)
            if event == Dialog.REFUSED:
                raise Failed(AUTH, "the password was refused")
            if event == wanted:
                return
            if clock() > end:
                raise Failed(TIMEOUT, LATE)

    def ready(self):
        self.until(Dialog.READY, self.plan["timeout_login"], PROMPT)

    def command(self, _i, text):
        try:
            self.send(self.dialog.command(text))
        except (socket.error, OSError) as error:
            raise Failed(COMMAND, error)
        self.until(Dialog.ANSWERED, self.plan["timeout_command"], COMMAND)

    def logout(self):
        """Until the device closes; a device that does not has a session that ended well."""
        try:
            self.send(self.dialog.command(self.plan["logout"]))
            self.set_limit(self.plan["timeout_command"])
            while self.receive():
                pass
        except (socket.timeout, socket.error, OSError, EOFError):
            pass


class TelnetConnection(Talk):
    def __init__(self, plan, job):
        Talk.__init__(self, plan, job, True)
        self.socket = None
        self.telnet = Telnet()
        self.heard = False  # the device said something

    def connect(self):
        self.open()

    def secure(self):
        """Until the device asks for a user."""
        limit = self.plan["timeout_login"]
        end = clock() + limit
        self.set_limit(limit)
        try:
            while not self.dialog.asked:
                data = self.receive()
                if not data:
                    raise Failed(HANDSHAKE if self.heard else CONNECT, CLOSED)
                self.heard = True
                if clock() > end:
                    raise Failed(TIMEOUT, LATE)
                reply, _ = self.dialog.input(data)
                if reply:
                    self.send(reply)
        except socket.timeout:
            raise Failed(TIMEOUT, LATE)
        except (socket.error, OSError) as error:
            raise Failed(HANDSHAKE if self.heard else CONNECT, error)

    def login(self):
        if not self.dialog.password_sent:
            self.until(Dialog.LOGGED_IN, self.plan["timeout_login"], AUTH)

    def set_limit(self, limit):
        self.socket.settimeout(limit)

    def receive(self):
        while True:
            data = self.socket.recv(65536)
            if not data:
                return data
            text, reply = self.telnet.strip(data)
            if reply:
                self.socket.sendall(reply)
            if text:
                return text

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        if self.socket:
            self.socket.close()


class SshConnection(Talk):
    """By paramiko, as netmiko and napalm do: a thread of its own for each transport."""

    def __init__(self, plan, job):
        Talk.__init__(self, plan, job, False)
        self.socket = None
        self.transport = None
        self.channel = None

    def connect(self):
        self.open()

    def secure(self):
        import paramiko
        try:
            self.transport = paramiko.Transport(self.socket)
            self.transport.start_client(timeout=self.plan["timeout_connect"])
        except (paramiko.SSHException, EOFError, socket.error, OSError) as error:
            raise Failed(HANDSHAKE, error)

    def login(self):
        import paramiko
        self.transport.auth_timeout = self.plan["timeout_login"]
        try:
            self.transport.auth_password(self.plan["user"], self.plan["password"])
        except (paramiko.SSHException, EOFError, socket.error, OSError) as error:
            raise Failed(AUTH, error)

    def ready(self):
        import paramiko
        try:
            self.channel = self.transport.open_session(timeout=self.plan["timeout_login"])
            self.channel.get_pty(width=200)
            self.channel.invoke_shell()
        except (paramiko.SSHException, EOFError, socket.error, OSError) as error:
            raise Failed(PROMPT, error)
        Talk.ready(self)

    def set_limit(self, limit):
        self.channel.settimeout(limit)

    def receive(self):
        return self.channel.recv(65536)

    def send(self, data):
        self.channel.sendall(data)

    def close(self):
        if self.transport:
            self.transport.close()
        elif self.socket:
            self.socket.close()


CONNECTIONS = {"sleep": Sleep, "telnet": TelnetConnection, "ssh": SshConnection}


def compute(plan, seconds):
    passes = int(plan["rate"] * seconds)
    if passes:
        burn(passes)


def talk(connection, plan, cpus, row):
    """One session; the row is filled in as far as it comes."""
    connection.connect()
    row[CONNECTED] = clock()
    connection.secure()
    row[SECURED] = clock()
    connection.login()
    row[LOGIN] = clock()
    connection.ready()
    row[READY] = clock()
    compute(plan, cpus[0])
    if plan["no_paging"]:
        connection.command(None, plan["no_paging"])
    for i, text in enumerate(plan["commands"]):
        connection.command(i, text)
        compute(plan, cpus[1 + i])
    row[WORKED] = clock()
    connection.logout()


def plan_of(plan, job):
    """The plan as it is for the device of a job."""
    if not job[5]:
        return plan
    own = dict(plan)
    own.update(job[5])
    return own


def do_job(plan, job, worker):
    plan = plan_of(plan, job)
    row = [job[0], worker, OK, clock(), 0, 0, 0, 0, 0, 0, ""]
    connection = CONNECTIONS[plan["transport"]](plan, job)
    try:
        talk(connection, plan, job[4], row)
    except Failed as failed:
        row[2] = failed.end
        row[REASON] = failed.reason
    finally:
        connection.close()
    row[ENDED] = clock()
    return row


def do_job_of(pair):
    """In a sub-interpreter of a pool, which is told by its thread."""
    return do_job(pair[0], pair[1], threading.get_ident())


def apply_switching(plan):
    """The experiment's switch interval (3.2 and later) or check interval (2.x)."""
    if hasattr(sys, "setswitchinterval"):
        if plan["switch_interval"]:
            sys.setswitchinterval(plan["switch_interval"])
    elif plan["check_interval"]:
        sys.setcheckinterval(plan["check_interval"])
