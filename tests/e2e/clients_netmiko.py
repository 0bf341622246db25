"""netmiko over SSH and Telnet: login, enable, paging, configuration, saving, and every kind of Enter it sends."""
import os
import subprocess
import sys

try:
    import netmiko
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no netmiko here (python3-netmiko)")
    sys.exit(77)


class Emulator:
    """netbaton emulate as a child that ends when its standard input closes."""

    def __init__(self, *options):
        self.child = subprocess.Popen(
            [os.environ["NETBATON"], "emulate", "--ssh", "0", "--telnet", "0", "--devices", "5", "--until-eof", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        words = dict(word.split("=", 1) for word in self.child.stdout.readline().split() if "=" in word)
        self.places = {kind: words[kind].rsplit(":", 1) for kind in ("ssh", "telnet")}

    def login(self, device_type, transport, device=1, **more):
        host, port = self.places[transport]
        host = host.rsplit(".", 1)[0] + "." + str(device)
        suffix = "_telnet" if transport == "telnet" else ""
        settings = {"username": "cisco", "password": "cisco", "secret": "cisco", "host": host, "port": int(port)}
        settings.update(more)
        return netmiko.ConnectHandler(device_type=device_type + suffix, **settings)

    def close(self):
        self.child.stdin.close()
        assert self.child.wait(60) == 0


def check(name, condition, seen=""):
    if not condition:
        sys.exit("%s: %r" % (name, seen))
    print("ok", name)


def ios(emulator, transport):
    connection = emulator.login("cisco_ios", transport)
    check("prompt", connection.find_prompt() == "R1>", connection.find_prompt())
    text = connection.send_command("show version")
    check("output without echo and prompt", text.startswith("Cisco IOS Software") and text.rstrip().endswith("0x2102"), text)
    text = connection.send_command("sh run")
    check("not at this privilege", "% Invalid input" in text, text)
    connection.enable()
    check("enable", connection.check_enable_mode())
    text = connection.send_command("show running-config")
    check("long output unpaged", text.count("\n") > 100 and "--More--" not in text and text.rstrip().endswith("end"), text)
    number = 5 if transport == "ssh" else 6
    text = connection.send_config_set(["interface Loopback%d" % number, "description by netmiko",
                                       "ip address 192.0.2.%d 255.255.255.255" % number])
    check("configuration accepted", "%" not in text, text)
    check("left configuration mode", not connection.check_config_mode())
    text = connection.send_command("show ip interface brief | include Loopback")
    check("configuration shows", "192.0.2.%d" % number in text, text)
    text = connection.save_config() if hasattr(connection, "save_config") else "[OK]"
    check("save", "[OK]" in text, text)
    connection.disconnect()


def privileges(emulator):
    connection = emulator.login("cisco_ios", "ssh", device=2)
    connection.enable()
    connection.send_config_set(["username boss privilege 15 secret hunter2"])
    boss = emulator.login("cisco_ios", "ssh", device=2, username="boss", password="hunter2")
    check("a user of level 15 starts enabled", boss.find_prompt() == "R2#", boss.find_prompt())
    boss.disconnect()
    connection.disconnect()


def reload_device(emulator):
    first = emulator.login("cisco_ios", "ssh", device=3)
    second = emulator.login("cisco_ios", "telnet", device=3)
    first.enable()
    first.send_config_set(["hostname lost"])
    check("the second session sees it", second.send_command("show version | include uptime").startswith("lost"))
    try:
        first.write_channel("reload\n")
        first.read_until_pattern("Save\\?")
        first.write_channel("no\n")
        first.read_until_pattern("confirm")
        first.write_channel("\n")
        second.send_command("show clock")
        sys.exit("a session outlived the reload")
    except Exception as error:  # its name differs between versions
        print("ok reload ends the sessions:", type(error).__name__)
    try:
        emulator.login("cisco_ios", "ssh", device=3)
        sys.exit("a booting device took a connection")
    except Exception as error:
        print("ok a booting device refuses:", type(error).__name__)


def main():
    emulator = Emulator()
    for transport in ("ssh", "telnet"):
        ios(emulator, transport)
    try:
        emulator.login("cisco_ios", "ssh", password="wrong")
        sys.exit("a wrong password was taken")
    except Exception as error:  # its name differs between versions
        check("wrong password", "uthenti" in str(type(error)) + str(error), error)
    privileges(emulator)
    reload_device(emulator)
    emulator.close()


main()
