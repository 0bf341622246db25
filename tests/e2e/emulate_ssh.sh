# Stock SSH clients against one emulator: OpenSSH (exec, a shell under a pty, both password methods, rekeying, several channels) and plink.
. "$SOURCE/tests/e2e/frame.sh"
need ssh sshpass timeout

start_emulator --devices 40 -v --ssh 0 --telnet 0
options="-F none -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$PWD/known -o LogLevel=ERROR -p $SSH_PORT"

# on DEVICE PASSWORD SSH_ARGUMENT...: ssh with a password, and what it prints; its exit code is the function's.
on() {
    device=$1
    password=$2
    shift 2
    # shellcheck disable=SC2086 # several options
    timeout 120 sshpass -p "$password" ssh $options "$@" "cisco@127.100.0.$device" $command >out.txt 2>err.txt
}

# Exec: output with neither echo nor prompt, status 0; a wrong command has another.
command='show privilege'
on 1 cisco || fail "exec: $(cat err.txt)"
[ "$(tr -d '\r\n' <out.txt)" = 'Current privilege level is 1' ] || fail "exec says '$(cat out.txt)'"
command='show nonsense'
! on 1 cisco || fail "a wrong command exits with 0"
grep -q '% Invalid input' out.txt || fail "a wrong command says '$(cat out.txt)'"

# Both methods, and no third.
command='show clock'
for method in password keyboard-interactive; do
    on 2 cisco -o "PreferredAuthentications=$method" || fail "$method: $(cat err.txt)"
done
if on 2 cisco -o PreferredAuthentications=none; then
    fail "method none logs in"
fi
grep -q 'Permission denied (publickey,keyboard-interactive,password)' err.txt || fail "the methods: $(cat err.txt)"
! on 2 wrong -o NumberOfPasswordPrompts=1 || fail "a wrong password logs in"

# A shell under a pty, its window size and an environment variable sent along; typed ahead, then exit closes the channel.
command=
printf 'show privilege\rexit\r' >typed.txt
TERM=vt100 LANG=C on 3 cisco -tt -o SendEnv=LANG <typed.txt || fail "shell: $? $(cat err.txt)"
grep -q 'R3>show privilege' out.txt || fail "a shell without echo: $(cat out.txt)"
grep -q 'Current privilege level is 1' out.txt || fail "a shell without answer: $(cat out.txt)"
# Without a pty, ended by the end of the input.
printf 'show privilege\n' | on 3 cisco -T || fail "shell without pty: $? $(cat err.txt)"
grep -q 'Current privilege level is 1' out.txt || fail "no answer before the end: $(cat out.txt)"

# Keys are exchanged anew in the middle of it.
{
    printf 'terminal length 0\r'
    for _ in 1 2 3 4 5 6 7 8 9 10; do printf 'show running-config\r'; done
    printf 'exit\r'
} >typed.txt
on 4 cisco -tt -o RekeyLimit=1K <typed.txt || fail "rekeying: $? $(cat err.txt)"
[ "$(grep -c 'R4>show running-config' out.txt)" = 10 ] || fail "rekeying loses answers"

# A second channel of one connection is refused politely; the first goes on.
mkfifo first
# shellcheck disable=SC2086
timeout 120 sshpass -p cisco ssh $options -M -S control -tt cisco@127.100.0.5 <first >first.txt 2>&1 &
master=$!
exec 7>first
wait_until grep -q 'R5>' first.txt
if timeout 120 ssh -F none -S control -o ControlMaster=no cisco@127.100.0.5 'show clock' </dev/null >out.txt 2>err.txt; then
    fail "a second channel is opened"
fi
printf 'show privilege\rexit\r' >&7
exec 7>&-
wait $master || fail "the first channel ended with $?"
grep -q 'Current privilege level is 1' first.txt || fail "the first channel is disturbed: $(cat first.txt)"

# The host key is the same for all devices and from one start to the next.
[ "$(cut -d ' ' -f 2,3 known | sort -u | wc -l)" = 1 ] || fail "the devices have several keys"
stop_emulator
start_emulator --devices 1 --ssh 0
options="-F none -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$PWD/known -o HostKeyAlias=[127.100.0.1]:2222 -p $SSH_PORT"
sed "s/^[^ ]* /[127.100.0.1]:2222 /" known | sort -u >known.new && mv known.new known
command='show clock'
on 1 cisco || fail "another host key after a new start: $(cat err.txt)"

if command -v plink >/dev/null; then
    key=$(ssh-keygen -lf known | sed 's/.*\(SHA256:[^ ]*\).*/\1/;q')
    timeout 120 plink -ssh -batch -hostkey "$key" -P "$SSH_PORT" -l cisco -pw cisco 127.100.0.1 'show privilege' \
        >out.txt 2>err.txt </dev/null || fail "plink: $(cat err.txt)"
    grep -q 'Current privilege level is 1' out.txt || fail "plink sees '$(cat out.txt)'"
fi
stop_emulator
