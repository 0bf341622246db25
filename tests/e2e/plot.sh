# netbaton plot: every format, drawing again, text that must stay text, and what can go wrong.
. "$SOURCE/tests/e2e/frame.sh"
need gnuplot

# The folder's name becomes the name of a series.
hostile="it's \`touch injected\` {_x^2} \"b\" \\n \$HOME"
mkdir plain "$hostile"
cp "$SOURCE"/tests/golden/data/plot/*.csv "$SOURCE"/tests/golden/data/plot/*.yaml plain
cp plain/* "$hostile"

starts_with() {
    [ "$(head -c "${#2}" "$1" | tr '\0-\037' '?')" = "$2" ] || fail "'$1' does not begin with '$2'"
}

check_pictures() {
    for script in "$1"/*.gp; do
        case $script in */style.gp) continue ;; esac
        picture=${script%.gp}
        starts_with "$picture.png" "$(printf '\211PNG')"
        grep -q '</svg>' "$picture.svg" || fail "'$picture.svg' is not whole"
        starts_with "$picture.pdf" '%PDF'
        tail -c 8 "$picture.pdf" | grep -q '%%EOF' || fail "'$picture.pdf' is not whole"
    done
}

"$NETBATON" plot --format svg,png,pdf plain >plotted.txt
for chart in wall-by-workers speedup efficiency percentiles gantt cost; do
    for format in svg png pdf; do
        grep -qx "plain/charts/$chart.$format" plotted.txt || fail "no line for $chart.$format"
        [ -s "plain/charts/$chart.$format" ] || fail "no picture $chart.$format"
    done
done
grep -qx 'wall-by-devices left out: there is only one number of devices' plotted.txt || fail "nobody says what is left out"
check_pictures plain/charts

# Drawn again from another folder: the same picture, and no complaint.
for script in plain/charts/*.gp; do
    case $script in */style.gp) continue ;; esac
    cp "${script%.gp}.png" before.png
    rm "${script%.gp}.png"
    LC_ALL=C.UTF-8 gnuplot "$script" >again.txt 2>&1 || fail "'gnuplot $script' fails"
    [ ! -s again.txt ] || fail "'gnuplot $script' says $(cat again.txt)"
    cmp before.png "${script%.gp}.png" || fail "'gnuplot $script' draws another picture"
done

# Several folders, one over the other; no text is taken for a command.
"$NETBATON" plot --format svg,png,pdf -o over/each-other plain "$hostile" >plotted.txt
check_pictures over/each-other
grep -q "it's \`touch injected\` {_x^2}" over/each-other/speedup.svg || fail "a series lost its name"
[ -z "$(find . -name injected)" ] || fail "a name was run as a command"

# Text alone writes nothing.
find plain -type f | sort >before.txt
"$NETBATON" plot --format text --chart wall-by-workers plain >text.txt
find plain -type f | sort >after.txt
cmp before.txt after.txt || fail "text wrote a file"
grep -q 'workers (sessions at once)' text.txt || fail "no text chart"
LC_ALL=C.UTF-8 grep -qE '^.{81}' text.txt && fail "the text chart is wider than 80 columns"

# The timeline of a simulation is of the first folder's runs.
printf '%s\n' 'run,row,number,name,from_s,to_s' '0,thread,1,runs,0,1' '0,lock,0,thread 1,0,1' >trace.csv
"$NETBATON" plot --timeline trace.csv --chart timeline -o lock plain >plotted.txt
if grep -q 'the first .* threads' lock/timeline.gp; then fail "threads are left out that there are not"; fi
printf '%s\n' '0,thread,27,runs,0,1' '0,thread,40,runs,0,1' >>trace.csv
"$NETBATON" plot --timeline trace.csv --chart timeline -o most plain >plotted.txt
grep -q '(the first 28 threads)' most/timeline.gp || fail "it does not say that threads are left out"
starts_with lock/timeline.png "$(printf '\211PNG')"
expect 2 "'plain/runs.csv' is no timeline" "$NETBATON" plot --timeline plain/runs.csv plain

# What can go wrong.
mkdir foreign
sed '1s/wall_s/wallclock/' plain/runs.csv >foreign/runs.csv
expect 2 "'foreign/runs.csv' has no wall times (column wall_s)" "$NETBATON" plot foreign
expect 2 "no results folder is named" "$NETBATON" plot
expect 2 "cannot open 'nowhere/runs.csv'" "$NETBATON" plot nowhere
expect 2 "unknown format 'bitmap'; there are svg, png, pdf, text" "$NETBATON" plot --format bitmap plain
expect 2 "unknown chart 'gant'; did you mean 'gantt'?" "$NETBATON" plot --chart gant plain
expect 2 "no chart 'wall-by-devices' of these results: there is only one number of devices" \
    "$NETBATON" plot --chart wall-by-devices plain
expect 2 "cannot write 'plain/runs.csv/style.gp': Not a directory" "$NETBATON" plot -o plain/runs.csv plain
mkdir empty
cp plain/runs.csv before.csv
expect 1 "apt-get install gnuplot-nox" env PATH="$PWD/empty" "$NETBATON" plot plain
cmp before.csv plain/runs.csv || fail "the CSV changed"
