"""ansible's cisco.ios over network_cli: facts, commands, and a configuration that changes nothing the second time."""
import json
import os
import shutil
import subprocess
import sys

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
    - ansible.builtin.copy:
        dest: "{{ result_folder }}/{{ inventory_hostname }}.json"
        content: "{{ {'facts': facts, 'shown': shown, 'first': first, 'second': second} | to_json }}"
      delegate_to: localhost
"""


def skip(why):
    print("SKIP: " + why)
    sys.exit(77)


def check(name, condition, seen=""):
    if not condition:
        sys.exit("%s: %r" % (name, seen))
    print("ok", name)


def start_emulator():
    child = subprocess.Popen([os.environ["NETBATON"], "emulate", "--ssh", "0", "--devices", "2", "--until-eof"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    words = dict(word.split("=", 1) for word in child.stdout.readline().split() if "=" in word)
    return child, words["ssh"].rsplit(":", 1)[1]


def play():
    environment = dict(os.environ, HOME=os.getcwd(), ANSIBLE_NOCOLOR="1", ANSIBLE_HOST_KEY_CHECKING="False",
                       ANSIBLE_LOCAL_TEMP=os.getcwd() + "/tmp", ANSIBLE_DEPRECATION_WARNINGS="False",
                       ANSIBLE_PARAMIKO_LOOK_FOR_KEYS="False", LC_ALL="C.UTF-8")
    return subprocess.run(["/usr/bin/ansible-playbook", "-i", "hosts.yaml", "-e", "result_folder=" + os.getcwd(), "play.yaml"],
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    if not os.path.exists("/usr/bin/ansible-playbook"):
        skip("no ansible here")
    if not any(os.path.isdir(folder + "/ansible_collections/cisco/ios") for folder in
               ("/usr/lib/python3/dist-packages", "/usr/share/ansible/collections")):
        skip("ansible is here without the collection cisco.ios")
    if shutil.which("python3", path="/usr/bin") is None:
        skip("no /usr/bin/python3")
    child, port = start_emulator()
    inventory = subprocess.run([os.environ["NETBATON"], "inventory", "--devices", "2", "--ssh", port, "--format", "ansible"],
                               stdout=subprocess.PIPE, text=True, check=True)
    with open("hosts.yaml", "w", encoding="utf-8") as file:
        file.write(inventory.stdout)
    with open("play.yaml", "w", encoding="utf-8") as file:
        file.write(PLAYBOOK)
    done = play()
    child.stdin.close()
    check("playbook", done.returncode == 0, done.stdout)
    for host in ("R1", "R2"):
        with open(host + ".json", encoding="utf-8") as file:
            result = json.load(file)
        facts = result["facts"]["ansible_facts"]
        check("hostname", facts["ansible_net_hostname"] == host, facts["ansible_net_hostname"])
        check("version", facts["ansible_net_version"].startswith("15.7"), facts["ansible_net_version"])
        check("interfaces", "GigabitEthernet0/1" in facts["ansible_net_interfaces"], facts)
        check("commands", "uptime is" in result["shown"]["stdout"][1], result["shown"])
        check("the first configuration changes", result["first"]["changed"] is True, result["first"])
        check("the second changes nothing", result["second"]["changed"] is False, result["second"])
    check("emulator ends", child.wait(30) == 0)


main()
