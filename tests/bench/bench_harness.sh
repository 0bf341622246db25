#!/bin/sh
# What the client adds to what it measures: sessions that wait for nothing, and threads against the time that their
# sessions' waits alone would take.
set -eu
netbaton=${1:-$NETBATON}
folder=$(mktemp -d "${TMPDIR:-/tmp}/netbaton-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# value EXPRESSION: the median over the rows of runs.csv of an awk expression of its columns by name, as w["wall_s"].
value() {
    awk -F, "NR == 1 { for (i = 1; i <= NF; i++) name[i] = \$i; next }
        { for (i = 1; i <= NF; i++) w[name[i]] = \$i; print $1 }" "$2/runs.csv" | sort -g |
        awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

cat >zero.yaml <<'TEXT'
name: zero
devices: {count: 100000, transport: sleep}
work: {commands: [show clock]}
runs: {strategy: [threads], workers: [40], repeat: 5}
TEXT
"$netbaton" run zero.yaml -o zero -q >/dev/null
printf 'harness_overhead_us\t%.2f\tus\n' \
    "$(value '(w["cpu_user_s"] + w["cpu_sys_s"]) / w["devices"] * 1e6' zero)"
printf 'harness_wall_us\t%.2f\tus\n' "$(value 'w["wall_s"] / w["devices"] * 1e6' zero)"

cat >ideal.yaml <<'TEXT'
name: ideal
devices: {count: 400, transport: telnet, latency: {connect: 10ms, login: 20ms, command: 20ms}}
work: {commands: [show clock]}
runs: {strategy: [threads, async], workers: [40], repeat: 5}
TEXT
for strategy in threads async; do
    "$netbaton" run ideal.yaml -o $strategy -q --set "runs.strategy=[$strategy]" >/dev/null
    printf '%s_ideal_ratio\t%.3f\tx\n' $strategy "$(value 'w["wall_s"] / (10 * 0.050)' $strategy)"
done
