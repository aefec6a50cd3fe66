# SPDX-License-Identifier: BSD-3-Clause
"""Who gives a confidential VM a secret: on the machine that runs the emulator,
outside of all that is to be judged. What it knows of a VM is what it predicts; what
comes from the server is files in the share, and what the network brings."""

import base64
import hashlib
import json
import os
import re
import selectors
import shutil
import subprocess
import tempfile

import server

SHARE = os.path.join(server.BUILD, "server", "share")
INITRDS = ("guest.cpio.gz", "guest-attest.cpio.gz")
PATIENCE = 120          # seconds for the verifier to say what came of a client


def tool(name):
    return server.need("attest", name)


def first_line(text):
    return (text.strip().splitlines() or [""])[0]


class Outside:
    """serve() answers a request; everything else is what is needed for that."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="virtcca-outside-")
        self.verifier = None
        self.said = b""

    def path(self, name):
        return os.path.join(self.work, name.replace("/", "-"))

    def serve(self, word, rest):
        """predict DIR, token FILE CHALLENGE DIR, key, verifier DIR, verdict"""
        handlers = {"predict": self.predict, "token": self.token, "key": self.key,
                    "verifier": self.start_verifier, "verdict": self.verdict}
        if word not in handlers:
            raise ValueError(f"no request {word}")
        return handlers[word](*rest)

    def stop(self):
        self.stop_verifier()
        shutil.rmtree(self.work, ignore_errors=True)

    # -------------------------------------------------------- what is expected

    def predict(self, directory):
        """The measurement of a VM that cvm has described."""
        def described(name):
            with open(os.path.join(SHARE, directory, name), encoding="utf-8") as file:
                return file.read()

        # Which of ours it is may be said by the server; what is in it may not. Command line,
        # tree, hash and value are the server's words, too: whoever has a secret to lose
        # reads them first.
        initrd = described("initrd")
        if initrd not in INITRDS:
            raise ValueError(f"no image {initrd}")
        result = subprocess.run(
            [tool("cca-rim"), "--json", "--append", described("append"),
             "--kernel", server.need("guest", "Image"),
             "--initrd", server.need("images", initrd),
             "--dtb", os.path.join(SHARE, directory, "virt.dtb"),
             "--measurement-algorithm", described("hash") or "sha512"],
            capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(first_line(result.stderr))
        values = json.loads(result.stdout)
        rpv = base64.b64decode(described("rpv"))
        values["realm"]["personalization-value"] = rpv.ljust(64, b"\0").hex()
        with open(self.path(directory + ".json"), "w", encoding="utf-8") as file:
            json.dump(values, file)
        return "rim " + values["realm"]["initial-measurement"]

    def platform(self):
        """The firmware of this build, whatever the server has."""
        path = self.path("platform.json")
        with open(path, "wb") as file:
            subprocess.run([os.path.join(server.TOP, "tools", "platform-reference")],
                           stdout=file, check=True)
        return path

    def expectations(self, directory):
        return ["--anchor", server.need("provision", "iak.pem"),
                "--reference", self.platform(),
                "--reference", self.path(directory + ".json")]

    def token(self, name, challenge, directory):
        """What cca-token says of a token: "0 fine", or its exit code and why."""
        result = subprocess.run(
            [tool("cca-token"), *self.expectations(directory), "--challenge", challenge,
             os.path.join(SHARE, name)], capture_output=True, text=True, check=False)
        failed = re.search(r"^ *failed +(.*)$", result.stdout, re.MULTILINE)
        why = failed[1] if failed else first_line(result.stderr) or "fine"
        return f"{result.returncode} {why}"

    # ------------------------------------------------------------ the verifier

    def key(self):
        """The public key of the verifier."""
        path = self.path("key.pem")
        if not os.path.exists(path):
            subprocess.run(["openssl", "genpkey", "-algorithm", "X25519", "-out", path],
                           check=True)
        public = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
                                stdout=subprocess.PIPE, check=True).stdout
        return public[-32:].hex()

    def start_verifier(self, directory):
        """Where the server finds it, and the hash of the secret that it has for
        VMs as predicted."""
        self.stop_verifier()
        self.key()
        secret = os.urandom(32).hex().encode() + b"\n"
        with open(self.path("secret"), "wb") as file:
            file.write(secret)
        self.verifier = subprocess.Popen(
            [tool("cca-verifier"), *self.expectations(directory),
             "--secret", self.path("secret"), "--key", self.path("key.pem"),
             "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b""
        line = self.verdict()           # "cca-verifier: at ADDRESS:PORT, key KEY"
        if ": at " not in line:
            raise RuntimeError(line)
        port = line.split(",")[0].rpartition(":")[2]
        return f"10.0.2.2:{port} {hashlib.sha256(secret).hexdigest()}"

    def verdict(self):
        """The next line of the verifier."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.verifier.stdout, selectors.EVENT_READ)
            while b"\n" not in self.said:
                if not selector.select(PATIENCE):
                    raise RuntimeError("the verifier says nothing")
                data = os.read(self.verifier.stdout.fileno(), 4096)
                if not data:
                    raise RuntimeError("the verifier has ended")
                self.said += data
        line, self.said = self.said.split(b"\n", 1)
        return line.decode()

    def stop_verifier(self):
        if self.verifier:
            self.verifier.kill()
            self.verifier.wait()
            self.verifier.stdout.close()
            self.verifier = None
