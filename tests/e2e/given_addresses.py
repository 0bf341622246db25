"""Three routers at the addresses that a script has written in it, as the README says it, in a network of the test's own."""
import os
import re
import shutil
import subprocess
import sys

from emulator_frame import PATIENCE, check

PYTHON = "/usr/bin/python3"
# What a student has; it knows nothing of netbaton.
SCRIPT = """
import socket, sys
try:
    from netmiko import ConnectHandler
except ImportError:
    ConnectHandler = None
for n in (1, 2, 3):
    host = "192.168.100.%d" % n
    if ConnectHandler and n == 1:  # it takes its time
        ssh = ConnectHandler(device_type="cisco_ios", host=host, username="cisco", password="cisco")
        print("ssh", ssh.find_prompt(), ssh.send_command("show ip interface brief").split()[0])
        ssh.disconnect()
    try:
        from telnetlib import Telnet
    except ImportError:
        continue
    telnet = Telnet(host)
    telnet.read_until(b"Username: ", 60)
    telnet.write(b"cisco\\n")
    telnet.read_until(b"Password: ", 60)
    telnet.write(b"cisco\\n")
    print("telnet", telnet.read_until(b">", 60).split()[-1].decode())
    telnet.write(b"exit\\n")
    telnet.read_all()
"""
BASH = shutil.which("bash")
SERVE = re.compile(r"build/release/netbaton (emulate .*)&")


def skip(why):
    print("SKIP: " + why)
    sys.exit(77)


def works(*command):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE).returncode == 0
    except OSError:
        return False


def in_own_network(commands):
    """What bash says to these lines; the first one is `unshare -Urn`, whose shell reads the rest."""
    first = "unshare -Urn\n"
    check(commands.startswith(first), commands)
    with open("commands", "w") as file:
        file.write(first + "[ $(ip -br link | wc -l) = 1 ] || exit 1 # never in the machine's own network\n" + commands[len(first):])
    with open("commands") as file:
        return subprocess.run([BASH], stdin=file, capture_output=True, text=True, timeout=4 * PATIENCE,
                              env=dict(os.environ, SHELL=BASH, PYTHONWARNINGS="ignore"))


if not works("ip", "-V"):
    skip("no ip here (iproute2)")
if not works("unshare", "-Urn", "ip", "link", "set", "lo", "up"):
    skip("unshare -Urn is not allowed here")
if not BASH:
    skip("no bash here")
if not os.path.exists(PYTHON):
    skip("no " + PYTHON)

with open("three_routers.py", "w") as file:
    file.write(SCRIPT)
os.symlink(os.path.join(os.environ["SOURCE"], "experiments"), "experiments")
with open(os.path.join(os.environ["SOURCE"], "README.md")) as file:
    block = re.search(r"\n((?:    .*\n)*    unshare -Urn\n(?:    .*\n)+)", file.read()).group(1)
commands = "".join(line[4:] + "\n" for line in block.splitlines())
check(SERVE.search(commands) and "python3 three_routers.py" in commands, "the README's commands are others:", commands)

# The test must wait where a person does, and end what a person ends with `exit`.
WAIT = r"""exec 3< <("$NETBATON" \1)
read -r ready <&3; echo "$ready" """
commands = SERVE.sub(WAIT, commands).replace("python3 three", PYTHON + " three") + "kill $!\nwait $!\n"
done = in_own_network(commands)
print(done.stdout, done.stderr)
check("ready mode=address ssh=192.168.100.1:22 telnet=192.168.100.1:23 devices=3 named=3" in done.stdout, "not ready")
said = done.stdout.splitlines()
probe = "import sys\ntry:\n    import %s\nexcept ImportError:\n    sys.exit(1)\n"
if works(PYTHON, "-c", probe % "netmiko"):
    check([line for line in said if line.startswith("ssh")] == ["ssh R1> Interface"], said)
if works(PYTHON, "-W", "ignore", "-c", probe % "telnetlib"):
    check([line for line in said if line.startswith("telnet")] == ["telnet R%d>" % n for n in (1, 2, 3)], said)

# Addresses in a row need no file.
row = in_own_network(r"""unshare -Urn
ip link set lo up
for n in 7 8 9; do ip address add 192.168.100.$n/32 dev lo; done
exec 3< <("$NETBATON" emulate --devices 3 --listen 192.168.100.7 --ssh 22 --telnet 23)
read -r ready <&3; echo "$ready"
for n in 7 8 9; do read -r line <"/dev/tcp/192.168.100.$n/22"; echo "$n $line"; done
kill $!
wait $!
""")
check(re.search(r"(?s)ready .*7 SSH-2\.0.*8 SSH-2\.0.*9 SSH-2\.0", row.stdout), row.stdout, row.stderr)

# An address beside the socket of the loopback network, at the same port; and a second emulator is still told.
beside = in_own_network(r"""unshare -Urn
ip link set lo up
ip address add 192.168.100.1/32 dev lo
edge="devices.named=[{name: edge, address: 192.168.100.1}]"
exec 3< <("$NETBATON" emulate --ssh 2222 --threads 2 --devices 3 --set "$edge")
read -r ready <&3; echo "$ready"
for host in 192.168.100.1 127.100.0.3; do read -r line <"/dev/tcp/$host/2222"; echo "$host $line"; done
"$NETBATON" emulate --ssh 2222 --set "$edge"
kill $!
wait $!
""")
check(re.search(r"(?s)ready .*192\.168\.100\.1 SSH-2\.0.*127\.100\.0\.3 SSH-2\.0", beside.stdout), beside.stdout, beside.stderr)
check("'192.168.100.1:2222': the port is in use" in beside.stderr, beside.stderr)

# An address that the machine does not have.
lacking = in_own_network("""unshare -Urn
ip link set lo up
"$NETBATON" emulate experiments/classroom-three-routers.yaml
echo "exit $?"
""")
check("exit 2" in lacking.stdout, lacking.stdout, lacking.stderr)
check(lacking.stderr.strip() == "netbaton emulate: cannot listen on '192.168.100.1:22': this machine has no such address; give it one as "
      "root with `ip address add 192.168.100.1/32 dev lo`, or start in a network of your own with `unshare -Urn`", lacking.stderr)
