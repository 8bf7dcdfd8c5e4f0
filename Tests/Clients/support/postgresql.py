"""A PostgreSQL server of its own in a temporary directory, from Debian's package.

As a program it runs a command beside such a server: `postgresql.py swift test` finds the server's address in
STRONGROOM_TEST_POSTGRES.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

USER, PASSWORD = "strongroom", "not-to-be-shown-9271"
START_SECONDS = 30
VARIABLE = "STRONGROOM_TEST_POSTGRES"


class PostgreSQL:
    """One server; it can be stopped in every way, and started again."""

    def __init__(self, settings=None):
        """`settings` go over the server's own, as in `{"max_connections": 20}`."""
        self.directory = Path(tempfile.mkdtemp(prefix="strongroom-pg-"))
        self.data = self.directory / "data"
        self.log = self.directory / "postgresql.log"
        self.port = free_port()
        self.process = None
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.directory,
            "autovacuum_naptime": "5s",
            "max_connections": 400,
            # Starting anew after a crash looks at every file of every database otherwise.
            "recovery_init_sync_method": "syncfs",
            **(settings or {}),
        }
        password = self.directory / "password"
        password.write_text(PASSWORD)
        give(self.directory)
        give(password)
        run_as_owner(
            program("initdb"),
            *("--pgdata", self.data, "--username", USER, "--pwfile", password, "--no-sync"),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
        )

    def start(self):
        """Starts the server and waits until it takes connections."""
        settings = [text for name, value in self.settings.items() for text in ("-c", f"{name}={value}")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*as_owner(), program("postgres"), "-D", self.data, "-p", str(self.port), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
            )
        deadline = time.monotonic() + START_SECONDS
        ready = [program("pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {self.log.read_text()}")
            time.sleep(0.05)
        return self

    def stop(self, how=signal.SIGQUIT):
        """SIGQUIT ends it at once, as `pg_ctl stop -m immediate` does; SIGINT ends it in order."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def adopt(self, name, path):
        """Makes a copy of a file the server's own, as it demands of the key of its certificate."""
        shutil.copyfile(path, self.data / name)
        (self.data / name).chmod(0o600)
        give(self.data / name)

    def create_database(self, name):
        """Makes an empty database and gives its address."""
        self.sql(f"CREATE DATABASE {name}", database="postgres")
        return self.address(name)

    def address(self, database="postgres", port=None, options=""):
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}{options}"

    def sql(self, text, database="postgres"):
        """Runs statements as the superuser; gives the rows as lists of text."""
        done = subprocess.run(
            [program("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t"]
            + ["--set=ON_ERROR_STOP=1", "--command", text, self.address(database)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines() if line]

    def cut_connections(self):
        """Ends every connection to the server but the one that asks; gives their number."""
        return len(
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )


def program(name):
    """A program of the newest PostgreSQL that Debian has installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run scripts/install-system")
    return found[-1]


def as_owner():
    """What goes before a command of the server's, which refuses to run as root."""
    # The server goes when the tests go, however they end.
    command = ["setpriv", "--pdeathsig=QUIT"]
    if os.geteuid() == 0:
        command += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    return command


def run_as_owner(*command):
    done = subprocess.run(
        [*as_owner(), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/"
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def give(path):
    """Makes a file or directory the server's."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(command):
    server = PostgreSQL()
    try:
        server.start()
        return subprocess.run(command, env={**os.environ, VARIABLE: server.address()}).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
