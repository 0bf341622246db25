"""What a client says to a device and what it waits to hear: bytes in, what to send out. No I/O.

The rules, states and texts of client/dialog.c, so that a session that fails there fails here in the
same phase. Of the answers no more than the line in hand is kept.
"""
import re

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SUPPRESS_GO_AHEAD = 1, 3
LINE_MAX, PROMPT_MAX, NAME_MAX, QUESTIONS_MAX = 256, 80, 17, 8
SUBNEGOTIATION_MAX = 65536


class Telnet(object):
    """Takes Telnet's commands out of what arrives (RFC 854) and answers them."""

    def __init__(self):
        self.kept = b""

    def strip(self, data):
        """(text, reply)"""
        data = self.kept + data
        self.kept = b""
        if b"\xff" not in data:
            return data, b""
        data = bytearray(data)
        text = bytearray()
        reply = bytearray()
        i = 0
        while i < len(data):
            next_command = data.find(b"\xff", i)
            if next_command < 0:
                next_command = len(data)
            text += data[i:next_command]
            i = next_command
            if i == len(data):
                break
            used = self.command(data, i, text, reply)
            if not used:
                self.kept = bytes(data[i:i + SUBNEGOTIATION_MAX])
                break
            i += used
        return bytes(text), bytes(reply)

    @staticmethod
    def command(data, i, text, reply):
        """Bytes of the command at data[i]; 0: not all there yet."""
        if len(data) < i + 2:
            return 0
        if data[i + 1] == IAC:
            text.append(IAC)
            return 2
        if data[i + 1] == SB:
            end = data.find(b"\xff\xf0", i)
            return end + 2 - i if end >= 0 else 0
        if data[i + 1] not in (DO, DONT, WILL, WONT):
            return 2
        if len(data) < i + 3:
            return 0
        if data[i + 1] == DO:
            reply += bytearray([IAC, WONT, data[i + 2]])
        elif data[i + 1] == WILL:
            wanted = data[i + 2] in (ECHO, SUPPRESS_GO_AHEAD)
            reply += bytearray([IAC, DO if wanted else DONT, data[i + 2]])
        return 3


def beginning(*texts):
    return re.compile(b"(?i)(?:" + b"|".join(re.escape(text) for text in texts) + b")")


ERRORS = beginning(
    b"% Invalid", b"% Incomplete", b"% Ambiguous", b"% Unknown command", b"% Bad", b"% Authorization",
    b"% Access denied", b"Command authorization failed", b"% Error", b"Error:", b"syntax error",
    b"unknown command", b"bad command name", b"expected end of command")
REFUSALS = beginning(
    b"% Login invalid", b"% Authentication failed", b"% Bad passwords", b"% Bad password",
    b"Login incorrect", b"Permission denied", b"Error: Failed to", b"Authentication failed",
    b"% Access denied", b"% Login failed")
RENAMING = beginning(b"hostname ", b"switchname ", b"sysname ", b"commit", b"system-name ",
                     b"set system host-name ", b"/system identity set ")
# A host's name without blanks before > # $ %, or in brackets, after which MikroTik has blanks.
PROMPT = re.compile(br"(?:[<\[]?[*~]?[A-Za-z0-9][A-Za-z0-9_\-.:/@()\[\]<~*+]*[>#$%]|"
                    br"\[[*~]?[A-Za-z0-9][A-Za-z0-9_\-.:/@()\[\]<~*+ ]*[>#$%\]])\Z")
BEFORE_NAME = re.compile(br"[<\[]?[*~]?")
NAME_END = re.compile(br"[>#\]$%( ]")
USER = re.compile(br"(?i)(?:username|login|user name|user):\Z")
PASSWORD = re.compile(br"(?i)password[:>]\Z")
QUESTION = re.compile(br"(?i)(?:\[confirm\]|\]\?|\]:|\[yes,no\] \(yes\))\Z")
HUAWEI_QUESTION = re.compile(br"(?i)\[y/n\]:\Z")
ESCAPE = re.compile(br"\x1b(?:\[[^@-~]*[@-~]|[^\[])")
ESCAPE_BEGUN = re.compile(br"\x1b(?:\[[^@-~]*)?\Z")
CONTROL = re.compile(br"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")
BLANKS = br"[\s\x00-\x1f]*"


def name_of(line):
    """What a prompt begins with, apart from Huawei's and MikroTik's brackets."""
    return line[BEFORE_NAME.match(line).end():]


def last_part(line):
    """A carriage return begins the line anew, once something follows."""
    parts = [part for part in line.split(b"\r") if part]
    return parts[-1] if parts else b""


class Dialog(object):
    LOGIN, PROMPT, PAUSED, COMMAND, LOGOUT = range(5)
    LOGGED_IN, READY, ANSWERED, REFUSED, ERROR = "logged in", "ready", "answered", "refused", "error"

    def __init__(self, plan, in_band):
        self.plan = plan
        self.in_band = in_band  # the login is part of the dialogue
        self.newline = plan["newline"].encode("ascii")
        self.state = Dialog.LOGIN if in_band else Dialog.PROMPT
        self.text = b""  # since the last line's end, the last command's echo
        self.line = b""  # of an error
        self.echo = None  # a pattern, while the echo has not come
        self.echo_max = 0  # how much of the text is kept to find it in
        self.name = None
        self.asked = False
        self.user_sent = False
        self.password_sent = False
        self.secret_sent = False
        self.relearn = False
        self.questions = 0

    def say(self, text):
        self.text = b""
        return text.encode("utf-8") + self.newline

    def command(self, text, state=None):
        """What to send for a command."""
        data = text.encode("utf-8")
        letters = [re.escape(data[i:i + 1]) for i in range(len(data)) if not data[i:i + 1].isspace()]
        self.echo = re.compile(BLANKS.join(letters))
        self.echo_max = 8 * len(data) + LINE_MAX
        self.state = Dialog.COMMAND if state is None else state
        self.relearn = self.relearn or bool(RENAMING.match(text.strip().encode("utf-8")))
        self.secret_sent = False
        self.questions = 0
        return self.say(text)

    def first_command(self, text):
        """Switches paging off; the first prompt may have been a line of a banner, cut short."""
        self.relearn = True
        return self.command(text)

    def logout(self):
        return self.command(self.plan["logout"], Dialog.LOGOUT)

    def input(self, data):
        """(reply, event or None)"""
        self.text += data
        begun = ESCAPE_BEGUN.search(self.text)
        held = self.text[begun.start():][:LINE_MAX] if begun else b""
        text = self.text[:begun.start()] if begun else self.text
        text = CONTROL.sub(b"", ESCAPE.sub(b"", text))
        lines = text.split(b"\n")
        event = None
        if self.echo:
            match = self.echo.search(text)
            if not match:
                self.text = text[-self.echo_max:] + held
                return b"", None
            self.echo = None
            lines = text[match.end():].split(b"\n")
        for line in lines[:-1]:
            event = event or self.end_line(last_part(line))
        line = last_part(lines[-1])
        self.text = lines[-1][:2 * LINE_MAX] + held
        if event:
            return b"", event
        if len(line) >= LINE_MAX:
            return b"", None
        return [self.at_login, self.at_prompt, lambda _: (b"", None), self.at_answer,
                self.at_logout][self.state](line.rstrip(b" "))

    def end_line(self, line):
        """A whole line: does it say that something went wrong?"""
        self.line = line[:LINE_MAX]
        if self.state == Dialog.COMMAND and ERRORS.match(line):
            return Dialog.ERROR
        if self.state == Dialog.LOGIN and self.password_sent and REFUSALS.match(line):
            return Dialog.REFUSED
        return None

    @staticmethod
    def looks_like_prompt(line):
        return 2 <= len(line) <= PROMPT_MAX and PROMPT.match(line)

    def is_prompt(self, line):
        return self.looks_like_prompt(line) and (self.relearn or name_of(line).startswith(self.name))

    def learn_name(self, line):
        name = name_of(line)
        end = NAME_END.search(name)
        self.name = name[:end.start() if end else None][:NAME_MAX]

    def ready(self, line):
        self.asked = True
        self.learn_name(line)
        self.state = Dialog.PAUSED
        return b"", Dialog.READY

    def at_login(self, line):
        if USER.search(line):
            if self.user_sent:
                return b"", Dialog.REFUSED
            self.asked = self.user_sent = True
            return self.say(self.plan["user"]), None
        if PASSWORD.search(line):
            if self.password_sent:
                return b"", Dialog.REFUSED
            self.asked = self.user_sent = self.password_sent = True
            return self.say(self.plan["password"]), Dialog.LOGGED_IN
        if self.looks_like_prompt(line):
            return self.ready(line)
        return b"", None

    def at_prompt(self, line):
        if PASSWORD.search(line):  # SSH took it already: it has expired
            return b"", Dialog.REFUSED
        if self.looks_like_prompt(line):
            return self.ready(line)
        if HUAWEI_QUESTION.search(line) and self.questions < QUESTIONS_MAX:
            self.questions += 1
            return self.say("N"), None
        return b"", None

    def at_answer(self, line):
        if self.is_prompt(line):
            if self.relearn:
                self.learn_name(line)
            self.relearn = False
            self.state = Dialog.PAUSED
            return b"", Dialog.ANSWERED
        if PASSWORD.search(line):
            self.line = line
            if self.secret_sent:
                return b"", Dialog.ERROR
            self.secret_sent = True
            return self.say(self.plan["secret"]), None
        return self.at_question(line)

    def at_question(self, line):
        """Enter takes what the device offers."""
        if QUESTION.search(line) and self.questions < QUESTIONS_MAX:
            self.questions += 1
            return self.say(""), None
        return b"", None

    def at_logout(self, line):
        if self.questions < QUESTIONS_MAX and self.is_prompt(line):  # it left a mode only: once more
            questions = self.questions + 1
            reply = self.logout()
            self.questions = questions
            return reply, None
        return self.at_question(line)
