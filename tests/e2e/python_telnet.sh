# A real Python logs in to the emulator by Telnet: what it says, what it counts when devices misbehave.
. "$SOURCE/tests/e2e/frame.sh"

python=/usr/bin/python3
[ -x $python ] || skip "no $python here"

cat >experiment.yaml <<'TEXT'
name: telnet
seed: 5
devices: {count: [6], transport: telnet, latency: {connect: 10ms, login: 10ms, command: 20ms}}
work: {commands: [show clock, enable, show version]}
runs: {strategy: [sequential, threads, processes, async], workers: [3], repeat: 1}
TEXT

# run CODE FOLDER OPTION...
run() {
    wanted=$1
    folder=$2
    shift 2
    code=0
    "$NETBATON" run experiment.yaml -o "$folder" -q --python $python "$@" >out.txt 2>&1 || code=$?
    [ $code = "$wanted" ] || {
        cat out.txt
        fail "run --python exits with $code, not $wanted"
    }
}

# sum FOLDER COLUMN: over all rows.
sum() {
    $python -c "import csv, sys
print(sum(int(row[sys.argv[2]]) for row in csv.DictReader(open(sys.argv[1] + '/runs.csv'))))" "$1" "$2"
}

run 0 well
[ "$(sum well sessions_ok)" = 24 ] || fail "sessions: $(sum well sessions_ok)"
# Connect, login and two commands take the device 60 ms; the phases stand in order.
$python - <<'TEXT' || fail 'times of a session'
import csv
for row in csv.DictReader(open('well/sessions.csv')):
    times = [float(row[name + '_s']) for name in
             'start connected secured login ready worked end'.split()]
    if times != sorted(times) or times[-1] - times[0] < 0.06:
        raise SystemExit(row)
TEXT

# Devices that misbehave: the same sessions fail in the same phases as with the strategies in C.
misbehave() {
    name=$1
    shift
    run 3 "$name" "$@" --set 'runs.strategy=[threads, async]'
    "$NETBATON" run experiment.yaml -o "$name-c" -q "$@" --set 'runs.strategy=[threads, async]' >/dev/null 2>&1 || [ $? = 3 ] || fail "run with $name"
    for folder in "$name" "$name-c"; do
        cut -d, -f2,9-17 "$folder/runs.csv" >"$folder.txt"
    done
    diff "$name.txt" "$name-c.txt" || fail "a real Python counts other failures than C: $name"
    ! grep -q ',6,0,0,0,0,0,0,0,0$' "$name.txt" || fail "nothing fails: $name"
}
misbehave refused --set devices.faults.auth_fail=1
misbehave shut --set devices.faults.refuse=1
misbehave silent --set devices.faults.hang=1 --set runs.timeout=300ms
misbehave broken --set devices.faults.drop=1

# The same words on every platform, questions and new names included.
platform() {
    cat >platform.yaml <<TEXT
name: platform
devices: {count: 2, transport: telnet, platform: $1}
work: {commands: [$2]}
runs: {strategy: threads, workers: 2, interpreter: [native, 'python:$python'], timeout: 20s, repeat: 1}
TEXT
    "$NETBATON" run platform.yaml -o "$1" -q >out.txt 2>&1 || {
        cat out.txt
        fail "$1: $2"
    }
    [ "$(sum "$1" sessions_ok)" = 4 ] || fail "$1: $(sum "$1" sessions_ok) of 4 sessions"
}
platform cisco_ios 'enable, configure terminal, hostname Other, end, copy running-config startup-config, show version'
platform cisco_iosxr 'show version'
platform arista_eos 'enable, configure terminal, hostname Other, end'
platform juniper_junos 'configure, set system host-name Other, commit, exit'
platform huawei_vrp 'display version, system-view, sysname Other, quit'
platform mikrotik_routeros '/system identity print'

# What the client is told and what cannot be had.
expect 2 "cannot start the python '/no/python'" "$NETBATON" run experiment.yaml -o none -q --python /no/python
[ ! -e none ] || fail 'a folder is left behind'
