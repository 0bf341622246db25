"""asyncssh: every device at once from one loop, by password, by questions and by key; a shell; a file transfer is refused."""
import asyncio
import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")  # of the ciphers it has
try:
    import asyncssh
except ImportError:
    # The distribution's packages are those of the distribution's python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("SKIP: no asyncssh here (python3-asyncssh)")
    sys.exit(77)

from emulator_frame import Emulator, PATIENCE, check, fail

DEVICES = 40


def connect(emulator, device, **more):
    settings = {"username": "cisco", "password": "cisco", "known_hosts": None, "client_keys": None, "login_timeout": PATIENCE}
    settings.update(more)
    return asyncssh.connect(emulator.address(device), emulator.ssh_port, **settings)


async def privilege(emulator, device, **more):
    async with connect(emulator, device, **more) as connection:
        done = await connection.run("show privilege", timeout=PATIENCE)
        check(done.exit_status == 0 and "Current privilege level is 1" in done.stdout, device, done)


KEEPALIVE_S = 0.01


class KeepalivesAnswered(logging.Handler):
    """asyncssh tells it to nobody but its log."""

    def __init__(self):
        super().__init__()
        self.count = asyncio.Semaphore(0)

    def emit(self, record):
        if "Got keepalive response" in record.getMessage():
            self.count.release()

    async def wait_for(self, count):
        for _ in range(count):
            await asyncio.wait_for(self.count.acquire(), PATIENCE)


async def shell(emulator):
    answered = KeepalivesAnswered()
    logger = logging.getLogger("asyncssh")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(answered)
    logger.propagate = False
    async with connect(emulator, 1, preferred_auth="keyboard-interactive", keepalive_interval=KEEPALIVE_S,
                       keepalive_count_max=int(PATIENCE / KEEPALIVE_S)) as connection:
        async with connection.create_process(term_type="vt100", term_size=(511, 1000)) as process:
            await process.stdout.readuntil("R1>")
            await answered.wait_for(3)
            for _ in range(20):
                process.stdin.write("show privilege\n")
                answer = await process.stdout.readuntil("R1>")
                check("Current privilege level is 1" in answer, answer)
            process.stdin.write("exit\n")
            check((await process.wait(timeout=PATIENCE)).exit_status == 0)


async def refused(emulator):
    async with connect(emulator, 1) as connection:
        try:
            await connection.start_sftp_client()
            fail("sftp is served")
        except asyncssh.ChannelOpenError:
            pass
    try:
        await privilege(emulator, 1, password="wrong")
        fail("a wrong password logs in")
    except asyncssh.PermissionDenied:
        pass


async def main(emulator, key):
    await asyncio.gather(*[privilege(emulator, 1 + i % DEVICES) for i in range(3 * DEVICES)])
    await asyncio.gather(*[privilege(emulator, 1 + i, password=None, client_keys=[key]) for i in range(DEVICES)])
    await shell(emulator)
    await refused(emulator)


own = asyncssh.generate_private_key("ssh-ed25519")
own.write_public_key("own.pub")
devices = Emulator("--devices", str(DEVICES), "--login-timeout", "10m", "--set", "devices.authorized_keys=own.pub")
asyncio.run(main(devices, own))
print(devices.stop())
