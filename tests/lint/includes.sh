# Who may include and call whom: the arrows of the project, checked line by line.
. "$SOURCE/tests/lint/tree.sh"

# A part includes itself and base; base includes only itself; tests include anything.
parts='base emulator client sim plots labs'
for part in $parts; do
    for other in $parts; do
        if [ "$other" != "$part" ] && [ "$other" != base ]; then
            tree_sources c h | grep "^$part/" | xargs -r grep -nE "#include \"$other/" /dev/null >>"$problems" || true
        fi
    done
done
tree_sources c h | xargs grep -nE '#include "' |
    grep -vE '#include "(base|emulator|client|sim|plots|labs|tests)/' >>"$problems" || true

# only PATTERN FILES: the extended regular expression PATTERN may match in files that match FILES, and in tests.
only() {
    tree_sources c h | grep -vE "^tests/|$2" | xargs grep -nE "$1" /dev/null >>"$problems" || true
}

# The protocols: a transport or a connection each, the key of the host, which is libssh's kind of thing, and what a peer can
# do to both ends of SSH alike.
only '#include <libssh/' '^emulator/(transport_ssh|host_key)[a-z_]*\.[ch]:?$|^client/conn_ssh[a-z_]*\.[ch]$|^base/ssh_first_write\.[ch]$'
only '#include <libtelnet\.h>' '^emulator/transport_telnet[a-z_]*\.[ch]$|^client/conn_telnet[a-z_]*\.[ch]$'

# libuv: where a loop lives, and what it knows of the system.
#   emulator/   the loops that serve devices
#   client/     strategy_async, one loop over all its connections
#   plots/      gnuplot, a loop that reads what gnuplot prints until it ends
#   base/       machine: the processor, the path of this program
only '#include <uv\.h>' '^emulator/[a-z_]+\.[ch]$|^client/strategy_async[a-z_]*\.[ch]$|^plots/gnuplot\.c$|^base/machine\.c$'

# Threads and processes: the strategies, and
#   client/gil, client/burn      CPython's lock is a mutex and a condition variable (ceval_gil.c)
#   client/tick_lock, client/interval_wait  what that lock waits by, as the system has it
#   client/orphan                a thread that looks for its parent, where the kernel does not
#   client/calibrate*            measures what a thread and a process cost
#   emulator/device*             one device may be used from several loops: it has a lock
only '#include <pthread\.h>' \
    '^client/(strategy_[a-z_]+|gil[a-z_]*|tick_lock[a-z_]*|interval_wait[a-z_]*|orphan[a-z_]*|burn[a-z_]*|calibrate[a-z_]*|cmd_calibrate)\.[ch]$|^emulator/device[a-z_]*\.[ch]$'
#   client/runner                           the process that does one run
#   client/emulator_child, client/python*   start the emulator and a real Python
#   labs/cmd_lab                            starts run or simulate as a student would
#   plots/gnuplot, base/doctor_programs     start gnuplot and the programs that the doctor asks for their version
only '\<(v?fork|posix_spawnp?|execv[pe]*|execl[pe]*)\(' \
    '^client/(strategy_[a-z_]+|runner|emulator_child|python[a-z_]*|calibrate[a-z_]*|cmd_calibrate)\.[ch]$|^plots/gnuplot\.[ch]$|^base/doctor_programs\.c$|^labs/cmd_lab\.c$'

finish "these lines break a rule of tests/lint/includes.sh"
