# simulate, interrupted among many short runs, minutes of them: it ends at once, and what it has done is saved.
. "$SOURCE/tests/e2e/frame.sh"

cat >many.yaml <<YAML
devices: {count: 100, transport: sleep}
work: {commands: [$(printf 'show clock, %.0s' $(seq 299))show clock]}
runs:
  strategy: threads
  workers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  interpreter: cpython-3.11
  switch_interval: [$(seq -f %gms -s ', ' 1 100)]
  repeat: 10
YAML
"$NETBATON" simulate many.yaml -o results >out.txt 2>noise.txt &
pid=$!
# shellcheck disable=SC2016 # for the inner shell
wait_until sh -c '[ "$(wc -l <out.txt)" -ge 5 ]'
kill -INT $pid
code=0
wait $pid || code=$?
[ $code = 130 ] || fail "exit code $code: $(cat noise.txt)"
done=$(sed -n "s/^netbaton simulate: interrupted; \([0-9]*\) of 10000 runs are in 'results'\$/\1/p" noise.txt)
[ -n "$done" ] || fail "not told: $(cat noise.txt)"
[ "$done" -lt 10000 ] || fail 'all runs were done'
[ "$(sed 1d results/runs.csv | wc -l)" = "$done" ] || fail "runs.csv has not the $done rows"
[ "$(sed 1d results/sessions.csv | wc -l)" = $((done * 100)) ] || fail 'sessions.csv is not whole'
