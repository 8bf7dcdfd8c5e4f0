"""Bad bytes on the door: a clear answer or a closed connection, and everyone else is served on."""

import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import kms_client
from support.wire import connect, read_all, send, signed

SEED = 20_260_121
# How long the server lets a client take for one request, and what a slow machine adds.
REQUEST_SECONDS = 30
PATIENCE_SECONDS = 20


@pytest.fixture(autouse=True)
def others_are_served(server, key):
    """Encrypts all the while, and fails when anything goes wrong with that."""
    done, served, failures = threading.Event(), threading.Event(), []

    def work():
        kms = kms_client(server)
        while not done.is_set():
            try:
                kms.encrypt(KeyId=key, Plaintext=b"a")
                served.set()
            except Exception as error:
                failures.append(error)
                return
            time.sleep(0.01)

    worker = threading.Thread(target=work)
    worker.start()
    assert served.wait(10)
    yield
    served.clear()
    assert served.wait(10) and not failures and server.is_running
    done.set()
    worker.join()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"{",
        b'{"KeyId"}',
        b'{"KeyId":}',
        b"{'KeyId':'a'}",
        b"{}{}",
        b'{"KeyId":"a",}',
        b'{"KeyId":1}',
        b'{"KeyId":["a"]}',
        b'{"KeyId":{}}',
        b'{"KeyId":true}',
        b'{"KeyId":"\xff\xfe"}',
        b'{"KeyId":"\xc0\xaf"}',
        b'{"KeyId":"\\ud800"}',
        b'{"KeyId":"\\x41"}',
        b'\xef\xbb\xbf{"KeyId":"a"}',
        b'{"KeyId":"a\x00b"}',
        b'{"KeyId":"\n"}',
        b"\x00" * 100,
        b"NaN",
        b'{"KeyId":"a","KeyId":"b"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"KeyId":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
def test_a_body_that_is_no_request_is_refused(server, body):
    answer = send(server, signed(server, "DescribeKey", body))
    assert answer.status == 400, answer
    assert answer.code in ("SerializationException", "ValidationException", "NotFoundException")


@pytest.mark.parametrize("body", [b'{"KeyId":"\xff\xfe"}', b'{"KeyId":"a","KeyId":"b"}', b"[" * 10_000, b"{"])
def test_a_body_that_cannot_be_read_is_a_serialization_error(server, body):
    assert send(server, signed(server, "DescribeKey", body)).code == "SerializationException"


@pytest.mark.parametrize(
    "number",
    [
        "1e400",
        "-1",
        "99999999999999999999",
        "1.5",
        "2147483648",
        "-2147483649",
        '"5"',
        "1e2",
        "0x10",
        "01",
        "true",
    ],
)
def test_a_number_that_is_none_is_refused(server, number):
    answer = send(server, signed(server, "GenerateRandom", b'{"NumberOfBytes":%s}' % number.encode()))
    if number == "1e2" and answer.status == 200:
        return
    assert answer.status == 400 and answer.code in ("SerializationException", "ValidationException")


@pytest.mark.parametrize("blob", ["*", "YQ", "YQ===", "Y Q==", "YQ==YQ==", "\u00e9", "YR=="])
def test_base64_that_is_none_is_refused(server, key, blob):
    answer = send(server, signed(server, "Encrypt", json.dumps({"KeyId": key, "Plaintext": blob}).encode()))
    assert (answer.status, answer.code) in ((400, "SerializationException"), (400, "ValidationException"))


def test_keys_of_an_encryption_context_cannot_occur_twice(server, key):
    body = b'{"KeyId":"%s","Plaintext":"YQ==","EncryptionContext":{"a":"1","a":"2"}}' % key.encode()
    assert send(server, signed(server, "Encrypt", body)).code == "SerializationException"


def test_a_body_of_2_mb_is_refused(server, key):
    body = json.dumps({"KeyId": key, "Plaintext": "A" * 2_000_000}).encode()
    answer = send(server, signed(server, "Encrypt", body))
    assert answer.status == 413 and answer.code.startswith("RequestEntityTooLarge")


@pytest.mark.parametrize(
    "name",
    [
        "GET",
        "garbage",
        "binary",
        "tls",
        "no-version",
        "long-path",
        "long-header",
        "many-headers",
        "bad-length",
        "two-lengths",
        "length-and-chunks",
        "bad-chunk",
        "huge-chunk",
        "bad-header",
        "http2",
        "connect",
        "odd-header",
        "null-header",
    ],
)
def test_bytes_that_are_no_http_end_the_connection_alone(server, name):
    with connect(server) as connection:
        try:
            connection.sendall(GARBAGE[name])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = read_all(connection)
        assert not answer or answer.startswith(b"HTTP/1.") and b" 4" in answer[:13] or b" 5" in answer[:13], (
            answer[:200]
        )


GARBAGE = {
    "GET": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "garbage": b"garbage\r\n\r\n",
    "binary": bytes(range(256)) * 64,
    "tls": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "no-version": b"GET /\r\n\r\n",
    "long-path": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "long-header": b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    "many-headers": b"POST / HTTP/1.1\r\nHost: a\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n",
    "bad-length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "two-lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "length-and-chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "bad-chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "huge-chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
    "bad-header": b"POST / HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n",
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100),
    "connect": b"CONNECT localhost:22 HTTP/1.1\r\nHost: a\r\n\r\n",
    "odd-header": b"POST / HTTP/1.1\r\nHost: a\r\nAuthorization: \x7f\r\n\r\n",
    "null-header": b"POST / HTTP/1.1\r\nHost: a\r\nX-Null: a\x00b\r\n\r\n",
}


def test_random_bytes_do_no_harm(server):
    generator = random.Random(SEED)
    for round_number in range(200):
        garbage = generator.randbytes(generator.randrange(1, 2000))
        if generator.random() < 0.5:
            garbage = b"POST / HTTP/1.1\r\nHost: a\r\n" + garbage
        with connect(server) as connection:
            try:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            assert b" 200 " not in read_all(connection)[:15], f"seed {SEED}, round {round_number}"


def test_signed_requests_with_flipped_bytes_do_no_harm(server, key):
    generator = random.Random(SEED)
    body = b'{"KeyId":"%s","Plaintext":"YQ==","EncryptionContext":{"a":"1"}}' % key.encode()
    for round_number in range(200):
        changed = bytearray(body)
        for _ in range(generator.randrange(1, 6)):
            changed[generator.randrange(len(changed))] = generator.randrange(256)
        answer = send(server, signed(server, "Encrypt", bytes(changed)))
        assert answer.status in (200, 400), f"seed {SEED}, round {round_number}: {bytes(changed)} {answer}"
        assert answer.status == 200 or answer.code != "KMSInternalException", (SEED, round_number)


def drip(server, first, more, every):
    """Sends a request that never ends; gives what was answered and how long the server put up with it."""
    started, answer = time.monotonic(), b""
    with connect(server) as connection:
        connection.sendall(first)
        connection.settimeout(every)
        while time.monotonic() - started < REQUEST_SECONDS + PATIENCE_SECONDS:
            try:
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
            except TimeoutError:
                pass
            except ConnectionResetError:
                break
            try:
                connection.sendall(more)
            except (BrokenPipeError, ConnectionResetError):
                break
    return answer, time.monotonic() - started


def test_requests_that_never_end_are_not_waited_for_without_end(server):
    head = b"POST / HTTP/1.1\r\nHost: a\r\n"
    chunk = b"4000\r\n" + bytes(0x4000) + b"\r\n"
    slow = {
        "headers that trickle in": (head, b"X-Slow: 1\r\n", 1),
        "a body that stays away": (head + b"Content-Length: 100\r\n\r\n{", b"", 1),
        "a body that trickles in": (head + b"Content-Length: 1000\r\n\r\n{", b" ", 1),
        "an endless body": (head + b"Transfer-Encoding: chunked\r\n\r\n", chunk, 0.05),
    }
    with ThreadPoolExecutor(len(slow)) as pool:
        ends = {name: pool.submit(drip, server, *arguments) for name, arguments in slow.items()}
    for name, end in ends.items():
        answer, seconds = end.result()
        assert seconds < REQUEST_SECONDS + PATIENCE_SECONDS, name
        assert b" 200 " not in answer[:15], name
    assert b" 413 " in ends["an endless body"].result()[0][:15]


def raw(server, request):
    """The bytes of a signed request."""
    head = "".join(
        f"{name}: {value}\r\n" for name, value in request.headers.items() if name != "Content-Length"
    )
    body = request.body or b""
    return (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(body)}\r\n{head}\r\n"
    ).encode() + body


def test_a_client_that_closes_its_half_still_gets_its_answer(server):
    with connect(server) as connection:
        connection.sendall(raw(server, signed(server)))
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200 ") and b'"Keys"' in answer


def test_requests_in_a_row_are_answered_in_their_order(server):
    sizes = [1, 300, 7, 1024, 20]
    requests = [
        raw(server, signed(server, "GenerateRandom", b'{"NumberOfBytes":%d}' % size)) for size in sizes
    ]
    with connect(server) as connection:
        connection.sendall(b"".join(requests))
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    bodies = [
        json.loads(part[part.index(b"{") : part.index(b"}") + 1])
        for part in answer.split(b"HTTP/1.1 200 ")[1:]
    ]
    assert [len(body["Plaintext"]) for body in bodies] == [-(-size // 3) * 4 for size in sizes]


def test_a_request_that_comes_byte_by_byte_is_answered(server):
    with connect(server) as connection:
        for byte in raw(server, signed(server)):
            connection.sendall(bytes([byte]))
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_many_connections_that_say_nothing_do_not_keep_others_out(server):
    silent = [connect(server) for _ in range(500)]
    try:
        assert send(server, signed(server)).status == 200
    finally:
        for connection in silent:
            connection.close()
