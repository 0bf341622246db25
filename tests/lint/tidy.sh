# Static analysis with the checks of .clang-tidy, by the compile commands of the build.
#
# It takes seconds a file, so what was found clean is remembered under the build: a mark named by the sum of the file and
# of all it includes of ours. So ./run starts it ahead of the test: then AHEAD_OF is the process of ./run, without which
# there is no need to go on.
. "$SOURCE/tests/lint/tree.sh"

clang_tidy=$(llvm clang-tidy) || skip "no clang-tidy $llvm_version here"
jobs=$(nproc 2>/dev/null || echo 2)
marks=$BUILD/tidy
mkdir -p "$marks"

sum_of() {
    cc -MM -MG -I. -D_GNU_SOURCE "$1" | sed 's|^[^:]*:||; s|\\$||' | xargs ls 2>/dev/null |
        xargs cat .clang-tidy tests/.clang-tidy | cksum | tr ' ' -
}

tree_sources c | while IFS= read -r file; do
    mark=$(echo "$file" | tr / _)-$(sum_of "$file")
    [ -e "$marks/$mark" ] || echo "$mark $file"
done >"$problems.wanted"
: >"$problems.all"
# xargs ends at an exit code of 255.
# shellcheck disable=SC2016 # for the inner shell
[ ! -s "$problems.wanted" ] ||
    AHEAD_OF=${AHEAD_OF:-$$} xargs -P "$jobs" -n 2 sh -c \
        'kill -0 "$AHEAD_OF" 2>/dev/null || exit 255; "$0" -p "$1" --quiet "$3" && touch "$1/tidy/$2"' "$clang_tidy" "$BUILD" \
        <"$problems.wanted" >"$problems.all" 2>/dev/null || true
grep -E '(warning|error):|^ ' "$problems.all" >"$problems" || true
[ -s "$problems" ] || while read -r mark file; do
    [ -e "$marks/$mark" ] || echo "$file: clang-tidy says nothing of it"
done <"$problems.wanted" >"$problems"
finish "clang-tidy is not content"
