"""What KES does with key stores that fail, with damaged ciphertexts and bodies, and with strange names."""

import base64
import contextlib
import http.server
import json
import socket
import socketserver
import threading
import time

import pytest

from support.kes import KESServer, b64, make_client

ZERO_KEY = {"key": b64(bytes(32)), "cipher": "AES256"}
# Published: sixteen zero bytes under the zero key, of the three generations that say AES or nothing.
GENERATIONS = {
    "json": b64(
        b'{"aead":"AES-256-GCM-HMAC-SHA-256","iv":"xLxIN3tSCkg2xMafuvwUwg==","nonce":"gu0mGwUkwcvMEoi5",'
        b'"bytes":"WVgRjeIJm3w50C/l+y7y2i6mbNg5NCAqN1zvOYWZKmc="}'
    ),
    "messagepack": "lbFBRVMyNTYtR0NNX1NIQTI1NtkgNjY2ODdhYWRmODYyYmQ3NzZjOGZjMThiOGU5ZjhlMjDEEExv7LAd4oz0"
    "SaHZrX5LBufEDEKME1ow1CDfUFrqv8QgJuy7Sw+jVqz99TK1HV851LT3K4mwwDv46TB2ngWkAJQ=",
    "headerless": "zwdDgHeRlIFRnJ7+DIhs/ka7GFK2CFSfDELqg1VCyTQzZ58o7MAdupMLk3ZjlMo2ZUDwldL2o41nAWDc",
}
NOT_AUTHENTIC = b'{"message":"decryption failed: ciphertext is not authentic"\n}'


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    return make_client(tmp_path_factory.mktemp("admin"), "admin")[0]


@pytest.fixture(scope="module")
def server(admin, tmp_path_factory):
    config = f"admin: {{ identity: {admin.identity} }}\nkeystore: {{ fs: {{ path: ./keys }} }}"
    server = KESServer(tmp_path_factory.mktemp("kes"), config).start()
    assert server.call(admin, "POST", "/v1/key/import/zero", ZERO_KEY).status == 200
    yield server
    assert server.stop() == 0


# Ciphertexts


@pytest.mark.parametrize("generation", GENERATIONS)
def test_ciphertexts_of_every_generation_open_whole_and_unchanged_only(server, admin, generation):
    link = server.connect(admin)
    whole = base64.b64decode(GENERATIONS[generation])

    def opened(ciphertext):
        body = {"ciphertext": b64(ciphertext)}
        return server.call(admin, "POST", "/v1/key/decrypt/zero", body, connection=link)

    assert opened(whole).json == {"plaintext": b64(bytes(16))}
    changed = [whole[:count] for count in range(0, len(whole), 5)]
    # What says nothing, such as the id of the key, may change; no change gives another plaintext.
    for place in range(0, len(whole), 3):
        changed.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    refused = 0
    for ciphertext in changed:
        answer = opened(ciphertext)
        if answer.status == 200:
            assert answer.json == {"plaintext": b64(bytes(16))}
        else:
            assert (answer.status, answer.body) == (400, NOT_AUTHENTIC)
            refused += 1
    assert refused > len(changed) // 2
    assert opened(b"").body == opened(bytes(43)).body == NOT_AUTHENTIC
    assert opened(whole).status == 200
    link.close()


# Bodies and names


@pytest.mark.parametrize("size", [999_999, 1_000_000, 1_000_001])
def test_a_body_of_a_million_bytes_is_the_longest(server, admin, size):
    shell = len(json.dumps({"plaintext": ""}))
    body = json.dumps({"plaintext": "A" * (size - shell)})
    answer = server.call(admin, "POST", "/v1/key/encrypt/zero", body)
    if size > 1_000_000:
        assert (answer.status, answer.message) == (400, "invalid request body")
    else:
        # Base64 comes in fours.
        assert answer.status == (200 if (size - shell) % 4 == 0 else 400)


@pytest.mark.parametrize(
    ("name", "is_name"),
    [
        ("a", True),
        ("-", False),
        ("_", False),
        ("__", True),
        ("a-", False),
        ("-a", False),
        ("a-_-a", True),
        ("a" * 80, True),
        ("a" * 81, False),
        ("..", False),
        ("a%2Fb", False),
        ("a/b", False),
        ("%2e%2e%2fkeys", False),
        ("a%00", False),
        ("%C3%A9", False),
        ("a%20b", False),
        ("", False),
    ],
)
def test_names_at_every_edge(server, admin, name, is_name):
    created = server.call(admin, "POST", f"/v1/key/create/{name}")
    used = server.call(admin, "POST", f"/v1/key/generate/{name}", {})
    if is_name:
        assert (created.status, used.status) == (200, 200)
        assert server.call(admin, "DELETE", f"/v1/key/delete/{name}").status == 200
        assert server.call(admin, "POST", f"/v1/key/generate/{name}", {}).status == 404
    else:
        assert (created.status, used.status) == (400, 400)
        assert "is empty, too long or contains invalid characters" in created.message
        assert created.message == used.message


# Key stores


class Store:
    """A key store on AWS's protocol that behaves as it is told."""

    def __init__(self):
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                store.answer(self, "status")

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                store.answer(self, self.headers["X-Amz-Target"].split(".")[1])

            def setup(self):
                super().setup()
                store.connections.append(self.connection)

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        self.behaviour = "serves"
        self.connections = []
        self.released = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, call):
        if self.behaviour == "hangs":
            self.released.wait(30)
        if self.behaviour == "breaks off":
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
            request.close_connection = True
            return
        if self.behaviour == "disappears":
            request.close_connection = True
            return
        if self.behaviour == "is no HTTP":
            request.wfile.write(b"\x16\x03\x01 what?\r\n\r\n")
            request.close_connection = True
            return
        status, body = self.said(call)
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def said(self, call):
        if self.behaviour == "fails":
            return 500, b'{"__type":"InternalServiceError"}'
        if self.behaviour == "is no JSON":
            return 200, b"<html>"
        if self.behaviour == "has no key":
            return 200, json.dumps({"SecretString": "no key at all"}).encode()
        if self.behaviour == "has nothing":
            return 200, b"{}"
        if call == "GetSecretValue":
            return 200, json.dumps({"SecretString": json.dumps({"bytes": b64(bytes(32))})}).encode()
        return 200, b"{}"

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def store():
    store = Store()
    yield store
    store.close()


@pytest.fixture
def remote(store, admin, tmp_path):
    config = f"""
admin: {{ identity: {admin.identity} }}
api: {{ /v1/key/generate/: {{ timeout: 1500ms }} }}
keystore:
  aws:
    secretsmanager:
      endpoint: http://127.0.0.1:{store.port}
      region: us-east-1
      credentials: {{ accesskey: a, secretkey: b }}"""
    server = KESServer(tmp_path, config).start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    "behaviour",
    ["fails", "is no JSON", "has no key", "has nothing", "is no HTTP", "breaks off", "disappears"],
)
def test_a_key_store_that_fails_is_told_of_and_harms_nothing(remote, store, admin, behaviour):
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    store.behaviour = behaviour
    refused = remote.call(admin, "POST", "/v1/key/decrypt/other", {"ciphertext": b64(bytes(60))})
    assert (refused.status, refused.body) == (502, b'{"message":"failed to read key"\n}')
    # The operator learns why, and keys in memory serve.
    assert "failed to read key" in (remote.folder / "err.log").read_text()
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    store.behaviour = "serves"
    assert remote.call(admin, "POST", "/v1/key/generate/other", {}).status == 200


def test_a_key_store_that_hangs_costs_its_requests_their_time_and_no_other(remote, store, admin):
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    store.behaviour = "hangs"
    begin = time.monotonic()
    # Past the time of its route the connection is cut.
    with pytest.raises((ConnectionError, OSError)):
        remote.call(admin, "POST", "/v1/key/generate/other", {})
    assert 1 < time.monotonic() - begin < 8
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    assert remote.call(admin, "GET", "/version").status == 200
    store.behaviour = "serves"
    store.released.set()
    assert remote.call(admin, "POST", "/v1/key/generate/other", {}).status == 200


def test_readiness_and_status_tell_of_a_key_store_that_is_away(remote, store, admin):
    assert remote.call(admin, "GET", "/v1/ready").body == b""
    assert remote.call(admin, "GET", "/v1/status").json["keystore_latency"] >= 1
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    store.close()
    away = remote.call(admin, "GET", "/v1/ready")
    assert (away.status, away.message) == (504, "key store is not reachable")
    status = remote.call(admin, "GET", "/v1/status").json
    assert status["keystore_unreachable"] is True and status["keystore_unavailable"] is True
    assert "keystore_latency" not in status
    assert remote.call(admin, "POST", "/v1/key/generate/kept", {}).status == 200
    assert remote.call(admin, "POST", "/v1/key/generate/other", {}).status == 502
