# Where no socket can be held on the loopback and 127.0.0.1 is the only address of it, as on macOS: devices get a port each
# without being asked for it, clients and prediction find them there, and messages name what helps on such a system.
. "$SOURCE/tests/e2e/frame.sh"

start_emulator --devices 3 --ssh 0 --telnet 0
grep -q '^ready mode=ports ssh=127.0.0.1:[0-9]* telnet=127.0.0.1:[0-9]* devices=3$' ready.txt || fail "ready: $(cat ready.txt)"
stop_emulator
expect 2 "ifconfig lo0 alias 203.0.113.1" "$NETBATON" emulate --until-eof --ssh 0 --listen 203.0.113.1
"$NETBATON" doctor >doctor.txt || true
grep -q 'netbaton emulate --ports' doctor.txt || fail "doctor: $(cat doctor.txt)"

cat >devices.yaml <<'YAML'
devices: {count: 3, transport: [ssh, telnet], latency: {connect: 5ms, login: 5ms, command: 5ms}, limits: {aaa_rate: 500/s}}
work: {commands: [show clock], cpu: {login: 1ms}}
runs:
  strategy: [sequential, threads, processes, hybrid, async]
  workers: 2
  interpreter: [native, cpython-2.7, cpython-3.11]
  start_method: [fork, spawn]
  repeat: 1
  timeout: 20s
YAML
"$NETBATON" inventory devices.yaml --format csv >inventory.csv
grep -q '^R3,127.0.0.1,20002,' inventory.csv || fail "inventory: $(cat inventory.csv)"
if ! "$NETBATON" run devices.yaml -o measured >run.txt 2>&1; then
    cat run.txt
    fail 'the run'
fi
# 2 transports, 3 interpreters, 7 strategies (those with processes start them in two ways), 3 devices
[ "$(grep -c ',ok,' measured/sessions.csv)" = 126 ] || fail 'not every session went well'
