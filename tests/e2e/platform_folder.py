"""A teacher's folder of platform data: one command more, a mistake that is told, and recorded outputs alone."""
import os
import re
import socket
import subprocess
import sys
import time

NETBATON = os.environ["NETBATON"]
LIMIT_S = 60


def check(name, condition, seen=""):
    if not condition:
        sys.exit("FAIL: %s: %r" % (name, seen))
    print("ok", name)


def write(path, text):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def emulate(*options):
    return subprocess.Popen([NETBATON, "emulate", "--telnet", "0", "--devices", "3", "--until-eof"] + list(options),
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


class Session:
    """A Telnet session that types and reads; negotiation is left unanswered."""

    def __init__(self, address, port):
        self.socket = socket.create_connection((address, int(port)), LIMIT_S)
        self.until("(name|login): ")
        self.type("cisco", "word: ")
        self.type("cisco", "R1[>#] ?$")

    def until(self, pattern):
        text = ""
        limit = time.monotonic() + LIMIT_S
        while not re.search(pattern, text):
            bytes_ = self.socket.recv(4096)
            if not bytes_ or time.monotonic() > limit:
                sys.exit("FAIL: '%s' does not come: %r" % (pattern, text))
            text += re.sub(b"\xff[\xfb-\xfe].", b"", bytes_).decode("latin-1")
        return text

    def type(self, line, pattern="R1[>#] ?$"):
        self.socket.sendall(line.encode() + b"\r")
        return self.until(pattern).replace("\r", "")


def say(lines, *options):
    """What the device says to each line."""
    child = emulate(*options)
    ready = child.stdout.readline()
    check("it starts", ready.startswith("ready"), child.stderr.read() if not ready else ready)
    address, port = re.search(r"telnet=(\S+):(\d+)", ready).groups()
    session = Session(address, port)
    answers = [session.type(line) for line in lines]
    child.stdin.close()
    check("it ends", child.wait(LIMIT_S) == 0)
    return answers


def refused(*options):
    child = emulate(*options)
    _, errors = child.communicate(timeout=LIMIT_S)
    check("exit code 2", child.returncode == 2, (child.returncode, errors))
    return errors


def one_command_more():
    write("mine/more.yaml", "commands:\n  exec:\n    show coffee <cup:1-9>: \"Cup {{cup}} of {{hostname}} is empty\\n\"\n")
    answers = say(["show coffee 3", "sh cof 4", "show coffee 12", "show clock"], "--platform", "mine")
    check("a command of one's own", "\nCup 3 of R1 is empty\n" in answers[0], answers[0])
    check("abbreviated", "\nCup 4 of R1 is empty\n" in answers[1], answers[1])
    check("its range", "% Invalid input" in answers[2], answers[2])
    check("the built-in ones stay", " UTC " in answers[3], answers[3])


def a_folder_in_the_experiment():
    write("mine/more.yaml", "base: cisco_ios\ncommands:\n  exec:\n    show tea: \"Tea\\n\"\n")
    with open("named.yaml", "w") as file:
        file.write("devices:\n  count: 1\n  named: [{name: R1, platform: ./mine}]\nwork: {commands: [show tea]}\n"
                   "runs: {strategy: sequential}\n")
    check("named by a device", "\nTea\n" in say(["show tea"], "named.yaml")[0])
    check("named by all", "\nTea\n" in say(["show tea"], "--set", "devices.platform=./mine/")[0])
    run = subprocess.run([NETBATON, "run", "named.yaml", "-o", "out", "--set", "devices.count=0"], timeout=LIMIT_S)
    check("measured", run.returncode == 0, run)
    errors = refused("--platform", "mine", "--set", "devices.platform=./mine")
    check("two folders", "'./mine' is a folder, 'mine' would be laid over it; name one of them" in errors, errors)
    errors = refused("--set", "devices.platform=./nowhere")
    check("no folder", "cannot open the folder './nowhere'" in errors, errors)


def a_copied_platform():
    """A copy of a built-in platform, as one would begin, with a line changed."""
    source = os.path.join(os.environ["SOURCE"], "emulator/platforms/arista_eos")
    for folder, _, names in os.walk(source):
        for name in names:
            path = os.path.join(folder, name)
            with open(path) as file:
                write(os.path.join("copy", os.path.relpath(path, source)), file.read().replace("vEOS-lab", "DCS-7050"))
    answers = say(["show version"], "--platform", "copy", "--set", "devices.platform=arista_eos")
    check("the changed line", "\nArista DCS-7050\n" in answers[0], answers[0])


def mistakes():
    cases = [
        ("commands:\n  exec:\n    show coffee: \"{{hostnam}}\"\n", r"mine/more\.yaml:3:\d+:.*'hostnam'.*'hostname'"),
        ("commands:\n  exce:\n    show coffee: \"\"\n", r"mine/more\.yaml:2:\d+:.*'exce'.*'exec'"),
        ("commands:\n  exec:\n    show coffee: {outputt: \"\"}\n", r"mine/more\.yaml:3:\d+:.*'outputt'.*'output'"),
        ("commands:\n  exec:\n    show coffee <cup:wrod>: \"\"\n", r"mine/more\.yaml:3:\d+:.*'wrod'.*'word'"),
        ("commands:\n  exec:\n    show coffee: {template: show_versoin.txt}\n",
         r"mine/more\.yaml:3:\d+:.*show_versoin.*'show_version\.txt'"),
        ("commands:\n  exec:\n    leave: {handler: exti}\n", r"mine/more\.yaml:3:\d+:.*'exti'.*'exit'"),
        ("errors: {caret: sometimes}\n", r"mine/more\.yaml:1:\d+:.*invalid, never or always"),
        ("comands:\n  exec: {}\n", r"mine/more\.yaml:1:\d+:.*'comands'.*'commands'"),
    ]
    for text, pattern in cases:
        write("mine/more.yaml", text)
        errors = refused("--platform", "mine")
        check(pattern, re.search(pattern, errors), errors)
    write("mine/more.yaml", "commands:\n  exec:\n    show coffee: {template: coffee.txt}\n")
    write("mine/templates/coffee.txt", "One\nTwo {{if hostname}}\nThree {{upper(hostname, 2)}}\n{{end}}\n")
    errors = refused("--platform", "mine")
    check("a template's line", re.search(r"mine/templates/coffee\.txt:3:\d+:", errors), errors)


def recordings():
    write("recorded/show version", "Some box, version 7\n")
    write("recorded/show_ip_route.txt", "nothing {{here}}\n")
    answers = say(["show version", "sh ip ro", "show clock"], "--platform", "recorded", "--set", "devices.platform=some_box")
    check("a recorded output", "\nSome box, version 7\n" in answers[0], answers[0])
    check("braces are text", "\nnothing {{here}}\n" in answers[1], answers[1])


one_command_more()
a_folder_in_the_experiment()
a_copied_platform()
mistakes()
recordings()
