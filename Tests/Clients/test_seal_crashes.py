"""Rotations and migrations of the keyring that are killed at any moment leave it whole."""

import random
import re
import subprocess
import time

import pytest

from support.seals import SealConfiguration, all_decrypt, migrate, passphrase_seal, run, some_blobs
from support.server import BINARY, clean_environment

KILLS = 16


@pytest.fixture
def deployment(own_server):
    """A server that is stopped, with ciphertexts of it."""
    blobs = some_blobs(own_server)
    own_server.stop()
    return own_server, blobs


def kill_while(server, arguments, environment, after):
    """Kills a command so many seconds after its start; gives whether it had ended by itself."""
    with subprocess.Popen(
        [BINARY, *map(str, arguments), "--data", server.data],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(**environment),
    ) as process:
        try:
            said = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return False
        assert process.returncode == 0, said
        return True


class Moments:
    """When to kill a command: until a little after its end, however busy the machine becomes."""

    def __init__(self, seed, whole):
        self.random, self.whole = random.Random(seed), whole

    def next(self):
        return self.random.uniform(self.whole * 0.05, self.whole * 1.1)

    def learn(self, has_ended, has_changed):
        """Takes the command to be quicker when it ended by itself, slower when it had changed nothing."""
        self.whole *= 0.8 if has_ended else 1 if has_changed else 1.25


def duration(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def test_a_killed_rotation_leaves_the_old_keyring_or_the_new_one(deployment):
    server, blobs = deployment
    whole = duration(lambda: server.command("seal", "rotate", "--reseal"))
    moments = Moments(7, whole)
    known = versions(server)
    ended = 0
    for _ in range(KILLS):
        has_ended = kill_while(server, ["seal", "rotate", "--reseal"], {}, moments.next())
        ended += has_ended
        now = versions(server)
        assert now[: len(known)] == known and len(now) - len(known) in (0, 1)
        moments.learn(has_ended, now != known)
        known = now
    assert ended < KILLS, "no rotation was killed"
    server.start()
    assert all_decrypt(server, blobs)
    server.stop()
    server.command("seal", "rotate", "--no-rotate", "--reseal")
    assert "of which 0 are" in server.command("seal", "status", "--records").stdout
    assert "verified" in server.command("trail", "verify").stdout


def versions(server):
    return re.findall(r"root key (\d+): (\S+)", server.command("seal", "status").stdout)


def test_a_killed_migration_leaves_one_of_the_two_seals(deployment):
    server, blobs = deployment
    seals = [SealConfiguration("file"), passphrase_seal()]
    current = 0
    whole = duration(lambda: migrate(server, seals[0], seals[1]))
    current = which_opens(server, seals)
    assert current == 1
    moments = Moments(11, whole)
    ended = moved = 0
    for _ in range(KILLS):
        old, new = seals[current], seals[1 - current]
        has_ended = kill_while(
            server,
            ["seal", "migrate", *old.arguments, *new.target_arguments],
            {**old.environment, **new.target_environment},
            moments.next(),
        )
        ended += has_ended
        now = which_opens(server, seals)
        moments.learn(has_ended, now != current)
        moved += now != current
        current = now
    assert ended < KILLS and moved > 0, (ended, moved)
    server.settings |= seals[current].settings
    server.environment |= seals[current].environment
    server.start()
    assert all_decrypt(server, blobs)
    server.stop()
    assert run(server, "trail", "verify", seal=seals[current]).returncode == 0


def which_opens(server, seals):
    """The only seal of several that opens the keyring."""
    opening = [
        number
        for number, seal in enumerate(seals)
        if run(server, "seal", "status", seal=seal).returncode == 0
    ]
    assert len(opening) == 1
    return opening[0]
