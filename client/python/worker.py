"""Runs one cell of an experiment in this Python: netbaton starts it and talks to it by pipes.

Standard input: a line of JSON with the plan, then a line a job (netbaton_work.py). Standard output:
a line {"python": version} when ready to begin, then at the end the rows, a JSON list a line, and
{"done": {...}} with the run's figures; or {"error": text} for what this Python cannot do.

With {"checks": [...]} instead of a plan it only tells which of these runs it cannot do, and why, and
what one should know of the others: {"checks": [null or text, ...], "notes": [text, ...],
"major": 2 or 3}.
"""
from __future__ import division

import json
import os
import resource
import signal
import socket
import sys
import threading
import time
import warnings

from netbaton_work import (PY2, REASON, START, apply_switching, burn, calibrate, clock, do_job,
                           has_lock, is_free_threaded, version)


class Unable(Exception):
    pass


def start_context(name):
    import multiprocessing
    context = multiprocessing
    if not PY2:
        if name not in multiprocessing.get_all_start_methods():
            raise Unable("this python has no start method '%s'" % name)
        context = multiprocessing.get_context(name)
    elif name != "fork":
        raise Unable("python %d.%d knows the start method fork only; set runs.start_method to fork"
                     % sys.version_info[:2])
    try:
        context.Lock()
    except (ImportError, OSError) as error:
        raise Unable("no pool of processes: %s; multiprocessing needs a /dev/shm to write to"
                     % error)
    return context


def prepare_pool():
    """What multiprocessing imports with its first pool: each module is some twenty calls that give the lock up, and
    beside threads that compute each may cost a switch interval."""
    import importlib
    for name in ("pool", "queues", "synchronize", "connection", "heap", "popen_fork", "popen_spawn_posix",
                 "popen_forkserver", "forking"):
        try:
            importlib.import_module("multiprocessing." + name)
        except ImportError:
            pass  # another version's


def die_with_parent():
    """A killed netbaton leaves no Python behind, a killed Python no forked pool worker, which would
    wait for ever on a pipe that its brothers hold open. Linux; elsewhere nothing."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    except (ImportError, AttributeError, OSError):
        pass


class Background(object):
    """Threads of the main program that compute all the time, under the main interpreter's lock."""

    def __init__(self, count):
        self.stopped = False
        for _ in range(count):
            thread = threading.Thread(target=self.spin)
            thread.daemon = True
            thread.start()

    def spin(self):
        while not self.stopped:
            burn(1000)

    def stop(self):
        self.stopped = True


def sequential(plan, jobs):
    return [do_job(plan, job, 0) for job in jobs]


def threads(plan, jobs):
    shared = iter(jobs)
    lock = threading.Lock()
    rows = []

    def work(worker):
        while True:
            with lock:
                job = next(shared, None)
            if job is None:
                return
            rows.append(do_job(plan, job, worker))

    started = [threading.Thread(target=work, args=(i,)) for i in range(plan["workers"])]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return rows


def own_peak_kb():
    """VmHWM: ru_maxrss also remembers the program before exec."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except (IOError, OSError):
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def own_usage():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return [usage.ru_utime, usage.ru_stime, usage.ru_nvcsw, usage.ru_nivcsw, own_peak_kb()]


# Of a pool's worker process.
pool_plan = None


def pool_init(plan):
    global pool_plan
    pool_plan = plan
    if plan["start_method"] == "fork":
        die_with_parent()
    apply_switching(plan)


def pool_job(job):
    return do_job(pool_plan, job, os.getpid()), None


def pool_usage_job(job):
    return do_job(pool_plan, job, os.getpid()), own_usage()


def pool_threads(share):
    """A process of the hybrid strategy: its share of the workers and of the jobs."""
    workers, jobs = share
    rows = threads(dict(pool_plan, workers=workers), jobs)
    for row in rows:
        row[1] = (os.getpid(), row[1])
    return rows, own_usage()


def watch_for_deaths(pool, rows, plan, report):
    """multiprocessing.Pool replaces a dead worker but its job never ends: tell what there is."""
    known = set(process.pid for process in pool._pool)

    def watch():
        while not plan.get("pool_ended"):
            time.sleep(0.25)
            if not plan.get("pool_ended") and set(p.pid for p in pool._pool) - known:
                report(list(rows))
                os.killpg(os.getpgrp(), signal.SIGKILL)  # netbaton made the group for this run

    thread = threading.Thread(target=watch)
    thread.daemon = True
    thread.start()


def run_pool(plan, function, items, take, report):
    rows = []
    pool = plan.pop("context").Pool(plan["processes"], pool_init, (plan,))
    watch_for_deaths(pool, rows, plan, report)
    for result in pool.imap_unordered(function, items, 1):
        take(rows, result)
    plan["pool_ended"] = True
    pool.close()
    pool.join()
    return rows


def processes(plan, jobs, report):
    usages = plan["usages"]

    def take(rows, result):
        rows.append(result[0])
        if result[1]:
            usages[result[0][1]] = result[1]

    # A fork server's children are not ours to wait for, so that they count their own time.
    function = pool_usage_job if plan["start_method"] == "forkserver" else pool_job
    return run_pool(plan, function, jobs, take, report)


def hybrid(plan, jobs, report):
    count = plan["processes"]
    shares = [(len(range(i, plan["workers"], count)), jobs[i::count]) for i in range(count)]

    def take(rows, result):
        rows.extend(result[0])
        if result[0] and plan["start_method"] == "forkserver":
            plan["usages"][result[0][0][1][0]] = result[1]

    return run_pool(plan, pool_threads, shares, take, report)


def asynchronous(plan, jobs):
    return plan["async"].run(plan, jobs)


def interpreters(plan, jobs):
    return plan["interpreters"].run(plan, jobs)


def answer_echo(plan):
    """Answers a second of one thread that echoes the UDP messages of a client process."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(plan["echo"] + 30)
    child = os.fork()
    if child == 0:
        ask_echo(server.getsockname(), plan["echo"])
        os._exit(0)
    while True:
        message, address = server.recvfrom(64)
        if message.startswith(b"done"):
            break
        server.sendto(message, address)
    os.waitpid(child, 0)
    server.close()
    return float(message.split()[1])


def ask_echo(address, seconds):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(5)
    answers = 0
    start = clock()
    end = start + seconds
    while clock() < end:
        client.sendto(b"x", address)
        client.recvfrom(16)
        answers += 1
    client.sendto(("done %f" % (answers / (clock() - start))).encode(), address)


def number_workers(rows):
    """Workers are told by process or thread; number them from 0 in order of their first job."""
    rows.sort(key=lambda row: row[START])
    numbers = {}
    for row in rows:
        row[1] = numbers.setdefault(row[1], len(numbers))


def usage_now():
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [own.ru_utime + children.ru_utime, own.ru_stime + children.ru_stime,
            own.ru_nvcsw + children.ru_nvcsw, own.ru_nivcsw + children.ru_nivcsw]


class Report(object):
    """Writes the results; other threads and the children keep their hands off this pipe."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def line(self, value):
        self.out.write(json.dumps(value) + "\n")
        self.out.flush()

    def rows(self, rows, start, figures):
        number_workers(rows)
        for row in rows:
            times = [max(0, t - start) if t else 0 for t in row[START:REASON]]
            self.out.write(json.dumps(row[:START] + times + row[REASON:]) + "\n")
        self.line({"python": version(), "done": figures})  # a module may have turned the lock on


def lock_note():
    """Of a free-threaded build whose lock was turned on from outside; else None."""
    if is_free_threaded() and has_lock():
        return "a free-threaded build with its lock turned on (PYTHON_GIL=1 or -X gil=1)"


def import_paramiko():
    """A C module that knows nothing of free threads turns the lock on for the rest of the process.
    Returns what there is to say of it, or None."""
    had_lock = has_lock()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        import paramiko  # noqa: F401
    if had_lock or not has_lock():
        return None
    culprits = [str(warning.message).split("'")[1] for warning in heard
                if "GIL) has been enabled to load" in str(warning.message)]
    return ("over SSH its lock is on: paramiko loads %s, which is not made for a free-threaded "
            "build; PYTHON_GIL=0 keeps it off" % (culprits[0] if culprits else "a module"))


def prepare_ssh(plan):
    try:
        plan["note"] = import_paramiko()
    except ImportError:
        raise Unable("this python has no paramiko, which SSH needs; install it or use transport "
                     "telnet")
    if plan["strategy"] == "async":
        raise Unable("the async strategy of a real python has no SSH (paramiko blocks); use "
                     "transport telnet or sleep")
    if plan["strategy"] == "interpreters":
        raise Unable("paramiko does not load in a sub-interpreter; use transport telnet or sleep")


def prepare_strategy(plan):
    name = "python %d.%d" % sys.version_info[:2]
    if plan["strategy"] in ("processes", "hybrid"):
        plan["context"] = start_context(plan["start_method"])
        prepare_pool()
    if plan["strategy"] == "async":
        if sys.version_info < (3, 5):
            raise Unable("%s has no async; it came with 3.5" % name)
        import netbaton_async
        plan["async"] = netbaton_async
    if plan["strategy"] == "interpreters":
        import netbaton_interpreters
        if not netbaton_interpreters.AVAILABLE:
            raise Unable("%s has no sub-interpreters with a lock each; they came with 3.12" % name)
        plan["interpreters"] = netbaton_interpreters


def prepare_modules(plan):
    if plan["echo"]:
        return
    if plan["transport"] == "ssh":
        prepare_ssh(plan)
    prepare_strategy(plan)


def reason_against(plan):
    """Why this Python cannot do it; None when it can."""
    try:
        prepare_modules(plan)
    except Unable as unable:
        return str(unable)


def check(plans):
    notes = [lock_note()]
    reasons = [reason_against(plan) for plan in plans]
    notes += [plan.get("note") for plan in plans]
    return {"checks": reasons, "notes": [note for note in notes if note],
            "major": sys.version_info[0]}


def prepare(plan):
    """What has to be there, imported before the clock starts."""
    prepare_modules(plan)
    plan["rate"] = calibrate()
    apply_switching(plan)


def measure(plan, jobs, report):
    in_one_process = plan["strategy"] not in ("processes", "hybrid")
    background = Background(plan["background"])
    usages = plan["usages"] = {}
    before = usage_now()
    start = clock()
    figures = {}

    def finish(rows, lost):
        wall = clock() - start
        after = usage_now()
        spent = [b - a for a, b in zip(before, after)]
        peak = own_peak_kb()
        for used in usages.values():
            spent = [a + b for a, b in zip(spent, used)]
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        if not in_one_process:
            peak += plan["processes"] * max([children] + [u[4] for u in usages.values()])
        figures.update(wall=wall, user=spent[0], sys=spent[1], voluntary=spent[2],
                       involuntary=spent[3], peak_kb=peak, lost=lost)
        report.rows(rows, start, figures)

    if plan["echo"]:
        figures["answers_per_s"] = answer_echo(plan)
        rows = []
    else:
        strategy = STRATEGIES[plan["strategy"]]
        if in_one_process:
            rows = strategy(plan, jobs)
        else:
            rows = strategy(plan, jobs, lambda so_far: finish(so_far, True))
    background.stop()
    finish(rows, False)


STRATEGIES = {"sequential": sequential, "threads": threads, "processes": processes,
              "hybrid": hybrid, "async": asynchronous, "interpreters": interpreters}


def main():
    die_with_parent()
    report = Report()
    plan = json.loads(sys.stdin.readline())
    if "checks" in plan:
        report.line(check(plan["checks"]))
        return
    jobs = [json.loads(sys.stdin.readline()) for _ in range(plan["jobs"])]
    try:
        prepare(plan)
        report.line({"python": version()})
        measure(plan, jobs, report)
    except Unable as unable:
        report.line({"error": str(unable)})


if __name__ == "__main__":
    main()
