"""The servers of a run, each started when a section first needs it and stopped at the end."""

import datetime
import ipaddress
import sys
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.kes import make_client

from .kes_server import KES
from .rounds import contest
from .servers import Bare, Nginx, OpenBao, Strongroom


class Arena:
    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self.running = []

    def contest(self, entries, **options):
        return contest(
            self.folder,
            entries,
            self.options.rounds,
            self.progress,
            **{"seconds": self.options.seconds, "connections": self.options.connections, **options},
        )

    def progress(self, text):
        print(f"… {text}", file=sys.stderr, flush=True)

    def started(self, make, *arguments, **options):
        self.progress(f"starting {make.__name__}")
        server = make(*arguments, **options)
        self.running.append(server)
        return server

    @cached_property
    def certificate(self):
        return self_signed(self.folder)

    @cached_property
    def strongroom(self):
        return self.started(Strongroom, self.folder / "strongroom")

    @cached_property
    def strongroom_tls(self):
        return self.started(Strongroom, self.folder / "strongroom-tls", self.certificate)

    @cached_property
    def openbao(self):
        return self.started(OpenBao, self.folder, self.certificate)

    @cached_property
    def bare(self):
        return self.started(Bare, self.folder)

    @cached_property
    def bare_tls(self):
        return self.started(Bare, self.folder, self.certificate)

    @cached_property
    def raw(self):
        return self.started(Bare, self.folder, raw=True)

    @cached_property
    def raw_tls(self):
        return self.started(Bare, self.folder, self.certificate, raw=True)

    @cached_property
    def identity(self):
        """A client's certificate and key, Ed25519 as API keys are."""
        client, _ = make_client(self.folder, "client")
        return (client.certificate, client.key), client.identity

    @cached_property
    def kes(self):
        return self.started(KES, self.folder / "kes", self.certificate, *self.identity)

    @cached_property
    def bare_mtls(self):
        return self.started(Bare, self.folder, self.certificate, identity=self.identity[0])

    @cached_property
    def nginx_mtls(self):
        """None where it is not installed."""
        if not Nginx.is_installed():
            return None
        return self.started(Nginx, self.folder, '{"ciphertext":"A"}', self.certificate, self.identity[0])

    @cached_property
    def nginx(self):
        """None where it is not installed."""
        body = '{"CiphertextBlob":"' + "A" * 280 + '"}'
        return self.started(Nginx, self.folder, body) if Nginx.is_installed() else None

    def close(self):
        for server in reversed(self.running):
            server.stop()


def self_signed(folder):
    """A P-256 certificate for 127.0.0.1 and its key, as PEM files; all servers use the same."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
