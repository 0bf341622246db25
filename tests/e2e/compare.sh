# netbaton compare: a table, sentences, charts, a CSV; the laws are fitted by gnuplot.
. "$SOURCE/tests/e2e/frame.sh"
need gnuplot python3

mkdir measured predicted other
# Walls of 1 / k + 0.01 k seconds: the Universal Scalability Law with its peak at 10 workers.
rows() {
    echo "strategy,interpreter,transport,devices,workers,repeat,wall_s,kind"
    echo "sequential,native,telnet,40,1,0,$2,$1"
    for workers in 1 2 5 10 20 40; do
        echo "$workers" | awk -v kind="$1" -v one="$2" \
            '{ k = $1; print "threads,native,telnet,40," k ",0," one * (1 / k + 0.01 * (k - 1)) "," kind }'
    done
}
rows measured 10 >measured/runs.csv
rows predicted 11 >predicted/runs.csv
echo "strategy,interpreter,transport,devices,workers,repeat,wall_s,kind" >other/runs.csv
echo "async,native,telnet,9,3,0,1,measured" >>other/runs.csv

"$NETBATON" compare predicted measured -o charts >compared.txt
grep -q '^threads, 10 workers .* 1\.100 *+10\.0 %$' compared.txt || fail "no line for 10 threads"
grep -q '^7 runs compared' compared.txt || fail "not all runs are compared"
grep -q 'Fastest is threads, 10 workers' compared.txt || fail "no sentence"
[ "$(wc -l <charts/compare.csv)" = 8 ] || fail "compare.csv has not 7 runs"
for chart in wall-by-workers speedup scalability scatter; do
    grep -qx "charts/$chart.png" compared.txt || fail "no line for $chart"
    [ -s charts/$chart.png ] || fail "no $chart.png"
done
awk '!/^#/ { if ($4 != 10) exit 1; found++ } END { exit found != 2 }' charts/scalability.txt ||
    fail "the peak is not at 10 workers: $(cat charts/scalability.txt)"

expect 2 "two results folders are compared, not 1; \`netbaton report\` says what one means" "$NETBATON" compare measured
expect 2 "have no run in common" "$NETBATON" compare measured other -o nothing
[ ! -e nothing ] || fail "a folder without charts was made"

# The Gantt charts of both with the lock's holder: two workers that mostly compute.
cat >lock.yaml <<'YAML'
devices: {count: 40, transport: sleep, latency: {command: 1ms}}
work: {commands: [show clock, show version], cpu: {command: 10ms}}
runs: {strategy: threads, workers: 2, interpreter: cpython-3.11}
YAML
"$NETBATON" simulate lock.yaml -q -o lock-predicted --trace lock-predicted.csv >out.txt
[ -s lock-predicted.json ] || fail "there is no timeline for Perfetto"
grep -q '^strategy .* wall ' out.txt || fail "a quiet table has no head: $(cat out.txt)"
"$NETBATON" run lock.yaml -q -o lock-measured --trace lock-measured.csv >out.txt
"$NETBATON" compare lock-predicted lock-measured -q -o lock \
    --timeline lock-predicted.csv --timeline lock-measured.csv >out.txt
# Rows of phase 8 are holds; the blocks are named by panel.
awk '/^# holds the lock .*predicted/ { panel = "predicted" } /^# holds the lock .*measured/ { panel = "measured" }
    !/^#/ && $4 == 8 { worker[panel, $3]++; held[panel] += $2 - $1 }
    END {
        for (i = 1; i <= 2; i++)
            for (w = 1; w <= 2; w++)
                if (!worker[i == 1 ? "predicted" : "measured", w]) exit 1
        exit held["predicted"] < 0.1 || held["measured"] < 0.1
    }' lock/gantt.dat || fail "the holder is not in both charts: $(grep -B1 -A3 holds lock/gantt.dat)"
"$NETBATON" compare lock-predicted lock-measured -q -o plainer >out.txt
! grep -q 'holds the lock' plainer/gantt.dat || fail 'a holder without a timeline'
expect 2 'more timelines than folders' "$NETBATON" compare measured predicted -t lock-measured.csv \
    -t lock-measured.csv -t lock-measured.csv
expect 2 "'measured/runs.csv' is no timeline" "$NETBATON" compare measured predicted -t measured/runs.csv

# Perfetto opens it: JSON whose rows are threads, cores and the holder of the lock, one interval at a time in each.
python3 - lock-predicted.json <<'PYTHON' || fail "the timeline for Perfetto is not right"
import json, sys
events = json.load(open(sys.argv[1]))["traceEvents"]
groups = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
threads = {e["args"]["name"] for e in events if e["name"] == "thread_name"}
rows = {}
for e in events:
    if e["ph"] == "X":
        rows.setdefault((e["pid"], e["tid"]), []).append((e["ts"], e["ts"] + e["dur"], e["name"]))
for kind in ("threads", "cores", "lock holder"):
    assert any(kind in groups[pid] for pid, _ in rows), "no row of " + kind
for (pid, _), row in rows.items():
    row.sort()
    assert all(a[1] <= b[0] + 1e-6 for a, b in zip(row, row[1:])), "two at once in " + groups[pid]
    if "threads" not in groups[pid]:
        assert all(name in threads for _, _, name in row), "a holder without a name"
PYTHON
