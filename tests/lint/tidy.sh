# Static analysis with the checks of .clang-tidy, by the compile commands of the build.
. "$SOURCE/tests/lint/tree.sh"

clang_tidy=$(llvm clang-tidy) || skip "no clang-tidy $llvm_version here"
jobs=$(nproc 2>/dev/null || echo 2)
tree_sources c | xargs -P "$jobs" -n 4 "$clang_tidy" -p "$BUILD" --quiet >"$problems.all" 2>/dev/null || true
grep -E '(warning|error):|^ ' "$problems.all" >"$problems" || true
finish "clang-tidy is not content"
