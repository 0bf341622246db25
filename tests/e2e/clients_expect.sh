# A person at a terminal, played by expect, with OpenSSH and with telnet: the question for the host key, the password, enable with a wrong secret,
# help, a command completed by TAB, the pager, a configuration; and Python's telnetlib, which refuses every option.
. "$SOURCE/tests/e2e/frame.sh"
need expect ssh timeout

start_emulator --devices 2 --ssh 0 --telnet 0
cat >dialogue.exp <<'EXPECT'
# usage: dialogue.exp COMMAND...: the login is done by `login_ssh` or `login_telnet`, the rest is the same
set timeout 60
log_user 1
proc sees {what} {
    expect {
        -re $what {}
        timeout { puts "\nFAIL: waited in vain for '$what'"; exit 1 }
        eof { puts "\nFAIL: the end instead of '$what'"; exit 1 }
    }
}
set way [lindex $argv 0]
set host [lindex $argv 1]
set port [lindex $argv 2]
if {$way == "ssh"} {
    spawn ssh -F none -o UserKnownHostsFile=[pwd]/known -p $port cisco@$host
    sees {\(yes/no/\[fingerprint\]\)\? $}
    send "yes\r"
    sees {Password: $}
    send "wrong\r"
    sees {Password: $}
    send "cisco\r"
} else {
    spawn telnet $host $port
    sees {User Access Verification\r\n\r\nUsername: $}
    send "cisco\r"
    sees {Password: $}
    send "wrong\r"
    sees {% Login invalid\r\n\r\nUsername: $}
    send "cisco\r"
    sees {Password: $}
    send "cisco\r"
}
sees {\r\nR2>$}
send "enable\r"
foreach secret {wrong wrong wrong} {
    sees {Password: $}
    send "$secret\r"
}
sees {% Bad secrets\r\n\r\nR2>$}
send "en\r"
sees {Password: $}
send "cisco\r"
sees {\r\nR2#$}
send "show priv?"
sees {privilege[^\n]*\r\n.*R2#show priv$}
send "\t"
sees {R2#show privilege $}
send "\r"
sees {Current privilege level is 15\r\nR2#$}
send "show running-config\r"
sees { --More-- $}
send " "
sees { --More-- $}
send "q"
sees {R2#$}
send "configure terminal\r"
sees {Enter configuration commands, one per line.  End with CNTL/Z.\r\nR2\(config\)#$}
send "interfac Loopback3\r"
sees {R2\(config-if\)#$}
send "bogus\r"
sees {\r\n +\^\r\n% Invalid input detected at '\^' marker.\r\n\r\nR2\(config-if\)#$}
send "description $way\r"
sees {R2\(config-if\)#$}
send "\032"
sees {R2#$}
send "show run | inc description $way\033\[D\033\[D\r"
sees { description [a-z]+\r\nR2#$}
send "exit\r"
expect {
    eof {}
    timeout { puts "\nFAIL: exit does not end it"; exit 1 }
}
puts "\ndone"
EXPECT

# played NAME ARGUMENT...: the dialogue must come to its end.
played() {
    TERM=vt100 timeout 120 expect dialogue.exp "$@" >out.txt 2>&1 || true
    grep -q '^done' out.txt || fail "$1: $(cat out.txt)"
}

played ssh 127.100.0.2 "$SSH_PORT"
if command -v telnet >/dev/null; then
    played telnet 127.100.0.2 "$TELNET_PORT"
fi
if /usr/bin/python3 -W ignore -c 'import telnetlib' 2>/dev/null; then
    PORT=$TELNET_PORT timeout 120 /usr/bin/python3 -W ignore - >out.txt 2>&1 <<'PYTHON' || fail "telnetlib: $(cat out.txt)"
import os
import telnetlib

telnet = telnetlib.Telnet("127.100.0.1", int(os.environ["PORT"]), 60)
telnet.read_until(b"Username: ", 60)
telnet.write(b"cisco\n")
telnet.read_until(b"Password: ", 60)
telnet.write(b"cisco\n")
telnet.write(b"enable\ncisco\nterminal length 0\nshow running-config\nexit\n")
output = telnet.read_all()
assert b"--More--" not in output and output.count(b"\n") > 50 and b"R1#show running-config" in output, output
PYTHON
fi
stop_emulator
