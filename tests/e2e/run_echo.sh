# work.echo: a worker answers a client process beside computing threads, in C under each kind of lock and in a real Python.
. "$SOURCE/tests/e2e/frame.sh"

interpreters='native, cpython-2.7, cpython-3.11, subinterpreters'
rows=8
if [ -x /usr/bin/python3 ]; then
    interpreters="$interpreters, 'python:/usr/bin/python3'"
    rows=10
fi
cat >experiment.yaml <<TEXT
name: echo
devices: {count: 1, transport: sleep}
work: {echo: 100ms}
runs: {strategy: threads, workers: 1, background: [0, 1], interpreter: [$interpreters], repeat: 1}
TEXT
"$NETBATON" run experiment.yaml -o out -q >out.txt 2>&1 || {
    cat out.txt
    fail "run with work.echo"
}
# Every row has answers, no session and the time of the echo.
awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { rows++ }
    !($at["answers_per_s"] > 0) || $at["sessions_ok"] != 0 || $at["sessions_failed"] != 0 || $at["wall_s"] < 0.1 { bad = 1; print }
    END { print rows; exit bad || rows != '$rows' }' out/runs.csv || fail 'rows of runs.csv'
# Who cannot answer is refused, whoever would be asked.
for interpreter in native cpython-3.11 python:/usr/bin/python3; do
    for command in run simulate; do
        expect 2 "strategy 'processes' cannot answer work.echo" \
            "$NETBATON" $command experiment.yaml -o none --set runs.strategy=processes --set runs.interpreter=$interpreter
    done
done
[ ! -e none ] || fail 'a refused run made its folder'
[ "$(wc -l <out/sessions.csv)" = 1 ] || fail 'an echo has no sessions'
