# usage: sh in_fresh_folder.sh PROGRAM SCRIPT [ARGUMENT...]: runs it in a new empty folder that is removed afterwards, so
# that tests can run side by side. HOME and what else is the user's lies there too: no test reads or writes the user's
# own files, and none takes the input of whoever started it. Only the RSA host key, which takes a second to make, is that
# of the first test of the build that made one.
set -u
if ! command -v "$1" >/dev/null 2>&1; then
    echo "SKIP: no $1 here"
    exit 77
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/netbaton-test.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$folder"; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$folder/home/data/netbaton" "$folder/work"
cd "$folder/work" || exit 1
made=$folder/home/data/netbaton/ssh_host_rsa_key
kept=$BUILD/ssh_host_rsa_key
[ ! -f "$kept" ] || cp -p "$kept" "$made"
HOME=$folder/home XDG_DATA_HOME=$folder/home/data XDG_RUNTIME_DIR=$folder/home TMPDIR=$folder/home "$@" </dev/null
code=$?
# It is there whole or not at all: others copy it at any time.
[ -f "$kept" ] || [ ! -f "$made" ] || { cp -p "$made" "$kept.$$" && mv "$kept.$$" "$kept"; }
exit $code
