# The manual pages are well formed; every command has one that is installed and names its every option; netbaton-experiment(5) names every
# key that the reference experiment has.
. "$SOURCE/tests/lint/tree.sh"

commands=$("$NETBATON" --help | sed -n 's/^  \([a-z]\{1,\}\)  *[a-z].*/\1/p')
for command in $commands; do
    page=man/netbaton-$command.1
    if [ ! -f "$page" ]; then
        echo "$page: there is no such page" >>"$problems"
        continue
    fi
    grep -q "^  $page\$" CMakeLists.txt || echo "$page: is not installed" >>"$problems"
    "$NETBATON" "$command" --help | sed -n 's/^.*--\([a-z][a-z-]*\).*/\1/p' | sort -u | while IFS= read -r option; do
        grep -qE -e "^\.It .*Fl .*-$option\>" "$page" || echo "$page: does not tell of --$option"
    done >>"$problems"
    grep -q "Xr netbaton-$command 1" man/netbaton.1 || echo "man/netbaton.1: does not name netbaton-$command" >>"$problems"
done
page=man/netbaton-experiment.5
sed -n 's/^ *{"\([a-z_.]*\)", AT(.*/\1/p' base/experiment_schema.c | while IFS= read -r key; do
    grep -qE -e "^\.It Cm .*\<$key\>" "$page" || echo "$page: does not tell of $key"
done >>"$problems"
if command -v mandoc >/dev/null; then
    mandoc -Tlint -W warning man/*.[15] >>"$problems" || true
fi
finish "manual pages"
