# What only Linux and glibc have stands in the files that a CMakeLists.txt takes for Linux alone, beside files that stand for
# them elsewhere. The words are those that are met most; a compiler for another system finds the rest.
. "$SOURCE/tests/lint/tree.sh"

# The files between `if(CMAKE_SYSTEM_NAME STREQUAL "Linux"` and its endif().
linux_only=$(for list in base client emulator; do
    sed -n '/STREQUAL "Linux"/,/^endif/p' $list/CMakeLists.txt | grep -o '[a-z_]*\.c\>' | sed "s|^|^$list/|; s|\\.c$|\\\\.c\$|"
done | tr '\n' '|')
[ -n "$linux_only" ] || echo "CMakeLists.txt: no files for Linux found" >>"$problems"

headers='linux/|sys/(epoll|eventfd|inotify|prctl|random|sendfile|signalfd|syscall|sysinfo|timerfd)\.h|error\.h|malloc\.h|features\.h|asm/'
calls='accept4|pipe2|dup3|memfd_create|clock_getcpuclockid|clock_nanosleep|pthread_(tryjoin|timedjoin|setaffinity|getaffinity|setname)_np|pthread_condattr_setclock'
calls="$calls|pthread_(mutex|cond)_clock(lock|wait)|sem_(init|timedwait|clockwait)|ppoll|epoll_[a-z0-9]*|eventfd|signalfd|timerfd_[a-z]*|inotify_[a-z0-9]*|prctl|syscall"
calls="$calls|gettid|sendmmsg|recvmmsg|splice|unshare|setns|getrandom|fallocate|posix_fallocate|fdatasync|execvpe|qsort_r|strchrnul|rawmemchr"
calls="$calls|mempcpy|memrchr|strverscmp|strerrordesc_np|strerrorname_np|error|error_at_line|program_invocation_(short_)?name|canonicalize_file_name|get_current_dir_name"
calls="$calls|euidaccess|mkostemp|fopencookie|getauxval|malloc_usable_size|malloc_trim|mallinfo2?|sched_(getaffinity|setaffinity|getcpu)|secure_getenv|tgkill|versionsort"
words='SOCK_(CLOEXEC|NONBLOCK)|SO_BINDTODEVICE|SO_(ATTACH|INCOMING|PEERCRED|DOMAIN|PROTOCOL|RCVBUFFORCE)[A-Z_]*|IP_(FREEBIND|TRANSPARENT|BIND_ADDRESS_NO_PORT)'
words="$words|TCP_(QUICKACK|USER_TIMEOUT|DEFER_ACCEPT|CORK|INFO)|MSG_(MORE|CMSG_CLOEXEC|ZEROCOPY)|O_(PATH|TMPFILE|DIRECT|NOATIME)|EPOLL[A-Z]*|POLLRDHUP|CLOCK_(BOOTTIME|MONOTONIC_(RAW|COARSE)|REALTIME_COARSE)"
words="$words|MAP_(POPULATE|HUGETLB|STACK|GROWSDOWN)|PR_SET_[A-Z]*|RUSAGE_THREAD|SCHED_(BATCH|IDLE)|CLONE_[A-Z]*|st_[acm]tim|PTHREAD_MUTEX_(ADAPTIVE|TIMED)_NP|cpu_set_t|SIGRTMIN"
# What stands in an #ifdef of its own is chosen, too.
# shellcheck disable=SC2046 # names of files of ours
awk -v pattern="#include <($headers)|(^|[^A-Za-z0-9_.>])($calls) *[(]|(^|[^A-Za-z0-9_])($words)([^A-Za-z0-9_]|\$)" '
    /^#if(def)? .*__linux__/ { chosen = 1 }
    /^#(else|endif)/ { chosen = 0 }
    !chosen && !/^ *\/\// && $0 ~ pattern { print FILENAME ":" FNR ":" $0 }' \
    $(tree_sources c h | grep -vE "^tests/bench/|^(${linux_only%|})\$|_linux\.[ch]\$") >>"$problems"
finish "other systems lack these: put them into a file that CMakeLists.txt takes for Linux, beside one for other systems"
