"""TLS sessions that clients of KES resume: what was right when a session began need not be right any more."""

import ssl
import time

from support.kes import KESServer, make_client
from test_kes_lanes import GENERATE, Answers, raw, request, tls

# Long enough for a first handshake on a busy machine.
VALID_SECONDS = 5


def configure(server, authority, *clients):
    names = ", ".join(client.identity for client in clients)
    server.configure(
        "admin: { identity: disabled }\nkeys: [ { name: key-1 } ]\nkeystore: { fs: { path: ./keys } }\n"
        f"policy: {{ all: {{ allow: [ /v1/key/generate/* ], identities: [ {names} ] }} }}",
        "key: private.key\n  cert: public.crt"
        + (f"\n  ca: {authority.certificate}\n  auth: on" if authority else ""),
    )


def ask(server, client, context, session=None):
    """The status of one request, and the session of its connection."""
    connection = raw(server, client, session=session, context=context)
    assert connection.session_reused == (session is not None)
    connection.sendall(request(GENERATE))
    status = Answers(connection).next()[0]
    session = connection.session
    connection.close()
    return status, session


def is_refused(server, client, context, session):
    try:
        connection = raw(server, client, session=session, context=context)
        connection.sendall(request(GENERATE))
        return connection.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_no_session_outlives_the_authorities_that_it_began_under(tmp_path):
    first, issuer = make_client(tmp_path, "first", "ecdsa", is_authority=True)
    second, _ = make_client(tmp_path, "second", "ecdsa", is_authority=True)
    client, _ = make_client(tmp_path, "client", issuer=issuer)
    server = KESServer(tmp_path, "")
    configure(server, first, client)
    server.start()
    context = tls(client)
    status, session = ask(server, client, context)
    assert status == 200 and ask(server, client, context, session)[0] == 200
    configure(server, second, client)
    server.reload()
    assert is_refused(server, client, context, session) and is_refused(server, client, context, None)
    # Back again: a full handshake, and then sessions anew.
    configure(server, first, client)
    server.reload()
    connection = raw(server, client, session=session, context=context)
    assert not connection.session_reused
    connection.close()
    assert ask(server, client, context)[0] == 200
    assert server.stop() == 0


def test_a_certificate_that_expired_meanwhile_counts_where_authorities_do_not(tmp_path):
    authority, issuer = make_client(tmp_path, "authority", "ecdsa", is_authority=True)
    servers = []
    for name in ("strict", "lenient"):
        (tmp_path / name).mkdir()
        servers.append(KESServer(tmp_path / name, ""))
    client, _ = make_client(tmp_path, "client", issuer=issuer, days=VALID_SECONDS / 86_400)
    expires = time.time() + VALID_SECONDS
    strict, lenient = servers
    configure(strict, authority, client)
    configure(lenient, None, client)
    sessions = {}
    for server in servers:
        context = tls(client)
        status, session = ask(server.start(), client, context)
        assert status == 200
        sessions[server] = (context, session)
    time.sleep(max(0, expires - time.time()) + 1)
    assert is_refused(strict, client, *sessions[strict])
    assert (strict.folder / "out.log").read_text().count("req.path=" + GENERATE) == 1
    # It proves the possession of a key, and the policy names the key.
    assert ask(lenient, client, *sessions[lenient])[0] == 200
    assert [server.stop() for server in servers] == [0, 0]
