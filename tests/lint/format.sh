# clang-format decides. Versions differ in what they decide, so one version counts.
. "$SOURCE/tests/lint/tree.sh"

clang_format=$(llvm clang-format) || skip "no clang-format $llvm_version here"
tree_sources c h | xargs "$clang_format" --dry-run -Werror 2>&1 | sed -n 's/^\([^:]*\):[0-9].*/\1/p' |
    uniq >"$problems" || true
finish "run clang-format -i on these"
