"""Measures what a session costs in this Python; netbaton calibrate starts it.

Standard input as worker.py has it: a line of JSON with the plan, then a line a job. Standard output:
one JSON object, {"figures": a list of samples in ns of CPU for each figure of base/costs.h, "has_lock":
with all that is imported by then}: of Telnet, from 3.5 on also in an event loop; of SSH nothing
without paramiko.
"""
from __future__ import division

import json
import os
import sys
import time

from netbaton_work import OK, do_job, has_lock

COMMANDS = 10  # in the longer sessions
ROUNDS = 30
BESIDE = 1.5  # commands in the shorter ones: one, and "no paging", which is half of one

cpu_timer = getattr(time, "process_time", None) or time.clock


def thread_timer():
    """CPU of this thread alone. Python 2.7 cannot ask for it."""
    return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


class Lost(Exception):
    pass


def plan_of(plan, commands):
    return dict(plan, commands=(plan["commands"] * commands)[:commands])


def job_of(job, commands):
    return job[:4] + [[0] * (1 + commands)] + job[5:]


def cpu_ns(function, plan, job, commands, timer=cpu_timer):
    """Of one session, one to the other end."""
    start = timer()
    row = function(plan_of(plan, commands), job_of(job, commands))
    took = (timer() - start) * 1e9
    if row[2] != OK:
        raise Lost(row[-1])
    return took


def middle(values):
    return sorted(values)[len(values) // 2]


def measure(function, plan, jobs, timer=cpu_timer):
    """Short and long sessions in turn, and what they tell of a session and a command in it."""
    first = cpu_ns(function, plan, jobs[0], 1, timer)
    short = []
    each = []
    for i in range(ROUNDS):
        job = jobs[i % len(jobs)]
        short.append(cpu_ns(function, plan, job, 1, timer))
        each.append((cpu_ns(function, plan, job, 1 + COMMANDS, timer) - short[-1]) / COMMANDS)
    command = middle(each)
    return [first - middle(short)], [ns - BESIDE * command for ns in short], each


def blocking(plan, job):
    return do_job(plan, job, 0)


def measure_async(figures, plan, jobs):
    import asyncio
    import netbaton_async
    loop = asyncio.new_event_loop()

    def function(plan, job):
        return loop.run_until_complete(netbaton_async.do_job(plan, job, 0))

    _, figures["async_session_ns"], figures["async_command_ns"] = measure(function, plan, jobs)
    loop.close()


def measure_worker(figures, plan, jobs):
    """What of SSH the thread that asks for it computes, paramiko's own thread apart."""
    _, figures["ssh_worker_session_ns"], figures["ssh_worker_command_ns"] = \
        measure(blocking, plan, jobs, thread_timer)


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    plan = json.loads(sys.stdin.readline())
    jobs = [json.loads(sys.stdin.readline()) for _ in range(plan["jobs"])]
    figures = {}
    try:
        if plan["transport"] == "ssh":
            import paramiko  # noqa: F401
        plan["rate"] = 0
        name = plan["transport"]
        figures[name + "_first_ns"], figures[name + "_session_ns"], figures[name + "_command_ns"] = \
            measure(blocking, plan, jobs)
        if plan["transport"] == "telnet" and sys.version_info >= (3, 5):
            measure_async(figures, plan, jobs)
        if plan["transport"] == "ssh" and hasattr(time, "CLOCK_THREAD_CPUTIME_ID"):
            measure_worker(figures, plan, jobs)
    except (ImportError, Lost) as error:
        sys.stderr.write("%s\n" % error)
    out.write(json.dumps({"figures": figures, "has_lock": has_lock()}))
    out.close()


if __name__ == "__main__":
    main()
