#!/bin/sh
# usage: tests/bench/bench.sh BUILD [NAME...]: runs the benchmarks that were built under BUILD, or the named ones.
# A benchmark is the program BUILD/bench/bench_NAME or the script tests/bench/bench_NAME.sh or .py; it prints lines
# NAME<TAB>VALUE<TAB>UNIT on stdout, remarks on stderr.
set -u
build=$(cd "$1" && pwd) || exit 1
source=$(cd "$(dirname "$0")/../.." && pwd)
shift
NETBATON=$build/netbaton
SOURCE=$source
export NETBATON SOURCE

all_names() {
    for file in "$build"/bench/bench_* "$source"/tests/bench/bench_*.sh "$source"/tests/bench/bench_*.py; do
        [ ! -f "$file" ] || basename "$file" | sed 's/^bench_//; s/\.[a-z]*$//'
    done | sort
}

run_one() {
    for file in "$build/bench/bench_$1" "$source/tests/bench/bench_$1.sh" "$source/tests/bench/bench_$1.py"; do
        if [ -f "$file" ]; then
            echo "== $1" >&2
            case $file in
            *.sh) sh "$file" ;;
            *.py) python3 "$file" ;;
            *) "$file" ;;
            esac
            return
        fi
    done
    echo "bench: there is no '$1'; there are: $(all_names | tr '\n' ' ')" >&2
    return 2
}

[ $# != 0 ] || eval set -- "$(all_names | tr '\n' ' ')"
result=0
for name; do
    run_one "$name" || result=1
done
exit $result
