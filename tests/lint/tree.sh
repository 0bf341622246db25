# Sourced by the lint scripts: `. "$SOURCE/tests/lint/tree.sh"`. Goes to the source tree and gives
#
#   tree_files    every file of the tree, one a line, below its top; what is built or ignored is left out
#   finish WHAT   ends the test; the problems were printed to ../problems, one a line
#   llvm PROGRAM  the tool of the version that the tree is formatted and checked with; skips when it is another one
set -eu
llvm_version=14

cd "$SOURCE"
problems=$OLDPWD/../problems
: >"$problems"

tree_files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
            [ ! -e "$file" ] || printf '%s\n' "$file"
        done
    else
        find . \( -path ./build -o -path ./results -o -path ./.git -o -path ./.cache \) -prune -o -type f -print | sed 's|^\./||'
    fi | LC_ALL=C sort
}

# tree_sources EXTENSION...
tree_sources() {
    for extension; do
        tree_files | grep "\.$extension\$" || true
    done
}

finish() {
    if [ -s "$problems" ]; then
        cat "$problems"
        echo "FAIL: $1"
        exit 1
    fi
    exit 0
}

skip() {
    echo "SKIP: $*"
    exit 77
}

llvm() {
    for program in "$1-$llvm_version" "$1"; do
        if "$program" --version 2>/dev/null | grep -q "version $llvm_version\."; then
            echo "$program"
            return
        fi
    done
    return 1
}
