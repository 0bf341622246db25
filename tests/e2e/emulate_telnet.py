"""Telnet byte by byte: the negotiation, what an Enter is, three bad passwords, half-closed connections."""
import socket

from emulator_frame import Emulator, check

IAC, DONT, DO, WONT, WILL, NOP = b"\xff", b"\xfe", b"\xfd", b"\xfc", b"\xfb", b"\xf1"
SB, SE = b"\xfa", b"\xf0"
EL, EC, AYT, AO, IP, BRK, DM = b"\xf8", b"\xf7", b"\xf6", b"\xf5", b"\xf4", b"\xf3", b"\xf2"
ECHO, SGA, TTYPE, NAWS = b"\x01", b"\x03", b"\x18", b"\x1f"
OFFER = IAC + WILL + ECHO + IAC + WILL + SGA + IAC + DO + TTYPE + IAC + DO + NAWS

emulator = Emulator("--devices", "40")

# On connect: what IOS sends, in its order, then the question.
peer = emulator.telnet(7)
check(peer.until(b"Username: ") == OFFER + b"\r\n\r\nUser Access Verification\r\n\r\nUsername: ")

# telnetlib refuses everything: IOS acknowledges and goes on echoing.
peer.send(IAC + DONT + ECHO + IAC + DONT + SGA + IAC + WONT + TTYPE + IAC + WONT + NAWS)
acknowledged = IAC + WONT + ECHO + IAC + WONT + SGA + IAC + DONT + TTYPE + IAC + DONT + NAWS
check(peer.until(acknowledged) == acknowledged)
# Acknowledged again and again by telnetlib; no loop comes of it.
peer.send(IAC + DONT + ECHO + IAC + DONT + SGA + IAC + WONT + TTYPE + IAC + WONT + NAWS)
peer.send(b"cisco\r\0")
check(peer.until(b"Password: ") == b"cisco\r\nPassword: ", "the name is echoed, nothing is added")
peer.send(b"cisco\r\n")
check(peer.until(b"R7>") == b"\r\n\r\nR7>", "the password is not echoed, its newline is")
# NOP and NUL are no input. CR LF, CR NUL, CR and LF are one Enter each; characters are echoed before it.
peer.send(IAC + NOP + b"\0")
for enter in b"\r\n", b"\r\0", b"\r", b"\n":
    peer.send(b"show privilege")
    check(peer.until(b"show privilege") == b"show privilege")
    peer.send(enter)
    check(peer.until(b">") == b"\r\nCurrent privilege level is 1\r\nR7>", enter)
peer.send(b"exit\r\n")
peer.until_end()

# An agreeing client: the window size and the terminal type are taken; other options are refused.
peer = emulator.telnet(8)
peer.until(b"Username: ")
peer.send(IAC + DO + ECHO + IAC + DO + SGA + IAC + WILL + TTYPE + IAC + WILL + NAWS)
peer.send(IAC + SB + NAWS + b"\x00\x84\x00\x2b" + IAC + SE)
check(peer.until(IAC + SE) == IAC + SB + TTYPE + b"\x01" + IAC + SE)
peer.send(IAC + SB + TTYPE + b"\x00xterm" + IAC + SE)
peer.send(IAC + WILL + b"\x20" + IAC + DO + b"\x05")
refused = IAC + DONT + b"\x20" + IAC + WONT + b"\x05"
check(peer.until(refused) == refused)
peer.send(b"cisco\r\ncisco\r\n")  # typed ahead
check(peer.until(b"R8>") == b"cisco\r\nPassword: \r\n\r\nR8>")
peer.send(b"\xff\xff\r\n")  # a doubled IAC is one byte of data
peer.until(b"R8>")
peer.send(b"logout\r\n")
peer.until_end()

# The keys that are commands: a name and a line are mended with them, somebody is there, the rest is no input.
peer = emulator.telnet(14)
peer.until(b"Username: ")
peer.send(b"nobody" + IAC + EL + b"ciscX" + IAC + EC + b"o\r\ncisco\r\n")
peer.until(b"R14>")
peer.send(IAC + AYT)
check(peer.until(b"]\r\n") == b"\r\n[Yes]\r\n")
peer.send(b"nonsense" + IAC + EL + b"show" + IAC + BRK + IAC + AO + b" privilegX" + IAC + IP + IAC + EC + b"e\r\n")
peer.until(b"level is 1\r\nR14>")
# Synch: the DM is urgent, and takes no character of the stream with it, wherever it is.
for part in (IAC + IP, b"show priv"), (b"show" + IAC + IP, b" priv"):
    peer.send(part[0] + IAC)
    peer.socket.send(DM, socket.MSG_OOB)
    peer.send(part[1] + b"\r\n")
    peer.until(b"level is 1\r\nR14>")
peer.send(b"exit\r\n")
peer.until_end()

# One that asks first, as PuTTY does, for more than there is: the rest is refused, once, and each Enter is a CR NUL.
peer = emulator.telnet(15)
asks = b"".join(IAC + WILL + o for o in (NAWS, b"\x20", TTYPE, b"\x27", SGA, b"\x22", b"\x00"))
asks += IAC + DO + ECHO + IAC + DO + SGA + IAC + DO + b"\x00"
peer.send(asks)
peer.until(b"Username: ")
refused = b"".join(IAC + DONT + o for o in (b"\x20", b"\x27", SGA, b"\x22", b"\x00")) + IAC + WONT + b"\x00"
type_asked = IAC + SB + TTYPE + b"\x01" + IAC + SE
answers = peer.until(IAC + WONT + b"\x00")
check(answers.replace(type_asked, b"", 1) == refused and type_asked in answers, answers)
peer.send(IAC + SB + NAWS + b"\x00\xff\xff\x00\x18" + IAC + SE)  # 255 columns: the IAC in it is doubled
peer.send(IAC + SB + TTYPE + b"\x00XTERM" + IAC + SE + b"cisco\r\0cisco\r\0terminal length 0\r\0show terminal\r\0")
check(b"255" in peer.until(b"R15>show terminal\r\n") + peer.until(b"R15>"))
peer.send(b"exit\r\0")
check(IAC not in peer.until_end())

# Three bad passwords.
peer = emulator.telnet(9)
for _ in range(3):
    peer.until(b"Username: ")
    peer.send(b"cisco\r\nwrong\r\n")
    peer.until(b"% Login invalid")
check(b"Username" not in peer.until_end())

# An empty name is asked for again; a rubbed out one is right.
peer = emulator.telnet(10)
peer.until(b"Username: ")
peer.send(b"\r\n")
peer.until(b"Username: ")
peer.send(b"ciscX\x7fo\r\n")
peer.until(b"Password: ")
peer.send(b"nonsense\x15cisco\r\n")
peer.until(b"R10>")
peer.close()  # without a word

# A peer that closes its half has all its answers before the end: `printf ... | nc`.
peer = emulator.telnet(11)
peer.send(b"cisco\r\ncisco\r\nshow privilege\r\nshow privilege\r\n")
peer.socket.shutdown(socket.SHUT_WR)
check(peer.until_end().count(b"Current privilege level is 1") == 2)

# Two sessions of one device, and another device.
one, two, other = emulator.telnet(12), emulator.telnet(12), emulator.telnet(13)
one.login(), two.login()
check(other.login().endswith(b"R13>"))
for peer in one, two, other:
    peer.send(b"exit\r")
    peer.until_end()

print(emulator.stop())
