"""Certificate authorities of the tests' own, and what they vouch for."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass(frozen=True)
class Authority:
    """PEM files: the authority's certificate, and a server's certificate and key."""

    root: Path
    certificate: Path
    key: Path


def make_authority(folder, name, hosts):
    """An authority and a server certificate of it for some host names."""
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"authority of {name}")])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    root = build(root_name, root_name, authority_key, authority_key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    server = build(subject, root_name, server_key, authority_key).add_extension(names, critical=False)
    authority = Authority(*(folder / f"{name}.{part}.pem" for part in ("root", "certificate", "key")))
    for path, builder in ((authority.root, root), (authority.certificate, server)):
        path.write_bytes(builder.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))
    authority.key.write_bytes(server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return authority


def build(subject, issuer, key, issuer_key):
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
