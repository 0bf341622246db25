# The size of files, their names, and what is left undone.
. "$SOURCE/tests/lint/tree.sh"

tree_sources c h sh py | while IFS= read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || echo "$file: $lines lines; at most 600"
done >>"$problems"
tree_files | grep -E '(^|[/_])(utils?|commons?|helpers?|misc|internal)([._/]|$)' |
    sed 's/$/: say what it is: a name like this attracts everything/' >>"$problems" || true
# Spelled in pieces, so that this file does not find itself.
tree_files | grep -v '\.png$' | xargs grep -nIE "\<(TO""DO|FIX""ME|XX""X)\>" >>"$problems" || true
# A command that main.c does not list is dead.
for file in $(tree_files | grep -E '/cmd_[a-z]+\.c$'); do
    name=$(basename "$file" .c)
    grep -q "command_${name#cmd_}\>" main.c || echo "$file: main.c does not list its command"
done >>"$problems"
finish "files"
