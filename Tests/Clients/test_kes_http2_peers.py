"""HTTP/2 of the KES server with clients that hold it to the protocol: the library h2, and curl's nghttp2."""

import json
import socket
import subprocess
import time

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import pytest

from support.kes import KESServer, make_client
from test_kes_http2 import GENERATE
from test_kes_lanes import configuration, raw

WINDOW = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE
TABLE = h2.settings.SettingCodes.HEADER_TABLE_SIZE
# How the lane begins its answers, which the library never does: no entry for the client's table.
OF_LANE = b"\x88\x0f\x10\x10application/json\x0f\x0d"


class Peer:
    """A client that raises at whatever the protocol forbids."""

    def __init__(self, server, client, window=2**24, settings=None):
        self.socket = raw(server, client, "h2")
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        if settings:
            self.h2.update_settings(settings)
        if window > 65_535:
            self.h2.increment_flow_control_window(window - 65_535)
        self.heads, self.bodies, self.ended, self.resets, self.goodbye = {}, {}, [], {}, None
        self.wire = b""
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def ask(self, path=GENERATE, body=b"{}", method="POST", end=True, **fields):
        stream = self.h2.get_next_available_stream_id()
        head = {":method": method, ":scheme": "https", ":authority": "kes", ":path": path, **fields}
        self.h2.send_headers(stream, list(head.items()), end_stream=end and not body)
        self.flush()
        while body and self.h2.local_flow_control_window(stream) < len(body):
            self.hear()
        if body:
            self.h2.send_data(stream, body, end_stream=end)
        return stream

    def hear(self):
        came = self.socket.recv(65536)
        assert came, "the server closed the connection"
        self.wire += came
        for event in self.h2.receive_data(came):
            match event:
                case h2.events.ResponseReceived():
                    self.heads[event.stream_id] = dict(event.headers)
                case h2.events.DataReceived():
                    self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case h2.events.StreamEnded():
                    self.ended.append(event.stream_id)
                case h2.events.StreamReset():
                    self.resets[event.stream_id] = event.error_code
                case h2.events.ConnectionTerminated():
                    self.goodbye = (event.error_code, event.last_stream_id)
        self.flush()

    def wait(self, *streams):
        self.flush()
        while not all(stream in self.ended or stream in self.resets for stream in streams):
            self.hear()
        return [self.heads[stream][":status"] for stream in streams]

    def count_of_lane(self):
        return self.wire.count(OF_LANE)


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    return make_client(tmp_path_factory.mktemp("clients"), "user")[0]


@pytest.fixture(scope="module")
def server(user, tmp_path_factory):
    server = KESServer(tmp_path_factory.mktemp("kes"), configuration(user)).start()
    assert server.call(user, "POST", GENERATE, {}).status == 200
    yield server
    assert server.stop() == 0


def test_fields_by_table_and_with_huffmans_code(server, user):
    peer = Peer(server, user)
    for number in range(200):
        # Entries come and go; the table holds some 80 of them.
        fields = {"x-number": str(number // 3)} if number % 3 else {}
        stream = peer.ask(**{"user-agent": "peer", "content-length": "2", **fields})
        other = peer.ask("/v1/key/describe/key-1", b"", "GET", **fields)
        assert peer.wait(stream, other) == ["200", "200"]
        assert json.loads(peer.bodies[other])["name"] == "key-1" and b"plaintext" in peer.bodies[stream]
        assert int(peer.heads[stream]["content-length"]) == len(peer.bodies[stream])
    assert peer.count_of_lane() == 200


def test_many_streams_at_a_time_whichever_way_they_take(server, user):
    peer = Peer(server, user)
    expected = {}
    for round_ in range(20):
        for path, status in [
            (GENERATE, "200"),
            ("/v1/key/generate/never-1", "403"),
            ("/version", "200"),
            ("/v1/key/generate/key-missing", "404"),
            ("/v1/key/encrypt/key-1", "200"),
        ]:
            body = b'{"plaintext":"%s"}' % (b"A" * 4 * round_) if "encrypt" in path else b"{}"
            method, body = ("GET", b"") if path == "/version" else ("POST", body)
            expected[peer.ask(path, body, method)] = status
    assert peer.wait(*expected) == list(expected.values())
    assert peer.count_of_lane() > 0


@pytest.mark.parametrize("window", [65_535, 70_000, 120_000])
def test_a_client_that_allows_little(server, user, window):
    """Several times the window goes over the connection, and its client takes back what it got only late."""
    peer = Peer(server, user, window)
    body = b'{"plaintext":"%s"}' % (b"A" * 8_000)
    for _ in range(20):
        streams = [peer.ask("/v1/key/encrypt/key-1", body) for _ in range(5)]
        assert peer.wait(*streams) == ["200"] * 5
        assert all(len(peer.bodies.pop(stream)) > 8_000 for stream in streams)
    # With as little as a client may allow, some go through the library, and with more most do not.
    assert 10 <= peer.count_of_lane() <= 100


def test_a_client_that_allows_little_of_a_stream(server, user):
    peer = Peer(server, user, settings={WINDOW: 10})
    streams = [peer.ask() for _ in range(20)]
    assert peer.wait(*streams) == ["200"] * 20
    assert all(b"plaintext" in peer.bodies[stream] for stream in streams)
    assert peer.count_of_lane() == 0


@pytest.mark.parametrize("size", [0, 64, 4096, 65_536])
def test_a_table_of_another_size(server, user, size):
    peer = Peer(server, user, settings={TABLE: size})
    for _ in range(10):
        first, second = peer.ask(), peer.ask("/version", b"", "GET")
        assert peer.wait(first, second) == ["200", "200"]
    peer.h2.update_settings({TABLE: 100})
    for _ in range(10):
        assert peer.wait(peer.ask()) == ["200"]
    assert peer.count_of_lane() > 10


def test_a_long_answer_does_not_stop_short_ones(server, user, tmp_path_factory):
    """The log is followed on a stream that never ends, while others are answered in front of the library."""
    policy = configuration(user).replace("/v1/status ]", "/v1/status, /v1/log/audit ]")
    other = KESServer(tmp_path_factory.mktemp("kes"), policy).start()
    peer = Peer(other, user)
    log = peer.ask("/v1/log/audit", b"", "GET")
    peer.flush()
    while log not in peer.heads:
        peer.hear()
    for _ in range(300):
        assert peer.wait(peer.ask()) == ["200"]
    while peer.bodies.get(log, b"").count(b"\n") < 300:
        peer.hear()
    assert all(json.loads(line) for line in peer.bodies[log].splitlines()[:300])
    assert log not in peer.ended and peer.count_of_lane() > 250
    assert other.stop() == 0


def test_a_server_that_stops_takes_leave(user, tmp_path):
    server = KESServer(tmp_path, configuration(user)).start()
    peer = Peer(server, user)
    assert peer.wait(peer.ask()) == ["200"]
    assert peer.wait(peer.ask()) == ["200"]
    begun = peer.ask(body=b"{", end=False)
    peer.flush()
    time.sleep(0.2)
    assert server.stop() == 0
    # The library takes nothing behind a GOAWAY, not even the ping that asks when it was read.
    farewell = peer.socket.recv(65536)
    assert farewell[3] == 7 and farewell[13:17] == bytes(4) and begun not in peer.ended
    log = (tmp_path / "out.log").read_text()
    assert log.count("req.path=/v1/key/generate/key-1") == 2


def test_one_hundred_thousand_bytes_of_bodies_in_small_pieces(server, user):
    peer = Peer(server, user)
    for _ in range(100):
        stream = peer.ask("/v1/key/encrypt/key-1", b'{"plaintext":"', end=False)
        for _ in range(10):
            peer.h2.send_data(stream, b"A" * 100)
            peer.flush()
        peer.h2.send_data(stream, b'"}', end_stream=True)
        assert peer.wait(stream) == ["200"]
        # What was sent is given back, or the client could not go on.
        assert peer.h2.outbound_flow_control_window > 40_000
    assert peer.count_of_lane() == 100


def test_curl_is_answered_on_one_connection_and_each_answer_is_in_the_audit_log(server, user):
    log = server.folder / "out.log"
    before = log.read_text().count("res.code=200")
    command = ["curl"]
    url = f"https://127.0.0.1:{server.port}{GENERATE}"
    for number in range(50):
        command += ["--next"] if number else []
        command += ["--silent", "--insecure", "--http2", "--cert", user.certificate, "--key", user.key]
        command += ["--data-binary", "{}", "--write-out", " %{http_code} %{http_version} ", url]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
    assert done.stdout.count(" 200 2 ") == 50 and done.stdout.count('"plaintext"') == 50
    assert log.read_text().count("res.code=200") == before + 50
