#!/usr/bin/env python3
"""Measures the release server over loopback: requests per second, and server CPU time per request.

Requests are signed once and sent again and again over kept-alive connections, each of which waits for its
answer before it asks again, as SDKs do. The client runs on the same machine and takes its share of it: the
server's CPU time per request is the figure that says something about the server; requests per second is what
both managed together. Every round is bounded by --seconds; rounds of the operations take turns.
"""

import argparse
import json
import os
import platform
import selectors
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Clients"))

from support.clients import key_arn, kms_client  # noqa: E402
from support.server import Server  # noqa: E402
from support.wire import signed  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=3, help="length of a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each operation")
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory)).start()
        try:
            measure(server, options)
        finally:
            server.stop()


def measure(server, options):
    requests = make_requests(server)
    rounds = {name: [] for name in requests}
    for request in requests.values():
        load(server, request, 0.5, options.connections)
    for _ in range(options.rounds):
        for name, request in requests.items():
            rounds[name].append(load(server, request, options.seconds, options.connections))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores shared with the client, "
        f"{options.connections} connections, median of {options.rounds} rounds of {options.seconds:g} s\n"
    )
    print("| operation | requests/s | server CPU µs/request | 99.9th percentile (ms) |")
    print("|---|---:|---:|---:|")
    for name, results in rounds.items():
        rate, cpu, slow = (statistics.median(column) for column in zip(*results, strict=True))
        print(f"| {name} | {rate:,.0f} | {cpu:.1f} | {slow:.2f} |")


def make_requests(server):
    """The bytes of each request, good for five minutes."""
    kms = kms_client(server)
    arn = key_arn(kms)
    small = "cGxhaW50ZXh0IG9mIDMyIGJ5dGVzLCBtb3JlIG9yIGxlc3M="
    blob = call(server, "Encrypt", {"KeyId": arn, "Plaintext": small})["CiphertextBlob"]
    return {
        name: raw(server, operation, body)
        for name, operation, body in (
            ("Encrypt, 35 bytes", "Encrypt", {"KeyId": arn, "Plaintext": small}),
            ("Encrypt, 4,096 bytes", "Encrypt", {"KeyId": arn, "Plaintext": "A" * 5460 + "AA=="}),
            ("Decrypt, 35 bytes", "Decrypt", {"CiphertextBlob": blob}),
            ("GenerateDataKey, AES-256", "GenerateDataKey", {"KeyId": arn, "KeySpec": "AES_256"}),
        )
    }


def call(server, operation, body):
    with connect(server) as connection:
        connection.sendall(raw(server, operation, body))
        head, _, rest = connection.recv(65536).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        sys.exit(f"{operation} was refused: {head.decode()} {rest.decode()}")
    return json.loads(rest)


def raw(server, operation, body):
    request = signed(server, operation, json.dumps(body).encode())
    head = "".join(
        f"{name}: {value}\r\n" for name, value in request.headers.items() if name != "Content-Length"
    )
    start = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(request.body)}\r\n"
    return (start + head + "\r\n").encode() + request.body


def connect(server):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def load(server, request, seconds, connections):
    """Sends a request over and over; gives requests/s, server CPU µs/request, 99.9th percentile in ms."""
    selector = selectors.DefaultSelector()
    sockets = [connect(server) for _ in range(connections)]
    asked, times = {}, []
    for connection in sockets:
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(request)
        asked[connection] = time.perf_counter()
    used, started = cpu_seconds(server), time.perf_counter()
    end, waiting = started + seconds, len(sockets)
    while waiting:
        for event, _ in selector.select(10) or [(None, 0)]:
            if event is None:
                sys.exit("the server does not answer")
            connection = event.fileobj
            # An answer this short comes in one piece over loopback; a cut one would lack its last brace.
            answer = connection.recv(65536)
            if not (answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}")):
                sys.exit(f"unexpected answer: {answer[:500]}")
            now = time.perf_counter()
            times.append(now - asked[connection])
            if now < end:
                asked[connection] = now
                connection.sendall(request)
            else:
                waiting -= 1
    elapsed, used = time.perf_counter() - started, cpu_seconds(server) - used
    for connection in sockets:
        connection.close()
    times.sort()
    return len(times) / elapsed, used / len(times) * 1e6, times[int(len(times) * 0.999)] * 1e3


def cpu_seconds(server):
    """CPU time the server's process has used, in user mode and in the kernel (proc(5), stat)."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
