"""One round of one case of measure_holdout.py, in a python of 2.7, 3.8 or later.

usage: holdout_case.py                       prints its version and the passes of its loop a second, the best of nine
       holdout_case.py RATE MODE SESSIONS WORKERS ROUNDS WAIT_S CPU_S
                                             prints the wall time (of an echo: answers a second) and the CPU time of the loops;
                                             2.7 tells 0, as its loops share theirs with the calls of its lock
       holdout_case.py pools                 prints what a pool costs whose main program this is, as calibrate has it: JSON
"""
import os
import sys
import threading
import time

from cores import burn

ECHO_S = 1.0
PY2 = sys.version_info[0] == 2
clock = getattr(time, "perf_counter", time.time)


def find_rate():
    """Passes of the loop a second, the best of nine."""
    best = 0
    for _ in range(9):
        start = clock()
        burn(300000)
        best = max(best, 300000 / (clock() - start))
    return best


def session(rounds, wait, passes):
    """Returns the CPU time of its computing."""
    burnt = 0
    for _ in range(rounds):
        if wait:
            time.sleep(wait)
        if passes and PY2:
            burn(passes)
        elif passes:
            start = time.thread_time()
            burn(passes)
            burnt += time.thread_time() - start
    return burnt


def pool_session(work):
    return session(*work)


def sequential(n, _workers, work):
    return sum(session(*work) for _ in range(n))


def threads(n, workers, work):
    jobs = iter(range(n))
    lock = threading.Lock()
    burnt = []

    def run():
        while True:
            with lock:
                if next(jobs, None) is None:
                    return
            burnt.append(session(*work))

    started = [threading.Thread(target=run) for _ in range(workers)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return sum(burnt)


def context_of(method):
    import multiprocessing.pool

    return multiprocessing if PY2 else multiprocessing.get_context(method)


def processes(n, workers, work, method="fork"):
    pool = context_of(method).Pool(workers)
    burnt = pool.map(pool_session, [work] * n, chunksize=1)
    pool.close()
    pool.join()
    return sum(burnt)


def spawn(n, workers, work):
    return processes(n, workers, work, "spawn")


def forkserver(n, workers, work):
    return processes(n, workers, work, "forkserver")


def run_async(n, workers, work):
    import holdout_async

    return holdout_async.run(n, workers, work)


def echo(beside):
    """Answers a second to a client in another process."""
    import socket

    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(5)
    stop = []

    def spin():
        while not stop:
            burn(1000)

    for _ in range(beside):
        thread = threading.Thread(target=spin)
        thread.daemon = True
        thread.start()
    pid = os.fork()
    if pid == 0:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(5)
        answers = 0
        start = clock()
        while clock() < start + ECHO_S:
            client.sendto(b"x", server.getsockname())
            client.recvfrom(16)
            answers += 1
        client.sendto(("done %f" % (answers / (clock() - start))).encode(), server.getsockname())
        os._exit(0)
    while True:
        message, address = server.recvfrom(64)
        if message.startswith(b"done"):
            break
        server.sendto(message, address)
    os.waitpid(pid, 0)
    stop.append(1)
    return float(message.split()[1])


def import_for(mode):
    """What a program has imported long before it starts a pool; not at the top, as a spawned worker imports this file."""
    if mode == "async":
        import holdout_async  # noqa: F401
    if mode in ("processes", "spawn", "forkserver"):
        context_of("fork").Queue()
    if mode == "spawn":
        import multiprocessing.popen_spawn_posix  # noqa: F401
    if mode == "forkserver":
        import multiprocessing.popen_forkserver  # noqa: F401


def worker_tells(_):
    """Nothing of its memory; its CPU time in ns."""
    return None, None, 0 if PY2 else time.process_time() * 1e9


def find_pool_costs():
    import json

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.append(os.path.join(here, "..", "..", "client", "python"))
    import calibrate

    figures = {}
    calibrate.pools(figures, worker_tells)
    return json.dumps({name: [min(some), sorted(some)[len(some) // 2], max(some)] for name, some in figures.items() if some})


def run_case(rate, mode, n, workers, rounds, wait_s, cpu_s):
    if mode == "echo":
        return echo(int(workers)), 0
    modes = {"sequential": sequential, "threads": threads, "processes": processes, "spawn": spawn,
             "forkserver": forkserver, "async": run_async}
    work = (int(rounds), float(wait_s), int(float(rate) * float(cpu_s)))
    import_for(mode)
    start = clock()
    burnt = modes[mode](int(n), int(workers), work)
    return clock() - start, burnt


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print("%d.%d %f" % (sys.version_info[0], sys.version_info[1], find_rate()))
    elif sys.argv[1] == "pools":
        print(find_pool_costs())
    else:
        print("%.6f %.6f" % run_case(*sys.argv[1:]))
