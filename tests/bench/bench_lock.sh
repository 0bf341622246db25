#!/bin/sh
# The lock in C beside the real CPython whose rules it follows: the same experiments by both, one after the other, on
# this machine. Lines: case<TAB>real CPython<TAB>the lock in C<TAB>error, seconds or answers a second, medians of three
# rounds; then the median and the greatest error for each version. A case is DEVICESxROUNDS(wait+cpu) by WORKERS.
#
# Pythons: $PYTHONS (paths), else python2.7 and python3 of PATH and of ~/.pyenv.
set -eu
netbaton=${1:-$NETBATON}
folder=$(mktemp -d "${TMPDIR:-/tmp}/netbaton-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

find_pythons() {
    for python in python2.7 python3; do
        command -v $python && continue
        find ~/.pyenv/versions -maxdepth 3 -path "*/bin/$python" 2>/dev/null | sort | tail -n 1
    done
}
: "${PYTHONS:=$(find_pythons | tr '\n' ' ')}"
[ -n "${PYTHONS% }" ] || {
    echo "bench_lock: no python here; name some in PYTHONS" >&2
    exit 0
}

options=
for python in $PYTHONS; do
    options="$options --python $python"
done
# shellcheck disable=SC2086 # a list of options
"$netbaton" calibrate -q -o machine.yaml $options >/dev/null

# experiment CASE DEVICES LATENCY CPU STRATEGIES WORKERS [MORE]: shared/truth's sessions, two rounds of wait and cpu.
experiment() {
    cat >"$1.yaml" <<TEXT
name: lock
devices: {count: [$2], transport: sleep, latency: {connect: 0, login: 0, command: $3}}
work: {commands: [a, b], cpu: {command: $4}}
runs: {strategy: [$5], workers: [$6], interpreter: [native], repeat: 1}
TEXT
}
experiment '40x2(20ms+0)' 40 20ms 0 threads '5, 40'
experiment '40x2(20ms+2ms)' 40 20ms 2ms 'sequential, threads' '2, 5, 10, 40'
experiment '40x2(20ms+10ms)' 40 20ms 10ms 'sequential, threads' '2, 5, 10, 40'
experiment '40x2(0+10ms)' 40 0 10ms 'sequential, threads' '2, 5, 10, 40'
experiment '200x2(50ms+0.5ms)' 200 50ms 0.5ms threads '10, 40'
experiment '400x2(50ms+0.5ms)' 400 50ms 0.5ms threads 400
for k in 1 2 4; do
    experiment "${k}x2(0+250ms)" $k 0 250ms threads $k
done
cat >echo.yaml <<'TEXT'
name: lock
devices: {count: 1, transport: sleep}
work: {echo: 1s}
runs: {strategy: threads, workers: 1, background: [0, 1, 2], interpreter: [native], repeat: 1}
TEXT

for round in 1 2 3; do
    for python in $PYTHONS; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        for file in *.yaml; do
            [ "$file" != machine.yaml ] || continue
            out=out/$version/${file%.yaml}
            "$netbaton" run "$file" -q --machine machine.yaml -o "$out/$round" \
                --set "runs.interpreter=[cpython-$version, 'python:$python']" >/dev/null
        done
    done
    echo "bench_lock: round $round of 3 done" >&2
done

for path in out/*/*/*/runs.csv; do
    rest=${path#out/}
    version=${rest%%/*}
    rest=${rest#*/}
    awk -F, -v version="$version" -v case="${rest%%/*}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            echo = $at["answers_per_s"]
            name = version " " case " " (echo != "" ? "beside " $at["background"] : $at["strategy"] " " $at["workers"])
            printf "%s\t%s\t%s\n", name, $at["source"] == "netbaton" ? "ours" : "real", echo != "" ? echo : $at["wall_s"]
        }' "$path"
done | sort | awk -F '\t' '
    function flush() {
        if (name == "") return
        real = median("real"); ours = median("ours")
        error = (ours - real) / real * 100
        printf "%s\t%.4g\t%.4g\t%+.1f %%\n", name, real, ours, error
        if (name !~ /echo/) print version "\t" (error < 0 ? -error : error) >"errors"
        count["real"] = count["ours"] = 0
    }
    function median(who) { return count[who] < 3 ? value[who, 1] : middle(value[who, 1], value[who, 2], value[who, 3]) }
    function middle(a, b, c) { return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b) }
    $1 != name { flush(); name = $1; split($1, word, " "); version = word[1] }
    { value[$2, ++count[$2]] = $3 }
    END { flush() }'
sort -k1,1 -k2,2g errors | awk -F '\t' '
    function flush() { if (n) printf "lock_error_median_%s\t%.1f\t%%\nlock_error_max_%s\t%.1f\t%%\n", version, (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2, version, v[n] }
    $1 != version { flush(); n = 0; version = $1 }
    { v[++n] = $2 }
    END { flush() }'
