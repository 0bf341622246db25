"""The same sessions as coroutines under one event loop (3.5 and later)."""
import asyncio
import socket

from netbaton_work import (AUTH, CLOSED, COMMAND, CONNECT, CONNECTED, ENDED, HANDSHAKE, LATE,
                           LOGIN, OK, PROMPT, READY, REASON, SECURED, TIMEOUT, WORKED, Dialog,
                           Failed, Telnet, clock, compute, plan_of)


class Sleep(object):
    def __init__(self, plan, job):
        self.waits = job[3]

    @staticmethod
    async def wait(seconds):
        if seconds:
            await asyncio.sleep(seconds)

    async def connect(self):
        await self.wait(self.waits[0])

    async def secure(self):
        pass

    async def login(self):
        pass

    async def ready(self):
        await self.wait(self.waits[1])

    async def command(self, i, _text):
        await self.wait(self.waits[2 if i is None else 3 + i])

    async def logout(self):
        await self.wait(self.waits[-1])

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

    async def limited(self, step, limit, failure):
        try:
            return await asyncio.wait_for(step, limit)
        except asyncio.TimeoutError:
            raise Failed(TIMEOUT, LATE)
        except OSError as error:
            raise Failed(failure, error)

    async def connect(self):
        self.reader, self.writer = await self.limited(
            asyncio.open_connection(*self.address), self.plan["timeout_connect"], CONNECT)
        sock = self.writer.get_extra_info("socket")
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:  # the device has hung up already
            raise Failed(CONNECT, error)

    async def hear(self, failure):
        """Feeds the dialog with what arrives next; its event."""
        data = await self.reader.read(65536)
        if not data:
            raise Failed(failure, CLOSED)
        self.heard = True
        text, reply = self.telnet.strip(data)
        if reply:
            self.writer.write(reply)
        reply, event = self.dialog.input(text)
        if reply:
            self.writer.write(reply)
        if event == Dialog.REFUSED:
            raise Failed(AUTH, "the password was refused")
        return event

    async def until(self, wanted, failure):
        while await self.hear(failure) != wanted:
            pass

    async def asked(self):
        while not self.dialog.asked:
            await self.hear(HANDSHAKE if self.heard else CONNECT)

    async def secure(self):
        await self.limited(self.asked(), self.plan["timeout_login"],
                           HANDSHAKE if self.heard else CONNECT)

    async def login(self):
        if not self.dialog.password_sent:
            await self.limited(self.until(Dialog.LOGGED_IN, AUTH), self.plan["timeout_login"], AUTH)

    async def ready(self):
        await self.limited(self.until(Dialog.READY, PROMPT), self.plan["timeout_login"], PROMPT)

    async def command(self, _i, text):
        self.writer.write(self.dialog.command(text))
        await self.limited(self.until(Dialog.ANSWERED, COMMAND), self.plan["timeout_command"],
                           COMMAND)

    async def logout(self):
        try:
            self.writer.write(self.dialog.command(self.plan["logout"]))
            await asyncio.wait_for(self.reader.read(-1), self.plan["timeout_command"])
        except (asyncio.TimeoutError, OSError):
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
    except Failed as failed:
        row[2] = failed.end
        row[REASON] = failed.reason
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
