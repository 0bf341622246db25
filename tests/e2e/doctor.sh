# The doctor says what is missing or small and what mends it; it knows a Python by what it answers, not by its name.
. "$SOURCE/tests/e2e/frame.sh"

mkdir bin
fake() {
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}
says() {
    grep -qF -e "$1" out.txt || {
        cat out.txt
        fail "the doctor does not say '$1'"
    }
}
# doctor CODE [OPTION...]: with the fake programs only.
doctor() {
    wanted=$1
    shift
    code=0
    PATH=$PWD/bin "$NETBATON" doctor "$@" >spaced.txt 2>&1 || code=$?
    tr -s " " <spaced.txt >out.txt
    [ $code = "$wanted" ] || {
        cat out.txt
        fail "the doctor exits with $code, not $wanted"
    }
}

doctor 1
says 'lacks gnuplot none on PATH'
says "mend: install gnuplot with this system's package manager"
says 'note pythons none on PATH'

fake apt-get 'echo apt 2.6.1'
doctor 1
says 'mend: sudo apt-get install gnuplot-nox'

fake gnuplot 'echo gnuplot 9.9'
fake python3.99 "printf '3.099\t/opt/python/bin/python3.99\tCPython 3.99.1 (SSH and Telnet)'"
fake python3 'exec python3.99'
fake python2.7 "printf '2.007\t/opt/python2\tCPython 2.7.18 (Telnet only: no paramiko)'"
fake python3-config 'echo 3.099 wrong'
fake python4 'exit 1'
doctor 0
says 'ok gnuplot gnuplot 9.9'
says 'pythons CPython 2.7.18 (Telnet only: no paramiko) python:/opt/python2'
says 'CPython 3.99.1 (SSH and Telnet) python:/opt/python/bin/python3.99'
[ "$(grep -c CPython out.txt)" = 2 ] || {
    cat out.txt
    fail 'a Python is listed more than once'
}

# shellcheck disable=SC3045 # not POSIX, but every sh has it
ulimit -n 64
doctor 0 --quiet
says 'note files 64 open files a process'
says 'mend: echo'
! grep -q gnuplot out.txt || fail '--quiet shows what is ok'

expect 2 "unexpected 'x'" "$NETBATON" doctor x
