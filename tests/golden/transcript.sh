# Runs a transcript ($TRANSCRIPT, a Markdown file) and compares what comes out with what it says, byte for byte.
#
# In it, lines indented by four spaces are a terminal: `$ COMMAND`, then the output of both streams, then `[CODE]` when the
# exit code is not 0. All other lines are text, one empty line apart from a terminal. The commands run one after the
# other in a folder that has nothing but the source's labs/ and experiments/; `netbaton` is the program under test. With NEW=1 in the
# environment the file takes over the new output: read the difference before you commit it.
set -u
PATH=$(dirname "$NETBATON"):$PATH
export PATH
ln -s "$SOURCE/labs" "$SOURCE/experiments" .

run_line() {
    printf '%s\n' "    \$ $1"
    sh -c "$1" </dev/null >../output 2>&1
    code=$?
    sed 's/^./    &/' ../output
    [ $code = 0 ] || echo "    [$code]"
}

# What stands after a command is its old output: passed over, empty lines too, but for the one before the next text.
replay() {
    in_terminal=no
    blank=no
    while IFS= read -r line; do
        case $line in
        '    $ '*)
            run_line "${line#    \$ }"
            in_terminal=yes blank=no
            ;;
        '    '*)
            [ $in_terminal = yes ] || printf '%s\n' "$line"
            blank=no
            ;;
        '') if [ $in_terminal = yes ]; then blank=yes; else echo; fi ;;
        *)
            [ $blank = no ] || echo
            printf '%s\n' "$line"
            in_terminal=no blank=no
            ;;
        esac
    done
}

replay <"$TRANSCRIPT" >../actual
cmp -s "$TRANSCRIPT" ../actual && exit 0
diff -u "$TRANSCRIPT" ../actual
[ -z "${NEW:-}" ] || cp ../actual "$TRANSCRIPT"
exit 1
