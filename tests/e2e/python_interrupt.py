"""A real Python's runs that end early: Ctrl-C, a killed pool worker, a killed program. Nothing is left running."""
import os
import signal
import sys

from client_frame import check, check_gone, children, descendants, experiment, rows, start, wait_until

PYTHON = "/usr/bin/python3"
if not os.path.exists(PYTHON):
    print("SKIP: no %s here" % PYTHON)
    sys.exit(77)

os.mkdir("tmp")
os.environ["TMPDIR"] = os.path.abspath("tmp")
experiment("""
name: slow
devices: {count: [30], transport: sleep, latency: {command: 2s}}
work: {commands: [show clock]}
runs: {strategy: [processes], workers: [5], interpreter: ["python:%s"]}
""" % PYTHON)


def started(folder, *arguments):
    """The program, its Python and the pool's processes once all are there."""
    process = start("experiment.yaml", "-o", folder, *arguments)
    python = wait_until(lambda: [pid for pid in children(process.pid) if len(children(pid)) >= 5],
                        "a Python with five processes is there")[0]
    return process, python


process, _ = started("stopped")
pids = descendants(process.pid)
process.send_signal(signal.SIGINT)
out, err = process.communicate(timeout=60)
check(process.returncode == 130, "exit code %d after Ctrl-C: %s" % (process.returncode, err))
check_gone(pids)
check(not os.listdir("tmp"), "left behind: %s" % os.listdir("tmp"))

# CPython's pool does not survive a killed worker: what was done counts, the rest is lost, the run ends.
process, python = started("killed")
pids = descendants(process.pid)
os.kill(children(python)[2], signal.SIGKILL)
out, err = process.communicate(timeout=60)
row = rows("killed", "runs")[0]
check(process.returncode == 3, "exit code %d with a killed worker: %s" % (process.returncode, err))
check(int(row["failed_worker"]) >= 1 and int(row["sessions_ok"]) + int(row["failed_worker"]) == 30,
      "sessions with a killed worker: %s" % row)
check(len(rows("killed", "sessions")) == 30, "sessions are missing")
check_gone(pids)

process, _ = started("orphans")
pids = descendants(process.pid)
process.kill()
process.communicate()
check_gone(pids)
