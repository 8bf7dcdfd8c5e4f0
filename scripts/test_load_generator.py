"""That the load generator counts what a server really did: the debug build against servers made here."""

import contextlib
import socket
import threading
import time

import pytest
from benchmarks import ROOT, BenchmarkFailed, load
from benchmarks.load import Load, Target

REQUESTS = [b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n%d" % number for number in range(4)]
GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}'
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n6\r\n"a":1}\r\n0\r\n\r\n'


@pytest.fixture(autouse=True)
def debug_build(monkeypatch):
    monkeypatch.setattr(load, "BINARY", ROOT / ".build" / "debug" / "strongroom-bench")


@contextlib.contextmanager
def serving(answer):
    """A server that calls `answer(connection, request)` for each request; gives the address and what came."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen = []

    def serve(connection):
        with contextlib.suppress(OSError), connection:
            while request := connection.recv(65536):
                seen.append(request)
                answer(connection, request)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield Target("127.0.0.1:%d" % listener.getsockname()[1]), seen
    finally:
        # Wakes the thread that accepts, which closing alone does not.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def result(tmp_path, target, patient=False, **options):
    return Load(tmp_path, target, REQUESTS, expect='"a":1', **options).wait(patient)


def test_a_counted_load_sends_each_request_as_often_as_the_others(tmp_path):
    with serving(lambda connection, _: connection.sendall(GOOD)) as (target, seen):
        assert result(tmp_path, target, count=40, connections=5, threads=2, seconds=20).requests == 40
    assert sorted(seen) == sorted(REQUESTS * 10)


@pytest.mark.parametrize("answer", [GOOD, CHUNKED])
def test_answers_may_come_in_pieces(tmp_path, answer):
    def dribble(connection, _):
        for index in range(0, len(answer), 7):
            connection.sendall(answer[index : index + 7])
            time.sleep(0.001)

    with serving(dribble) as (target, _):
        assert result(tmp_path, target, count=6, connections=2, seconds=20).requests == 6


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (GOOD.replace(b"200", b"400"), "unexpected answer"),
        (GOOD.replace(b'"a"', b'"b"'), "unexpected answer"),
        (b"garbage\r\n\r\n", "no HTTP answer"),
        (GOOD + GOOD, "bytes behind the answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "no HTTP answer"),
    ],
)
def test_what_is_not_the_expected_answer_fails_the_load(tmp_path, answer, complaint):
    with serving(lambda connection, _: connection.sendall(answer)) as (target, _):
        with pytest.raises(BenchmarkFailed, match=complaint):
            result(tmp_path, target, count=4, connections=1, seconds=20)


def test_a_server_that_closes_fails_the_load(tmp_path):
    with serving(lambda connection, _: connection.shutdown(socket.SHUT_RDWR)) as (target, _):
        with pytest.raises(BenchmarkFailed, match="closed by the server"):
            result(tmp_path, target, count=4, connections=2, seconds=20)


def test_a_server_that_does_not_listen_fails_the_load(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(BenchmarkFailed, match="connect"):
        result(tmp_path, Target(f"127.0.0.1:{port}"), count=1, connections=1)


def test_an_answer_that_never_comes_is_given_up_and_its_wait_counts(tmp_path):
    options = {"seconds": 0.2, "warm_up": 0, "connections": 3, "patience": 0.2}
    with serving(lambda *_: None) as (target, _):
        found = result(tmp_path, target, patient=True, **options)
        with pytest.raises(BenchmarkFailed):
            result(tmp_path, target, **options)
    assert (found.requests, found.unanswered) == (0, 3)
    assert found.p50 >= 390


def test_a_closed_loop_measures_how_long_an_answer_took(tmp_path):
    def slowly(connection, _):
        time.sleep(0.02)
        connection.sendall(GOOD)

    with serving(slowly) as (target, _):
        found = result(tmp_path, target, seconds=1, warm_up=0.1, connections=4)
    assert found.p50 >= 20
    assert 4 <= found.requests <= 200 and found.rate == pytest.approx(found.requests)


def test_an_open_loop_counts_from_when_a_request_was_due(tmp_path):
    # One connection answers fifty requests a second, and a hundred are due: the last waits half a second.
    def slowly(connection, _):
        time.sleep(0.02)
        connection.sendall(GOOD)

    with serving(slowly) as (target, seen):
        found = result(tmp_path, target, seconds=1, warm_up=0, connections=1, rate=100)
    assert found.requests == len(seen) == 100
    assert found.p50 >= 400 and found.p99 >= 900
    assert found.rate <= 52 and found.seconds >= 1.9
