"""How fast the cores are now, and what else ran on the machine: for benchmarks that are told which of their runs count.

The cores of a virtual machine have phases in which they are half as fast.
"""
import os
import time

PASSES = 60000
SLOWEST = 1.1  # times the best: fast
OTHERS_S = 0.03
OTHERS_SHARE = 0.05


def burn(n):
    while n > 0:
        n -= 1


class Cores:
    def __init__(self, best=1e9, patience_s=0.3):
        self.numbers = sorted(os.sched_getaffinity(0))
        self.best = best  # the best loop that was seen, in seconds
        self.patience_s = patience_s
        for _ in range(20):
            self.loop_s()

    @staticmethod
    def loop():
        start = time.process_time()
        burn(PASSES)
        return time.process_time() - start

    def loop_s(self):
        """The best of a few loops on the slower core: what else runs on it makes one longer."""
        slowest = 0
        for number in self.numbers:
            os.sched_setaffinity(0, {number})
            took = min(self.loop() for _ in range(3))
            self.best = min(self.best, took)
            slowest = max(slowest, took)
        os.sched_setaffinity(0, self.numbers)
        return slowest

    def slowness(self):
        return self.loop_s() / self.best

    def wait(self):
        """Until they are fast, or patience is at its end; how slow they are then."""
        until = time.monotonic() + self.patience_s
        slowness = self.slowness()
        while slowness > SLOWEST and time.monotonic() < until:
            time.sleep(0.02)
            slowness = self.slowness()
        return slowness


class Bystanders:
    """CPU time of other processes, and of the host, since it was made. What has a real-time priority (`chrt -r 1 COMMAND`) does
    not wait for others: they had no time that it wanted, whatever they had."""

    def __init__(self):
        self.is_first = os.sched_getscheduler(0) in (os.SCHED_RR, os.SCHED_FIFO)
        self.start = self.now()

    @staticmethod
    def now():
        with open("/proc/stat") as file:
            jiffies = [int(word) for word in file.readline().split()[1:]]
        own = os.times()
        busy = (jiffies[0] + jiffies[1] + jiffies[2]) / os.sysconf("SC_CLK_TCK")
        return busy - sum(own[:4]), jiffies[7] / os.sysconf("SC_CLK_TCK")

    def shares(self):
        others, stolen = [max(0.0, now - start) for now, start in zip(self.now(), self.start)]
        return 0.0 if self.is_first else others, stolen


def is_little(others_s, busy_s):
    """Beside what a run took itself."""
    return others_s <= OTHERS_S + OTHERS_SHARE * busy_s
