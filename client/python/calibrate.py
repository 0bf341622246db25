"""Measures what things cost in this Python; netbaton calibrate starts it.

Standard output: one JSON object, version and has_lock, and for each figure of base/costs.h a list
of samples under the figure's name, in ns or kB. What this version has not is left out.
"""
from __future__ import division

import json
import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import threading
import time

from netbaton_work import PY2, burn, calibrate, do_job, has_lock, version

try:
    import cPickle as pickle  # what multiprocessing uses in 2.7
    import Queue
except ImportError:
    import pickle

timer = getattr(time, "perf_counter", time.time)
# Of this process, for figures that are all computing: other programs do not make them longer.
cpu_timer = getattr(time, "process_time", None) or time.clock


def ns(start):
    return (timer() - start) * 1e9


def cpu_ns(start):
    return (cpu_timer() - start) * 1e9


def own_kb(name, path="/proc/self/status"):
    try:
        with open(path) as lines:
            for line in lines:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
    except (IOError, OSError):
        pass
    return None


def loops(times):
    samples = []
    for _ in range(times):
        start = cpu_timer()
        burn(100000)
        samples.append(cpu_ns(start) / 100000)
    return samples


def count_ticks(function, times):
    """What the old lock's counter counts of it. None: it cannot be seen."""
    try:
        import ctypes
        counter = ctypes.c_int.in_dll(ctypes.pythonapi, "_Py_Ticker")
    except (ImportError, ValueError):
        return None
    interval = sys.getcheckinterval()
    sys.setcheckinterval(1 << 30)
    burn(100)  # what is left of the interval before
    before = counter.value
    function(times)
    ticks = before - counter.value
    sys.setcheckinterval(interval)
    counter.value = 0
    return ticks


def ticks_a_pass():
    """With computed gotos, from 2.7.11 on, a comparison and the jump after it are no longer one."""
    passes = 10000
    ticks = count_ticks(burn, passes)
    if ticks is None:
        return 3 if sys.version_info >= (2, 7, 11) else 2
    return ticks / passes


def through_a_queue(messages):
    """Code of a library as any other."""
    queue = Queue.Queue()
    for _ in range(messages):
        queue.put(1)
        queue.get()


def two_threads(function, passes):
    threads = [threading.Thread(target=function, args=(passes,)) for _ in range(2)]
    start = timer()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ns(start)


def old_lock(figures):
    """2.x: a check at every second tick, against none, tells what one costs; beside another thread at
    every 101st, as usual."""
    passes = 500000
    ticks = ticks_a_pass() * passes
    free = []
    contended = []
    code = []
    for _ in range(9):
        start = cpu_timer()
        through_a_queue(5000)
        took = cpu_ns(start)
        code.append(took / (count_ticks(through_a_queue, 5000) or took / 36))
        times = []
        for interval in (1, 1 << 30, 100):
            sys.setcheckinterval(interval)
            start = cpu_timer()
            burn(passes)
            times.append(cpu_ns(start))
        free.append((times[0] - times[1]) / (ticks / 2))
        contended.append((two_threads(burn, passes // 2) - times[2]) / (ticks / 101))
    figures["code_tick_ns"] = code
    figures["check_free_ns"] = free
    figures["reacquire_gap_ns"] = free
    figures["check_contended_ns"] = contended


class Counter(object):
    """Computes, and counts how often the lock came from another thread."""

    def __init__(self):
        self.owner = None
        self.switches = 0

    def burn(self, n):
        me = object()
        while n > 0:
            n -= 1
            if self.owner is not me:
                self.owner = me
                self.switches += 1


def shared_run(passes, interval):
    """Two threads: their CPU, and how often the lock changed hands."""
    sys.setswitchinterval(interval)
    counter = Counter()
    start = cpu_timer()
    two_threads(counter.burn, passes)
    return cpu_ns(start), counter.switches


def new_lock(figures):
    """3.2 and later: the CPU that many switches cost two threads more than few do, by switch.

    A core may be half as fast for seconds, which weighs as much as a thousand switches. So runs with
    many and with few are done in turn, and where their differences do not agree, or would be a tenth of
    the interval, which is a change of speed, nothing is known: the built-in figure stays."""
    before = sys.getswitchinterval()
    passes = int(0.03 * calibrate())
    differences = []
    for _ in range(24):
        many, switches = shared_run(passes, 2e-4)
        few, others = shared_run(passes, 2e-2)
        if switches > others:
            differences.append((many - few) / (switches - others))
    sys.setswitchinterval(before)
    differences.sort()
    half = differences[len(differences) // 4:-len(differences) // 4]
    if half and 0 < half[0] and half[-1] < min(3 * half[0], 2e4):
        figures["handoff_ns"] = half


def threads(figures):
    samples = []
    for _ in range(200):
        start = timer()
        thread = threading.Thread(target=str)
        thread.start()
        thread.join()
        samples.append(ns(start))
    figures["thread_start_ns"] = samples
    memory = []
    for _ in range(3):
        before = own_kb("Rss", "/proc/self/smaps_rollup")
        end = threading.Event()
        started = [threading.Thread(target=end.wait) for _ in range(50)]
        for thread in started:
            thread.start()
        after = own_kb("Rss", "/proc/self/smaps_rollup")
        end.set()
        for thread in started:
            thread.join()
        if before and after:
            memory.append((after - before) / 50)
    figures["thread_memory_kb"] = memory


def sessions(figures):
    """A session with no wait and no work: what the harness itself takes."""
    plan = {"transport": "sleep", "rate": 0, "no_paging": "x", "commands": [], "logout": "x"}
    job = [1, "", 0, [0, 0, 0, 0], [0], None, None]
    lock = threading.Lock()
    samples = []
    for _ in range(20):
        start = cpu_timer()
        shared = iter(range(500))
        for _ in range(500):
            with lock:
                next(shared, None)
            do_job(plan, job, 0)
        samples.append(cpu_ns(start) / 500)
    figures["job_ns"] = samples


def calls(figures):
    """One short system call as the interpreter makes it: lock released and taken, result made."""
    null = os.open(os.devnull, os.O_WRONLY)
    samples = []
    for _ in range(20):
        start = cpu_timer()
        for _ in range(2000):
            os.write(null, b"x")
        samples.append(cpu_ns(start) / 2000)
    os.close(null)
    figures["io_call_ns"] = samples


def echoed(messages):
    """Answers another process; the user CPU by call."""
    server = datagram_socket()
    child = os.fork()
    if child == 0:
        try:
            client = datagram_socket()
            for _ in range(messages):
                client.sendto(b"x", server.getsockname())
                client.recvfrom(16)
        finally:
            os._exit(0)
    used = user_ns()
    for _ in range(messages):
        message, address = server.recvfrom(64)
        server.sendto(message, address)
    used = user_ns() - used
    os.waitpid(child, 0)
    server.close()
    return used / messages / 2


def user_ns():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime * 1e9


def datagram_socket():
    """With a time limit, as programs have them: the interpreter asks before each call whether it would
    block."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(5)
    return made


def datagrams(figures):
    """What of a datagram is not system calls is done with the lock held: user CPU, each message after a
    wake, as in programs. And how much longer such a thing takes when it was last done 5 ms ago: the
    address of a socket, which is all building of results."""
    figures["datagram_ns"] = [echoed(20000) for _ in range(6)]
    asked = datagram_socket()
    took = {0: [], 0.005: []}
    for pause in [0] * 100 + [0.005] * 100:
        if pause:
            time.sleep(pause)
        start = timer()
        asked.getsockname()
        took[pause].append(ns(start))
    asked.close()
    usual = sorted(took[0])[50]
    figures["datagram_cold_ns"] = [late - usual for late in took[0.005]]


def messages(figures):
    small = [1, "127.100.0.1", 2222, None, [0.0, 0.01, 0.01]]
    big = b"x" * 100000
    small_ns = []
    byte_ns = []
    pipe_ns = []
    ours, theirs = multiprocessing.Pipe()
    for _ in range(20):
        start = cpu_timer()
        for _ in range(500):
            pickle.loads(pickle.dumps(small, 2))
        small_ns.append(cpu_ns(start) / 1000)
        start = cpu_timer()
        for _ in range(20):
            pickle.loads(pickle.dumps(big, 2))
        byte_ns.append(cpu_ns(start) / 40 / len(big))
        start = cpu_timer()
        for _ in range(500):
            ours.send(small)
            theirs.recv()
        pipe_ns.append(cpu_ns(start) / 1000 - small_ns[-1])
    figures["pickle_ns"] = small_ns
    figures["pickle_byte_ns"] = byte_ns
    figures["pipe_ns"] = pipe_ns


def nothing(_):
    return own_kb("Private_Dirty", "/proc/self/smaps_rollup"), own_kb("VmRSS"), used_ns(resource.RUSAGE_SELF)


def used_ns(whose):
    used = resource.getrusage(whose)
    return (used.ru_utime + used.ru_stime) * 1e9


def pool_time(context, workers, tell):
    """Wall time, what each worker told, and the CPU time of those that are this process's children."""
    start = timer()
    before = used_ns(resource.RUSAGE_CHILDREN)
    pool = context.Pool(workers)
    told = pool.map(tell, range(workers), 1)
    pool.close()
    pool.join()
    return ns(start), told, used_ns(resource.RUSAGE_CHILDREN) - before


def pools(figures, tell=nothing):
    """What a pool costs without its workers, and what each worker adds: by fork, which the parent does for one after the other,
    from pools of one and of five; by the others, which start on several cores at once, from the workers' CPU time. Before 3.8 a
    pool looks for its end every 0.1 s, the first time 0.1 s after its start: that is not the pool's cost."""
    methods = ["fork"] if PY2 else multiprocessing.get_all_start_methods()
    for method in sorted(methods, key=lambda method: method != "fork"):
        context = multiprocessing if PY2 else multiprocessing.get_context(method)
        try:
            context.Lock()
        except (ImportError, OSError):  # a /dev/shm that is not to be written to
            return
        first, told, _cpu = pool_time(context, 1, tell)
        ones = []
        each = []
        cpu = []
        for _ in range(5):
            one, _told, _cpu = pool_time(context, 1, tell)
            five, told, used = pool_time(context, 5, tell)
            ones.append(one)
            each.append((five - one) / 4)
            cpu.append(used / 5)
        if method == "fork":
            fork = sorted(each)[len(each) // 2]
            figures["fork_ns"] = each
            look = 0 if sys.version_info >= (3, 8) else 1e8
            figures["pool_ns"] = [one - fork - look for one in ones]
            figures["fork_memory_kb"] = [worker[0] for worker in told if worker[0]]
        if method == "spawn":
            figures["spawn_ns"] = [fork + used for used in cpu]
            figures["spawn_memory_kb"] = [worker[1] for worker in told if worker[1]]
        if method == "forkserver":
            figures["forkserver_ns"] = [fork + worker[2] for worker in told]
            figures["forkserver_first_ns"] = [first - min(ones)]


def sub_interpreters(figures):
    """With a lock of their own: 3.12 and later."""
    try:
        import _interpreters as module
    except ImportError:
        try:
            import _xxsubinterpreters as module
        except ImportError:
            return
    if sys.version_info < (3, 12):
        return
    samples = []
    for _ in range(10):
        start = timer()
        module.destroy(module.create())
        samples.append(ns(start))
    before = own_kb("VmRSS")
    made = [module.create() for _ in range(5)]
    memory = (own_kb("VmRSS") - before) / len(made)
    for one in made:
        module.destroy(one)
    figures["interpreter_ns"] = samples
    figures["interpreter_memory_kb"] = [memory]


def loop_steps(figures):
    if sys.version_info < (3, 5):
        return
    from netbaton_async import step_ns
    figures["loop_step_ns"] = [step_ns(cpu_timer) for _ in range(20)]


def bare_memory(figures):
    show = "print([l.split()[1] for l in open('/proc/self/status') if l.startswith('VmRSS')][0])"
    samples = []
    for _ in range(5):
        samples.append(int(subprocess.check_output([sys.executable, "-c", show])))
    figures["memory_kb"] = samples


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    figures = {}
    loop = loops(20)
    for measure in (bare_memory, pools, threads, sessions, calls, datagrams, messages,
                    loop_steps, sub_interpreters):
        measure(figures)
        loop += loops(10)  # as fast as the core was all the while
    if PY2:
        old_lock(figures)
    elif has_lock():
        new_lock(figures)
    loop += loops(10)
    figures["loop_ns"] = loop
    if PY2:
        figures["tick_ns"] = [pass_ns / ticks_a_pass() for pass_ns in loop]
    figures["check_gap_ns"] = loop
    out.write(json.dumps({"version": version(), "has_lock": int(has_lock()), "figures": figures}))
    out.close()


if __name__ == "__main__":
    main()
