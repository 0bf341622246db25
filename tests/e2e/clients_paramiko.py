"""paramiko at the edges of SSH: methods and tries, banners, what a device refuses, keys exchanged anew, a flood of typing, half a connection."""
import os
import socket
import struct
import sys
import threading

try:
    import paramiko
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no paramiko here (python3-paramiko)")
    sys.exit(77)

from emulator_frame import Emulator, PATIENCE, check, fail


def connect(device=1, user="cisco", password="cisco", emulator=None):
    transport = paramiko.Transport((emulator.address(device), emulator.ssh_port))
    transport.start_client(timeout=PATIENCE)
    if user:
        transport.auth_password(user, password)
    return transport


def channel_of(transport):
    channel = transport.open_session(timeout=PATIENCE)
    channel.settimeout(PATIENCE)
    return channel


def read_until(channel, text):
    seen = b""
    while text not in seen:
        data = channel.recv(65536)
        check(data, "the channel ended before", text, "after", seen[-300:])
        seen += data
    return seen


def read_all(channel):
    seen = b""
    while True:
        data = channel.recv(65536)
        if not data:
            return seen
        seen += data


def shell_of(transport, width=511, height=1000):
    channel = channel_of(transport)
    channel.get_pty("vt100", width, height)
    channel.invoke_shell()
    return channel


def window_change(channel, width, height):
    """With want-reply, as JSch sends it."""
    channel.event.clear()
    message = paramiko.Message()
    message.add_byte(b"\x62")  # SSH_MSG_CHANNEL_REQUEST
    message.add_int(channel.remote_chanid)
    message.add_string("window-change")
    message.add_boolean(True)
    for cells in width, height, 0, 0:
        message.add_int(cells)
    return message


def refused(what, kind, action, *arguments):
    try:
        action(*arguments)
    except kind:
        return
    fail(what, "is not refused")


# Of a request on a channel: paramiko closes the channel then and the device hangs up, and either may be told.
REQUEST_REFUSED = (paramiko.SSHException, EOFError)


def methods(emulator):
    """None is answered by the list; keyboard-interactive asks the one question; three wrong answers, of both methods together, end it."""
    transport = connect(user=None, emulator=emulator)
    try:
        transport.auth_none("cisco")
        fail("none logs in")
    except paramiko.BadAuthenticationType as error:
        check(error.allowed_types == ["publickey", "keyboard-interactive", "password"], error.allowed_types)
    asked = []

    def answer(title, instructions, prompts):
        asked.append((title, instructions, prompts))
        return ["cisco"]

    transport.auth_interactive("cisco", answer)
    check(asked == [("", "", [("Password: ", False)])], asked)
    check(transport.is_authenticated())
    transport.close()

    transport = connect(user=None, emulator=emulator)
    refused("a wrong password", paramiko.AuthenticationException, transport.auth_password, "cisco", "1")
    refused("a wrong answer", paramiko.AuthenticationException, transport.auth_interactive, "cisco", lambda *_: ["2"])
    check(transport.is_active(), "two wrong ones end the connection")
    refused("a third", paramiko.SSHException, transport.auth_password, "cisco", "3")
    transport.join(PATIENCE)
    check(not transport.is_active(), "three wrong passwords do not end the connection")


def requests(emulator):
    """What a router does not do is refused, and the session goes on."""
    transport = connect(emulator=emulator)
    refused("a port to listen on", paramiko.SSHException, transport.request_port_forward, "127.0.0.1", 0)
    refused("a connection through it", paramiko.ChannelException, transport.open_channel, "direct-tcpip",
            ("127.0.0.1", 22), ("127.0.0.1", 1))
    check(transport.global_request("keepalive@openssh.com", wait=True) is not None, "no answer to a keepalive")
    check(transport.global_request("nonsense@example.org", wait=True) is None, "nonsense is granted")
    channel = shell_of(transport)
    read_until(channel, b"R1>")
    refused("a second channel", paramiko.ChannelException, transport.open_session)
    channel.set_environment_variable("LANG", "C")
    transport._send_user_message(window_change(channel, 80, 5))
    check(channel.event.wait(PATIENCE), "no answer to a change of the window that wants one")
    channel.resize_pty(80, 6)
    channel.resize_pty(80, 5)
    channel.send(b"show version\r")
    read_until(channel, b"--More--")
    channel.send(b"q")
    read_until(channel, b"R1>")
    channel.send(b"exit\r")
    read_all(channel)
    check(channel.recv_exit_status() == 0, "exit status")
    transport.join(PATIENCE)
    check(not transport.is_active(), "exit does not end the connection")
    for request in ("sftp", "netconf"):
        transport = connect(emulator=emulator)
        refused("the subsystem " + request, REQUEST_REFUSED, channel_of(transport).invoke_subsystem, request)
        transport.close()
    transport = connect(emulator=emulator)
    refused("X11", REQUEST_REFUSED, channel_of(transport).request_x11)
    transport.close()


def exec_once(emulator):
    """One command a connection: output, status and the end, whatever the client does with its half; a second one finds it closed."""
    for command, status, text in (("show privilege", 0, b"level is 1"), ("show nonsense", 1, b"% Invalid input")):
        transport = connect(emulator=emulator)
        channel = channel_of(transport)
        channel.exec_command(command)
        channel.shutdown_write()
        output = read_all(channel)
        check(text in output, command, output)
        check((channel.recv_exit_status() == 0) == (status == 0), command, channel.recv_exit_status())
        transport.join(PATIENCE)
        refused("a second exec", paramiko.SSHException, transport.open_session)
        transport.close()


def exec_many(emulator):
    """Where the platform says so, one command after the other on one connection, then a shell."""
    transport = connect(1, emulator=emulator)
    for _ in range(20):
        channel = channel_of(transport)
        channel.exec_command("show privilege")
        check(b"Current privilege level is 1" in read_all(channel))
        check(channel.recv_exit_status() == 0, channel.recv_exit_status())
        channel.close()
    channel = shell_of(transport)
    read_until(channel, b">")
    refused("a second channel", paramiko.ChannelException, transport.open_session)
    channel.send(b"exit\r")
    read_all(channel)
    transport.join(PATIENCE)
    check(not transport.is_active(), "exit does not end the connection")


def typing(emulator):
    """150 kB typed at once; keys exchanged anew in between; a small window; the end of the input is a logout."""
    transport = connect(2, emulator=emulator)
    channel = shell_of(transport)
    seen = []
    reader = threading.Thread(target=lambda: seen.append(read_all(channel)))
    reader.start()
    channel.sendall(b"terminal length 0\r")
    for _ in range(2):
        channel.sendall(b"show privilege\r" * 5000)
        transport.renegotiate_keys()
    channel.sendall(b"exit\r")
    reader.join(PATIENCE)
    check(seen and seen[0].count(b"Current privilege level is 1") == 10000, "answers are lost", seen and seen[0][-300:])
    transport.close()

    transport = connect(2, emulator=emulator)
    channel = transport.open_session(window_size=32768, timeout=PATIENCE)
    channel.settimeout(PATIENCE)
    channel.invoke_shell()
    channel.sendall(b"terminal length 0\r" + b"show version\r" * 200 + b"exit\r")  # 350 kB of answers
    check(read_all(channel).count(b"Configuration register is") == 200, "answers are lost in a small window")
    transport.close()

    transport = connect(2, emulator=emulator)
    channel = channel_of(transport)
    channel.invoke_shell()
    channel.sendall(b"show privilege\n" * 3)
    channel.shutdown_write()
    check(read_all(channel).count(b"level is 1") == 3, "what was typed before the end of the input")
    transport.close()


def packet_sizes(emulator):
    """A peer that bears only packets with no room for data ends its own session; the others go on. Small ones are taken."""
    for size in (1, 9, 10, 11, 12, 100):
        transport = connect(2, emulator=emulator)
        transport._sanitize_packet_size = lambda wanted: wanted  # it would not say less than 4096
        channel = transport.open_session(max_packet_size=size, timeout=PATIENCE)
        channel.settimeout(PATIENCE)
        channel.exec_command("show privilege")
        output = read_all(channel)
        check(size <= 10 or output == b"Current privilege level is 1\r\n", size, output)
        transport.close()


def banners(emulator):
    """The login banner before the password, the others before the first prompt, none of them with an exec."""
    transport = connect(3, emulator=emulator)
    check(transport.get_banner() is None, transport.get_banner())
    channel = shell_of(transport)
    channel.send(b"enable\rcisco\rconfigure terminal\rbanner login #Hands off\r#\rbanner motd #Rain at noon#\rend\rexit\r")
    read_all(channel)
    transport.close()
    transport = connect(3, emulator=emulator)
    check(transport.get_banner() == b"Hands off\r\n", transport.get_banner())
    channel = shell_of(transport)
    check(read_until(channel, b"R3>") == b"Rain at noon\r\nR3>")
    transport.close()
    transport = connect(3, emulator=emulator)
    channel = channel_of(transport)
    channel.exec_command("show privilege")
    check(b"Rain" not in read_all(channel))
    transport.close()
    peer = emulator.telnet(3)
    question = peer.until(b"Username: ")
    check(question.index(b"Rain at noon") < question.index(b"Hands off\r\n") < question.index(b"User Access Verification"), question)
    peer.close()


def reset(emulator):
    """A reset that an emulator busy elsewhere finds together with the last bytes ends the session."""
    transport = connect(emulator=emulator)
    read_until(shell_of(transport), b"R1>")
    with emulator.held():
        transport.send_ignore(10)
        transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.close()
        transport.join(PATIENCE)  # its thread reads the socket, which is not closed before
    emulator.await_descriptors()


def main():
    emulator = Emulator("--devices", "3")
    for test in (methods, requests, exec_once, typing, packet_sizes, banners, reset):
        test(emulator)
        print("ok", test.__doc__)
    print(emulator.stop())
    emulator = Emulator("--devices", "1", "--set", "devices.platform=arista_eos")
    exec_many(emulator)
    print("ok", exec_many.__doc__)
    print(emulator.stop())


main()
