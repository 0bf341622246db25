"""Clients that cannot be installed here, replayed to the letter over SSH and Telnet: what each sends, how it ends a line, and the patterns
that it waits for. Where the real client would hang, this fails. The dialogues were read in the sources of scrapli 1 and 2, Exscript, Oxidized,
unicon, ansible.netcommon, NAPALM and netmiko 4."""
import os
import re
import sys
import time

try:
    import paramiko
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no paramiko here (python3-paramiko)")
    sys.exit(77)

from emulator_frame import Emulator, PATIENCE, check, fail

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
SGA = 3

# What a client answers to a negotiation: {command: answer}; True for SGA means that DO is taken.
REFUSES = {DO: WONT, WILL: DONT}  # telnetlib, and all that stand on it
SCRAPLI = {DO: WONT, WILL: DO, SGA: True}
SILENT = {}


class Client:
    """name; enter; prompt (searched in all that came since the last one); how a command is sent and what is then waited for:

    line     the command and Enter, then the prompt
    echo     the command alone, its echo, then Enter, then the prompt (scrapli)
    echoed   the command and Enter, its echo, then the prompt as it stood at first, anywhere (netmiko)
    """

    def __init__(self, name, enter, prompt, how, steps, pty=(80, 24), telnet=REFUSES, pokes=False, methods=("password",),
                 user=r"(?i)(?:user:|username|login|user name)", password=r"assword", login_enter=None, telnet_enter=None,
                 platform="cisco_ios", leave="exit", drops=""):
        self.name, self.enter, self.how, self.steps, self.pty = name, enter, how, steps, pty
        self.prompt, self.telnet, self.pokes, self.methods = prompt, telnet, pokes, methods
        self.user, self.password, self.login_enter = user, password, login_enter or enter
        self.telnet_enter = telnet_enter or enter
        self.platform, self.leave, self.drops = platform, leave, drops  # drops: characters that it throws away unread


# Each step: the command, what must come instead of the prompt (None: the prompt), a text that the answer must hold (None: any).
ASK = r"^(?:enable\s){0,1}password:\s?$"
LINES = [("configure terminal", r"\(config\)#", "Enter configuration commands, one per line.  End with CNTL/Z."),
         ("interface Loopback7", r"\(config-if\)#", None), ("description replayed", r"\(config-if\)#", None),
         ("end", None, None), ("show running-config | include replayed", None, " description replayed")]

CLIENTS = [
    Client("scrapli 1", b"\n", r"(?im)^[\w.\-@/:]{1,63}>$|^[\w.\-@/:]{1,63}#$|^[\w.\-@/:]{1,63}\([\w.\-@/:+]{0,32}\)#$", "echo",
           [("enable", r"(?im)" + ASK, None), ("cisco", None, None), ("terminal length 0", None, None), ("terminal width 512", None, None),
            ("show version", None, "Configuration register is 0x2102")] + LINES,
           pty=(256, 80), telnet=SCRAPLI, methods=("password", "keyboard-interactive"),
           user=r"(?im)^(.*username:)|(.*login:)\s?$", password=r"(?im)(.*@.*)?password:\s?$"),
    Client("scrapli 2", b"\n", r"(?im)^[\w.\-@/:]{1,63}[>#]\s?$|^[\w.\-@/:]{1,63}\([\w.\-@/:+]{0,32}\)#\s?$", "echo",
           [("enable", r"Password:", None), ("cisco", None, None), ("term width 512", None, None), ("term len 0", None, None),
            ("show version", None, "Cisco IOS Software")] + LINES,
           pty=(256, 80), telnet=SCRAPLI, user=r"(?im)^(.*username:)|(.*login:)\s?$", password=r"(?im)password:\s?$"),
    Client("Exscript", b"\r", r"[\r\n][\-\w+\.:/]+(?:\([^\)]+\))?[>#] ?$", "line",
           [("enable", r"[\r\n][Pp]assword: ?$", None), ("cisco", None, None), ("term len 0", None, None), ("term width 0", None, None),
            ("show version", None, "uptime is")] + LINES,
           methods=("none", "password"), user=r"(?i)user ?name: ?$",
           password=r"[\r\n][Pp]assword: ?$"),
    Client("Oxidized", b"\n", r"(?m)^([\w.@()-]+[#>]\s?)$", "line",
           [("terminal length 0", None, None), ("terminal width 0", None, None), ("enable", r"(?m)^Password", None), ("cisco", None, None),
            ("show version", None, "image file is"), ("show vtp status", None, None), ("show inventory", None, "PID:"),
            ("show running-config", None, "\nend")],
           user=r"(?m)^Username:", password=r"(?m)^Password:"),
    Client("unicon", b"\r", r"(?m)^(.*?)R\d+(\(config[\w-]*\))?[>#]\s?$", "line",
           [("enable", r"(?i)password: ?$", None), ("cisco", None, None), ("term length 0", None, None), ("term width 0", None, None),
            ("show version", None, "Cisco IOS"), ("config term", r"\(config\)#\s?$", None), ("no logging console", r"\(config\)#\s?$", None),
            ("line console 0", r"\(config-line\)#\s?$", None), ("exec-timeout 0", r"\(config-line\)#\s?$", None),
            ("line vty 0 4", r"\(config-line\)#\s?$", None), ("exec-timeout 0", r"\(config-line\)#\s?$", None), ("end", None, None)]),
    Client("ansible network_cli", b"\r", r"[\r\n]?[\w\+\-\.:\/\[\]]+(?:\([^\)]+\)){0,3}(?:[>#]) ?$", "line",
           [("show privilege", None, "Current privilege level is 1"), ("enable", r"(?i)[\r\n]?(?:.*)?password: ?$", None), ("cisco", None, None),
            ("show privilege", None, "Current privilege level is 15"), ("terminal length 0", None, None), ("terminal width 512", None, None),
            ("terminal width 0", None, None), ("show version", None, "Version"), ("show vlan", None, None)] + LINES),
    Client("netmiko 4, NAPALM", b"\n", r"[>#]", "echoed",
           [("terminal width 511", None, None), ("terminal length 0", None, None), ("enable", r"(?i)ssword", None), ("cisco", r"#", None),
            ("configure terminal", r"\)#", None), ("interface Loopback7", r"(?:R1.*$|#.*$)", None), ("end", r"#", None),
            ("show version", None, "Version"), ("show hosts", None, None), ("show ip interface brief", None, "Loopback7"),
            ("show interfaces", None, "MTU"), ("show lldp neighbors detail", None, None), ("show ip bgp all summary", None, None),
            ("show mac-address-table", None, None), ("show ip arp", None, None), ("show processes cpu", None, "CPU utilization"),
            ("show memory statistics", None, "Processor"), ("dir", None, r"bytes free"), ("show run | include hostname", None, "hostname R1")],
           pty=(511, 1000), pokes=True, login_enter=b"\r", telnet_enter=b"\r\n"),
]

# The other platforms: what scrapli's core drivers and the drivers of netmiko 4 do there.
SCRAPLI_PLATFORM = {"enter": b"\n", "how": "echo", "pty": (256, 80), "telnet": SCRAPLI, "user": r"(?im)^(.*username:)|(.*login:)\s?$",
                    "password": r"(?im)password:\s?$", "drops": "\r"}
NETMIKO_PLATFORM = {"enter": b"\n", "how": "echoed", "pty": (511, 1000), "pokes": True, "login_enter": b"\r", "telnet_enter": b"\r\n"}
CLIENTS += [
    Client("scrapli arista_eos", prompt=r"(?im)^[a-z0-9.\-@/: ]{1,32}(\(config[a-z0-9_.\-@/:]{0,32}\))?[#>]\s?$", platform="arista_eos",
           steps=[("enable", r"(?m)^[pP]assword:\s?$", None), ("cisco", r"(?m)^R1#", None), ("terminal length 0", None, None),
                  ("terminal width 32767", None, None), ("show version", None, "Arista"), ("configure terminal", r"\(config\)#\s?$", None),
                  ("interface Loopback7", r"(?m)^R1\(config-if-Lo7\)#\s?$", None), ("end", r"(?m)^R1#\s?$", None)], **SCRAPLI_PLATFORM),
    Client("scrapli cisco_nxos", prompt=r"(?im)^[a-z0-9.\-_@/:]{1,63}(\(config[a-z0-9.\-@/:]{0,32}\))?#\s?$", platform="cisco_nxos",
           steps=[("terminal length 0", None, None), ("terminal width 511", None, None), ("show version", None, "Nexus"),
                  ("configure terminal", r"\(config\)#\s?$", None), ("interface loopback7", r"\(config-if\)#\s?$", None), ("end", r"(?m)^R1#\s?$", None)],
           **SCRAPLI_PLATFORM),
    Client("scrapli cisco_iosxr", prompt=r"(?im)^[a-z0-9.\-_@/:]{1,63}(\(config[a-z0-9.\-@/:]{0,32}\))?#\s?$", platform="cisco_iosxr",
           steps=[("terminal length 0", None, None), ("terminal width 512", None, None), ("show version", None, "IOS XR"),
                  ("configure terminal", r"\(config\)#\s?$", None), ("interface Loopback7", r"\(config-if\)#\s?$", None),
                  ("commit", r"\(config-if\)#\s?$", None), ("end", r"(?m)^RP/0/RP0/CPU0:R1#\s?$", None)], **SCRAPLI_PLATFORM),
    Client("scrapli juniper_junos", prompt=r"(?im)^({\w+:\d}\n){0,1}[a-z0-9.\-_@()/:]{1,63}[>#]\s?$", platform="juniper_junos",
           steps=[("set cli complete-on-space off", None, None), ("set cli screen-length 0", None, None), ("set cli screen-width 511", None, None),
                  ("show version", None, "Junos"), ("configure", r"(?m)^cisco@R1#\s?$", r"\[edit\]"), ("exit configuration-mode", r"(?m)^cisco@R1>\s?$", None)],
           **SCRAPLI_PLATFORM),
    Client("netmiko 4 arista_eos", prompt=r"[>#]", platform="arista_eos",
           steps=[("terminal width 511", r"Width set to", None), ("terminal length 0", r"Pagination disabled", None), ("enable", r"(?i)ssword", None),
                  ("cisco", r"#", None), ("configure terminal", r"(?s)R1.*\)#", None), ("interface Loopback7", r"(?:R1.*$|#.*$)", None), ("end", r"#", None),
                  ("show version", None, "Arista")], **NETMIKO_PLATFORM),
    Client("netmiko 4 juniper_junos", prompt=r"[%>$#]", platform="juniper_junos",
           steps=[("set cli screen-width 511", r"Screen width set to", None), ("set cli complete-on-space off", r"Disabling complete-on-space", None),
                  ("set cli screen-length 0", r"Screen length set to", None), ("show version", None, "Junos"),
                  ("configure", r"(?s:Entering configuration mode.*\].*#)", None), ("set system host-name other", r"(?m:[>#] $)", None),
                  ("exit configuration-mode", r"(?:>|Exit with uncommitted changes)", None), ("yes", r">", None), ("show version", None, "Hostname: R1")],
           **NETMIKO_PLATFORM),
    Client("netmiko 4 huawei_vrp", prompt=r"Change now|Please choose|<R1>", platform="huawei_vrp", leave="quit",
           steps=[("N", None, None), ("screen-length 0 temporary", None, None), ("display version", None, "Huawei"), ("system-view", r"\]", None),
                  ("interface LoopBack7", r"\[R1-LoopBack7\]", None), ("return", r">", None), ("display version", None, "Huawei")], **NETMIKO_PLATFORM),
]

# Texts by which ansible and scrapli tell an error: an answer that held one by chance would be taken for a failure.
ERRORS = re.compile(r"(?i)% ?Error|% ?Bad secret|[\r\n%] Bad passwords|invalid input|(?:incomplete|ambiguous) command|% Unknown command"
                    r"|connection timed out|[^\r\n]+ not found|Command authorization failed|returned error code")
MAY_BE_UNKNOWN = {"show vtp status", "show vlan", "show hosts", "show ip bgp all summary", "show mac-address-table",  # of a router
                  "N"}  # an answer to a question that is not asked


class Wire:
    """What came since the last match is in seen, as text; a pattern must match within PATIENCE."""

    def __init__(self, client, transport):
        self.client, self.name, self.seen = client, "%s over %s" % (client.name, transport), ""

    def sees(self, pattern):
        until = time.monotonic() + PATIENCE
        while True:
            match = re.search(pattern, self.seen)
            if match:
                text, self.seen = self.seen[:match.end()], self.seen[match.end():]
                return text
            check(time.monotonic() < until, self.name, "would hang at", pattern, "having seen", self.seen[-300:])
            data = self.receive()
            check(data, self.name, "sees the end instead of", pattern, "after", self.seen[-300:])
            self.seen += data.translate({ord(c): None for c in self.client.drops})

    def ends(self):
        while self.receive():
            pass
        self.close()


class SshWire(Wire):
    def enter(self):
        self.send(self.client.enter)

    def __init__(self, client, emulator, method):
        super().__init__(client, "SSH, " + method)
        self.transport = paramiko.Transport((emulator.base, emulator.ssh_port))
        self.transport.start_client(timeout=PATIENCE)
        if method == "none":
            try:
                self.transport.auth_none("cisco")
            except paramiko.BadAuthenticationType:
                pass  # Exscript goes on with what is offered
        if method == "keyboard-interactive":
            self.transport.auth_interactive("cisco", lambda title, text, prompts: ["cisco"] * len(prompts))
        else:
            self.transport.auth_password("cisco", "cisco")
        self.channel = self.transport.open_session(timeout=PATIENCE)
        self.channel.settimeout(PATIENCE)
        self.channel.get_pty("vt100", *client.pty)
        self.channel.invoke_shell()

    def send(self, data):
        self.channel.sendall(data)

    def receive(self):
        try:
            return self.channel.recv(65536).decode()
        except OSError:  # its time is over
            fail(self.name, "waits in vain after", self.seen[-300:])

    def close(self):
        self.transport.close()


class TelnetWire(Wire):
    def enter(self):
        self.send(self.client.telnet_enter)

    def __init__(self, client, emulator):
        super().__init__(client, "Telnet")
        self.peer = emulator.telnet(1)
        self.raw = b""
        self.sees(client.user)
        self.send(b"cisco" + client.login_enter)
        self.sees(client.password)
        self.send(b"cisco" + client.login_enter)

    def send(self, data):
        self.peer.send(data)

    def receive(self):
        """Text without negotiations, which are answered as the client does."""
        try:
            data = self.peer.socket.recv(65536)
        except ConnectionError:
            data = b""
        except OSError:
            fail(self.name, "waits in vain after", self.seen[-300:])
        if not data:
            return ""
        self.raw += data
        text = bytearray()
        while self.raw:
            if self.raw[0] != IAC:
                text.append(self.raw[0])
                self.raw = self.raw[1:]
            elif len(self.raw) < 3:
                break  # the rest is yet to come
            elif self.raw[1] == SB:
                if bytes((IAC, SE)) not in self.raw:
                    break
                self.raw = self.raw[self.raw.index(bytes((IAC, SE))) + 2:]
            else:
                self.negotiate(self.raw[1], self.raw[2])
                self.raw = self.raw[3:]
        return text.decode() or self.receive()

    def negotiate(self, command, option):
        rules = self.client.telnet
        answer = WILL if command == DO and option == SGA and rules.get(SGA) else rules.get(command)
        if answer:
            self.send(bytes((IAC, answer, option)))

    def close(self):
        self.peer.close()


def says(wire, command, wanted, prompt):
    """Sends a command as its client does; what came until the client is content."""
    client = wire.client
    wire.send(command.encode())
    if client.how == "echo" and command != "cisco":
        wire.sees(re.escape(command))
    wire.enter()
    if client.how == "echoed" and command != "cisco":
        wire.sees(re.escape(command))
    return wire.sees(wanted or prompt)


def replay(wire):
    client = wire.client
    if client.pokes:
        wire.enter()
    first = wire.sees(client.prompt)
    if client.pokes:
        wire.sees(client.prompt)  # its own Enter's
    prompt = client.prompt
    for command, wanted, text in client.steps:
        answer = says(wire, command, wanted, prompt)
        if text:
            check(re.search(text, answer), wire.name, command, "is answered by", answer)
        if command not in MAY_BE_UNKNOWN:
            check(not ERRORS.search(answer), wire.name, command, "is answered by", answer)
        if client.how == "echoed":  # the base prompt, escaped and unanchored; what is left must not be a second one
            prompt = re.escape(first.strip()[:-1].splitlines()[-1][:16]) + "[>#]"
    wire.send(client.leave.encode())
    wire.enter()
    wire.ends()
    print("ok", wire.name)


def main():
    for platform in sorted({client.platform for client in CLIENTS}):
        emulator = Emulator("--devices", "1", "--set", "devices.platform=" + platform)
        for client in (client for client in CLIENTS if client.platform == platform):
            for method in client.methods:
                replay(SshWire(client, emulator, method))
            replay(TelnetWire(client, emulator))
        print(emulator.stop())


main()
