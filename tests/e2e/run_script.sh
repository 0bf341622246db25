# ./run on systems with another package manager or none: what it installs, what it leaves to the user. The managers are
# made up; PATH has nothing but what the script itself uses.
. "$SOURCE/tests/e2e/frame.sh"

mkdir bin
for program in sh dirname id sed tr sort grep mkdir cat env; do
    ln -s "$(command -v $program)" bin/$program
done
cp "$SOURCE/run" .

# manager NAME ANSWER: notes how it is called.
manager() {
    rm -f bin/dnf bin/brew calls
    printf '#!/bin/sh\necho "$*" >>%s/calls\n%s\n' "$PWD" "$2" >"bin/$1"
    chmod +x "bin/$1"
}

expect 1 'install by hand what Debian calls: cmake gcc libc6-dev ' env PATH="$PWD/bin" ./run build

if [ "$(id -u)" = 0 ]; then # dnf is for root
    manager dnf ''
    # Whatever it installs, none of it gets onto this PATH.
    expect 1 "still missing, install it by hand (the names are Debian's): cmake gcc " env PATH="$PWD/bin" ./run build
    grep -q '^install -y .* libtelnet-devel ' calls || fail "dnf was called so: $(cat calls)"
fi

# shellcheck disable=SC2016 # for the script
manager brew '[ "$1" != --prefix ] || echo /opt/brew'
expect 1 ' libtelnet-dev ' env PATH="$PWD/bin" ./run build # which Homebrew has not
grep -q '^install .* libssh ' calls || fail "brew was called so: $(cat calls)"
! grep -q libtelnet calls || fail "brew was called so: $(cat calls)"
