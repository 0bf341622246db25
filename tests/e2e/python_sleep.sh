# A real Python does the runs: every strategy it has, on sessions that only sleep and compute.
. "$SOURCE/tests/e2e/frame.sh"

python=/usr/bin/python3
[ -x $python ] || skip "no $python here"

cat >experiment.yaml <<'TEXT'
name: python
devices: {count: [12], transport: sleep, latency: {connect: 0, login: 0, command: 20ms}}
work: {commands: [a, b], cpu: {command: 1ms}}
runs: {strategy: [sequential, threads, processes, hybrid, async], workers: [6], processes: [2], repeat: 1}
TEXT

# column NAME: its value in each row of runs.csv.
column() {
    $python -c "import csv, sys
for row in csv.DictReader(open('out/runs.csv')):
    print(row[sys.argv[1]])" "$1"
}

mkdir tmp
TMPDIR=$PWD/tmp "$NETBATON" run experiment.yaml -o out -q --python $python >out.txt 2>&1 || {
    cat out.txt
    fail "run --python $python"
}
[ "$(column strategy | xargs)" = 'sequential threads processes hybrid async' ] || fail "runs: $(column strategy)"
[ "$(column sessions_ok | sort -u)" = 12 ] || fail "sessions: $(column sessions_ok)"
column source | grep -q '^python 3\.[0-9.]*t\{0,1\}$' || fail "source: $(column source)"
[ "$(wc -l <out/sessions.csv)" = 61 ] || fail "rows of sessions.csv: $(wc -l <out/sessions.csv)"
# Twelve sessions of 40 ms each, one after the other or by six.
column wall_s | awk 'NR == 1 ? $1 < 0.48 : $1 < 0.08 { exit 1 }' || fail "faster than the waits: $(column wall_s)"
rmdir tmp || fail 'scripts are left behind'

# What it says on standard error is for those who ask.
printf '#!/bin/sh\necho "a warning" >&2\nexec %s "$@"\n' $python >noisy
chmod +x noisy
for option in -q -v; do
    "$NETBATON" run experiment.yaml -o noise$option $option --python "$PWD/noisy" --set runs.strategy=sequential >out.txt 2>&1
    grep -q 'noisy: a warning' out.txt && told=-v || told=-q
    [ "$told" = "$option" ] || fail "with $option: $(cat out.txt)"
done

# No /dev/shm, as in some containers: what needs it is left out, and the rest is measured.
mkdir site
echo 'import _multiprocessing; del _multiprocessing.SemLock' >site/sitecustomize.py
PYTHONPATH=$PWD/site "$NETBATON" run experiment.yaml -o shm -q --python $python --set 'runs.strategy=[threads, processes]' \
    >out.txt 2>&1 || {
    cat out.txt
    fail 'run without semaphores'
}
grep -q 'left out: processes.*/dev/shm' out.txt || fail "without semaphores: $(cat out.txt)"
[ "$(wc -l <shm/runs.csv)" = 2 ] || fail "runs without semaphores: $(cat shm/runs.csv)"

# One that cannot start says why in its first line, its state in the last.
printf '#!/bin/sh\necho "Fatal Python error: no way" >&2\necho "Python runtime state: preinitialized" >&2\nexit 1\n' >broken
chmod +x broken
expect 1 'failed: Fatal Python error: no way' "$NETBATON" run experiment.yaml -o none -q --python "$PWD/broken"
