"""What ends early: Ctrl-C, a killed worker, a killed run, a killed program, a full disk. Finished work is kept and
nothing is left running."""
import os
import resource
import signal
import socket

from client_frame import check, check_gone, children, descendants, experiment, processes, rows, run, start, wait_until
from emulator_frame import Emulator, open_descriptors

experiment("""
name: slow
devices: {count: [30], transport: sleep, latency: {command: 100ms}}
work: {commands: [show clock]}
runs: {strategy: [threads, processes], workers: [10, 1], start_method: [fork, spawn]}
""")

# Devices that wait with their first word while the emulator is held: then a run is not over before it shall be.
emulator = Emulator("--devices", "30", "--login-timeout", "10m")


def devices_at(*places):
    return ["--set", "devices={transport: telnet, addresses: [%s]}" % ", ".join("%s:%d" % place for place in places),
            "--set", "runs.timeout=10m"]


WAITING = devices_at(*map(emulator.telnet_place, range(1, 31)))


def started(folder, finished, *arguments):
    """The program while it does the run after `finished` ones, with all its processes."""
    process = start("experiment.yaml", "-o", folder, *arguments)
    wait_until(lambda: os.path.exists(folder + "/sessions.csv") and len(rows(folder, "runs")) == finished,
               "%d runs are finished" % finished)
    wait_until(lambda: descendants(process.pid), "it has a process for the run")
    return process


# Ctrl-C as the terminal sends it, and SIGTERM: the run in hand is lost, the one before kept.
for number in (signal.SIGINT, signal.SIGTERM):
    folder = "stopped-%d" % number
    process = started(folder, 1, "--set", "runs.strategy=[threads]", "--set", "devices.latency.command=400ms")
    pids = descendants(process.pid)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    check(process.returncode == 130, "exit code %d after signal %d" % (process.returncode, number))
    check("interrupted by signal %d; 1 of 2 runs are in '%s'" % (number, folder) in err, "it says: " + err)
    check(len(rows(folder, "runs")) == 1 and len(rows(folder, "sessions")) == 30, "rows after signal %d" % number)
    check("threads" in out, "no table of what is finished: " + out)
    check_gone(pids)


def sockets(pid):
    return {place for place in open_descriptors(pid).values() if place.startswith("socket:")}


def wait_until_it_has_a_session(worker, runner):
    """Killed before it took one it costs none. A session is a socket that the process which started the worker has not."""
    wait_until(lambda: sockets(worker) - sockets(runner), "it calls a device")


# A worker process is killed: its session is lost, the others do the rest.
for method in ("fork", "spawn"):
    folder = "killed-" + method
    with emulator.held():
        process = started(folder, 0, "--set", "runs.strategy=[processes]", "--set", "runs.workers=[10]", "--set",
                          "runs.start_method=[%s]" % method, *WAITING)
        runner = wait_until(lambda: children(process.pid), "the process of the run is there")[0]
        workers = wait_until(lambda: len(children(runner)) >= 10 and children(runner), "ten workers are there")
        wait_until_it_has_a_session(workers[3], runner)
        os.kill(workers[3], signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    row = rows(folder, "runs")[0]
    check(process.returncode == 3, "exit code %d with a killed worker" % process.returncode)
    check(int(row["failed_worker"]) == 1 and int(row["sessions_ok"]) == 29, "sessions with a killed worker: %s" % row)
    check(len(rows(folder, "sessions")) == 30, "sessions are missing")
    check("worker (the worker process died)" in err, "it says: " + err)
    check_gone(workers)

# A worker process that was stopped is told, with what lets it go on.
with emulator.held():
    process = started("standing", 0, "--set", "runs.strategy=[processes]", "--set", "runs.workers=[10]", "--set",
                      "runs.start_method=[fork]", *WAITING)
    runner = wait_until(lambda: children(process.pid), "the process of the run is there")[0]
    worker = wait_until(lambda: len(children(runner)) >= 10 and children(runner), "ten workers are there")[3]
    os.kill(worker, signal.SIGSTOP)
said = iter(process.stderr.readline, "")
check(any("`kill -CONT %d` lets it go on" % worker in line for line in said), "nobody tells that a worker stands still")
os.kill(worker, signal.SIGCONT)
process.communicate(timeout=60)
check(process.returncode == 0, "exit code %d with a worker that stood still" % process.returncode)

# All of them are killed, again and again: the run still ends and has its row.
with emulator.held():
    process = started("massacre", 0, "--set", "runs.strategy=[processes]", "--set", "runs.workers=[1]", "--set",
                      "runs.start_method=[fork]", *WAITING)
    runner = wait_until(lambda: children(process.pid), "the process of the run is there")[0]
    seen = set()
    while process.poll() is None:
        for worker in children(runner):
            if worker not in seen:
                seen.add(worker)
                try:
                    os.kill(worker, signal.SIGKILL)
                except ProcessLookupError:
                    pass
process.communicate()
row = rows("massacre", "runs")[0]
check(process.returncode == 3 and int(row["sessions_ok"]) + int(row["failed_worker"]) == 30, "all killed: %s" % row)

# The process of the run dies: what its sessions brought is kept. The first device answers; that the second one is called says
# that the first is done.
silent = socket.create_server(("127.0.0.1", 0))
silent.settimeout(60)
process = started("crashed", 0, "--set", "runs.strategy=[threads]", "--set", "runs.workers=[1]",
                  *devices_at(emulator.telnet_place(1), silent.getsockname()))
runner = wait_until(lambda: children(process.pid), "the process of the run is there")[0]
called = silent.accept()[0]
os.kill(runner, signal.SIGKILL)
out, err = process.communicate(timeout=60)
row = rows("crashed", "runs")[0]
check("the run's process died of signal 9" in err, "it says: " + err)
check(int(row["sessions_ok"]) == int(row["failed_worker"]) == 1, "sessions of a crashed run: %s" % row)
check(process.returncode == 3, "exit code %d of a crashed run" % process.returncode)
called.close()

# The program itself is killed: its processes go with it.
with emulator.held():
    process = started("orphans", 0, "--set", "runs.strategy=[processes]", "--set", "runs.workers=[10]", *WAITING)
    runner = wait_until(lambda: children(process.pid), "the process of the run is there")[0]
    wait_until(lambda: len(children(runner)) >= 10, "ten workers are there")
    pids = descendants(process.pid)
    process.kill()
    process.communicate()
    check_gone(pids)
emulator.stop()


def small_disk():
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))


# No room for the third run's sessions: the first two are whole.
out, err = run("experiment.yaml", "-o", "full", "--set", "devices.count=40", "--set", "devices.latency.command=1ms",
               "--set", "runs.strategy=[threads]", "--set", "runs.workers=[40]", "--set", "runs.repeat=5", code=1,
               preexec_fn=small_disk)
check("cannot write to 'full'" in err, "it says: " + err)
runs = rows("full", "runs")
sessions = rows("full", "sessions")
check(1 <= len(runs) < 5, "%d runs on a full disk" % len(runs))
check("%d of 5 runs are in 'full'" % len(runs) in err, "it says: " + err)
for number in range(len(runs)):
    check(len([row for row in sessions if row["run"] == str(number)]) == 40, "sessions of run %d" % number)
check(all(row["end_s"] for row in sessions), "a row is cut")
