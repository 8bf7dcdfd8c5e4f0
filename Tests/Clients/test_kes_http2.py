"""HTTP/2 of the KES server frame by frame: streams by turns, in pieces, given up, with trailers, too long."""

import json
import struct
import subprocess
import time

import pytest

from support.kes import KESServer, make_client
from test_kes_lanes import configuration, raw

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS = 1, 4
OK, GENERATE = b"\x88", "/v1/key/generate/key-1"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def head(stream, path, method="POST", end=False, **fields):
    """A block of literals that enter no table (RFC 7541 section 6.2.2)."""
    names = {":method": method, ":scheme": "https", ":authority": "kes", ":path": path, **fields}
    block = b"".join(
        b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in names.items()
    )
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)


def data(stream, body, end=True):
    return frame(DATA, END_STREAM if end else 0, stream, body)


class Connection:
    def __init__(self, server, client):
        self.socket = raw(server, client, "h2")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.bytes, self.heads, self.bodies, self.ended, self.resets = b"", {}, {}, [], {}
        self.settled = False
        self.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))

    def send(self, bytes_):
        self.socket.sendall(bytes_)

    def wait(self, *streams):
        """Until the answers on these streams are whole, or the streams were reset."""
        while not all(stream in self.ended or stream in self.resets for stream in streams):
            self.hear()

    def hear(self):
        came = self.socket.recv(65536)
        assert came, f"the server closed the connection; ended: {self.ended}"
        self.bytes += came
        while len(self.bytes) >= 9:
            length = int.from_bytes(self.bytes[:3], "big")
            if len(self.bytes) < 9 + length:
                return
            kind, flags = self.bytes[3:5]
            stream = int.from_bytes(self.bytes[5:9], "big")
            self.see(kind, flags, stream, self.bytes[9 : 9 + length])
            self.bytes = self.bytes[9 + length :]

    def see(self, kind, flags, stream, payload):
        assert kind != GOAWAY, payload
        if kind == SETTINGS and not flags:
            self.send(frame(SETTINGS, 1, 0))
            self.settled = True
        elif kind == HEADERS:
            # Behind changes of the table's size.
            self.heads[stream] = payload.lstrip(bytes(range(0x20, 0x40)))[:1]
        elif kind == DATA:
            self.bodies[stream] = self.bodies.get(stream, b"") + payload
        elif kind == RESET:
            self.resets[stream] = int.from_bytes(payload, "big")
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.append(stream)

    def json(self, stream):
        return json.loads(self.bodies[stream])


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    return make_client(tmp_path_factory.mktemp("clients"), "user")[0]


@pytest.fixture(scope="module")
def server(user, tmp_path_factory):
    more = "\napi: { /v1/key/hmac/: { timeout: 1s } }"
    server = KESServer(tmp_path_factory.mktemp("kes"), configuration(user) + more).start()
    # Into memory.
    assert server.call(user, "POST", GENERATE, {}).status == 200
    yield server
    assert server.stop() == 0


def test_streams_by_turns_and_in_pieces(server, user):
    connection = Connection(server, user)
    connection.send(head(1, GENERATE) + head(3, "/v1/key/describe/key-1", "GET", end=True))
    connection.wait(3)
    assert connection.json(3)["name"] == "key-1" and 1 not in connection.ended
    for piece in (b'{"con', b'text":"YQ', b'=="'):
        connection.send(data(1, piece, end=False))
    connection.send(head(5, GENERATE, end=True) + data(1, b"}") + head(7, GENERATE) + data(7, b"{}"))
    connection.wait(1, 5, 7)
    assert all(connection.heads[stream] == OK for stream in (1, 3, 5, 7))
    opened = {"ciphertext": connection.json(1)["ciphertext"], "context": "YQ=="}
    connection.send(head(9, "/v1/key/decrypt/key-1") + data(9, json.dumps(opened).encode()))
    connection.wait(9)
    assert connection.json(9) == {"plaintext": connection.json(1)["plaintext"]}


def test_streams_that_need_the_library_after_all(server, user):
    connection = Connection(server, user)
    connection.send(
        # A text with an escape, a body that is too long for the lane, one that makes no sense, refused ones.
        (head(1, GENERATE) + data(1, b'{"context":"\\u0059Q=="}'))
        + (head(3, "/v1/key/encrypt/key-1") + data(3, b'{"plaintext":"', end=False))
        + (head(5, GENERATE) + data(5, b"[]"))
        + (head(7, "/v1/key/generate/never-1") + data(7, b"{}"))
        + (head(9, "/v1/key/generate/key-missing") + data(9, b"{}"))
        + (head(11, GENERATE, "DELETE") + data(11, b"{}"))
    )
    for _ in range(3):
        connection.send(data(3, b"A" * 16_000, end=False))
    connection.send(data(3, b'"}'))
    connection.wait(1, 3, 5, 7, 9, 11)
    assert [connection.heads[stream] == OK for stream in (1, 3, 5, 7, 9, 11)] == [True, True] + [False] * 4
    messages = [connection.json(stream)["message"] for stream in (5, 7, 9, 11)]
    assert messages == [
        "invalid request body",
        "not authorized: insufficient permissions",
        "key does not exist",
        "received method 'DELETE' expected 'PUT'",
    ]


def test_trailers_end_a_request(server, user):
    connection = Connection(server, user)
    trailer = frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x01x\x01y")
    connection.send(head(1, GENERATE) + data(1, b"{}", end=False) + trailer)
    connection.wait(1)
    assert connection.heads[1] == OK and "plaintext" in connection.json(1)


def test_a_stream_that_is_given_up_harms_no_other(server, user):
    connection = Connection(server, user)
    cancel = struct.pack(">I", 8)
    for stream in range(1, 101, 4):
        connection.send(
            (head(stream, GENERATE) + data(stream, b"{", end=False) + frame(RESET, 0, stream, cancel))
            + (head(stream + 2, GENERATE) + data(stream + 2, b"{}"))
        )
    connection.wait(*range(3, 103, 4))
    assert not any(stream in connection.heads for stream in range(1, 101, 4))


def test_a_body_that_does_not_come_is_given_up_in_the_time_of_its_route(server, user):
    connection = Connection(server, user)
    begin = time.monotonic()
    connection.send(head(1, "/v1/key/hmac/key-1") + data(1, b'{"mess', end=False))
    connection.wait(1)
    assert 0.5 < time.monotonic() - begin < 4 and connection.resets[1] == 8
    connection.send(head(3, GENERATE, end=True))
    connection.wait(3)
    assert connection.heads[3] == OK


@pytest.mark.parametrize("size", [1_000_000, 1_000_001, 3_000_000])
def test_a_body_of_a_million_bytes_is_the_longest(server, user, tmp_path, size):
    body = tmp_path / "body"
    body.write_bytes(b'{"plaintext":"' + b"A" * (size - 16) + b'"}')
    command = ["curl", "--silent", "--insecure", "--http2", "--cert", user.certificate, "--key", user.key]
    command += ["--data-binary", f"@{body}", "--write-out", " %{http_version} %{http_code}"]
    url = f"https://127.0.0.1:{server.port}/v1/key/encrypt/key-1"
    done = subprocess.run([*map(str, command), url], capture_output=True, text=True, timeout=60)
    if size == 1_000_000:
        assert done.stdout.endswith('"} 2 200')
    else:
        assert done.stdout == '{"message":"invalid request body"\n} 2 400'


def test_many_streams_at_a_time(server, user):
    connection = Connection(server, user)
    streams = range(1, 401, 2)
    while not connection.settled:
        connection.hear()
    for start in range(0, 200, 50):
        connection.send(b"".join(head(stream, GENERATE) for stream in streams[start : start + 50]))
        connection.send(b"".join(data(stream, b"{}") for stream in streams[start : start + 50]))
    connection.wait(*streams)
    plaintexts = {connection.json(stream)["plaintext"] for stream in streams}
    assert len(plaintexts) == 200 and all(connection.heads[stream] == OK for stream in streams)
