"""What the tests that parse outputs share: a text, taken apart by one of our TextFSM templates."""
import os
import sys

from emulator_frame import check

try:
    import textfsm
except ImportError:
    print("SKIP: no textfsm (python3-textfsm)")
    sys.exit(77)

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parse_shows")


def parse(text, template):
    """The rows, each a dictionary. A line that the template does not know ends the test."""
    with open(os.path.join(FOLDER, template.replace(" ", "_") + ".textfsm"), encoding="utf-8") as file:
        table = textfsm.TextFSM(file)
    try:
        rows = table.ParseText(text)
    except textfsm.TextFSMError as error:
        sys.exit("%s: %s\n%s" % (template, error, text))
    check(rows, "nothing was found by", template, text)
    return [dict(zip(table.header, row)) for row in rows]


def by(rows, name):
    return {row[name]: row for row in rows}
