"""Copies of stores: the commands that make them, and a deployment to be found again in one."""

import os
import shutil
import sqlite3
import subprocess

from .clients import key_arn, kms_client
from .server import BINARY, Server, clean_environment


def strongroom(*arguments, data=None):
    """Runs a command to its end."""
    return subprocess.run(
        [BINARY, *arguments, *(["--data", data] if data else [])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        env=clean_environment(),
    )


def succeed(*arguments, data=None):
    done = strongroom(*arguments, data=data)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def sentence(*arguments, data=None):
    """What a command says when it refuses: one line."""
    done = strongroom(*arguments, data=data)
    said = done.stderr.decode()
    assert done.returncode != 0 and "Fatal" not in said, said
    assert said.count("\n") == 1, said
    return said


def carry_seal(source, target):
    """Brings what opens the records to another data directory; older stores keep the keyring beside them."""
    target.mkdir(mode=0o700, exist_ok=True)
    for name in ("seal.key", "keyring"):
        if (source / name).exists():
            shutil.copy(source / name, target / name)


def served(directory, data):
    """A server on data that were brought there."""
    directory.mkdir(exist_ok=True)
    server = Server(directory)
    data.rename(server.data)
    return server.start()


def stored_value(database, kind, key):
    """A record's value as it lies in a SQLite file, sealed; long ones lie apart from their keys."""
    rows = database.execute(
        "SELECT coalesce(long_values.value, records.value) FROM records "
        "LEFT JOIN long_values USING (version) WHERE kind = ? AND key = ?",
        (kind, key),
    )
    return rows.fetchone()[0]


def add_filler(store, count):
    """Adds records of a kind that no service reads, so that copying takes a while."""
    database = sqlite3.connect(store)
    with database:
        (latest,) = database.execute("SELECT max(sequence) FROM changes").fetchone()
        rows = [
            ("test.filler", b"%08d" % number, os.urandom(1500), latest + 1 + number)
            for number in range(count)
        ]
        database.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        database.executemany(
            "INSERT INTO changes VALUES (?, ?, ?, 0)", [(row[3], row[0], row[1]) for row in rows]
        )
    database.close()


def kept_deployment(directory):
    """A stopped deployment with a key, an alias and a blob, and its backup."""
    server = Server(directory).start()
    kms = kms_client(server)
    arn = key_arn(kms, Description="to be restored")
    kms.create_alias(AliasName="alias/kept", TargetKeyId=arn)
    blob = kms.encrypt(KeyId=arn, Plaintext=b"kept", EncryptionContext={"a": "b"})["CiphertextBlob"]
    root = server.root
    assert server.stop() == 0
    file = directory / "a.backup"
    succeed("backup", file, data=server.data)
    return Kept(server.data, file, root, arn, blob)


class Kept:
    """What a deployment had, to be found again."""

    def __init__(self, data, file, root, arn, blob):
        self.data, self.file, self.root, self.arn, self.blob = data, file, root, arn, blob

    def found_by(self, server):
        kms = kms_client(server, self.root)
        assert kms.describe_key(KeyId="alias/kept")["KeyMetadata"]["Arn"] == self.arn
        answer = kms.decrypt(CiphertextBlob=self.blob, EncryptionContext={"a": "b"})
        assert answer["Plaintext"] == b"kept"
        # A key made now lives beside the old ones.
        assert kms.encrypt(KeyId=key_arn(kms), Plaintext=b"new")["CiphertextBlob"]


def begin(*arguments):
    return subprocess.Popen(
        [BINARY, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
