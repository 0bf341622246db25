"""A device that restarts: its sessions end at once, it refuses for a while, it comes back as saved. And sessions of one device that see each other."""
import os
import re

from emulator_frame import Emulator, check, wait_until

os.mkdir("quick")
ASK = """{ask: [{name: save, prompt: "Save? ", kind: choice, when: now('unsaved')},
 {prompt: "Proceed with reload? [confirm]", kind: key}], handler: reload, with: '%d'}"""
with open("quick/reload.yaml", "w") as file:  # a second instead of ten, and one that takes longer than any test
    file.write("commands:\n  privileged:\n    reload: %s\n    hibernate: %s\n" % (ASK % 1000, ASK % 3600000))

emulator = Emulator("--threads", "2", "--platform", "quick")
peers = [emulator.telnet(1) for _ in range(6)]  # on both loops, by the kernel's choice
for peer in peers:
    peer.login()
other = emulator.telnet(2)
other.login()
third = emulator.telnet(3)
third.login()
first, second = peers[:2]


def enable(peer):
    peer.send(b"enable\r")
    peer.until(b"Password: ")
    peer.send(b"cisco\r")
    peer.until(b"#")


def do(peer, line, answer):
    peer.send(line + b"\r")
    return peer.until(answer)


def own_line(peer, prompt):
    """The number of its VTY line: which is whose is the loops' chance."""
    return re.search(rb"\* +\d+ vty (\d+)", do(peer, b"show users", prompt)).group(1)


last_line = own_line(peers[5], b"R1>")
enable(first)
enable(second)
seen = do(first, b"terminal length 0", b"R1#") + do(first, b"show users", b"R1#")
check(seen.count(b" vty ") == 6, "not everybody is listed:", seen)
check(seen.count(b"*") == 1, "not one of them is the own:", seen)

# What one session causes another sees without typing.
do(second, b"terminal monitor", b"R1#")
do(first, b"send log hello there", b"R1#")
second.until(b"USERLOG_DEBUG: Message from tty%d(user id: cisco): hello there\r\n" % (2 + int(own_line(first, b"R1#"))))
do(first, b"send * stand up", b"R1#")
for peer in peers[1:]:
    peer.until(b"stand up")

# A line that is cleared is closed; who typed stays.
do(first, b"clear line vty " + last_line, b"[confirm]")
first.send(b"\r")
first.until(b"R1#")
peers[5].until_end()

do(first, b"conf t", b"(config)#")
do(first, b"hostname kept", b"kept(config)#")
do(first, b"end", b"kept#")
do(first, b"write", b"kept#")
do(first, b"conf t", b"(config)#")
do(first, b"hostname lost", b"lost(config)#")
do(first, b"end", b"lost#")
do(first, b"reload", b"Save? ")
do(first, b"no", b"[confirm]")
first.send(b"\r")
for peer in peers[:5]:
    peer.until_end()  # though nobody typed
enable(third)
do(third, b"hibernate", b"[confirm]")
third.send(b"\r")
third.until_end()


def greeting(device):
    """What a new connection is told; nothing when it is reset, now or a moment later."""
    try:
        peer = emulator.telnet(device)
        data = peer.socket.recv(65536)
        peer.close()
        return data
    except ConnectionError:
        return b""


check(greeting(3) == b"", "a device that boots said something")
do(other, b"show privilege", b"level is 1\r\nR2>")
wait_until("the device is back", lambda: greeting(1))
back = emulator.telnet(1)
back.until(b"Username: ")
back.send(b"cisco\r")
back.until(b"Password: ")
back.send(b"cisco\r")
back.until(b"kept>")
back.close()
other.close()
emulator.stop()
