# `netbaton lab`: the list, a lab's text, wrong calls; that answers are compared with predictions.
. "$SOURCE/tests/e2e/frame.sh"

"$NETBATON" lab >list.txt
for readme in "$SOURCE"/labs/*/README.md; do
    title=$(sed -n '1s/^# //p' "$readme")
    grep -qF "$title" list.txt || fail "the list lacks '$title'"
    number=$(basename "$(dirname "$readme")" | sed 's/^0*\([0-9]*\)-.*/\1/')
    "$NETBATON" lab "$number" >text.txt
    cmp -s text.txt "$readme" || fail "lab $number shows another text than $readme"
    for heading in Question Predict Run Compare Explain; do
        grep -qx "## $heading" text.txt || fail "$readme lacks the heading $heading"
    done
done

expect 2 "no such lab: '99' is out of range; it must be 1 to" "$NETBATON" lab 99
expect 2 "lab 1 has 4 questions, --predict has 2 answers" "$NETBATON" lab 1 --predict 1,2
expect 2 "lab 1 has 4 questions, --predict has 1 answer" "$NETBATON" lab 1 --predict 1
expect 2 "'x' is not a prediction" "$NETBATON" lab 1 --predict 1,2,x,4
expect 2 "'-1' is not a prediction" "$NETBATON" lab 1 --predict=-1,2,3,4
[ ! -e results ] || fail 'a wrong call made a folder'
code=0
"$NETBATON" lab 1 --run </dev/null >stdout.txt 2>stderr.txt || code=$?
[ $code = 2 ] || fail "without predictions it exits with $code"
grep -q 'predict first' stderr.txt || fail 'it does not ask to predict first'

# 4 devices of 60 ms: 240 ms one by one at the least, so 1 ms is wrong whatever the machine.
"$NETBATON" lab 1 --predict 0.001,250ms,0.1,1x -q -o measured --set devices.count=4 >table.txt 2>&1 || {
    cat table.txt
    fail 'the lab does not run'
}
grep -q '^ *0.001 .*-100%  think again  How many seconds do 40 devices' table.txt || {
    cat table.txt
    fail 'a wrong prediction is not told'
}
[ "$(wc -l <measured/runs.csv)" = 5 ] || fail 'not every run has its row'
