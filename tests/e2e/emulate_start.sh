# How the emulator starts and ends: places, modes, limits, keys; each thing wrong is one message and exit code 2.
. "$SOURCE/tests/e2e/frame.sh"
need python3 timeout

# A port in use, by anybody: one loop or several, one address or all.
start_emulator --devices 3 --ssh 0 --telnet 0
expect 2 'the port is in use' "$NETBATON" emulate --until-eof --ssh "$SSH_PORT"
expect 2 'the port is in use' "$NETBATON" emulate --until-eof --ssh "$SSH_PORT" --threads 2
expect 2 'the port is in use' "$NETBATON" emulate --until-eof --telnet "$TELNET_PORT" --ports --devices 1
stop_emulator

expect 2 'no such address' "$NETBATON" emulate --until-eof --ssh 0 --listen 203.0.113.1
expect 2 "'localhost' does not begin with an IPv4 address" "$NETBATON" emulate --until-eof --listen localhost
expect 2 "'::1' does not begin with an IPv4 address" "$NETBATON" emulate --until-eof --listen ::1
expect 2 'serves one transport' "$NETBATON" emulate --until-eof --listen 127.0.0.1:5000
expect 2 'would end above 65535' "$NETBATON" emulate --until-eof --ports --ssh 65000 --devices 1000
expect 2 'beyond 127.255.255.254' "$NETBATON" emulate --until-eof --listen 127.255.255.250 --devices 10
expect 2 '--devices' "$NETBATON" emulate --until-eof --devices 1000000000000
expect 2 '--threads' "$NETBATON" emulate --until-eof --threads 0
expect 2 '--idle-timeout' "$NETBATON" emulate --until-eof --idle-timeout 5
expect 2 "host key 'nowhere'" "$NETBATON" emulate --until-eof --host-key nowhere
echo nonsense >key
expect 2 "'key' is not a private key" "$NETBATON" emulate --until-eof --host-key key
# shellcheck disable=SC2016 # for the inner shell
expect 2 'ulimit' sh -c 'ulimit -n 100; exec "$NETBATON" emulate --until-eof --ports --ssh 0 --devices 1000'
printf 'runs: {workers: [5000]}\n' >many.yaml
# shellcheck disable=SC2016 # for the inner shell
expect 2 'ulimit' sh -c 'ulimit -n 1000; exec "$NETBATON" emulate --until-eof many.yaml'
printf 'devices: {transport: [sleep]}\n' >sleep.yaml
expect 2 'nothing to serve' "$NETBATON" emulate --until-eof sleep.yaml
: >file
expect 2 'XDG_DATA_HOME' env -u HOME -u XDG_DATA_HOME "$NETBATON" emulate --until-eof --ssh 0
expect 2 'cannot make the folder' env XDG_DATA_HOME="$PWD/file" "$NETBATON" emulate --until-eof --ssh 0

# The host keys are made once, readable by their owner only, whoever comes first.
rm -rf data
for i in 1 2 3 4; do
    XDG_DATA_HOME=$PWD/data "$NETBATON" emulate --until-eof --ssh 0 </dev/null >"ready.$i" 2>&1 &
done
wait
cat ready.? >ready.all
[ "$(grep -c '^ready ' ready.all)" = 4 ] || fail "not all of four came up: $(cat ready.all)"
[ "$(cd data/netbaton && echo *)" = 'ssh_host_ecdsa_key ssh_host_key ssh_host_rsa_key' ] || fail "beside the keys: $(ls data/netbaton)"
[ "$(stat -c %a data/netbaton/* | sort -u)" = 600 ] || fail "others may read the keys"

# Signals end it with 0; the ready line is one line.
for signal in INT TERM; do
    mkfifo out
    # A shell gives its background jobs an ignored SIGINT; python does not.
    python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$NETBATON" emulate --ssh 0 --telnet 0 --threads 3 >out 2>err.txt &
    pid=$!
    exec 6<out
    head -n 1 <&6 >ready.txt
    kill -$signal $pid
    code=0
    wait $pid || code=$?
    exec 6<&-
    rm out
    [ $code = 0 ] || fail "SIG$signal: exit code $code, $(cat err.txt)"
    [ ! -s err.txt ] || fail "SIG$signal: $(cat err.txt)"
done

# answers HOST PORT: does a Telnet device answer there?
answers() {
    timeout 120 python3 -c 'import socket, sys
peer = socket.create_connection((sys.argv[1], int(sys.argv[2])), 60)
data = b""
while not data.endswith(b"Username: "):
    more = peer.recv(4096)
    assert more
    data += more' "$1" "$2"
}

# A port a device, over several loops.
start_emulator --devices 5 --ports --threads 2 --telnet 0
grep -q 'mode=ports telnet=127.0.0.1:[0-9]* devices=5$' ready.txt || fail "ready: $(cat ready.txt)"
for n in 0 4; do
    answers 127.0.0.1 $((TELNET_PORT + n)) || fail "no device at port $n"
done
stop_emulator

# An address a device; beyond the last one nobody answers.
start_emulator --devices 5 --threads 2 --telnet 0 --listen 127.7.0.250
grep -q 'mode=address telnet=127.7.0.250:[0-9]* devices=5$' ready.txt || fail "ready: $(cat ready.txt)"
for n in 250 254; do
    answers 127.7.0.$n "$TELNET_PORT" || fail "no device at 127.7.0.$n"
done
for n in 249 255; do
    ! answers 127.7.0.$n "$TELNET_PORT" 2>stderr.txt || fail "a device at 127.7.0.$n"
done
stop_emulator

# An experiment file says which transports.
printf 'devices: {count: [3, 7], transport: [telnet]}\n' >telnet.yaml
start_emulator telnet.yaml --set seed=5 --telnet 0
grep -q '^ready mode=address telnet=127.100.0.1:[0-9]* devices=7$' ready.txt || fail "ready: $(cat ready.txt)"
stop_emulator

# --stats: JSON lines where nobody watches, the last of them at the end.
start_emulator --devices 3 --telnet 0 --stats --threads 2
answers 127.100.0.1 "$TELNET_PORT" || fail "no device at 127.100.0.1"
wait_until grep -q '"accepted": 1,' emulator.log
answers 127.100.0.2 "$TELNET_PORT" || fail "no device at 127.100.0.2"
stop_emulator
python3 -c 'import json
last = [json.loads(line) for line in open("emulator.log")][-1]
assert last["accepted"] == 2 and last["open"] + last["ended"]["peer left"] == 2, last' || fail "stats: $(cat emulator.log)"
