"""The tasks of holdout_case.py: a module of its own, as CPython 2.7 cannot read it."""
import asyncio
import time

from cores import burn


async def session(rounds, wait, passes):
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
        burnt += await session(*work)
    return burnt


async def run_tasks(n, workers, work):
    jobs = iter(range(n))
    return sum(await asyncio.gather(*[work_off(jobs, work) for _ in range(workers)]))


def run(n, workers, work):
    return asyncio.run(run_tasks(n, workers, work))
