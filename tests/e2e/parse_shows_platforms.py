"""What the devices of the other platforms show can be parsed, as that of Cisco's can (parse_shows.py), and the ends of a wire agree.

The templates (parse_shows/platforms/, our own) stand for the public ones of ntc-templates: they take the same lines and refuse
others. A device in the middle of the chain is looked at, and its neighbours."""
from emulator_frame import Emulator, check
from parse_frame import by, parse

MIDDLE = 5


class Platform:
    """How to talk to one, its commands (None: it has none), and what its ports are called in the list of neighbours."""

    def __init__(self, name, prompt, first, version, interfaces, neighbors, arp, ports, privileged=True):
        self.name, self.prompt, self.first = name, prompt, first
        self.version, self.interfaces, self.neighbors, self.arp = version, interfaces, neighbors, arp
        self.ports = ports  # to the left and to the right, in the list of neighbours and of interfaces
        self.privileged = privileged


PLATFORMS = [
    Platform("arista_eos", "\r\nR%d#", ["terminal length 0"], "show version", "show interfaces", "show lldp neighbors",
             "show ip arp", [("Et1", "Ethernet1"), ("Et2", "Ethernet2")], privileged=False),
    Platform("cisco_nxos", "\r\n\rR%d# ", ["terminal length 0"], "show version", "show interface", "show cdp neighbors detail",
             "show ip arp", [("Ethernet1/1",) * 2, ("Ethernet1/2",) * 2]),
    Platform("cisco_iosxr", "\r\nRP/0/RP0/CPU0:R%d#", ["terminal length 0"], "show version", "show interfaces",
             "show lldp neighbors detail", None, [("GigabitEthernet0/0/0/0",) * 2, ("GigabitEthernet0/0/0/1",) * 2]),
    Platform("juniper_junos", "\r\ncisco@R%d> ", ["set cli screen-length 0", "set cli screen-width 200"], "show version",
             "show interfaces", "show lldp neighbors", "show arp no-resolve", [("ge-0/0/0",) * 2, ("ge-0/0/1",) * 2]),
    Platform("huawei_vrp", "\r\n<R%d>", ["screen-length 0 temporary"], "display version", "display interface",
             "display lldp neighbor brief", None, [("GE0/0/1", "GigabitEthernet0/0/1"), ("GE0/0/2", "GigabitEthernet0/0/2")]),
]


class Device:
    def __init__(self, emulator, platform, number):
        self.platform = platform
        self.prompt = (platform.prompt % number).encode()
        self.peer = emulator.telnet(number)
        for answer in (b"cisco", b"cisco"):
            self.peer.until(b":")  # the user's name, the password
            self.peer.send(answer + b"\r")
        self.peer.until(self.prompt[:-1] + b">" if not platform.privileged else self.prompt)
        if not platform.privileged:
            for line, answer in (("enable", b"Password: "), ("cisco", self.prompt)):
                self.peer.send(line.encode() + b"\r")
                self.peer.until(answer)
        for line in platform.first:
            self.peer.send(line.encode() + b"\r")
            self.peer.until(self.prompt)

    def parse(self, command):
        """Of the output between the last echo (RouterOS paints the line once more) and the next prompt."""
        self.peer.send(command.encode() + b"\r")
        self.peer.until(command.encode() + b"\r")
        text = self.peer.until(self.prompt)[1:-len(self.prompt)].decode().replace("\r\n", "\n").rsplit(command + "\n", 1)[-1]
        return parse(text, "platforms/%s_%s" % (self.platform.name, command))


def full(interface, platform):
    """The name in the list of interfaces."""
    return dict(platform.ports).get(interface, interface)


def look(platform):
    emulator = Emulator("--set", "devices.platform=" + platform.name)
    devices = {number: Device(emulator, platform, number) for number in (MIDDLE - 1, MIDDLE, MIDDLE + 1)}
    versions = {number: device.parse(platform.version)[0] for number, device in devices.items()}
    interfaces = {number: by(device.parse(platform.interfaces), "INTERFACE") for number, device in devices.items()}
    for number, version in versions.items():
        check(version.get("HOSTNAME", "R%d" % number) == "R%d" % number, version)
    neighbors = {number: by(device.parse(platform.neighbors), "LOCAL") for number, device in devices.items()}
    check(len(neighbors[MIDDLE]) == 2, neighbors)
    arp = by(devices[MIDDLE].parse(platform.arp), "ADDRESS") if platform.arp else {}
    for (port, name), other, (far_port, far_name) in zip(platform.ports, (MIDDLE - 1, MIDDLE + 1), reversed(platform.ports)):
        there, back = neighbors[MIDDLE][port], neighbors[other][far_port]
        check(there["NEIGHBOR"] == "R%d" % other and full(there["REMOTE"], platform) == far_name, there)
        check(back["NEIGHBOR"] == "R%d" % MIDDLE and full(back["REMOTE"], platform) == name, back)
        check(there.get("VERSION", versions[other]["VERSION"]) == versions[other]["VERSION"], there, versions[other])
        far, own = interfaces[other][far_name], interfaces[MIDDLE][name]
        check(own["STATUS"].lower() == "up" and far["STATUS"].lower() == "up", own, far)
        check(own["DESCRIPTION"].startswith("to R%d" % other), own)
        check(own["PREFIX"] == far["PREFIX"] == "30" and own["ADDRESS"] != far["ADDRESS"], own, far)
        if platform.arp:
            check(arp[far["ADDRESS"]]["MAC"] == far["MAC"] and arp[far["ADDRESS"]]["INTERFACE"] == name, arp, far)
    macs = [row["MAC"] for row in interfaces[MIDDLE].values() if row["MAC"] and row["ADDRESS"] and row["INTERFACE"] in dict(platform.ports).values()]
    check(len(set(macs)) == len(macs) == 2, "two ports with one address", macs)
    for device in devices.values():
        device.peer.close()
    emulator.stop()


def look_at_mikrotik():
    emulator = Emulator("--set", "devices.platform=mikrotik_routeros")
    platform = Platform("mikrotik_routeros", "\r\n\r\n[cisco@R%d] > ", [], None, None, None, None, [])
    devices = {number: Device(emulator, platform, number) for number in (MIDDLE - 1, MIDDLE)}
    addresses = {number: by(device.parse("ip address print"), "INTERFACE") for number, device in devices.items()}
    neighbors = by(devices[MIDDLE].parse("ip neighbor print"), "LOCAL")
    check(neighbors["ether1"]["NEIGHBOR"] == "R%d" % (MIDDLE - 1), neighbors)
    check(neighbors["ether1"]["ADDRESS"] == addresses[MIDDLE - 1]["ether2"]["ADDRESS"], neighbors, addresses)
    for device in devices.values():
        device.peer.close()
    emulator.stop()


def main():
    for platform in PLATFORMS:
        look(platform)
    look_at_mikrotik()


main()
