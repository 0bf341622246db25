"""netmiko against the other platforms: login, first commands, output, configuration as each vendor does it."""
import concurrent.futures
import os
import subprocess
import sys

try:
    import netmiko
except ImportError:
    print("SKIP: no netmiko here (python3-netmiko)")
    sys.exit(77)


class Emulator:
    """netbaton emulate as a child that ends when its standard input closes."""

    def __init__(self, platform):
        self.child = subprocess.Popen(
            [os.environ["NETBATON"], "emulate", "--ssh", "0", "--telnet", "0", "--devices", "5", "--until-eof",
             "--set", "devices.platform=" + platform],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
        ready = self.child.stdout.readline()
        words = dict(word.split("=", 1) for word in ready.split() if "=" in word)
        self.places = {kind: words[kind].rsplit(":", 1) for kind in ("ssh", "telnet")}

    def login(self, device_type, transport="ssh"):
        host, port = self.places[transport]
        return netmiko.ConnectHandler(device_type=device_type, username="cisco", password="cisco", secret="cisco",
                                      host=host, port=int(port))

    def close(self):
        self.child.stdin.close()
        check("the emulator ends well", self.child.wait(60) == 0)


def check(name, condition, seen=""):
    if not condition:
        raise AssertionError("%s: %r" % (name, seen))


def look(connection, command, first, last):
    """The output has neither the echo in front nor the prompt behind."""
    text = connection.send_command(command).strip()
    check(command, text.startswith(first) and text.endswith(last), text)
    return text


def arista(emulator):
    for device_type, transport in (("arista_eos", "ssh"), ("arista_eos_telnet", "telnet")):
        connection = emulator.login(device_type, transport)
        check("prompt", connection.find_prompt() == "R1>", connection.find_prompt())
        look(connection, "show version", "Arista vEOS-lab", "kB")
        connection.enable()
        text = connection.send_config_set(["interface Loopback%d" % (len(transport)), "description by netmiko"])
        check("configuration", "(config-if-Lo" in text and "%" not in text, text)
        text = look(connection, "show running-config", "! Command: show running-config", "end")
        check("configuration shows", "interface Loopback%d\n   description by netmiko" % len(transport) in text, text)
        check("save", "Copy completed" in connection.save_config())
        connection.disconnect()


def nxos(emulator):
    connection = emulator.login("cisco_nxos")
    check("prompt", connection.find_prompt() == "R1#", connection.find_prompt())
    look(connection, "show version", "Cisco Nexus Operating System", "Active Package(s):")
    text = connection.send_config_set(["interface loopback7", "description by netmiko"])
    check("configuration", "(config-if)#" in text and "%" not in text, text)
    text = look(connection, "show running-config interface loopback7", "!Command", "description by netmiko")
    check("save", "Copy complete." in connection.save_config())
    connection.disconnect()


def iosxr(emulator):
    connection = emulator.login("cisco_xr")
    check("prompt", connection.find_prompt() == "RP/0/RP0/CPU0:R1#", connection.find_prompt())
    text = connection.send_command("show version")
    check("time line", " UTC\nCisco IOS XR Software" in text, text)
    text = connection.send_config_set(["interface Loopback7", "description by netmiko"])
    check("configuration", "(config-if)#" in text and "%" not in text, text)
    connection.commit()
    connection.exit_config_mode()
    text = connection.send_command("show running-config interface Loopback7")
    check("committed", "description by netmiko" in text, text)
    connection.send_config_set(["hostname other"])
    connection.exit_config_mode()
    check("left without a commit", connection.find_prompt() == "RP/0/RP0/CPU0:R1#", connection.find_prompt())
    connection.disconnect()


def junos(emulator):
    for device_type, transport in (("juniper_junos", "ssh"), ("juniper_junos_telnet", "telnet")):
        connection = emulator.login(device_type, transport)
        check("prompt", connection.find_prompt().endswith("@R1>"), connection.find_prompt())
        look(connection, "show version", "Hostname: R1", "]")
        text = connection.send_config_set(["set interfaces ge-0/0/2 description by-" + transport], exit_config_mode=False)
        check("configuration", "[edit]" in text and "error" not in text, text)
        text = connection.send_command("show | compare", expect_string="#")
        check("compare", "+  description by-" + transport in text, text)
        check("commit", "commit complete" in connection.commit(and_quit=True))
        text = connection.send_command("show configuration interfaces ge-0/0/2 | display set")
        check("committed", "set interfaces ge-0/0/2 description by-" + transport in text, text)
        connection.send_config_set(["set system host-name other"])  # leaves with the change uncommitted
        check("left without a commit", connection.find_prompt().endswith("@R1>"), connection.find_prompt())
        connection.send_config_set(["rollback 0"])
        connection.disconnect()


def huawei(emulator):
    for device_type, transport in (("huawei", "ssh"), ("huawei_telnet", "telnet")):
        connection = emulator.login(device_type, transport)
        check("prompt", connection.find_prompt() == "<R1>", connection.find_prompt())
        look(connection, "display version", "Huawei Versatile", "0000.0000")
        text = connection.send_config_set(["interface LoopBack7", "description by-" + transport])
        check("configuration", "[R1-LoopBack7]" in text and "Error" not in text, text)
        text = look(connection, "display current-configuration", "#", "return")
        check("configuration shows", "interface LoopBack7\n description by-" + transport in text, text)
        connection.disconnect()


def mikrotik(emulator):
    connection = emulator.login("mikrotik_routeros")
    check("prompt", connection.find_prompt() == "[cisco@R1] >", connection.find_prompt())
    look(connection, "/system identity print", "name: R1", "R1")
    connection.send_command("/ip address add address=192.0.2.1/24 interface=ether4")
    text = connection.send_command("/ip address print")
    check("configuration shows", "192.0.2.1/24" in text and "[cisco@R1]" not in text, text)
    connection.disconnect()


CASES = {"arista_eos": arista, "cisco_nxos": nxos, "cisco_iosxr": iosxr, "juniper_junos": junos, "huawei_vrp": huawei,
         "mikrotik_routeros": mikrotik}


def run(platform):
    emulator = Emulator(platform)
    CASES[platform](emulator)
    emulator.close()


def main():
    # Side by side, as netmiko mostly sleeps.
    platforms = sys.argv[1:] or list(CASES)
    with concurrent.futures.ThreadPoolExecutor(len(platforms)) as pool:
        runs = {pool.submit(run, platform): platform for platform in platforms}
        failed = False
        for done in concurrent.futures.as_completed(runs):
            error = done.exception()
            failed = failed or error is not None
            print(runs[done], "FAIL: %s" % error if error else "ok")
    sys.exit(1 if failed else 0)


main()
