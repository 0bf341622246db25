"""Each fault and limit as clients see it that nobody here wrote: OpenSSH, paramiko, telnetlib, netmiko."""
import os
import subprocess
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore")
try:
    import netmiko
    import paramiko
    import telnetlib
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no netmiko or telnetlib here (python3-netmiko, a Python before 3.13)")
    sys.exit(77)

from emulator_frame import Emulator, PATIENCE, Peer, check

import logging
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
# What netmiko raises when it waits in vain for a prompt, and how it is told to wait two seconds: before and since 4.
NEW_NETMIKO = int(netmiko.__version__.split(".")[0]) >= 4
IN_VAIN = netmiko.exceptions.ReadTimeout if NEW_NETMIKO else IOError
BRIEFLY = {"read_timeout": 2} if NEW_NETMIKO else {"max_loops": 10}


def emulator(faults="{}", limits="{}", *more):
    return Emulator("-n", "4", "--set", "devices.faults=" + faults, "--set", "devices.limits=" + limits,
                    *more)


def raises(kind, call):
    try:
        call()
    except kind as error:
        return str(error)
    raise AssertionError("no %s" % kind.__name__)


def openssh(served, *command):
    """What ssh says on both outputs, and its exit code."""
    result = subprocess.run(
        ["sshpass", "-p", "cisco", "ssh", "-F", "/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
         "-o", "LogLevel=INFO", "-o", "PreferredAuthentications=password", "-p", str(served.ssh_port),
         "cisco@" + served.address(1), *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    return result.stdout.decode() + result.stderr.decode(), result.returncode


def transport(served, device=1):
    connection = paramiko.Transport((served.address(device), served.ssh_port))
    connection.banner_timeout = connection.auth_timeout = PATIENCE
    connection.start_client(timeout=PATIENCE)
    return connection


def shell(served):
    connection = transport(served)
    connection.auth_password("cisco", "cisco")
    channel = connection.open_session()
    channel.get_pty()
    channel.invoke_shell()
    channel.settimeout(PATIENCE)
    return connection, channel


def until(channel, text):
    seen = b""
    while text not in seen:
        data = channel.recv(65536)
        check(data, "the channel ended after", seen)
        seen += data
    return seen


def telnet(served, device=1):
    session = telnetlib.Telnet(served.address(device), served.telnet_port, PATIENCE)
    session.read_until(b"Username: ", PATIENCE)
    session.write(b"cisco\r\n")
    session.read_until(b"Password: ", PATIENCE)
    session.write(b"cisco\r\n")
    return session


def router(served, **more):
    return netmiko.ConnectHandler(device_type="cisco_ios", host=served.address(1), port=served.ssh_port, username="cisco",
                                  password="cisco", **more)


def drops_and_resets():
    served = emulator("{drop: 1, at: connect}")
    text, code = openssh(served)
    check(code == 255 and "Connection closed by" in text, text)
    check(telnetlib.Telnet(served.address(1), served.telnet_port).read_all() == b"", "telnet: an end without a word")
    served.stop()

    served = emulator("{reset: 1, at: connect}")
    text, code = openssh(served)
    check(code == 255 and "Connection reset by" in text, text)
    raises(ConnectionResetError, lambda: telnetlib.Telnet(served.address(1), served.telnet_port).read_all())
    served.stop()

    served = emulator("{reset: 1, at: output}")
    session = telnet(served)
    session.read_until(b">", PATIENCE)
    session.write(b"show version\r\n")
    text = session.read_until(b"Cisco IOS Software", PATIENCE)
    check(text.endswith(b"Cisco IOS Software"), text)
    raises(ConnectionResetError, session.read_all)
    connection, channel = shell(served)
    until(channel, b"R1>")
    channel.send(b"show version\n")
    seen = b""
    data = b"x"
    while data:
        data = channel.recv(65536)
        seen += data
    check(b"Cisco IOS Software" in seen and b"Configuration register" not in seen, seen)
    served.stop()

    served = emulator("{drop: 1, at: login}")
    connection = transport(served)
    raises(paramiko.SSHException, lambda: connection.auth_password("cisco", "cisco"))
    session = telnet(served)
    check(session.read_all().strip() == b"", "telnet: an end after the password")
    served.stop()


def expired_passwords():
    served = emulator("{password_expired: 1}")
    connection = transport(served)
    asked = []

    def answer(title, instructions, prompts):
        asked.append((instructions.strip(), [prompt for prompt, echo in prompts]))
        return ["cisco"] if len(prompts) == 1 else ["new", "new"]

    connection.auth_interactive("cisco", answer)
    check(asked == [("", ["Password: "]),
                    ("Your password has expired.", ["Enter new password: ", "Confirm new password: "])], asked)
    channel = connection.open_session()
    channel.get_pty()
    channel.invoke_shell()
    channel.settimeout(PATIENCE)
    check(until(channel, b"R1>") == b"\r\nR1>", "the shell asks again")
    connection.close()

    connection = transport(served)
    raises(paramiko.AuthenticationException,
           lambda: connection.auth_interactive("cisco", lambda t, i, p: ["cisco"] if len(p) == 1 else ["new", "other"]))
    connection.close()

    # A client of the password method logs in and finds the question in place of the prompt.
    connection, channel = shell(served)
    until(channel, b"Enter new password: ")
    channel.send(b"secret1\n")
    seen = until(channel, b"Confirm new password: ")
    check(b"secret1" not in seen, "echoed:", seen)
    channel.send(b"secret1\n")
    until(channel, b"R1>")
    connection.close()

    text, code = openssh(served, "show clock")
    check(code == 1 and "Your password has expired." in text and "UTC" not in text, text, code)

    session = telnet(served)
    session.read_until(b"Your password has expired.\r\nEnter new password: ", PATIENCE)
    for _ in range(3):
        session.write(b"one\r\n")
        session.read_until(b"Confirm new password: ", PATIENCE)
        session.write(b"other\r\n")
        session.read_until(b"% Passwords do not match\r\n", PATIENCE)
    check(session.read_all() == b"", "the third time is the last")
    session = telnet(served, 2)
    session.read_until(b"Enter new password: ", PATIENCE)
    session.write(b"\x03")  # no way past the question
    check(b">" not in session.read_all(), "Ctrl-C lets in")
    session = telnet(served, 2)
    session.read_until(b"Enter new password: ", PATIENCE)
    session.write(b"new\r\nnew\r\nshow clock\r\n")
    text = session.read_until(b"UTC", PATIENCE)
    check(text.endswith(b"UTC"), text)
    session.close()
    served.stop()


def drips():
    served = emulator("{drip: 1, drip_rate: 25B/s}")
    session = telnet(served)
    start = time.monotonic()
    text = session.read_until(b">", PATIENCE)
    start = time.monotonic()
    session.write(b"show privilege\r\n")
    text = session.read_until(b"R1>", PATIENCE)
    took = time.monotonic() - start
    check(text == b"show privilege\r\nCurrent privilege level is 1\r\nR1>", text)
    check(len(text) / 25 * 0.9 <= took, "%d bytes in %.1f s" % (len(text), took))
    session.close()
    served.stop()


def wrong_prompts():
    served = emulator("{wrong_prompt: 1}")
    connection = router(served)
    check(connection.find_prompt() == "R1>", connection.find_prompt())
    text = raises(IN_VAIN, lambda: connection.send_command("show clock", **BRIEFLY))
    check("R1" in text, text)  # what it waited for
    check(connection.find_prompt() == "Switch>", connection.find_prompt())
    connection.disconnect()
    served.stop()


def cuts():
    served = emulator("{cut: 1}")
    connection = router(served)
    raises(IN_VAIN, lambda: connection.send_command("show ip interface brief", **BRIEFLY))
    connection.disconnect()
    served.stop()
    served = emulator("{cut: 1, cut_then: prompt}")
    connection = router(served)
    text = connection.send_command("show ip interface brief")
    whole = connection.send_command("show ip interface brief")
    check(text and len(text) < len(whole) and whole.startswith(text), text)
    connection.disconnect()
    served.stop()


def logs():
    served = emulator("{syslog: 1}")
    connection = router(served)
    lines = connection.send_command("show ip interface brief").splitlines()
    logged = [i for i, line in enumerate(lines) if ": %LINK-3-UPDOWN: Interface GigabitEthernet0/2, changed" in line]
    check(len(logged) == 1 and 1 < logged[0] < len(lines) - 1 and lines[logged[0]].startswith("*"), lines)
    connection.write_channel("show clock\n")
    text = connection.read_until_pattern("%SYS-5-CONFIG_I: Configured from console by console")
    check(text.index("R1>") < text.index("%SYS-5-CONFIG_I"), text)  # it comes behind the prompt
    connection.disconnect()
    served.stop()


def startups():
    served = emulator("{}", "{maxstartups: 2}")
    waiting = [Peer(served.address(1), served.ssh_port) for _ in range(2)]
    for peer in waiting:
        peer.until(b"SSH-2.0-")
    text, code = openssh(served, "show clock")
    check(code == 255 and "Connection closed by" in text, text)
    session = telnet(served)  # of SSH only
    session.read_until(b">", PATIENCE)
    session.close()
    connection = transport(served, 2)  # and of each device
    waiting.pop().close()
    end = time.monotonic() + PATIENCE
    while "UTC" not in text and time.monotonic() < end:
        text, code = openssh(served, "show clock")
    check(code == 0 and "UTC" in text, text)
    logged_in, channel = shell(served)  # those that are in do not count
    another, channel = shell(served)
    for session in (connection, logged_in, another, waiting[0]):
        session.close()
    served.stop()


def command_rate():
    served = emulator("{}", "{command_rate: 5/s}")
    sessions = [telnet(served) for _ in range(2)]
    for session in sessions:
        session.read_until(b">", PATIENCE)
    start = time.monotonic()
    for session in sessions:
        session.write(b"show clock\r\nshow clock\r\nterminal length 0\r\nshow clock\r\n")
    for session in sessions:
        for _ in range(4):
            session.read_until(b"R1>", PATIENCE)
    took = time.monotonic() - start
    check(took >= 6 / 5 * 0.98, "six commands of two sessions at 5/s in %.2f s" % took)
    for session in sessions:
        session.close()
    served.stop()


def lines_in_use():
    served = emulator("{}", "{vty_lines: 1}")
    session = telnet(served)
    session.read_until(b">", PATIENCE)
    text = telnetlib.Telnet(served.address(1), served.telnet_port).read_all()
    check(text == b"% Connection refused by remote host\r\n", text)
    text, code = openssh(served, "show clock")
    check(code == 255 and "Connection reset by" in text, text)
    session.close()
    served.stop()


PARTS = [drops_and_resets, expired_passwords, drips, wrong_prompts, cuts, logs, startups, command_rate, lines_in_use]
failed = []


def run(part):
    try:
        part()
        print("ok", part.__name__)
    except BaseException as error:
        failed.append(part.__name__)
        import traceback
        traceback.print_exc()


if subprocess.run(["sh", "-c", "command -v ssh && command -v sshpass"], stdout=subprocess.DEVNULL).returncode:
    print("SKIP: no ssh or sshpass here")
    sys.exit(77)
threads = [threading.Thread(target=run, args=(part,)) for part in PARTS]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit("failed: %s" % " ".join(failed) if failed else 0)
