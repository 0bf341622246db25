# A real Python logs in to the emulator by SSH where it has paramiko, and says so where it has not.
. "$SOURCE/tests/e2e/frame.sh"

python=/usr/bin/python3
[ -x $python ] || skip "no $python here"

cat >experiment.yaml <<'TEXT'
name: ssh
devices: {count: [6], transport: ssh, latency: {connect: 10ms, login: 10ms, command: 20ms}}
work: {commands: [show clock, show version]}
runs: {strategy: [threads, processes], workers: [3], repeat: 1}
TEXT

# -S: without site packages, so without paramiko.
printf '#!/bin/sh\nexec %s -S "$@"\n' $python >bare
chmod +x bare
expect 2 'has no paramiko, which SSH needs' "$NETBATON" run experiment.yaml -o bare-out -q --python "$PWD/bare"
$python -c 'import paramiko' 2>/dev/null || skip 'no paramiko here'

expect 2 'has no SSH' "$NETBATON" run experiment.yaml -o async -q --python $python --set runs.strategy=async
"$NETBATON" run experiment.yaml -o out -q --python $python >out.txt 2>&1 || {
    cat out.txt
    fail 'run --python over SSH'
}
[ "$(cut -d, -f9 out/runs.csv | tail -n +2 | sort -u)" = 6 ] || fail 'sessions over SSH'
code=0
"$NETBATON" run experiment.yaml -o refused -q --python $python --set devices.faults.auth_fail=1 >out.txt 2>&1 || code=$?
[ $code = 3 ] || fail "refused passwords: exit code $code"
[ "$(cut -d, -f13 refused/runs.csv | tail -n +2 | sort -u)" = 6 ] || fail 'refused passwords are counted elsewhere'
