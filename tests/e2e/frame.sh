# Sourced by the e2e scripts: `. "$SOURCE/tests/e2e/frame.sh"`. Gives
#
#   fail TEXT, skip TEXT          end the test
#   need PROGRAM...               skips when one is not installed
#   expect CODE TEXT COMMAND...   the command must exit with CODE and print one message line on stderr that contains TEXT
#   start_emulator OPTION...      a child emulator on free ports; sets SSH_HOST SSH_PORT TELNET_HOST TELNET_PORT
#   telnet_place N                HOST:PORT of its device N
#   stop_emulator                 asks it to end; fails when it does not end with 0, or complained
#   wait_until COMMAND...         tries the command up to 60 s
#
# A script ends by falling off its end. The emulator ends with the script, however that ends.
set -eu

fail() {
    echo "FAIL: $*"
    exit 1
}

# For the reader of a failed test, however it failed: a crash of the emulator is seen nowhere else.
tell_of_emulator() {
    code=$?
    if [ $code != 0 ] && [ $code != 77 ]; then
        echo "the test ended with $code${emulator:+; its emulator said:}"
        [ ! -s emulator.log ] || cat emulator.log
    fi
}
trap tell_of_emulator EXIT

skip() {
    echo "SKIP: $*"
    exit 77
}

need() {
    for program; do
        command -v "$program" >/dev/null 2>&1 || skip "no $program here"
    done
}

expect() {
    wanted_code=$1
    wanted_text=$2
    shift 2
    code=0
    "$@" </dev/null >stdout.txt 2>stderr.txt || code=$?
    if [ $code != "$wanted_code" ]; then
        cat stdout.txt stderr.txt
        fail "'$*' exits with $code, not $wanted_code"
    fi
    if ! grep -qF -e "$wanted_text" stderr.txt; then
        cat stderr.txt
        fail "'$*' does not say '$wanted_text'"
    fi
    if [ "$(wc -l <stderr.txt)" != 1 ]; then
        cat stderr.txt
        fail "'$*' says more than one message"
    fi
}

wait_until() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "after 60 s still not: $*"
        sleep 0.1
    done
}

# The word after NAME= in the ready line.
ready_word() {
    sed -n "s/.* $1=\([^ ]*\).*/\1/p" ready.txt
}

start_emulator() {
    mkfifo hold ready
    "$NETBATON" emulate --until-eof "$@" <hold >ready 2>emulator.log &
    emulator=$!
    exec 8>hold 9<ready
    head -n 1 <&9 >ready.txt
    if ! grep -q '^ready ' ready.txt; then
        cat ready.txt emulator.log
        fail "the emulator is not ready"
    fi
    ssh=$(ready_word ssh)
    telnet=$(ready_word telnet)
    # shellcheck disable=SC2034 # for the scripts
    SSH_HOST=${ssh%:*} SSH_PORT=${ssh##*:} TELNET_HOST=${telnet%:*} TELNET_PORT=${telnet##*:}
}

telnet_place() {
    if [ "$(ready_word mode)" = ports ]; then
        echo "$TELNET_HOST:$((TELNET_PORT + $1 - 1))"
    else
        echo "${TELNET_HOST%.*}.$((${TELNET_HOST##*.} + $1 - 1)):$TELNET_PORT"
    fi
}

stop_emulator() {
    exec 8>&-
    code=0
    wait "$emulator" || code=$?
    exec 9<&-
    rm -f hold ready
    if [ $code != 0 ]; then
        cat emulator.log
        fail "the emulator ended with $code"
    fi
}
