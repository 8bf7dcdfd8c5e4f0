"""A KES server of its own in a temporary directory, and raw clients of it."""

import base64
import datetime
import http.client
import json
import os
import signal
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from support.server import BINARY, free_port

KES = Path(os.environ.get("KES_BINARY", BINARY.parent / "kes"))
READY_SECONDS = 30


def kes(*arguments, cwd=None, **environment):
    """Runs the command line with nothing of KES in its environment but what is given."""
    clean = {name: value for name, value in os.environ.items() if "KES" not in name}
    return subprocess.run(
        [KES, *map(str, arguments)],
        cwd=cwd,
        env={**clean, **{name: str(value) for name, value in environment.items()}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@dataclass(frozen=True)
class Client:
    """A client certificate and its key, as PEM files."""

    certificate: Path
    key: Path
    identity: str


def make_key(kind):
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ecdsa":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def make_client(folder, name, kind="ed25519", days=1, is_authority=False, issuer=None, purposes=None):
    """A certificate, self-signed or by `issuer`: a pair of a client and its private key."""
    key = make_key(kind)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    signer, signer_name = (key, subject) if issuer is None else issuer
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=signer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=3))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.sign(signer, algorithm)
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return Client(*files, digest.finalize().hex()), (key, subject)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json["message"]


class KESServer:
    """One server with its folder; `config` is the text of its configuration but for address and TLS."""

    def __init__(self, folder, config, flags=()):
        self.folder = folder
        self.port = free_port()
        self.flags = list(flags)
        self.process = None
        if not (folder / "private.key").exists():
            made = kes("identity", "new", "--ip", "127.0.0.1", "--dns", "localhost", "localhost", cwd=folder)
            assert made.returncode == 0, made.stderr
        self.configure(config)

    def configure(self, config, tls="key: private.key\n  cert: public.crt"):
        text = f"address: 127.0.0.1:{self.port}\ntls:\n  {tls}\n{config}"
        (self.folder / "config.yml").write_text(text)

    def start(self):
        with open(self.folder / "out.log", "wb") as output, open(self.folder / "err.log", "wb") as log:
            self.process = subprocess.Popen(
                [KES, "server", "--config", "config.yml", *self.flags],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
            )
        deadline = time.monotonic() + READY_SECONDS
        while b"Server is up and running" not in (self.folder / "out.log").read_bytes():
            assert self.process.poll() is None, (self.folder / "err.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def reload(self):
        """Has the configuration read again, and waits until it was, or was refused."""
        log = self.folder / "err.log"
        told = log.read_text().count("reloaded")
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while log.read_text().count("reloaded") == told:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def connect(self, client=None, timeout=10):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if client:
            context.load_cert_chain(client.certificate, client.key)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=timeout)

    def call(self, client, method, path, body=None, headers=None, connection=None):
        link = connection or self.connect(client)
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        link.request(method, path, data, headers or {})
        response = link.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        if connection is None:
            link.close()
        return answer


def b64(data):
    return base64.b64encode(data).decode()
