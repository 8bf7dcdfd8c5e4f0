"""A Redis server of its own in a temporary directory, from Debian's package."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .server import free_port

ADMINISTRATOR, PASSWORD = "default", "not-to-be-shown-4711"
START_SECONDS = 30


class Redis:
    """One server with a file of users; with a certificate it speaks TLS only."""

    def __init__(self, certificate=None, key=None):
        self.directory = Path(tempfile.mkdtemp(prefix="strongroom-redis-"))
        self.port = free_port()
        self.certificate = certificate
        self.users = self.directory / "users.acl"
        self.users.write_text(f"user {ADMINISTRATOR} on >{PASSWORD} ~* +@all\n")
        self.settings = {"bind": "127.0.0.1", "dir": self.directory, "save": '""', "aclfile": self.users}
        if certificate:
            self.settings |= {"port": 0, "tls-port": self.port, "tls-auth-clients": "no"}
            self.settings |= {
                "tls-cert-file": certificate,
                "tls-key-file": key,
                "tls-ca-cert-file": certificate,
            }
        else:
            self.settings["port"] = self.port
        self.process = None

    def start(self):
        """Starts the server and waits until it answers."""
        text = "".join(f"{name} {value}\n" for name, value in self.settings.items())
        (self.directory / "redis.conf").write_text(text)
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "redis-server", self.directory / "redis.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while self.ask(ADMINISTRATOR, PASSWORD, "PING") != "PONG":
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Redis does not start")
            time.sleep(0.05)
        return self

    def stop(self):
        self.process.kill()
        self.process.wait(START_SECONDS)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, user, password, *words):
        """The answer to a command of a user."""
        tls = ["--tls", "--cacert", self.certificate] if self.certificate else []
        done = subprocess.run(
            ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), *tls, "--no-auth-warning"]
            + ["--user", user, "--pass", password, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout.strip()
