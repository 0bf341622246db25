"""What a Cisco device shows can be parsed: TextFSM templates (parse_shows/, our own) take every line, and the fields agree with each other.

The templates refuse a line they do not know, as the public ones do. A device in the middle of the chain is looked at, and its neighbours."""
from emulator_frame import Emulator, check
from parse_frame import by, parse

MIDDLE = 5


def column(rows, name):
    return [row[name] for row in rows]


class Device:
    def __init__(self, emulator, number):
        self.number = number
        self.peer = emulator.telnet(number)
        self.peer.login()
        for line, answer in ((b"enable", b"Password: "), (b"cisco", b"#"), (b"terminal length 0", b"#")):
            self.peer.send(line + b"\r")
            self.peer.until(answer)

    def parse(self, command, template=None):
        """Of the output between the echo and the next prompt."""
        prompt = b"\r\nR%d#" % self.number
        self.peer.send(command.encode() + b"\r")
        self.peer.until(command.encode() + b"\r")
        text = self.peer.until(prompt)[1:-len(prompt)].decode().replace("\r\n", "\n")
        return parse(text, template or command)

    def configure(self, *lines):
        for line in ("configure terminal",) + lines + ("end",):
            self.peer.send(line.encode() + b"\r")
            self.peer.until(b"#")


def who_it_is(device, others):
    version = device.parse("show version")[0]
    check(version["HOSTNAME"] == "R%d" % device.number and "CISCO2911/K9" in version["HARDWARE"], version)
    check(version["VERSION"].split(")")[1] in version["RUNNING_IMAGE"], "the image is of another version", version)
    inventory = device.parse("show inventory")
    check(inventory[0]["SN"] == version["SERIAL"][0] and inventory[0]["PID"] == "CISCO2911/K9", inventory)
    check(len(set(column(inventory, "SN"))) == len(inventory), "two parts with one serial number", inventory)
    serials = {other.parse("show version")[0]["SERIAL"][0] for other in others} | {version["SERIAL"][0]}
    check(len(serials) == len(others) + 1, "two devices with one serial number", serials)


def its_interfaces(device):
    brief = device.parse("show ip interface brief")
    interfaces = device.parse("show interfaces")
    check(column(brief, "INTERFACE") == column(interfaces, "INTERFACE"), "other interfaces", brief, interfaces)
    for short, full in zip(brief, interfaces):
        check(short["STATUS"] == full["LINK_STATUS"] and short["PROTO"] == full["PROTOCOL_STATUS"], short, full)
        check(short["IP_ADDRESS"] == (full["IP_ADDRESS"].split("/")[0] or "unassigned"), short, full)
    macs = [row["ADDRESS"] for row in interfaces if row["INTERFACE"].startswith("GigabitEthernet")]
    check(len(macs) == len(set(macs)), "two interfaces with one address", macs)
    check({"up", "administratively down", "down"} == set(column(brief, "STATUS")), brief)
    described = by(device.parse("show interfaces description"), "PORT")
    check(described["Gi0/0"]["DESCRIPTION"] == by(interfaces, "INTERFACE")["GigabitEthernet0/0"]["DESCRIPTION"], described)
    status = by(device.parse("show interfaces status"), "PORT")
    check(status["Gi0/0/0"]["VLAN"] == "trunk" and status["Gi0/0/1"]["VLAN"] == "10", status)
    check(status["Gi0/3"]["STATUS"] == "disabled" and status["Gi0/0/2"]["STATUS"] == "notconnect", status)
    switchport = by(device.parse("show interfaces switchport"), "INTERFACE")
    check(switchport["Gi0/0/0"]["MODE"] == "trunk" and switchport["Gi0/0/3"]["ACCESS_VLAN"] == "20", switchport)
    return brief


def wire(device, own_port, other, far_port):
    """What one end says of the other is so."""
    name = "R%d.lab.example" % other.number
    far = by(other.parse("show interfaces"), "INTERFACE")[far_port]
    far_ip = far["IP_ADDRESS"].split("/")[0]
    cdp = by(device.parse("show cdp neighbors detail"), "LOCAL_INTERFACE")[own_port]
    check(cdp["NEIGHBOR"] == name and cdp["NEIGHBOR_INTERFACE"] == far_port and cdp["ADDRESS"] == far_ip, cdp)
    check(cdp["VERSION"] == other.parse("show version")[0]["VERSION"], "the neighbour says otherwise", cdp)
    back = by(other.parse("show cdp neighbors detail"), "LOCAL_INTERFACE")[far_port]
    check(back["NEIGHBOR"] == "R%d.lab.example" % device.number and back["NEIGHBOR_INTERFACE"] == own_port, back)
    lldp = by(device.parse("show lldp neighbors detail"), "LOCAL_INTERFACE")[own_port.replace("GigabitEthernet", "Gi")]
    check(lldp["NEIGHBOR"] == name and lldp["MANAGEMENT_IP"] == far_ip and lldp["VERSION"] == cdp["VERSION"], lldp)
    arp = by(device.parse("show ip arp"), "ADDRESS")
    check(arp[far_ip]["MAC_ADDRESS"] == far["ADDRESS"] and arp[far_ip]["INTERFACE"] == own_port, arp)
    ospf = by(device.parse("show ip ospf neighbor"), "INTERFACE")[own_port]
    router_id = [row["ROUTER_ID"] for row in other.parse("show ip protocols") if row["ROUTER_ID"]][0]
    check(ospf["ADDRESS"] == far_ip and ospf["NEIGHBOR_ID"] == router_id, ospf)
    bgp = by(device.parse("show ip bgp summary"), "NEIGHBOR")
    check(bgp[far_ip]["STATE"].isdigit() and bgp[far_ip]["AS"] == bgp[far_ip]["LOCAL_AS"], bgp)


def its_tables(device, brief):
    routes = device.parse("show ip route")
    connected = {row["NETWORK"] for row in routes if row["PROTOCOL"] == "C"}
    check(len(connected) == len([row for row in brief if row["STATUS"] == "up" and row["IP_ADDRESS"] != "unassigned"]), routes)
    check([row["NEXTHOP_IP"] for row in routes if row["NETWORK"] == "0.0.0.0"], "no default route", routes)
    numbers = [[int(part) for part in row["NETWORK"].split(".")] for row in routes]
    check(numbers == sorted(numbers), "the table is not sorted", routes)
    vlans = by(device.parse("show vlan"), "VLAN_ID")
    check(vlans["10"]["NAME"] == "USERS" and vlans["10"]["PORTS"] == ["Gi0/0/1", "Gi0/0/2"], vlans)
    check(by(device.parse("show vlan brief", "show vlan"), "VLAN_ID") == vlans)
    check(set(column(device.parse("show mac address-table"), "VLAN")) == {"10"})
    check(column(device.parse("show cdp neighbors"), "LOCAL_INTERFACE") == ["Gig 0/0", "Gig 0/1"])
    check(column(device.parse("show lldp neighbors"), "LOCAL_INTERFACE") == ["Gi0/0", "Gi0/1"])


def the_rest(device):
    check(len(device.parse("show processes cpu")) > 5)
    check(column(device.parse("show memory statistics"), "POOL") == ["Processor", "I/O"])
    check(device.parse("show clock")[0]["YEAR"] >= "2024")
    check(column(device.parse("show users"), "USER") == ["cisco"])
    check(len(column(device.parse("dir"), "NAME")) == 3)
    check(column(device.parse("show access-lists"), "NAME").count("MANAGEMENT") == 2)
    check(device.parse("show archive")[0]["STATE"] == "not enabled")
    check(set(column(device.parse("show spanning-tree"), "VLAN")) == {"10", "20"})
    check(column(device.parse("show ip bgp neighbors"), "STATE") == ["Established", "Established"])
    check(column(device.parse("show ip ospf interface"), "NEIGHBORS") == ["", "1", "1", "0"])


def follows(device):
    """All of it is what is configured."""
    device.configure("interface GigabitEthernet0/3", "ip address 10.200.0.1 255.255.255.0", "ip address 10.201.0.1 255.255.255.0 secondary",
                     "ip helper-address 10.0.0.98", "ip helper-address 10.0.0.99", "ip access-group 10 in", "no shutdown",
                     "interface GigabitEthernet0/1", "shutdown",
                     "interface range g0/0/1 - 3", "switchport access vlan 20",
                     "ip access-list extended WEB", "permit tcp any any eq 80", "5 permit tcp any any eq 443",
                     "ip route 10.99.0.0 255.255.0.0 10.0.0.17",
                     "interface Vlan10", "standby 7 ip 192.168.5.254", "standby 7 priority 110", "standby 7 preempt",
                     "interface Port-channel1", "interface range g0/0/1 - 2", "channel-group 1 mode active",
                     "archive", "path flash0:old")
    row = by(device.parse("show ip interface"), "INTERFACE")["GigabitEthernet0/3"]
    check(row["IP_ADDRESS"] == ["10.200.0.1/24", "10.201.0.1/24"] and row["INBOUND"] == "10", row)
    check(row["HELPER"] == ["10.0.0.98", "10.0.0.99"], row)
    check(len(device.parse("show cdp neighbors")) == 1, "a port that is down has a neighbour")
    check(by(device.parse("show vlan"), "VLAN_ID")["20"]["PORTS"] == ["Gi0/0/1", "Gi0/0/2", "Gi0/0/3"])
    check([(row["SEQUENCE"], row["RULE"]) for row in device.parse("show access-lists WEB", "show access-lists")] ==
          [("5", "tcp any any eq 443"), ("10", "tcp any any eq 80")])
    check([row["MASK"] for row in device.parse("show ip route") if row["NETWORK"] == "10.99.0.0"] == ["16"])
    standby = device.parse("show standby brief")[0]
    check(list(standby.values()) == ["Vl10", "7", "110", "P", "Active", "local", "unknown", "192.168.5.254"], standby)
    check(device.parse("show standby")[0]["VIRTUAL"] == "192.168.5.254")
    bundle = device.parse("show etherchannel summary")[0]
    check(bundle["NAME"] == "Po1" and bundle["PROTOCOL"] == "LACP" and bundle["PORTS"] == "Gi0/0/1(P) Gi0/0/2(D)", bundle)
    check(device.parse("show archive")[0]["CURRENT"] == "0")
    log = device.parse("show logging")
    check([row["MNEMONIC"] for row in log if row["FACILITY"] == "SYS"] == ["CONFIG_I"], log)
    check([row for row in log if row["MESSAGE"] == "Interface GigabitEthernet0/1, changed state to administratively down"], log)


def main():
    emulator = Emulator()
    middle, left, right = (Device(emulator, number) for number in (MIDDLE, MIDDLE - 1, MIDDLE + 1))
    who_it_is(middle, [left, right])
    brief = its_interfaces(middle)
    wire(middle, "GigabitEthernet0/0", left, "GigabitEthernet0/1")
    wire(middle, "GigabitEthernet0/1", right, "GigabitEthernet0/0")
    its_tables(middle, brief)
    the_rest(middle)
    follows(middle)
    for device in (middle, left, right):
        device.peer.close()
    emulator.stop()


main()
