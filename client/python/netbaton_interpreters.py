"""The same sessions in sub-interpreters, each with a lock of its own (PEP 684, 3.12 and later).

3.14 has a pool of them. Before it a thread a worker makes an interpreter and runs the jobs in it, by
the module below 3.14's pool; a job and its row go as JSON, where the pool pickles.
"""
import json
import os
import sys
import threading

from netbaton_work import do_job_of

try:
    from concurrent.futures import InterpreterPoolExecutor
except ImportError:
    InterpreterPoolExecutor = None
try:
    import _interpreters as module
except ImportError:
    try:
        import _xxsubinterpreters as module  # 3.12; before, its interpreters shared one lock
    except ImportError:
        module = None

AVAILABLE = sys.version_info >= (3, 12) and module is not None

BEGIN = """
import json, os
from netbaton_work import do_job
plan = json.loads(plan)
"""
JOB = "os.write(out, json.dumps(do_job(plan, json.loads(job), worker)).encode())"


def execute(interpreter, script, names):
    """3.12 raises what the script raised, 3.13 returns it."""
    failure = module.run_string(interpreter, script, names)
    if failure is not None:
        raise RuntimeError(failure.formatted)


def work(plan_text, take, worker, rows):
    """A worker's thread: its interpreter lives as long as there are jobs."""
    interpreter = module.create()
    answers, out = os.pipe()
    try:
        execute(interpreter, BEGIN, {"plan": plan_text})
        for job in iter(take, None):
            execute(interpreter, JOB, {"job": json.dumps(job), "worker": worker, "out": out})
            rows.append(json.loads(os.read(answers, 65536)))
    finally:
        os.close(answers)
        os.close(out)
        module.destroy(interpreter)


def run_threads(plan, jobs):
    shared = iter(jobs)
    lock = threading.Lock()
    rows = []

    def take():
        with lock:
            return next(shared, None)

    text = json.dumps({key: plan[key] for key in plan if key != "interpreters"})
    started = [threading.Thread(target=work, args=(text, take, worker, rows))
               for worker in range(plan["workers"])]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return rows


def run(plan, jobs):
    if not InterpreterPoolExecutor:
        return run_threads(plan, jobs)
    told = {key: plan[key] for key in plan if key != "interpreters"}
    with InterpreterPoolExecutor(max_workers=plan["workers"]) as executor:
        return list(executor.map(do_job_of, [(told, job) for job in jobs]))
