# The README's "Your own question", as it stands there: the file, the commands, each key of its table.
. "$SOURCE/tests/e2e/frame.sh"
need gnuplot

PATH=$(dirname "$NETBATON"):$PATH
sed -n '/^## Your own question/,/^## Devices with names/p' "$SOURCE/README.md" >section.txt
sed -n '/^    cat >mine.yaml/,/^    netbaton report mine/s/^    //p' section.txt >question.sh
grep -q '^netbaton simulate mine.yaml' question.sh || fail "the README's commands are not found"
sh -eu question.sh >said.txt || fail "the README's commands: $(cat said.txt)"
grep -q '^Fastest is .* limits\.$' said.txt || fail "it does not say what limits: $(cat said.txt)"

sed -n '/^| what changes/,/^$/p' section.txt | grep -o '[a-z_]*\.[a-z_.]*=[^`]*' >keys.txt
[ "$(grep -c . keys.txt)" -ge 7 ] || fail "the keys of the table are not found"
n=0
while IFS= read -r setting; do
    n=$((n + 1))
    setting=$(printf '%s' "$setting" | tr -d "'")
    netbaton simulate mine.yaml -q --set runs.workers=10 --set "$setting" --set devices.count=20 --set runs.allowed_failures=1 \
        -o "changed-$n" >said.txt 2>&1 || fail "--set $setting: $(cat said.txt)"
done <keys.txt
