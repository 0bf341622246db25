# calibrate writes a machine file that run reads; what goes wrong leaves the old file as it was.
. "$SOURCE/tests/e2e/frame.sh"

pythons=
[ ! -x /usr/bin/python3 ] || pythons='--python /usr/bin/python3'
# shellcheck disable=SC2086 # an option or none
XDG_DATA_HOME=$PWD/data "$NETBATON" calibrate $pythons >out.txt 2>log.txt || {
    cat out.txt log.txt
    fail 'calibrate'
}
file=data/netbaton/machine.yaml
[ -s $file ] || fail "no $file"
figures='core_pass os_quantum wake_latency wake_busy wake_own timer_slack sleep_entry datagram datagram_cold socket_poll poll_cold ctx_switch thread_start fork spawn ssh_session telnet_command'
! grep -q 'is measured on Linux only' log.txt || figures='ssh_session telnet_command' # the portable build
for figure in $figures; do
    grep -q "^${figure}_ns: *{min: [0-9.e+]*, median: [0-9.e+]*, max: [0-9.e+]*}" $file || fail "no $figure in the file"
    grep -q "^  $figure " out.txt || fail "no $figure in the table"
done
if [ -n "$pythons" ]; then
    for figure in core_pass loop thread_start datagram datagram_cold pool fork spawn forkserver memory telnet_session async_session; do
        grep -q "^    ${figure}_\(ns\|kb\): " $file || fail "no $figure of the python"
    done
fi

cat >experiment.yaml <<'TEXT'
name: machine
devices: {count: 2, transport: sleep}
runs: {strategy: threads, workers: 2, interpreter: cpython-2.7, repeat: 1}
TEXT
"$NETBATON" run experiment.yaml -q -o out --machine $file >out.txt 2>&1 || {
    cat out.txt
    fail 'run with the machine file'
}
echo 'wake_latncy_ns: 5' >wrong.yaml
expect 2 "wrong.yaml:1:1: " "$NETBATON" run experiment.yaml -q -o out2 --machine wrong.yaml
[ ! -e out2 ] || fail 'a folder is left behind'

cp $file before
expect 2 "cannot start the python '/no/python'" "$NETBATON" calibrate -q -o $file --python /no/python
cmp $file before || fail 'a failed calibrate changes the file'
[ ! -e $file.new ] || fail 'a draft is left behind'
expect 2 'cannot make the folder' "$NETBATON" calibrate -q -o /proc/no/where.yaml
