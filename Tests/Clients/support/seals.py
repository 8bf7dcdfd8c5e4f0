"""Seals for servers of their own: how to configure each kind, and commands that open what it keeps."""

import contextlib
import os
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .clients import kms_client
from .copies import stored_value
from .server import BINARY, REGION, Server, clean_environment

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
KEYRING = ("seal.keyring", b"root")


@dataclass
class SealConfiguration:
    """The flags and variables that tell a process which seal to open."""

    kind: str
    flags: dict = field(default_factory=dict)
    variables: dict = field(default_factory=dict)

    @property
    def settings(self):
        return {"seal": self.kind, **self.flags}

    @property
    def arguments(self):
        return [text for name, value in self.settings.items() for text in (f"--{name}", str(value))]

    @property
    def environment(self):
        return dict(self.variables)

    @property
    def target_arguments(self):
        """The same seal as the one to move to."""
        return [text for name, value in self.settings.items() for text in (f"--to-{name}", str(value))]

    @property
    def target_environment(self):
        """Its secrets under the names that a target's have; what AWS's clients read stays."""
        return {
            name.replace("STRONGROOM_", "STRONGROOM_TO_"): value for name, value in self.variables.items()
        }


def file_seal(folder):
    return SealConfiguration("file", {"seal-key": folder / "a-seal.key"})


def passphrase_seal(text="correct horse battery staple"):
    return SealConfiguration("passphrase", variables={"STRONGROOM_SEAL_PASSPHRASE": text})


class SoftwareTokens:
    """Tokens of SoftHSM2 in a directory of their own."""

    PIN = "user-pin-93"

    def __init__(self, folder):
        self.configuration = folder / "softhsm2.conf"
        tokens = folder / "tokens"
        tokens.mkdir()
        self.configuration.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(self.configuration)}

    def util(self, *arguments):
        subprocess.run(
            ["softhsm2-util", *arguments],
            check=True,
            capture_output=True,
            env={**os.environ, **self.environment},
        )

    def make(self, label):
        self.util("--init-token", "--free", "--label", label, "--pin", self.PIN, "--so-pin", "officer-pin")

    def remove(self, label):
        self.util("--delete-token", "--token", label)

    def seal(self, label, key="root keyring"):
        flags = {"seal-pkcs11-module": SOFTHSM, "seal-pkcs11-token": label, "seal-pkcs11-key": key}
        return SealConfiguration("pkcs11", flags, {"STRONGROOM_SEAL_PKCS11_PIN": self.PIN})


def kms_seal(keeper, key, **more):
    """The seal whose key another server keeps, called with that server's root credentials."""
    flags = {"seal-kms-key": key, "seal-kms-endpoint": keeper.endpoint, "seal-kms-region": REGION, **more}
    return SealConfiguration("kms", flags)


def sealed_server(folder, seal, environment=None):
    folder.mkdir(exist_ok=True)
    return Server(folder, seal.settings, {**seal.environment, **(environment or {})})


def run(server, *arguments, seal=None, environment=None, **options):
    """Runs a command on a server's data, with the options of a seal; gives the finished process."""
    return subprocess.run(
        [BINARY, *map(str, arguments), "--data", server.data, *(seal.arguments if seal else [])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        env=clean_environment(**{**(seal.environment if seal else {}), **(environment or {})}),
        **options,
    )


def migrate(server, old, new, environment=None):
    return run(
        server,
        "seal",
        "migrate",
        *new.target_arguments,
        seal=old,
        environment={**new.target_environment, **(environment or {})},
    )


@contextlib.contextmanager
def database(server):
    """The SQLite file of a server, changed behind its back."""
    connection = sqlite3.connect(Path(server.data) / "strongroom.sqlite")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def read_keyring(server):
    with database(server) as connection:
        return stored_value(connection, *KEYRING)


def write_keyring(server, value):
    with database(server) as connection:
        connection.execute("UPDATE records SET value = ? WHERE kind = ? AND key = ?", (value, *KEYRING))


def some_blobs(server, count=3):
    """Ciphertexts of new keys, each with its plaintext."""
    kms, blobs = kms_client(server), {}
    for number in range(count):
        key, text = kms.create_key()["KeyMetadata"]["Arn"], b"plaintext %d" % number
        blobs[kms.encrypt(KeyId=key, Plaintext=text)["CiphertextBlob"]] = text
    return blobs


def all_decrypt(server, blobs):
    kms = kms_client(server)
    return {blob: kms.decrypt(CiphertextBlob=blob)["Plaintext"] for blob in blobs} == blobs
