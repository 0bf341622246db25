# run --trace: who held the lock. What the file says is checked against the counters in runs.csv, which come another way.
. "$SOURCE/tests/e2e/frame.sh"

cat >trace.yaml <<'YAML'
devices: {count: 30, transport: sleep, latency: {login: 5ms, command: 5ms}}
work: {commands: [show clock, show version], cpu: {login: 3ms, command: 3ms}}
runs:
  strategy: [threads, processes]
  workers: 3
  interpreter: [native, cpython-2.7, cpython-3.11, subinterpreters]
YAML
"$NETBATON" run trace.yaml -q -o results --trace timeline.csv >out.txt 2>noise.txt || fail "the run: $(cat noise.txt)"
grep -q 'the timeline has nothing of 2 runs' noise.txt || fail "native is not told: $(cat noise.txt)"
# The workers' holds of a run add up to gil_held_s; those of one lock do not overlap; three workers held it.
grep ',lock,' timeline.csv | sort -t, -k1,1n -k3,3n -k5,5g >holds.csv
awk -F, '
    NR == FNR && FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    NR == FNR { held[FNR - 2] = $column["gil_held_s"]; next }
    $4 == "thread 0" { next }
    {
        if (last[$1, $3] > $5 + 1e-9) { print "run " $1 ": two hold lock " $3 " at " $5; exit bad = 1 }
        last[$1, $3] = $6
        sum[$1] += $6 - $5
        if (!seen[$1, $4]++) threads[$1]++
    }
    END {
        if (bad) exit 1
        for (run in sum) {
            runs++
            off = sum[run] - held[run]
            if (off < -1e-4 || off > 1e-4) { print "run " run ": " sum[run] " s, not " held[run]; exit 1 }
            if (threads[run] != 3) { print "run " run ": " threads[run] " threads"; exit 1 }
        }
        if (runs != 6) { print runs " runs with a lock"; exit 1 }
    }' results/runs.csv holds.csv >wrong.txt || fail "$(cat wrong.txt)"
grep -q ',waits for the lock,' timeline.csv || fail 'nobody waited for the lock'

# Threads in the background have one lock, the main interpreter's: the workers' too if they have none of their own.
"$NETBATON" run trace.yaml -q -o beside --set runs.strategy=threads --set 'runs.interpreter=[cpython-3.11, subinterpreters]' \
    --set runs.background=2 --trace beside.csv >out.txt 2>&1 || fail "beside others: $(cat out.txt)"
awk -F, '
    $2 != "lock" { next }
    { name = $4; sub("thread ", "", name); locks[$1, name >= 4 ? "background" : name, $3] = 1 }
    END { for (i in locks) { split(i, part, SUBSEP); print part[1], part[2] == "0" ? "main" : part[2], part[3] } }
    ' beside.csv | grep -v main | sort >got.txt
cat >want.txt <<'TEXT'
0 1 0
0 2 0
0 3 0
0 background 0
1 1 0
1 2 1
1 3 2
1 background 3
TEXT
diff want.txt got.txt >wrong.txt || fail "which locks: $(cat wrong.txt)"

# The workers of a loop share its thread: nine sessions compute for 9 ms each, in which the loop works for one of them. That
# is in a prediction alike. Beside process workers the threads in the background have a lock of their own.
for command in run simulate; do
    "$NETBATON" $command trace.yaml -q -o "loop-$command" --set devices.count=9 --set runs.strategy=async --set runs.interpreter=cpython-3.11 \
        --trace loop.csv >out.txt 2>&1 || fail "$command of a loop: $(cat out.txt)"
    awk -F, '
        $2 == "worker" && $4 == "thread 0" && $6 > 0 { turns += $6 - $5; n += !seen[$3]++ }
        END { if (n != 3 || turns < 0.07) { print n " workers had the loop for " turns " s"; exit 1 } }
        ' loop.csv >wrong.txt || fail "$command: $(cat wrong.txt)"
    "$NETBATON" $command trace.yaml -q -o "pool-$command" --set devices.count=9 --set runs.strategy=processes --set runs.interpreter=cpython-3.11 \
        --set runs.background=2 --trace pool.csv >out.txt 2>&1 || fail "$command of a pool: $(cat out.txt)"
    # Two threads that no worker is hold one lock, which no worker has: for most of the run where no other program is on the cores.
    share=0
    [ $command = run ] || share=0.25
    awk -F, -v share=$share '
        $2 == "worker" { worker[$4] = 1 }
        $2 == "lock" { if (worker[$4]) taken[$3] = 1; else { held[$3, $4] += $6 - $5; lock[$3, $4] = $3 }; if ($6 > end) end = $6 }
        END { for (i in held) if (held[i] > share * end && !taken[lock[i]]) n[lock[i]]++; for (i in n) if (n[i] == 2) exit 0; exit 1 }
        ' pool.csv || fail "$command: who holds the lock of the background: $(grep ',lock,' pool.csv | cut -d, -f3,4 | sort | uniq -c)"
done

expect 2 'no run has a lock that can be seen' "$NETBATON" run trace.yaml --set runs.interpreter=native --trace t.csv -o none
expect 2 "cannot write 'no/such/t.csv'" "$NETBATON" run trace.yaml --trace no/such/t.csv -o none
expect 2 "writes CSV, not 't.json': name it FILE.csv" "$NETBATON" run trace.yaml --trace t.json -o none
expect 2 "'.' is a folder; name a file in it" "$NETBATON" simulate trace.yaml --trace . -o none
[ ! -e none ] || fail 'a refused run made its folder'
