# Wrong input of each kind gets one clear message, exit code 2, and leaves nothing behind.
. "$SOURCE/tests/e2e/frame.sh"

# Is the command in the program?
has() {
    "$NETBATON" --help | grep -q "^  $1 "
}

# refused TEXT COMMAND...: as expect 2, and the working folder is as it was.
refused() {
    text=$1
    shift
    find . ! -name stdout.txt ! -name stderr.txt | sort >../before
    expect 2 "$text" "$@"
    find . ! -name stdout.txt ! -name stderr.txt | sort >../after
    diff ../before ../after || fail "'$*' left something behind"
}

expect 2 "unknown command 'pilot'; did you mean 'plot'?" "$NETBATON" pilot
expect 2 "unknown command 'xyzzy' (see \`netbaton --help\`)" "$NETBATON" xyzzy

# --- experiment files -------------------------------------------------------------------------------------------------

# wrong_file LINE:COLUMN-AND-MESSAGE CONTENT: every command that reads an experiment refuses it at that place.
wrong_file() {
    printf '%b' "$2" >wrong.yaml
    for command in $readers; do
        refused "netbaton $command: wrong.yaml$1" "$NETBATON" "$command" wrong.yaml
    done
    rm wrong.yaml
}

readers=
for command in run emulate simulate; do
    ! has $command || readers="$readers $command"
done

wrong_file ":2:3: unknown key 'cuont'; did you mean 'count'?" 'devices:\n  cuont: 4\n'
wrong_file ":1:28: '5' has no unit; write it like 5ms or 5s" 'devices: {latency: {login: 5}}\n'
wrong_file ":1:18: '1000000000000' is out of range; it must be 0 to 10000000" 'devices: {count: 1000000000000}\n'
wrong_file ":1:18: '-1' is out of range" 'devices: {count: -1}\n'
wrong_file ":1:17: 'runs.workers' is an empty list; name at least one value" 'runs: {workers: []}\n'
wrong_file ":2:14: unknown strategy 'thread'; did you mean 'threads'?" 'runs:\n  strategy: [thread]\n'
wrong_file ":2:1: not valid YAML" 'devices: [\n'
wrong_file ": the file is empty" ''
for command in $readers; do
    refused "netbaton $command: cannot open 'nowhere.yaml': No such file or directory" \
        "$NETBATON" "$command" nowhere.yaml
    mkdir folder
    refused "netbaton $command: cannot read 'folder': it is a folder" "$NETBATON" "$command" folder
    rmdir folder
    refused "unknown key 'runs.wrokers'; did you mean 'runs.workers'?" \
        "$NETBATON" "$command" "$SOURCE/experiments/demo.yaml" --set runs.wrokers=1
done

# --- folders and files of others --------------------------------------------------------------------------------------

# nobody COMMAND...: with the rights of no one in particular; root may do everything.
nobody() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

printf 'devices: {transport: sleep}\nruns: {strategy: threads}\n' >good.yaml
cp "$NETBATON" netbaton
chmod 755 .. . netbaton # the test's own; where nobody may enter what is above, this is left out
if nobody ./netbaton --version >/dev/null 2>&1; then
    cp good.yaml secret.yaml
    chmod 000 secret.yaml
    for command in $readers; do
        refused "netbaton $command: cannot open 'secret.yaml': Permission denied" nobody ./netbaton "$command" secret.yaml
    done
    mkdir closed
    chmod 555 closed
    for command in run simulate; do
        ! has $command || refused "netbaton $command: cannot make the folder 'closed/new': Permission denied" \
            nobody ./netbaton $command good.yaml -o closed/new
    done
    rm -f secret.yaml
    rmdir closed
fi
for command in run simulate; do
    has $command || continue
    mkdir full
    touch full/mine
    refused "the folder 'full' is not empty; nothing is overwritten" "$NETBATON" $command good.yaml -o full
    refused "cannot make the folder 'full/mine/x': Not a directory" "$NETBATON" $command good.yaml -o full/mine/x
    rm -r full
done
for command in run simulate; do
    ! has $command || refused "no platform is called 'cisco_iso'; did you mean 'cisco_ios'?" \
        "$NETBATON" $command good.yaml --set devices.transport=telnet --set devices.platform=cisco_iso -o never
done
refused "cannot open 'nowhere/runs.csv': No such file or directory" "$NETBATON" plot nowhere

# Tables that cannot be written.
if [ -c /dev/full ]; then
    code=0
    "$NETBATON" inventory --format csv >/dev/full 2>stderr.txt || code=$?
    [ $code = 1 ] || fail "inventory into a full disk exits with $code"
    code=0
    "$NETBATON" lab >/dev/full 2>stderr.txt || code=$?
    [ $code = 1 ] || fail "lab into a full disk exits with $code"
    grep -q 'cannot write to the standard output' stderr.txt || fail "lab into a full disk says: $(cat stderr.txt)"
fi

# What is quoted neither ends the line nor acts on the terminal.
refused "'a?b?[31m' is not a whole number" "$NETBATON" run good.yaml --set 'seed="a\nb\e[31m"' -o never

# --- the emulator's ports, and descriptors ----------------------------------------------------------------------------

if has emulate; then
    start_emulator --devices 3 --ssh 0 --telnet 0
    refused "netbaton emulate: cannot listen on" "$NETBATON" emulate --devices 3 --telnet "$TELNET_PORT"
    stop_emulator
    refused "'99999'" "$NETBATON" emulate --telnet 99999
fi
with_64_files() {
    # shellcheck disable=SC3045 # not POSIX, but every sh has it
    (ulimit -n 64 && exec "$@")
}
if has run && has emulate; then
    refused "ulimit -n" with_64_files "$NETBATON" run good.yaml \
        --set devices.transport=telnet --set devices.count=500 --set runs.workers=500
fi
