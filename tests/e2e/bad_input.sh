# Wrong input of each kind gets one clear message, exit code 2, and leaves nothing behind.
. "$SOURCE/tests/e2e/frame.sh"

expect 2 "unknown command 'xyzzy' (see \`netbaton --help\`)" "$NETBATON" xyzzy
