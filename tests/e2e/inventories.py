"""Every format of inventory with named devices of many platforms, read by the programs it is for."""
import json
import os
import subprocess
import sys

try:
    import yaml
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no yaml here (python3-yaml)")
    sys.exit(77)

from emulator_frame import PATIENCE, Emulator, check

NAMES = ["core1", "no", "1e3", "eos.lab", "R5", "R6"]
with open("devices.yaml", "w") as file:
    file.write("""
devices:
  count: 2
  named:
    - {name: core1, username: admin, password: "p: #1", enable_secret: "e'\\"2"}
    - {name: "no", platform: juniper_junos}
    - {name: "1e3", platform: mikrotik_routeros, address: 127.77.0.1}
    - {name: eos.lab, platform: arista_eos}
""")
emulator = Emulator("devices.yaml")


def inventory(form, *options):
    done = subprocess.run([os.environ["NETBATON"], "inventory", "devices.yaml", "--format", form, "--telnet", str(emulator.telnet_port),
                           *(options or ("--ssh", str(emulator.ssh_port)))], capture_output=True, text=True, timeout=PATIENCE)
    check(done.returncode == 0, form, done.stderr)
    with open(form, "w") as file:
        file.write(done.stdout)
    return done.stdout


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=3 * PATIENCE, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, LC_ALL="C.UTF-8", ANSIBLE_HOME=os.getcwd(), HOME=os.getcwd()))


# YAML that says what it should.
netmiko = yaml.safe_load(inventory("netmiko"))
check([entry["device_type"] for entry in netmiko] == ["cisco_ios", "juniper_junos", "mikrotik_routeros", "arista_eos"] + ["cisco_ios"] * 2)
check(netmiko[0]["password"] == "p: #1" and netmiko[0]["secret"] == "e'\"2" and netmiko[1]["username"] == "cisco")
check([entry["host"] for entry in netmiko] == ["127.100.0.1", "127.100.0.2", "127.77.0.1", "127.100.0.4", "127.100.0.5", "127.100.0.6"])
check(yaml.safe_load(inventory("netmiko", "-q"))[1]["device_type"] == "juniper_junos_telnet")
check(list(yaml.safe_load(inventory("nornir"))) == NAMES, "nornir's names")
check([entry["platform"] for entry in yaml.safe_load(inventory("scrapli"))][:3] == ["cisco_iosxe", "juniper_junos", "mikrotik_routeros"])
check(list(yaml.safe_load(inventory("ansible"))["all"]["hosts"]) == NAMES, "ansible's names")

# netmiko takes each entry as it stands.
try:
    import netmiko as client
except ImportError:
    print("SKIP: no netmiko here (python3-netmiko)")
else:
    for name, entry in zip(NAMES[:2], netmiko):
        with client.ConnectHandler(**entry) as connection:
            check(name in connection.find_prompt(), name)

# ansible reads hosts and their variables.
try:
    listed = run("ansible-inventory", "-i", "ansible", "--list")
except OSError:
    print("SKIP: no ansible here")
else:
    check(listed.returncode == 0, listed.stderr)
    hosts = json.loads(listed.stdout)["_meta"]["hostvars"]
    check(sorted(hosts) == sorted(NAMES), listed.stderr)
    check(hosts["core1"]["ansible_user"] == "admin" and hosts["no"]["ansible_network_os"] == "junipernetworks.junos.junos")
    check(hosts["R5"]["ansible_user"] == "cisco", "a device without a name")

# OpenSSH finds each under its name, and knows its key.
try:
    for form in ("ssh_config", "known_hosts"):
        inventory(form)
    for name in NAMES:
        asked = run("ssh", "-F", "ssh_config", "-G", name).stdout.splitlines()
        check("hostname " + netmiko[NAMES.index(name)]["host"] in asked, name, asked)
        tried = run("ssh", "-F", "ssh_config", "-o", "UserKnownHostsFile=known_hosts", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes",
                    name, "show clock")
        check("Permission denied" in tried.stderr and "verification failed" not in tried.stderr, name, tried.stderr)
except OSError:
    print("SKIP: no ssh here (openssh-client)")
emulator.stop()
