# Static analysis with the checks of .clang-tidy, by the compile commands of the build.
#
# It takes seconds a file, so what was found clean is remembered under the build: a mark named by the sum of the file and
# of all it includes of ours.
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
    mark=$marks/$(echo "$file" | tr / _)-$(sum_of "$file")
    [ -e "$mark" ] || echo "$mark $file"
done >"$problems.wanted"
: >"$problems.all"
# shellcheck disable=SC2016 # for the inner shell
[ ! -s "$problems.wanted" ] || xargs -P "$jobs" -n 2 sh -c '"$0" -p "$1" --quiet "$3" && touch "$2"' "$clang_tidy" "$BUILD" \
    <"$problems.wanted" >"$problems.all" 2>/dev/null || true
grep -E '(warning|error):|^ ' "$problems.all" >"$problems" || true
finish "clang-tidy is not content"
