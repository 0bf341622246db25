"""ansible's cisco.ios over network_cli: facts, commands, and a configuration that changes nothing the second time."""
from ansible_frame import Devices, check, keep, need

PLAYBOOK = """
- hosts: all
  gather_facts: false
  tasks:
    - cisco.ios.ios_facts: {gather_subset: [hardware, interfaces]}
      register: facts
    - cisco.ios.ios_command: {commands: [show ip interface brief, show version | include uptime]}
      register: shown
    - cisco.ios.ios_config: &configuration
        parents: interface Loopback9
        lines: [description set by ansible, ip address 192.0.2.9 255.255.255.255]
        save_when: modified
      register: first
    - cisco.ios.ios_config: *configuration
      register: second
""" + keep("facts", "shown", "first", "second")


def main():
    need("cisco/ios")
    devices = Devices("cisco_ios", 2)
    play = devices.start_play(PLAYBOOK)
    said = play.communicate()[0]
    check("playbook", play.returncode == 0, said)
    for host in ("R1", "R2"):
        result = devices.result(host)
        facts = result["facts"]["ansible_facts"]
        check("hostname", facts["ansible_net_hostname"] == host, facts["ansible_net_hostname"])
        check("version", facts["ansible_net_version"].startswith("15.7"), facts["ansible_net_version"])
        check("interfaces", "GigabitEthernet0/1" in facts["ansible_net_interfaces"], facts)
        check("commands", "uptime is" in result["shown"]["stdout"][1], result["shown"])
        check("the first configuration changes", result["first"]["changed"] is True, result["first"])
        check("the second changes nothing", result["second"]["changed"] is False, result["second"])
    devices.end()


main()
