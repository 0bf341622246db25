# Every shell script, by shellcheck.
. "$SOURCE/tests/lint/tree.sh"

command -v shellcheck >/dev/null || skip "no shellcheck here"
{
    echo run
    echo .ci/run
    tree_sources sh
} | xargs shellcheck -s sh -e SC1091 -e SC2154 >"$problems" || true
finish "shellcheck is not content"
