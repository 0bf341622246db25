"""What the tests with ansible share: the devices as an inventory, a playbook run on them, and what it wrote."""
import json
import os
import shutil
import subprocess
import sys

FOLDERS = ("/usr/lib/python3/dist-packages", "/usr/share/ansible/collections")
# The last task of every play.
KEEP = """
    - ansible.builtin.copy:
        dest: "{{ result_folder }}/{{ inventory_hostname }}.json"
        content: "{{ {%s} | to_json }}"
      delegate_to: localhost
"""


def skip(why):
    print("SKIP: " + why)
    sys.exit(77)


def check(name, condition, seen=""):
    if not condition:
        sys.exit("%s: %r" % (name, seen))
    print("ok", name)


def need(*collections):
    if not os.path.exists("/usr/bin/ansible-playbook"):
        skip("no ansible here")
    for collection in collections:
        if not any(os.path.isdir(folder + "/ansible_collections/" + collection) for folder in FOLDERS):
            skip("ansible is here without the collection " + collection.replace("/", "."))
    if shutil.which("python3", path="/usr/bin") is None:
        skip("no /usr/bin/python3")


def keep(*names):
    return KEEP % ", ".join("'%s': %s" % (name, name) for name in names)


class Devices:
    """A platform's devices, as a child that ends when its standard input closes, and their inventory."""

    def __init__(self, platform, count):
        options = ["--devices", str(count), "--set", "devices.platform=" + platform]
        self.child = subprocess.Popen([os.environ["NETBATON"], "emulate", "--ssh", "0", "--until-eof"] + options,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        words = dict(word.split("=", 1) for word in self.child.stdout.readline().split() if "=" in word)
        port = words["ssh"].rsplit(":", 1)[1]
        inventory = subprocess.run([os.environ["NETBATON"], "inventory", "--ssh", port, "--format", "ansible"] + options,
                                   stdout=subprocess.PIPE, text=True, check=True)
        self.folder = os.path.join(os.getcwd(), platform)
        os.makedirs(self.folder)
        self.write("hosts.yaml", inventory.stdout)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def start_play(self, playbook):
        self.write("play.yaml", playbook)
        environment = dict(os.environ, HOME=self.folder, ANSIBLE_NOCOLOR="1", ANSIBLE_HOST_KEY_CHECKING="False",
                           ANSIBLE_LOCAL_TEMP=self.folder + "/tmp", ANSIBLE_DEPRECATION_WARNINGS="False",
                           ANSIBLE_PARAMIKO_LOOK_FOR_KEYS="False", LC_ALL="C.UTF-8")
        return subprocess.Popen(["/usr/bin/ansible-playbook", "-i", "hosts.yaml", "-e", "result_folder=" + self.folder, "play.yaml"],
                                env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def result(self, host):
        with open(os.path.join(self.folder, host + ".json"), encoding="utf-8") as file:
            return json.load(file)

    def end(self):
        self.child.stdin.close()
        check("emulator ends", self.child.wait(60) == 0)
