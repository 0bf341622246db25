# netbaton report: one page that needs nothing else, and in which every text stays text.
. "$SOURCE/tests/e2e/frame.sh"
need gnuplot

cp -R "$SOURCE/tests/golden/data/plot" results
sed 's/it.s /<script>alert(1)<\/script>/' results/runs.csv >runs.csv
cp runs.csv results/runs.csv
printf '%s\n' '{"cpu": "<b>bold</b> & \"quoted\"", "cores": 2, "list": [1]}' >results/machine.json

"$NETBATON" report results >said.txt
grep -qx 'results/report.html' said.txt || fail "it does not say where the page is"
grep -q '^Fastest is ' said.txt || fail "it does not say what limits: $(cat said.txt)"
"$NETBATON" report -q results >said.txt
[ ! -s said.txt ] || fail "--quiet says: $(cat said.txt)"
page=results/report.html
[ "$(grep -c '<figure>' $page)" = 6 ] || fail "not every chart is in the page"
[ "$(grep -c '<svg\|</svg>' $page)" = 12 ] || fail "a picture is not whole"
grep -q '^<tr><th>threads</th>' $page || fail "no table of the runs"
grep -q '<pre>name: .*sample' $page || fail "no parameters"
grep -q '&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;' $page || fail "no machine"
if grep -qi '<script\|<b>\|onload=\|src=' $page; then fail "text became HTML"; fi
if grep -o '\(href\|url\)[=(][^ >]*' $page | grep -v "href='#\|url(#"; then fail "the page needs another file"; fi
grep -o " id=['\"][^'\"]*" $page | sort | uniq -d >twice.txt
[ ! -s twice.txt ] || fail "ids are there twice: $(cat twice.txt)"
[ -z "$(find . -name injected)" ] || fail "a name was run as a command"

cp -R results again
"$NETBATON" report -o both results again >said.txt
[ "$(grep -c '<h2>Runs: ' both/report.html)" = 2 ] || fail "not both folders have their table"
grep -q 'the worst error first' both/report.html || fail "two folders are not compared"

expect 2 "no results folder is named" "$NETBATON" report
expect 2 "cannot open 'nowhere/runs.csv'" "$NETBATON" report nowhere


# A file that is there and cannot be read is left out, and it is said: on the terminal and in the page.
cp -R results spoilt
sed '3s/,[^,]*/,xx/3' results/sessions.csv >spoilt/sessions.csv
expect 0 "netbaton report: left out, as it cannot be read: spoilt/sessions.csv: line 3: column" \
    "$NETBATON" report spoilt
grep -q 'cannot be read: spoilt/sessions.csv: line 3' spoilt/report.html || fail "the page hides a spoilt file"
rm spoilt/sessions.csv
"$NETBATON" report -q spoilt 2>stderr.txt
[ ! -s stderr.txt ] || fail "a file that is not there is missed: $(cat stderr.txt)"
