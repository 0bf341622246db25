"""The same sessions as coroutines under one event loop (3.5 and later)."""
import asyncio
import socket

from netbaton_dialog import Dialog, Telnet
from netbaton_work import (CLOSED, CONNECTED, ENDED, LATE, LOGIN, OK, READY, REASON, SECURED,
                           TIMEOUT, WORKED, Failed, check_event, clock, compute, failed_how,
                           phase_of_loss, plan_of)


class Sleep(object):
    def __init__(self, plan, job):
        self.waits = job[3]
        self.last, self.end = job[6] or (len(self.waits), OK)

    async def wait(self, i):
        seconds = self.waits[i]
        if seconds:
            await asyncio.sleep(seconds)
        if i == self.last:
            raise Failed(self.end, LATE if self.end == TIMEOUT else CLOSED)

    async def connect(self):
        await self.wait(0)

    async def secure(self):
        pass

    async def login(self):
        pass

    async def ready(self):
        await self.wait(1)

    async def command(self, i, _text):
        await self.wait(2 if i is None else 3 + i)

    async def logout(self):
        await self.wait(len(self.waits) - 1)

    def close(self):
        pass


class TelnetConnection(object):
    def __init__(self, plan, job):
        self.plan = plan
        self.address = (job[1], job[2])
        self.dialog = Dialog(plan, True)
        self.telnet = Telnet()
        self.reader = self.writer = None
        self.heard = False  # the device said something

    def phase(self, row):
        return phase_of_loss(row, self.dialog, self.heard)

    async def limited(self, step, limit):
        try:
            return await asyncio.wait_for(step, limit)
        except asyncio.TimeoutError:
            raise Failed(TIMEOUT, LATE)

    async def connect(self):
        self.reader, self.writer = await self.limited(asyncio.open_connection(*self.address),
                                                      self.plan["timeout_connect"])
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def hear(self):
        """Feeds the dialog with what arrives next. False at the end."""
        data = await self.reader.read(65536)
        if not data:
            return False
        self.heard = True
        text, reply = self.telnet.strip(data)
        if reply:
            self.writer.write(reply)
        reply, event = self.dialog.input(text)
        if reply:
            self.writer.write(reply)
        check_event(self.dialog, event)
        return True

    async def until(self, is_there):
        while not is_there():
            if not await self.hear():
                raise Failed(None, CLOSED)

    def at_pause(self):
        return self.dialog.state == Dialog.PAUSED

    async def secure(self):
        await self.limited(self.until(lambda: self.dialog.asked), self.plan["timeout_connect"])

    async def login(self):
        await self.limited(self.until(lambda: self.dialog.password_sent or self.at_pause()),
                           self.plan["timeout_login"])

    async def ready(self):
        await self.limited(self.until(self.at_pause), self.plan["timeout_login"])

    async def command(self, i, text):
        dialog = self.dialog
        self.writer.write(dialog.first_command(text) if i is None else dialog.command(text))
        await self.limited(self.until(self.at_pause), self.plan["timeout_command"])

    async def hang_up(self):
        while await self.hear():
            pass

    async def logout(self):
        """Until the device hangs up; how it does so is its affair."""
        self.writer.write(self.dialog.logout())
        try:
            await self.limited(self.hang_up(), self.plan["timeout_command"])
        except OSError:
            pass

    def close(self):
        if self.writer:
            self.writer.close()


CONNECTIONS = {"sleep": Sleep, "telnet": TelnetConnection}


async def talk(connection, plan, cpus, row):
    await connection.connect()
    row[CONNECTED] = clock()
    await connection.secure()
    row[SECURED] = clock()
    await connection.login()
    row[LOGIN] = clock()
    await connection.ready()
    row[READY] = clock()
    compute(plan, cpus[0])
    if plan["no_paging"]:
        await connection.command(None, plan["no_paging"])
    for i, text in enumerate(plan["commands"]):
        await connection.command(i, text)
        compute(plan, cpus[1 + i])
    row[WORKED] = clock()
    await connection.logout()


async def do_job(plan, job, worker):
    plan = plan_of(plan, job)
    row = [job[0], worker, OK, clock(), 0, 0, 0, 0, 0, 0, ""]
    connection = CONNECTIONS[plan["transport"]](plan, job)
    try:
        await talk(connection, plan, job[4], row)
    except Exception as error:
        row[2], row[REASON] = failed_how(error, row, connection)
    finally:
        connection.close()
    row[ENDED] = clock()
    return row


async def work(plan, jobs, worker, rows):
    for job in jobs:
        rows.append(await do_job(plan, job, worker))


async def gather(plan, jobs, rows):
    shared = iter(jobs)
    await asyncio.gather(*[work(plan, shared, worker, rows) for worker in range(plan["workers"])])


def run(plan, jobs):
    rows = []
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(gather(plan, jobs, rows))
    finally:
        loop.close()
    return rows


async def steps(count):
    for _ in range(count):
        await asyncio.sleep(0)


def step_ns(timer):
    """What one turn of a task costs."""
    loop = asyncio.new_event_loop()
    start = timer()
    loop.run_until_complete(steps(2000))
    took = timer() - start
    loop.close()
    return took * 1e9 / 2000
