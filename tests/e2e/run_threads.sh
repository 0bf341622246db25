# Threads on both sides at once: workers under each lock, and an emulator of two loops. Under the thread sanitizer a data
# race ends the program, and with it the test.
. "$SOURCE/tests/e2e/frame.sh"

start_emulator --devices 8 --telnet 0 --ssh 0 --threads 2
addresses=
for n in 1 2 3 4 5 6 7 8; do
    addresses="$addresses, \"$(telnet_place $n)\""
done
cat >threads.yaml <<YAML
devices: {transport: telnet, addresses: [${addresses#, }]}
work: {commands: [show clock, show version], cpu: {login: 2ms, command: 1ms}}
runs:
  strategy: [threads, hybrid]
  workers: 8
  interpreter: [native, cpython-2.7, cpython-3.11, subinterpreters]
  switch_interval: 1ms
  timeout: 20s
YAML
if ! "$NETBATON" run threads.yaml -o results >out.txt 2>&1; then
    cat out.txt emulator.log
    fail 'the run'
fi
stop_emulator
cat out.txt emulator.log >both.txt
! grep -q Sanitizer both.txt || {
    cat both.txt
    fail 'the sanitizer found something'
}
# 2 strategies by 4 interpreters, each with its 8 sessions
[ "$(wc -l <results/runs.csv)" = 9 ] || fail 'not every run has its row'
[ "$(grep -c ',ok,' results/sessions.csv)" = 64 ] || fail 'not every session went well'
