"""One round of one case of measure_holdout.py, in a python of 3.8 or later.

usage: holdout_case.py                       prints its version and the passes of its loop a second, the best of nine
       holdout_case.py RATE MODE SESSIONS WORKERS ROUNDS WAIT_S CPU_S
                                             prints the wall time (of an echo: answers a second) and the CPU time of the loops
"""
import os
import sys
import threading
import time

ECHO_S = 1.0


def burn(n):
    while n > 0:
        n -= 1


def find_rate():
    """Passes of the loop a second, the best of nine."""
    best = 0
    for _ in range(9):
        start = time.perf_counter()
        burn(300000)
        best = max(best, 300000 / (time.perf_counter() - start))
    return best


def session(rounds, wait, passes):
    """Returns the CPU time of its computing."""
    burnt = 0
    for _ in range(rounds):
        if wait:
            time.sleep(wait)
        if passes:
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

    return multiprocessing.get_context(method)


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


async def async_session(rounds, wait, passes):
    import asyncio

    burnt = 0
    for _ in range(rounds):
        if wait:
            await asyncio.sleep(wait)
        start = time.thread_time()
        burn(passes)
        burnt += time.thread_time() - start
    return burnt


async def work_off(jobs, work):
    burnt = 0
    for _ in jobs:
        burnt += await async_session(*work)
    return burnt


async def run_tasks(n, workers, work):
    import asyncio

    jobs = iter(range(n))
    return sum(await asyncio.gather(*[work_off(jobs, work) for _ in range(workers)]))


def run_async(n, workers, work):
    import asyncio

    return asyncio.run(run_tasks(n, workers, work))


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
        thread = threading.Thread(target=spin, daemon=True)
        thread.start()
    pid = os.fork()
    if pid == 0:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(5)
        answers = 0
        start = time.perf_counter()
        while time.perf_counter() < start + ECHO_S:
            client.sendto(b"x", server.getsockname())
            client.recvfrom(16)
            answers += 1
        client.sendto(("done %f" % (answers / (time.perf_counter() - start))).encode(), server.getsockname())
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
        import asyncio  # noqa: F401
    if mode in ("processes", "spawn", "forkserver"):
        context_of("fork").Queue()
    if mode == "spawn":
        import multiprocessing.popen_spawn_posix  # noqa: F401
    if mode == "forkserver":
        import multiprocessing.popen_forkserver  # noqa: F401


def run_case(rate, mode, n, workers, rounds, wait_s, cpu_s):
    if mode == "echo":
        return echo(int(workers)), 0
    modes = {"sequential": sequential, "threads": threads, "processes": processes, "spawn": spawn,
             "forkserver": forkserver, "async": run_async}
    work = (int(rounds), float(wait_s), int(float(rate) * float(cpu_s)))
    import_for(mode)
    start = time.perf_counter()
    burnt = modes[mode](int(n), int(workers), work)
    return time.perf_counter() - start, burnt


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print("%d.%d %f" % (sys.version_info[0], sys.version_info[1], find_rate()))
    else:
        print("%.6f %.6f" % run_case(*sys.argv[1:]))
