"""Several servers on one PostgreSQL database."""

import http.client
import json
import re
import shutil
import time

from .server import Server, free_port

SHARED = ("keyring", "seal.key", "credentials")


def node(directory, address, like=None, settings=None, environment=None):
    """A server whose records are in a database; `like` is a node of the same deployment."""
    directory.mkdir()
    server = Server(
        directory,
        {"console-address": f"127.0.0.1:{free_port()}", **(settings or {})},
        {"STRONGROOM_STORE": address, **(environment or {})},
    )
    if like is not None:
        server.data.mkdir(mode=0o700)
        for name in SHARED:
            if (like.data / name).exists():
                shutil.copy2(like.data / name, server.data / name)
    return server


def events(server):
    """All events of a server's trail."""
    return [json.loads(line) for line in server.command("trail", "show").stdout.splitlines()]


def readiness(server):
    """The status of `/readyz`."""
    host, port = server.settings["console-address"].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


def logged(server, pattern):
    """How many lines of a server's log match."""
    return sum(bool(re.search(pattern, line)) for line in server.log.read_text().splitlines())


def wait_for(condition, seconds, what):
    """Waits until a condition holds, and gives how long that took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, what
        time.sleep(0.01)
    return time.monotonic() - started
