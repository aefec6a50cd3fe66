# SPDX-License-Identifier: BSD-3-Clause
"""The emulated server as the tests and the tour see it: its console, a line to
what runs in it (the report), the emulator's monitor, and all of its memory."""

import hashlib
import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(TOP, "build")
SHARE = os.path.join(BUILD, "server", "share")
sys.path.insert(0, os.path.join(TOP, "host"))
import server  # noqa: E402 pylint: disable=wrong-import-position
import outside  # noqa: E402 pylint: disable=wrong-import-position

Missing = server.Missing

# What a healthy Linux never says.
SPLAT = re.compile(
    r"WARNING: |BUG: |Oops|Kernel panic|Internal error: |Call trace:|"
    r"Unable to handle kernel|INFO: (possible|task|rcu|trying)|rcu: INFO|"
    r"KASAN|UBSAN|SError|corruption|refcount_t|allocation failure|"
    r"soft lockup|hard LOCKUP|inconsistent lock state|suspicious RCU|"
    r"bad page|scheduling while atomic|Out of memory")


def slowness():
    """On a machine that others use too, all takes longer."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def write_count(suite, *numbers):
    """Passed, failed and skipped, for tools/run-suites"""
    results = os.path.join(BUILD, "results")
    os.makedirs(results, exist_ok=True)
    with open(os.path.join(results, f"{suite}.count"), "w",
              encoding="ascii") as file:
        file.write("{} {} {}\n".format(*numbers))


def stage():
    """Puts build/server/share together."""
    subprocess.run([os.path.join(TOP, "host", "stage")], check=True)


def lines_of_secret(seed, count):
    """What a guest writes that makes a secret of a seed: lib.sh, secret()."""
    return [hashlib.sha256(f"{seed}-{i}\n".encode()).hexdigest().encode()
            for i in range(1, count + 1)]


class Monitor:
    """The emulator's own monitor (QMP)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()            # the greeting
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.file)
        self.file.write("\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def human(self, line):
        return self.run("human-monitor-command", **{"command-line": line})


class Memory:
    """All RAM of the server, secure and normal, looked at from outside of it: in
    the memory of the emulator's process, while the machine stands still."""

    CHUNK = 1 << 20

    def __init__(self, monitor, pid):
        self.monitor, self.pid = monitor, pid

    def blocks(self):
        """name -> address in the emulator, size"""
        found = {}
        for line in self.monitor.human("info ramblock").splitlines():
            numbers = re.findall(r"0x[0-9a-f]{8,}", line)
            if len(numbers) == 4:       # offset, used, total, host address
                found[line.split()[0]] = (int(numbers[3], 16), int(numbers[2], 16))
        if not any("secure" in name for name in found):
            raise RuntimeError("the emulator tells of no secure memory")
        return found

    def occurrences(self, needles, address, size):
        """Which of the needles are in this range."""
        found = set()
        overlap = max(map(len, needles)) - 1
        empty = bytes(self.CHUNK + overlap)     # most of memory is, so be quick
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            for at in range(0, size, self.CHUNK):
                want = min(self.CHUNK + overlap, size - at)
                memory.seek(address + at)
                data = memory.read(want)
                if len(data) != want:
                    raise RuntimeError("the emulator's memory cannot be read")
                if data != empty:
                    found.update(n for n in needles if n in data)
        return found

    def find(self, needles):
        """How many are in normal memory, how many in secure memory."""
        normal, secure = set(), set()
        self.monitor.run("stop")
        try:
            for name, (address, size) in self.blocks().items():
                into = secure if "secure" in name else normal
                into.update(self.occurrences(needles, address, size))
        finally:
            self.monitor.run("cont")
        return len(normal), len(secure)


class Lines:
    """Bytes that become lines."""

    def __init__(self):
        self.rest = b""

    def take(self, data):
        *whole, self.rest = (self.rest + data).split(b"\n")
        return [line.decode("utf-8", "replace").rstrip("\r") for line in whole]


class Machine:
    """The server, switched on. events() gives what it says, as pairs: "console"
    or "report" and a line."""

    def __init__(self, command, log, who=None, **options):
        self.outside = who or outside.Outside()
        self.outside_is_ours = not who
        self.sockets = tempfile.mkdtemp(prefix="virtcca-")
        report = os.path.join(self.sockets, "report")
        qmp = os.path.join(self.sockets, "qmp")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(report)
        listener.listen(1)
        options["append"] = (f"virtcca.run={command} "
                             + options.get("append", "")).strip()
        machine = server.Server(
            share=SHARE, extra=[
                "-chardev", f"socket,id=report,path={report}",
                "-device", "virtio-serial-pci",
                "-device", "virtserialport,chardev=report,name=virtcca.report",
                "-qmp", f"unix:{qmp},server=on,wait=off"], **options)
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            machine.argv(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.last_cpu_time = 0.0
        self.report = self.accept(listener)
        self.qmp = qmp
        self.selector = selectors.DefaultSelector()
        self.streams = {
            self.process.stdout.fileno(): ("console", Lines()),
            self.report.fileno(): ("report", Lines())}
        for number in self.streams:
            self.selector.register(number, selectors.EVENT_READ)

    def accept(self, listener):
        listener.settimeout(20)
        try:
            return listener.accept()[0]
        except socket.timeout as error:
            self.process.kill()
            output = self.process.stdout.read().decode("utf-8", "replace")
            raise RuntimeError(f"the emulator does not start: {output}") from error
        finally:
            listener.close()

    def read(self, number):
        try:
            data = os.read(number, 65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.selector.unregister(number)
        return data

    def events(self, patience):
        """Ends with the machine; a pair ("silence", None) after each patience()
        seconds in which it said nothing."""
        console = self.process.stdout.fileno()
        while console in self.selector.get_map():
            ready = self.selector.select(patience())
            if not ready:
                yield "silence", None
            for key, _ in ready:
                kind, lines = self.streams[key.fd]
                data = self.read(key.fd)
                if kind == "console":
                    self.log.write(data)
                    self.log.flush()
                for line in lines.take(data):
                    yield kind, line

    def cpu_time(self):
        """Seconds that the emulator has used: other than the time that passes, they
        do not tell of what else the machine does."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return self.last_cpu_time
        user, system = int(fields[11]), int(fields[12])
        self.last_cpu_time = (user + system) / os.sysconf("SC_CLK_TCK")
        return self.last_cpu_time

    def answer(self, text):
        self.report.sendall(text.encode() + b"\n")

    def find_secret(self, seed, count):
        """The answer to a test that asks where a secret can be found."""
        monitor = Monitor(self.qmp)
        try:
            begin = time.monotonic()
            normal, secure = Memory(monitor, self.process.pid).find(
                lines_of_secret(seed, count))
            took = time.monotonic() - begin
            return f"normal={normal} secure={secure} seconds={took:.1f}"
        finally:
            monitor.socket.close()

    def serve(self, request):
        """A request of what runs in the server: "find SEED COUNT", or one to who
        is outside."""
        try:
            word, *rest = request.split()
            if word == "find":
                seed, count = rest
                self.answer(self.find_secret(seed, int(count)))
            else:
                self.answer(self.outside.serve(word, rest))
        except (RuntimeError, ValueError, OSError, Missing) as error:
            self.answer(f"error {error}")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.outside_is_ours:
            self.outside.stop()
        self.report.close()
        self.log.close()
        shutil.rmtree(self.sockets, ignore_errors=True)
