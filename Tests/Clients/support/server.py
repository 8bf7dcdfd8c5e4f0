"""Starts, stops and administers a Strongroom server of its own in a temporary directory."""

import configparser
import contextlib
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("STRONGROOM_BINARY", ROOT / ".build" / "release" / "strongroom"))
READY_SECONDS = 30
STOP_SECONDS = 30
REGION = "us-east-1"
OTHER_REGION = "eu-west-1"
PORT_LOCK = threading.Lock()
PORTS = itertools.cycle(random.sample(range(20_000, 32_000), 12_000))


@dataclass(frozen=True)
class Credentials:
    access_key: str
    secret_key: str


class Server:
    """One server process with its data directory; it can be stopped, killed and started again."""

    def __init__(self, directory: Path, settings=None, environment=None, prefix=()):
        """`settings` are flags without their dashes, over the usual ones; None takes one away.

        `prefix` is what every command begins with, to run it where it sees other files.
        """
        self.prefix = list(prefix)
        self.data = directory / "data"
        self.log = directory / "server.log"
        self.output = directory / "server.out"
        self.port = free_port()
        self.process = None
        self.environment = clean_environment(**(environment or {}))
        self.settings = {
            "data": self.data,
            "aws-address": f"127.0.0.1:{self.port}",
            "console-address": "off",
            "kes-address": "off",
            "regions": f"{REGION},{OTHER_REGION}",
            **(settings or {}),
        }

    @property
    def endpoint(self):
        return f"{'https' if 'tls-key' in self.settings else 'http'}://127.0.0.1:{self.port}"

    def start(self):
        """Starts the server and waits until it says that it is ready."""
        offset = self.log.stat().st_size if self.log.exists() else 0
        flags = [
            text
            for name, value in self.settings.items()
            if value is not None
            for text in (f"--{name}", value)
        ]
        with open(self.log, "ab") as log, open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [*self.prefix, BINARY, "serve", *flags],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env=self.environment,
            )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            said = self.log.read_bytes()[offset:]
            if re.search(rb"\bready\b", said):
                return self
            if self.process.poll() is not None:
                raise RuntimeError(f"the server exited with {self.process.returncode}: {said.decode()}")
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the server was not ready in {READY_SECONDS} s: {said.decode()}")

    def stop(self):
        """Asks the server to stop, as a service manager does, and gives its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process = None
        return code

    def kill(self):
        """Ends the server as a crash would: with no chance to finish anything."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        self.process = None

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def root(self):
        """The root credentials that the first start wrote."""
        return read_profile((self.data / "credentials").read_text())

    def command(self, *arguments, data=None, check=True):
        """Runs an administration command on the data directory; gives the finished process."""
        done = subprocess.run(
            [*self.prefix, BINARY, *arguments, "--data", data or self.data],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.environment,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{arguments} exited with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def create_account(self):
        """A further account and its id."""
        done = self.command("account", "create")
        return re.search(r"\b\d{12}\b", done.stdout + done.stderr).group()

    def create_access_key(self, user=None, account=None, policies=()):
        """An access key of a user, who is made when missing, or of the account's root."""
        arguments = ["access-key", "create"]
        if account:
            arguments += ["--account", account]
        if user:
            arguments += ["--user", user]
        for policy in policies:
            arguments += ["--policy", policy]
        return read_profile(self.command(*arguments).stdout)


def read_profile(text):
    """The first profile of an AWS shared-credentials file."""
    parser = configparser.ConfigParser()
    parser.read_string(text[text.index("[") :])
    profile = parser[parser.sections()[0]]
    return Credentials(profile["aws_access_key_id"], profile["aws_secret_access_key"])


def free_port():
    """A port that nobody has, and that nobody is given again in this run.

    Below those that the system gives to clients, so that no connection takes it before a server does.
    """
    while True:
        with PORT_LOCK:
            port = next(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def clean_environment(**more):
    """The environment without what would change how AWS clients, or the server, behave."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "STRONGROOM_")) and name.lower() not in PROXY_VARIABLES
    }
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", **more}


PROXY_VARIABLES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
