"""The work of one session, as any CPython from 2.7 on does it: wait, talk, compute.

Imported by the worker, by its spawned processes and by its sub-interpreters. A job is [device,
host, port, waits, cpus, script, end]: waits are the seconds a `sleep` session waits (connect, login,
"no paging", each command, logout), cpus the seconds it computes (after the login, after each
command), script is what in the plan differs for this device (user, commands ...), or None, end is
None or [wait, how]: after that wait a `sleep` session fails.
A row is [device, worker, end, start, connected, secured, login, ready, worked, ended, reason]; end
is the index of enum job_end (base/results.h), times are seconds of clock(), 0 for a phase not
reached, the reason tells of a failure.
"""
import socket
import sys
import threading
import time

from netbaton_dialog import Dialog, Telnet

PY2 = sys.version_info[0] == 2
# CLOCK_MONOTONIC is the same in all processes; 2.7 has only the wall clock.
clock = getattr(time, "monotonic", time.time)

OK, CONNECT, HANDSHAKE, AUTH, PROMPT, COMMAND, TIMEOUT, WORKER = range(8)
START, CONNECTED, SECURED, LOGIN, READY, WORKED, ENDED, REASON = range(3, 11)


class Failed(Exception):
    """A session that ended before its work was done: how (None: the phase it was in), and why."""

    def __init__(self, end, reason):
        Exception.__init__(self, end)
        self.end = end
        self.reason = reason


def is_free_threaded():
    """Built without the lock (3.13 and later); it may be on all the same."""
    return "t" in getattr(sys, "abiflags", "")


def has_lock():
    is_gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return not is_gil_enabled or is_gil_enabled()


def version():
    """3.14.0; of a free-threaded build 3.14.0t, and while its lock is on 3.14.0t+gil."""
    text = "%d.%d.%d" % sys.version_info[:3]
    if not is_free_threaded():
        return text
    return text + ("t+gil" if has_lock() else "t")


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


class Sleep(object):
    """No peer: every wait of the device is a sleep."""

    def __init__(self, plan, job):
        self.waits = job[3]
        self.last, self.end = job[6] or (len(self.waits), OK)

    def wait(self, i):
        seconds = self.waits[i]
        if seconds:
            time.sleep(seconds)
        if i == self.last:
            raise Failed(self.end, LATE if self.end == TIMEOUT else CLOSED)

    def connect(self):
        self.wait(0)

    def secure(self):
        pass

    def login(self):
        pass

    def ready(self):
        self.wait(1)

    def command(self, i, text):
        self.wait(2 if i is None else 3 + i)

    def logout(self):
        self.wait(len(self.waits) - 1)

    @staticmethod
    def phase(_row):
        return COMMAND

    def close(self):
        pass


def phase_of_loss(row, dialog, heard):
    """The phase that a connection which ends now has cut short: the rules of client/job.c."""
    if row[READY]:
        return COMMAND
    if row[LOGIN] and not dialog.in_band:
        return PROMPT
    if dialog.password_sent:
        return AUTH
    if row[SECURED] or dialog.asked:
        return PROMPT
    return HANDSHAKE if heard else CONNECT


def check_event(dialog, event):
    """A device that refuses or complains ends the session."""
    if event == Dialog.REFUSED:
        raise Failed(AUTH, "the password was refused")
    if event == Dialog.ERROR:
        raise Failed(COMMAND, dialog.line)


class Talk(object):
    """What SSH and Telnet have in common: a blocking conversation with limits."""

    def __init__(self, plan, job, in_band):
        self.plan = plan
        self.address = (job[1], job[2])
        self.dialog = Dialog(plan, in_band)
        self.heard = False  # the device said something
        self.socket = None

    def phase(self, row):
        return phase_of_loss(row, self.dialog, self.heard)

    def open(self):
        self.socket = socket.create_connection(self.address, self.plan["timeout_connect"])
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def until(self, is_there, limit):
        """Reads until the dialog is where it should be; the last event is kept."""
        end = clock() + limit
        self.set_limit(limit)
        while not is_there():
            data = self.receive()
            if not data:
                raise Failed(None, CLOSED)
            self.heard = True
            reply, event = self.dialog.input(data)
            if reply:
                self.send(reply)
            check_event(self.dialog, event)
            if clock() > end:
                raise Failed(TIMEOUT, LATE)

    def at_pause(self):
        return self.dialog.state == Dialog.PAUSED

    def ready(self):
        self.until(self.at_pause, self.plan["timeout_login"])

    def command(self, i, text):
        dialog = self.dialog
        self.send(dialog.first_command(text) if i is None else dialog.command(text))
        self.until(self.at_pause, self.plan["timeout_command"])

    def logout(self):
        """Until the device hangs up; how it does so is its affair."""
        end = clock() + self.plan["timeout_command"]
        try:
            self.send(self.dialog.logout())
            self.set_limit(self.plan["timeout_command"])
            data = self.receive()
            while data:
                if clock() > end:
                    raise Failed(TIMEOUT, LATE)
                reply, _ = self.dialog.input(data)
                if reply:
                    self.send(reply)
                data = self.receive()
        except socket.timeout:
            raise Failed(TIMEOUT, LATE)
        except (socket.error, OSError, EOFError):
            pass


class TelnetConnection(Talk):
    def __init__(self, plan, job):
        Talk.__init__(self, plan, job, True)
        self.telnet = Telnet()

    def connect(self):
        self.open()

    def secure(self):
        """Until the device asks for a user."""
        self.until(lambda: self.dialog.asked, self.plan["timeout_connect"])

    def login(self):
        self.until(lambda: self.dialog.password_sent or self.at_pause(), self.plan["timeout_login"])

    def set_limit(self, limit):
        self.socket.settimeout(limit)

    def receive(self):
        """Text; nothing at the end. Bytes of Telnet's own are answered and passed over."""
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
        self.transport = None
        self.channel = None

    def connect(self):
        self.open()

    def secure(self):
        import paramiko
        self.transport = paramiko.Transport(self.socket)
        try:
            self.transport.start_client(timeout=self.plan["timeout_connect"])
        except Exception as error:  # what its thread met, of any kind
            raise Failed(HANDSHAKE if self.transport.remote_version else CONNECT, error)
        if not self.transport.initial_kex_done:
            raise Failed(TIMEOUT, LATE)

    def login(self):
        import paramiko
        self.transport.auth_timeout = self.plan["timeout_login"]
        try:
            self.transport.auth_password(self.plan["user"], self.plan["password"])
        except (paramiko.SSHException, EOFError) as error:
            raise Failed(AUTH, error)

    def ready(self):
        self.channel = self.transport.open_session(timeout=self.plan["timeout_login"])
        self.channel.get_pty(width=200)
        self.channel.invoke_shell()
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


def plain(text):
    """What a device said or a library says of it, as ASCII."""
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    return (u"%s" % text).encode("ascii", "replace").decode("ascii")


def failed_how(error, row, connection):
    """(end, reason) of a session that an exception ended. Whatever a device makes the libraries raise
    is its own session's failure."""
    if isinstance(error, socket.timeout):
        return TIMEOUT, LATE
    if isinstance(error, Failed):
        end = connection.phase(row) if error.end is None else error.end
        return end, plain(error.reason if isinstance(error.reason, bytes) else str(error.reason))
    name = "" if isinstance(error, (socket.error, OSError)) else type(error).__name__ + ": "
    return connection.phase(row), plain(name + str(error))


def do_job(plan, job, worker):
    row = [job[0], worker, OK, clock(), 0, 0, 0, 0, 0, 0, ""]
    plan = plan_of(plan, job)
    connection = CONNECTIONS[plan["transport"]](plan, job)
    try:
        talk(connection, plan, job[4], row)
    except Exception as error:
        row[2], row[REASON] = failed_how(error, row, connection)
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
