"""That KES answers the same whichever way a request takes: from memory, or through the HTTP library."""

import json
import re
import socket
import ssl
import subprocess
import time

import pytest

from support.kes import KES, KESServer, b64, make_client

ROUTES = ("create", "generate", "encrypt", "decrypt", "hmac", "delete", "describe")


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    return {name: make_client(folder, name)[0] for name in ("user", "other")}


def configuration(user, deny="/v1/key/*/never*"):
    allow = ", ".join(f"/v1/key/{route}/key*" for route in ROUTES)
    return f"""
admin: {{ identity: disabled }}
policy:
  users:
    allow: [ {allow}, /v1/status ]
    deny: [ "{deny}" ]
    identities: [ {user.identity} ]
keys: [ {{ name: key-1 }} ]
cache: {{ expiry: {{ any: 1h0m0s, unused: 1h0m0s }} }}
log: {{ audit: on }}
keystore: {{ fs: {{ path: ./keys }} }}"""


@pytest.fixture
def server(clients, tmp_path):
    server = KESServer(tmp_path, configuration(clients["user"])).start()
    yield server
    assert server.stop() == 0


def raw(server, client, protocol="http/1.1", session=None, context=None):
    """A TLS connection for bytes of our own."""
    if context is None:
        context = tls(client, protocol)
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    return context.wrap_socket(plain, session=session)


def tls(client, protocol="http/1.1"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    context.load_cert_chain(client.certificate, client.key)
    return context


def request(path, body=b"{}", *headers, method="POST"):
    lines = [f"{method} {path} HTTP/1.1", "Host: kes", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Answers:
    """Reads one answer after the other from a connection."""

    def __init__(self, connection):
        self.connection, self.bytes = connection, b""

    def next(self):
        while b"\r\n\r\n" not in self.bytes:
            self.more()
        head, rest = self.bytes.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(rest) < length:
            self.more()
            rest = self.bytes.split(b"\r\n\r\n", 1)[1]
        self.bytes = rest[length:]
        return int(head.split()[1]), rest[:length]

    def more(self):
        came = self.connection.recv(65536)
        assert came, "the server closed the connection"
        self.bytes += came


GENERATE = "/v1/key/generate/key-1"


def test_pipelined_requests_are_answered_in_their_order(server, clients):
    connection = raw(server, clients["user"])
    answers = Answers(connection)
    # By turns from memory, through the library, refused, and to a key that has to be read first.
    connection.sendall(
        b"".join(
            [
                request(GENERATE),
                request("/v1/key/describe/key-1", b"", method="GET"),
                request(GENERATE),
                request("/v1/key/generate/never-1"),
                request("/v1/key/generate/key-missing"),
                request("/v1/key/encrypt/key-1", b'{"plaintext":"AA=="}'),
                request("/v1/key/encrypt/key-1", b'{"plaintext":"\\u0041A=="}'),
                request("/v1/key/encrypt/key-1", b"[1]"),
            ]
            * 5
        )
    )
    for _ in range(5):
        seen = [answers.next() for _ in range(8)]
        assert [status for status, _ in seen] == [200, 200, 200, 403, 404, 200, 200, 400]
        assert b'"algorithm"' in seen[1][1] and b'"ciphertext"' in seen[6][1]
    connection.close()


def test_a_request_may_end_after_the_answers_to_those_before_it(server, clients):
    connection = raw(server, clients["user"])
    answers = Answers(connection)
    # The library has the connection from the first head on; the key store keeps the second request waiting.
    first = request("/v1/key/create/key-2", b"", "Trailer: X")
    last = request("/v1/key/encrypt/key-1", b'{"plaintext":"AA=="}')
    connection.sendall(first + request(GENERATE) + last[:-9])
    assert [answers.next()[0] for _ in range(2)] == [200, 200]
    connection.sendall(last[-9:])
    status, said = answers.next()
    assert status == 200 and b'"ciphertext"' in said
    connection.close()


@pytest.mark.parametrize("size", [1, 7, 50])
def test_a_request_may_come_in_pieces(server, clients, size):
    connection = raw(server, clients["user"])
    answers = Answers(connection)
    whole = request("/v1/key/encrypt/key-1", b'{"plaintext":"' + b"A" * 40 + b'"}') * 2
    for start in range(0, len(whole), size):
        connection.sendall(whole[start : start + size])
    assert [answers.next()[0] for _ in range(2)] == [200, 200]
    connection.close()


def test_what_is_not_plain_is_answered_the_same(server, clients):
    body = b'{"context":"YQ=="}'
    chunked = b"POST %s HTTP/1.1\r\nHost: kes\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n%s\r\n0\r\n\r\n" % (
        GENERATE.encode(),
        body,
    )
    forms = [
        request(GENERATE, body),
        request(GENERATE, body, method="PUT"),
        chunked,
        request(GENERATE.replace("key-1", "key%2D1"), body),
        request(GENERATE + "?enclave=x", body),
        request(GENERATE, body, "X-Forwarded-For: 1.2.3.4", "X-Empty:"),
        request(GENERATE, b""),
        request(GENERATE, b'{"context":null}'),
        request(GENERATE, b'{"context":"YQ==","version":1}'),
    ]
    connection = raw(server, clients["user"])
    answers = Answers(connection)
    for form in forms:
        connection.sendall(form)
        status, said = answers.next()
        assert status == 200, form
        made = json.loads(said)
        context = "YQ==" if b"YQ==" in form else ""
        again = json.dumps({"ciphertext": made["ciphertext"], "context": context}).encode()
        connection.sendall(request("/v1/key/decrypt/key-1", again))
        assert json.loads(answers.next()[1]) == {"plaintext": made["plaintext"]}
    connection.sendall(request(GENERATE, body, "Connection: close"))
    assert answers.next()[0] == 200
    assert connection.recv(1) == b""


def test_expectations_and_old_versions(server, clients):
    connection = raw(server, clients["user"])
    head, body = request(GENERATE, b"{}", "Expect: 100-continue").split(b"\r\n\r\n")
    connection.sendall(head + b"\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
    connection.sendall(body)
    assert Answers(connection).next()[0] == 200
    connection.sendall(b"POST %s HTTP/1.0\r\nHost: kes\r\nContent-Length: 2\r\n\r\n{}" % GENERATE.encode())
    assert Answers(connection).next()[0] == 200


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x00\x01\x02\x03" * 8,
        b"POST " + GENERATE.encode() + b" HTTP/1.1\r\nHost: kes\r\nContent-Length: x\r\n\r\n",
        b"POST " + GENERATE.encode() + b" HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"GET " + b"/" * 40_000,
        request(GENERATE, b"", *[f"X-{number}: 1" for number in range(300)]),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_garbage_is_refused_and_the_server_goes_on(server, clients, bytes_):
    connection = raw(server, clients["user"])
    connection.sendall(bytes_ + b"\r\n\r\n")
    said = b""
    while came := connection.recv(65536):
        said += came
    assert said == b"" or said.startswith(b"HTTP/1.1 4")
    assert server.call(clients["user"], "POST", GENERATE, {}).status == 200


def test_a_policy_that_changes_holds_on_open_connections(server, clients):
    link = server.connect(clients["user"])
    assert server.call(clients["user"], "POST", GENERATE, {}, connection=link).status == 200
    server.configure(configuration(clients["user"], deny="/v1/key/generate/*"))
    server.reload()
    refused = server.call(clients["user"], "POST", GENERATE, {}, connection=link)
    assert (refused.status, refused.message) == (403, "not authorized: insufficient permissions")
    allowed = server.call(clients["user"], "POST", "/v1/key/encrypt/key-1", {}, connection=link)
    assert allowed.status == 200
    server.configure(configuration(clients["other"]))
    server.reload()
    assert server.call(clients["user"], "POST", "/v1/key/encrypt/key-1", {}, connection=link).status == 403
    link.close()


def test_a_deleted_key_is_gone_at_once(server, clients):
    user, link = clients["user"], server.connect(clients["user"])
    assert server.call(user, "POST", "/v1/key/create/key-2", connection=link).status == 200
    assert server.call(user, "POST", "/v1/key/generate/key-2", {}, connection=link).status == 200
    assert server.call(user, "DELETE", "/v1/key/delete/key-2", connection=link).status == 200
    assert server.call(user, "POST", "/v1/key/generate/key-2", {}, connection=link).status == 404
    link.close()


def test_every_request_is_in_the_audit_log_before_its_answer(server, clients):
    log = server.folder / "out.log"
    link, user = server.connect(clients["user"]), clients["user"]
    for number in range(1, 31):
        assert server.call(user, "POST", GENERATE, {}, connection=link).status == 200
        lines = [line for line in log.read_text().splitlines() if GENERATE in line]
        assert len(lines) == number
    pattern = (
        r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=INFO "
        r"msg=\"data key generated with secret key 'key-1'\" req\.method=POST "
        r"req\.path=/v1/key/generate/key-1 "
        rf"req\.ip=127\.0\.0\.1 req\.identity={user.identity} res\.code=200 res\.time=[0-9.]+(ns|µs|ms)"
    )
    assert all(re.fullmatch(pattern, line) for line in lines)
    for context in ("AAAA", "QUJD"):
        body = {"ciphertext": b64(bytes(80)), "context": context}
        assert server.call(user, "POST", "/v1/key/decrypt/key-1", body, connection=link).status == 400
    assert log.read_text().count("res.code=400") == 2
    link.close()


def test_a_log_that_nobody_reads_stops_nothing(clients, tmp_path):
    server = KESServer(tmp_path, configuration(clients["user"]))
    with open(tmp_path / "err.log", "wb") as log:
        server.process = subprocess.Popen(
            [KES, "server", "--config", "config.yml"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=log
        )
    banner = b""
    while b"Server is up and running" not in banner:
        banner += server.process.stdout.read1()
    connection = raw(server, clients["user"])
    answers = Answers(connection)
    # Several times what a pipe takes.
    count = 3_000
    for _ in range(count // 10):
        connection.sendall(request(GENERATE) * 10)
        assert [answers.next()[0] for _ in range(10)] == [200] * 10
    connection.close()
    lines = b""
    deadline = time.monotonic() + 20
    while lines.count(b"\n") < count:
        assert time.monotonic() < deadline
        lines += server.process.stdout.read1()
    assert lines.count(b"req.path=/v1/key/generate/key-1") == count
    assert server.stop() == 0


def test_a_resumed_session_is_the_same_client(server, clients):
    seen = {}
    for name in ("user", "other"):
        context = tls(clients[name])
        first = raw(server, clients[name], context=context)
        first.sendall(request(GENERATE))
        seen[name] = [Answers(first).next()[0]]
        second = raw(server, clients[name], session=first.session, context=context)
        assert second.session_reused
        second.sendall(request(GENERATE))
        seen[name].append(Answers(second).next()[0])
        first.close()
        second.close()
    assert seen == {"user": [200, 200], "other": [403, 403]}


def test_http2_streams_are_answered_whichever_way_they_take(server, clients):
    """curl asks many at a time on one connection, and each is answered with what it asked for."""
    user = clients["user"]
    large = server.folder / "large"
    large.write_text(json.dumps({"plaintext": "A" * 200_000}))
    paths = [
        GENERATE,
        "/v1/key/describe/key-1",
        "/v1/key/generate/never",
        "/v1/key/encrypt/key-1",
        "/version",
    ]
    command = ["curl", "--no-progress-meter", "--parallel"]
    common = ["--insecure", "--http2", "--cert", user.certificate, "--key", user.key]
    for number in range(40):
        path = paths[number % len(paths)]
        body = {GENERATE: "{}", paths[2]: "{}", paths[3]: f"@{large}"}.get(path)
        command += ["--next"] if number else []
        command += [*common, "--output", server.folder / f"answer-{number}", "--write-out", "%{http_code} "]
        command += ["--data-binary", body] if body else []
        command += [f"https://127.0.0.1:{server.port}{path}"]
    done = subprocess.run(
        [str(part) for part in [command[0], *command[1:]]], capture_output=True, text=True, timeout=60
    )
    assert sorted(done.stdout.split()) == ["200"] * 32 + ["403"] * 8, done.stderr
    for number in range(40):
        said = json.loads((server.folder / f"answer-{number}").read_bytes())
        member = {0: "plaintext", 1: "algorithm", 2: "message", 3: "ciphertext", 4: "version"}[number % 5]
        assert member in said
