"""ansible's modules for the other platforms over network_cli: facts, commands, a configuration that changes nothing the second time."""
from ansible_frame import Devices, check, keep, need

COLLECTIONS = ("arista/eos", "cisco/nxos", "cisco/iosxr", "junipernetworks/junos", "ansible/netcommon")

HEAD = """
- hosts: all
  gather_facts: false
  tasks:
"""
TWICE = """
      register: first
    - %s: *configuration
      register: second
"""

EOS = HEAD + """
    - arista.eos.eos_facts: {gather_subset: [all], gather_network_resources: [interfaces, l3_interfaces, vlans]}
      register: facts
    - arista.eos.eos_command: {commands: [{command: show ip interface brief, output: json}]}
      register: shown
    - arista.eos.eos_config: &configuration
        parents: interface Loopback9
        lines: [description set by ansible, ip address 192.0.2.9/32]
        save_when: modified
""" + TWICE % "arista.eos.eos_config" + """
    - arista.eos.eos_banner: {banner: motd, text: "two\\nlines", state: present}
      register: third
""" + keep("facts", "shown", "first", "second", "third")

NXOS = HEAD + """
    - cisco.nxos.nxos_facts: {gather_subset: [all], gather_network_resources: [interfaces, vlans]}
      register: facts
    - cisco.nxos.nxos_command: {commands: [{command: show interface brief, output: json}]}
      register: shown
    - cisco.nxos.nxos_config: &configuration
        parents: interface loopback9
        lines: [description set by ansible, ip address 192.0.2.9/32]
        save_when: modified
""" + TWICE % "cisco.nxos.nxos_config" + keep("facts", "shown", "first", "second")

IOSXR = HEAD + """
    - cisco.iosxr.iosxr_facts: {gather_subset: [all], gather_network_resources: [interfaces, static_routes]}
      register: facts
    - cisco.iosxr.iosxr_command: {commands: [show ipv4 interface brief]}
      register: shown
    - cisco.iosxr.iosxr_config: &configuration
        parents: interface Loopback9
        lines: [description set by ansible, ipv4 address 192.0.2.9 255.255.255.255]
""" + TWICE % "cisco.iosxr.iosxr_config" + keep("facts", "shown", "first", "second")

# junos_facts and junos_config speak NETCONF only.
JUNOS = HEAD + """
    - junipernetworks.junos.junos_command: {commands: [show version, show interfaces terse]}
      register: shown
    - ansible.netcommon.cli_config: &configuration
        config: set interfaces ge-0/0/2 description ansible
        commit_comment: ansible
""" + TWICE % "ansible.netcommon.cli_config" + keep("shown", "first", "second")


def check_facts(platform, result, version, interface):
    facts = result["facts"]["ansible_facts"]
    check(platform + ": hostname", facts["ansible_net_hostname"] == "R1", facts["ansible_net_hostname"])
    check(platform + ": version", facts["ansible_net_version"].startswith(version), facts["ansible_net_version"])
    address = facts["ansible_net_interfaces"][interface]["ipv4"]
    address = address if isinstance(address, dict) else address[0]
    check(platform + ": interfaces", address["address"] == "10.0.0.5" and int(address["masklen"]) == 30, address)
    check(platform + ": neighbours", "R2" in repr(facts["ansible_net_neighbors"]), facts["ansible_net_neighbors"])
    resources = facts["ansible_network_resources"]["interfaces"]
    check(platform + ": resources", interface in [one["name"] for one in resources], resources)


def check_eos(result):
    check_facts("arista_eos", result, "4.28", "Ethernet2")
    shown = result["shown"]["stdout"][0]["interfaces"]["Ethernet2"]["interfaceAddress"]["ipAddr"]
    check("arista_eos: JSON", shown == {"address": "10.0.0.5", "maskLen": 30}, shown)
    check("arista_eos: the session's difference", "+interface Loopback9" in result["first"]["diff"]["prepared"], result["first"])
    check("arista_eos: a banner of two lines", result["third"]["commands"] == ["banner motd", "two", "lines", "EOF"], result["third"])


def check_nxos(result):
    check_facts("cisco_nxos", result, "9.3", "Ethernet1/2")
    rows = result["shown"]["stdout"][0]["TABLE_interface"]["ROW_interface"]
    check("cisco_nxos: JSON", [row["state"] for row in rows if row["interface"] == "Ethernet1/2"] == ["up"], rows)


def check_iosxr(result):
    check_facts("cisco_iosxr", result, "7.3", "GigabitEthernet0/0/0/1")
    check("cisco_iosxr: the difference", "+interface Loopback9" in result["first"]["diff"]["prepared"], result["first"])


def check_junos(result):
    check("juniper_junos: commands", "Hostname: R1" in result["shown"]["stdout"][0], result["shown"])
    check("juniper_junos: the difference", "+  description ansible;" in result["first"]["diff"], result["first"])


PLAYS = {"arista_eos": (EOS, check_eos), "cisco_nxos": (NXOS, check_nxos), "cisco_iosxr": (IOSXR, check_iosxr),
         "juniper_junos": (JUNOS, check_junos)}


def main():
    need(*COLLECTIONS)
    running = {}
    for platform, (playbook, _) in PLAYS.items():
        devices = Devices(platform, 2)
        running[platform] = (devices, devices.start_play(playbook.replace("hosts: all", "hosts: R1")))
    for platform, (devices, play) in running.items():
        said = play.communicate()[0]
        check(platform + ": playbook", play.returncode == 0, said)
        result = devices.result("R1")
        check(platform + ": the first configuration changes", result["first"]["changed"] is True, result["first"])
        check(platform + ": the second changes nothing", result["second"]["changed"] is False, result["second"])
        PLAYS[platform][1](result)
        devices.end()


main()
