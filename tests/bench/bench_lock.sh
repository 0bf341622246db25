#!/bin/sh
# The lock in C beside the real CPython whose rules it follows: the cases of data/model/truth-*.csv by both, one after the
# other, on this machine. Lines: case<TAB>real CPython<TAB>the lock in C<TAB>error<TAB>the file's figure; seconds or answers
# a second, medians of the rounds. Then the median and the greatest error for each version, processes and echo apart: a
# process pool is no matter of the lock, and 2.7's ends by polling every 0.1 s.
# A case is MODE DEVICESxROUNDS(wait+cpu) by WORKERS, or echo beside THREADS.
#
# PYTHONS: paths; else python2.7 and python3 of PATH and of ~/.pyenv. ROUNDS: 3. MACHINE: a machine file of these pythons,
# else it is measured first.
set -eu
netbaton=${1:-$NETBATON}
data=$SOURCE/tests/bench/data/model
folder=$(mktemp -d "${TMPDIR:-/tmp}/netbaton-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
[ -z "${MACHINE:-}" ] || cp "$MACHINE" "$folder/machine"
cd "$folder"
tab=$(printf '\t')

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
if [ ! -f machine ]; then
    options=
    for python in $PYTHONS; do
        options="$options --python $python"
    done
    # shellcheck disable=SC2086 # a list of options
    "$netbaton" calibrate -q -o machine $options >/dev/null
fi

# The rows of a truth file as "mode sessions rounds wait cpu worker, worker": what differs by its workers only is one
# experiment. Those that wait for more than 6 s tell nothing that the short ones do not.
groups() {
    awk -F, '
        NR == 1 || $8 > 6 || $2 ~ /echo/ { next }
        { key = ($2 == "cpu-threads" ? "threads" : $2) " " $3 " " $5 " " $6 " " $7 }
        !(key in workers) { order[++n] = key; workers[key] = $4; next }
        { workers[key] = workers[key] "," $4 }
        END { for (i = 1; i <= n; i++) print order[i], workers[order[i]] }' "$1"
}

# run_group VERSION PYTHON MODE SESSIONS ROUNDS WAIT CPU WORKERS
run_group() {
    commands=a
    while [ ${#commands} -lt $((2 * $5 - 1)) ]; do
        commands="$commands,a"
    done
    cat >group.yaml <<TEXT
name: lock
devices: {count: $4, transport: sleep, latency: {connect: 0, login: 0, command: ${6}s}}
work: {commands: [$commands], cpu: {command: ${7}s}}
runs: {strategy: $3, workers: [$8], interpreter: [cpython-$1, "python:$2"], repeat: 1}
TEXT
    "$netbaton" run group.yaml -q --machine machine -o out >/dev/null
    rows "$1" "$3 $4x$5(${6}s+${7}s) by "
}

run_echo() {
    cat >echo.yaml <<TEXT
name: lock
devices: {count: 1, transport: sleep}
work: {echo: 1s}
runs: {strategy: threads, workers: 1, background: [0, 1, 2], interpreter: [cpython-$1, "python:$2"], repeat: 1}
TEXT
    "$netbaton" run echo.yaml -q --machine machine -o out >/dev/null
    rows "$1" 'echo beside '
}

# rows VERSION CASE: "case<TAB>real or ours<TAB>value" of each row of out/.
rows() {
    awk -F, -v version="$1" -v case="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            echo = $at["answers_per_s"]
            printf "%s %s%s\t%s\t%s\n", version, case, echo != "" ? $at["background"] : $at["workers"],
                $at["source"] == "netbaton" ? "ours" : "real", echo != "" ? echo : $at["wall_s"]
        }' out/runs.csv
    rm -r out
}

# truth VERSION FILE: the same lines of the file, as "truth".
truth() {
    awk -F, -v version="$1" '
        NR > 1 && $2 ~ /echo/ { printf "%s echo beside %s\ttruth\t%s\n", version, $4, $9 }
        NR > 1 && $2 !~ /echo/ {
            mode = $2 == "cpu-threads" ? "threads" : $2
            printf "%s %s %sx%s(%ss+%ss) by %s\ttruth\t%s\n", version, mode, $3, $5, $6, $7, $4, $8
        }' "$2"
}

for round in $(seq "${ROUNDS:-3}"); do
    for python in $PYTHONS; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        file=$data/truth-$version.csv
        # Versions that were never measured do the cases of the newest that was.
        [ -f "$file" ] || file=$data/truth-3.11.csv
        groups "$file" | while read -r mode sessions rounds wait cpu workers; do
            run_group "$version" "$python" "$mode" "$sessions" "$rounds" "$wait" "$cpu" "$workers"
        done >>values
        run_echo "$version" "$python" >>values
        [ "$round" != 1 ] || truth "$version" "$file" >>truths
    done
    echo "bench_lock: round $round of ${ROUNDS:-3} done" >&2
done

sort -s -k1,1 -t "$tab" values truths | awk -F '\t' '
    function median(who, n, i, k, v, t) {
        n = count[who]
        for (i = 1; i <= n; i++) {
            v[i] = value[who, i]
            for (k = i; k > 1 && v[k - 1] > v[k]; k--) { t = v[k]; v[k] = v[k - 1]; v[k - 1] = t }
        }
        return n ? (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2 : 0
    }
    function flush(real, ours, error, kind) {
        if (name != "" && count["real"]) {
            real = median("real"); ours = median("ours"); error = (ours - real) / real * 100
            printf "%s\t%.4g\t%.4g\t%+.1f %%\t%s\n", name, real, ours, error, count["truth"] ? value["truth", 1] : "-"
            kind = name ~ / echo / ? "echo_" : name ~ / processes / ? "processes_" : ""
            print kind version "\t" (error < 0 ? -error : error) >"errors"
        }
        split("", count)
    }
    $1 != name { flush(); name = $1; split($1, word, " "); version = word[1] }
    { value[$2, ++count[$2]] = $3 + 0 }
    END { flush() }'
sort -k1,1 -k2,2g errors | awk -F '\t' '
    function flush() { if (n) printf "lock_error_median_%s\t%.1f\t%%\nlock_error_max_%s\t%.1f\t%%\n", name, (v[int((n + 1) / 2)] + v[int(n / 2) + 1]) / 2, name, v[n] }
    $1 != name { flush(); n = 0; name = $1 }
    { v[++n] = $2 + 0 }
    END { flush() }'
