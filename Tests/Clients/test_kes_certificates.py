"""Which clients the KES server lets in, by what they show in the handshake."""

import http.client
import ssl
import urllib.parse

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.kes import Client, KESServer, make_client


def server_for(folder, *clients, more="", admin="disabled", flags=()):
    """A server with a policy that lets these clients see its status."""
    names = ", ".join(client.identity for client in clients)
    return KESServer(
        folder,
        f"""
admin: {{ identity: {admin} }}
policy:
  all:
    allow: [ /v1/status ]
    identities: [ {names} ]
keystore: {{ fs: {{ path: ./keys }} }}
{more}""",
        flags,
    ).start()


def refused(server, client):
    """Whether the handshake fails; with TLS 1.3 a client hears of it when it first reads."""
    try:
        server.call(client, "GET", "/version")
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
        return True
    return False


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("days", [1, -1])
def test_self_signed_certificates_name_their_keys(tmp_path, kind, days):
    client, _ = make_client(tmp_path, "client", kind, days=days)
    other, _ = make_client(tmp_path, "other", kind)
    server = server_for(tmp_path, client)
    assert server.call(client, "GET", "/v1/status").status == 200
    assert server.call(other, "GET", "/v1/status").status == 403
    assert refused(server, None)
    assert server.stop() == 0


def test_certificates_of_authorities_are_nobody_and_several_are_refused(tmp_path):
    authority, issuer = make_client(tmp_path, "authority", is_authority=True)
    client, _ = make_client(tmp_path, "client", issuer=issuer)
    other, _ = make_client(tmp_path, "other")
    server = server_for(tmp_path, client, authority)
    chain = tmp_path / "chain.crt"
    chain.write_bytes(client.certificate.read_bytes() + authority.certificate.read_bytes())
    assert server.call(Client(chain, client.key, ""), "GET", "/v1/status").status == 200
    alone = server.call(authority, "GET", "/v1/status")
    assert (alone.status, alone.message) == (400, "tls: client certificate is required")
    chain.write_bytes(client.certificate.read_bytes() + other.certificate.read_bytes())
    several = server.call(Client(chain, client.key, ""), "GET", "/v1/status")
    assert (several.status, several.message) == (400, "tls: received more than one client certificate")
    assert server.stop() == 0


@pytest.mark.parametrize("said", ["flag", "configuration"])
def test_verified_certificates(tmp_path, said):
    authority, issuer = make_client(tmp_path, "authority", "ecdsa", is_authority=True)
    purposes = {"client": [ExtendedKeyUsageOID.CLIENT_AUTH], "server": [ExtendedKeyUsageOID.SERVER_AUTH]}
    good, _ = make_client(tmp_path, "good", issuer=issuer, purposes=purposes["client"])
    plain, _ = make_client(tmp_path, "plain", issuer=issuer)
    expired, _ = make_client(tmp_path, "expired", issuer=issuer, days=-1)
    wrong, _ = make_client(tmp_path, "wrong", issuer=issuer, purposes=purposes["server"])
    alone, _ = make_client(tmp_path, "alone")
    everybody = (good, plain, expired, wrong, alone)
    server = KESServer(tmp_path, "", ["--auth", "on"] if said == "flag" else [])
    tls = f"key: private.key\n  cert: public.crt\n  ca: {authority.certificate}"
    names = ", ".join(client.identity for client in everybody)
    server.configure(
        "admin: { identity: disabled }\nkeystore: { fs: { path: ./keys } }\n"
        f"policy: {{ all: {{ allow: [ /v1/status ], identities: [ {names} ] }} }}",
        tls if said == "flag" else tls + "\n  auth: on",
    )
    server.start()
    for client in (good, plain):
        assert server.call(client, "GET", "/v1/status").status == 200
    assert [refused(server, client) for client in (expired, wrong, alone)] == [True] * 3
    assert server.stop() == 0


def test_open_routes_need_no_certificate(tmp_path):
    client, _ = make_client(tmp_path, "client")
    server = server_for(tmp_path, client, more="api: { /v1/ready: { skip_auth: true } }")
    assert server.call(None, "GET", "/v1/ready").status == 200
    denied = server.call(None, "GET", "/v1/status")
    assert (denied.status, denied.body) == (400, b'{"message":"tls: client certificate is required"\n}')
    assert server.call(client, "GET", "/v1/status").status == 200
    assert server.stop() == 0


def test_proxies_name_their_clients_and_nobody_else_does(tmp_path):
    proxy, _ = make_client(tmp_path, "proxy")
    client, _ = make_client(tmp_path, "client")
    other, _ = make_client(tmp_path, "other")
    server = KESServer(tmp_path, "")
    server.configure(
        "admin: { identity: disabled }\nkeystore: { fs: { path: ./keys } }\n"
        f"policy: {{ all: {{ allow: [ /v1/status ], identities: [ {client.identity} ] }} }}",
        "key: private.key\n  cert: public.crt\n  proxy:\n"
        f"    identities: [ {proxy.identity} ]\n    header: {{ cert: X-Tls-Client-Cert }}",
    )
    server.start()
    shown = {
        "X-Tls-Client-Cert": urllib.parse.quote(client.certificate.read_text()),
        "X-Forwarded-For": "192.0.2.7, 10.0.0.1",
    }
    assert server.call(proxy, "GET", "/v1/status", headers=shown).status == 200
    assert "req.ip=192.0.2.7" in (tmp_path / "out.log").read_text()
    assert server.call(proxy, "GET", "/v1/status").message == "tls: client certificate is required"
    assert server.call(other, "GET", "/v1/status", headers=shown).status == 403
    assert server.stop() == 0
