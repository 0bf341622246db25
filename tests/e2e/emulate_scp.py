"""Files to and from a Cisco device by OpenSSH's scp: only when the configuration says so, only for level 15; sums as verify shows them."""
import hashlib
import shutil
import socket
import struct
import subprocess
import sys

from emulator_frame import PATIENCE, Emulator, check, wait_until

for program in ("scp", "sshpass"):
    if not shutil.which(program):
        print("SKIP: no", program)
        sys.exit(77)

emulator = Emulator()
console = emulator.telnet(1)
console.login()
for line, answer in ((b"enable", b"Password: "), (b"cisco", b"R1#"), (b"terminal length 0", b"R1#")):
    console.send(line + b"\r")
    console.until(answer)


def do(line, answer=b"#"):
    console.send(line + b"\r")
    return console.until(answer)


def scp(user, password, source, target):
    return subprocess.run(
        ["sshpass", "-p", password, "scp", "-O", "-P", str(emulator.ssh_port), "-o", "StrictHostKeyChecking=no",
         "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "PubkeyAuthentication=no", source, target],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)


def at(user, path):
    return "%s@%s:%s" % (user, emulator.address(1), path)


with open("merge.cfg", "w") as file:
    file.write("hostname merged\ninterface Loopback44\n description by scp\n" + "! filler\n" * 9000)
with open("merge.cfg", "rb") as file:
    content = file.read()

do(b"configure terminal")
do(b"username boss privilege 15 secret hunter2")
do(b"end")
done = scp("boss", "hunter2", "merge.cfg", at("boss", "flash:/merge.cfg"))
check(done.returncode != 0 and b"Administratively disabled" in done.stdout, done)
do(b"configure terminal")
do(b"ip scp server enable")
do(b"end")
done = scp("cisco", "cisco", "merge.cfg", at("cisco", "flash:/merge.cfg"))
check(done.returncode != 0 and b"Privilege denied" in done.stdout, done)

done = scp("boss", "hunter2", "merge.cfg", at("boss", "flash:/merge.cfg"))
check(done.returncode == 0, done)
listing = do(b"more flash:merge.cfg | count filler")
check(b"= 9000\r\n" in listing, listing)
seen = do(b"verify /md5 flash:merge.cfg", b"R1#")
check(hashlib.md5(content).hexdigest().encode() in seen, seen)

done = scp("boss", "hunter2", at("boss", "flash:merge.cfg"), "back.cfg")
check(done.returncode == 0, done)
with open("back.cfg", "rb") as file:
    check(file.read() == content, "the file came back otherwise")
done = scp("boss", "hunter2", at("boss", "running-config"), "running.cfg")
check(done.returncode == 0, done)
with open("running.cfg") as file:
    check("ip scp server enable\n" in file.read(), "this is not the running configuration")
done = scp("boss", "hunter2", at("boss", "flash:none"), "none.cfg")
check(done.returncode != 0 and b"No such file" in done.stdout, done)

do(b"copy flash:merge.cfg running-config", b"[running-config]? ")
console.send(b"\r")
console.until(b"merged#")
check(b"by scp" in do(b"show interfaces description | include Lo44", b"merged#"))

# Who begins to copy and is gone: the file is entered to the end.
with open("long.cfg", "w") as file:
    file.write("".join("interface Loopback%d\n" % number for number in range(1000, 5000)))
done = scp("boss", "hunter2", "long.cfg", at("boss", "flash:long.cfg"))
check(done.returncode == 0, done)
do(b"configure terminal", b"#")
do(b"file prompt quiet", b"#")
do(b"end", b"merged#")
leaver = emulator.telnet(1)
leaver.login()
for line, answer in ((b"enable", b"Password: "), (b"cisco", b"merged#")):
    leaver.send(line + b"\r")
    leaver.until(answer)
leaver.send(b"copy flash:long.cfg running-config\r")
wait_until("the first lines are entered", lambda: b"= 1\r\n" in do(b"show ip interface brief | count Loopback1000 ", b"merged#"))
leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
leaver.close()  # a reset
wait_until("the last line is entered", lambda: b"= 1\r\n" in do(b"show ip interface brief | count Loopback4999 ", b"merged#"))
console.close()
emulator.stop()
