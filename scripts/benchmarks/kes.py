"""Sections about KES: the cost of a request over mTLS, new connections, many connections, many keys."""

import http.client
import json
import ssl
import time
from functools import cache, partial

from .load import Load, Target
from .rounds import Entry, summarize
from .tables import Goal, figure, table
from .wire import plaintexts

GENERATE, ENCRYPT, DECRYPT = "generate", "encrypt 32 B", "decrypt 32 B"
ALL = (GENERATE, ENCRYPT, DECRYPT)
HTTP2 = ", HTTP/2"
# Clients in Go, as MinIO is, put all requests to a server on one connection.
STREAMS = ", HTTP/2, 8 streams"
COLUMNS = ["requests/s", "p50 ms", "p99 ms"]
CONTEXT = "Y29udGV4dCBvZiBhbiBvYmplY3Q="
# KES itself takes 30 to 37 (issue 6).
HTTP2_MICROSECONDS = 25
CONNECTIONS, RATE = 10_000, 10_000
KEYS = 100_000


def speed(arena):
    """What a request costs, and what a connection does."""
    server = arena.kes
    entries = [entry(server, name, kind) for kind in ("", HTTP2, STREAMS) for name in ALL]
    entries.append(bare_entry(arena, server))
    summaries = arena.contest(entries)
    bare = summaries["bare NIO", GENERATE]
    rows = [
        [
            operation,
            name,
            *map(figure, (found.rate, found.p50, found.p99)),
            f"{figure(found.cpu)} ({figure(found.best_cpu)})",
            f"{found.cpu / bare.cpu:.2f}",
        ]
        for (name, operation), found in summaries.items()
    ]
    columns = ["operation", "server", *COLUMNS, "server CPU µs/request (best)", "÷ bare NIO's"]
    plain = {name: summaries["kes", name].cpu for name in ALL}
    worst = max(plain, key=plain.get)
    goals = [Goal(f"KES: CPU ÷ bare NIO's over the same mTLS ({worst})", plain[worst] / bare.cpu, 1.3)]
    for kind in (HTTP2, STREAMS):
        name = max((name + kind for name in ALL), key=lambda name: summaries["kes", name].cpu)
        cpu = summaries["kes", name].cpu
        goals.append(Goal(f"KES: CPU ({name})", cpu, HTTP2_MICROSECONDS, unit=" µs"))
    text, more = handshakes(arena)
    return f"{table(columns, rows)}\n\n{text}", goals + more


def entry(server, name, kind="", **options):
    makers = {
        GENERATE: ("generate", '"plaintext":"', lambda: [{"context": CONTEXT}] * 1000),
        ENCRYPT: (
            "encrypt",
            '"ciphertext":"',
            lambda: [{"plaintext": text, "context": CONTEXT} for text in plaintexts(32)],
        ),
        DECRYPT: ("decrypt", '"plaintext":"', ciphertexts(server)),
    }
    route, expect, bodies = makers[name]
    flags = {"switch": "http2"} if kind else {}
    if kind == STREAMS:
        flags |= {"connections": 4, "streams": 8}
    return Entry(
        "kes",
        name + kind,
        server.target,
        lambda: server.requests(route, bodies(), is_http2=bool(kind)),
        expect,
        {**options, **flags},
    )


def ciphertexts(server):
    """A maker of requests for ciphertexts that are made once."""

    @cache
    def made():
        bodies = [{"plaintext": text, "context": CONTEXT} for text in plaintexts(32)]
        answers = server.call_all("encrypt", bodies)
        return [{"ciphertext": answer["ciphertext"], "context": CONTEXT} for answer in answers]

    return made


def bare_entry(arena, server, **options):
    """A server that does nothing, sent what KES is sent."""
    requests = partial(server.repeated, "generate", {"context": CONTEXT})
    return Entry("bare NIO", GENERATE, arena.bare_mtls.target, requests, '"CiphertextBlob":"', options)


def handshakes(arena):
    """New connections, each with one request."""
    server = arena.kes
    requests = server.requests("generate", [{"context": CONTEXT}])
    contestants = [("kes", server.target, '"plaintext":"'), ("bare NIO", arena.bare_mtls.target, "Blob")]
    if arena.nginx_mtls:
        contestants.append(("nginx", arena.nginx_mtls.target, "ciphertext"))
    results = {name: [] for name, _, _ in contestants}
    for number in range(1, arena.options.rounds + 1):
        for name, target, expect in contestants:
            arena.progress(f"round {number}: {name}, new connections")
            load = Load(
                arena.folder,
                target,
                requests,
                expect=expect,
                mode="handshakes",
                seconds=arena.options.seconds,
            )
            results[name].append(load.wait())
    found = {name: summarize(each) for name, each in results.items()}
    rows = [
        [name, *map(figure, (each.rate, each.p50, each.p99)), f"{figure(each.cpu)} ({figure(each.best_cpu)})"]
        for name, each in found.items()
    ]
    columns = ["new connections", "a second", "p50 ms", "p99 ms", "server CPU µs/connection (best)"]
    text = (
        f"{table(columns, rows)}\n\nEach connection is a full handshake of TLS 1.3 with an Ed25519 "
        "certificate of the client and a P-256 certificate of the server, and one request; eight at a time."
    )
    if "nginx" not in found:
        return text, []
    rate, cpu = (found["kes"].rate / found["nginx"].rate, found["kes"].cpu / found["nginx"].cpu)
    return text, [
        Goal("KES: new mTLS connections/s ÷ nginx's", rate, 1, at_least=True),
        Goal("KES: CPU of a new mTLS connection ÷ nginx's", cpu, 1),
    ]


def connections(arena):
    """Many open connections, each asking seldom."""
    server = arena.kes
    # Connecting takes most of the time; the server cuts off who does not ask within five seconds.
    options = {"connections": CONNECTIONS, "rate": RATE, "threads": 2, "switch": "ask-at-once"}
    entries = [entry(server, GENERATE, **options), bare_entry(arena, server, **options)]
    summaries = arena.contest(entries, **options, warm_up=0.5)
    rows = [
        [name, *map(figure, (found.rate, found.p50, found.p99, found.best_p99, found.cpu))]
        for (name, _), found in summaries.items()
    ]
    columns = ["server", "requests/s", "p50 ms", "p99 ms", "best p99 ms", "server CPU µs/request"]
    text = (
        f"{CONNECTIONS:,} connections with mTLS, {RATE:,} requests/s of {GENERATE} on all together; latency "
        f"counts from when a request was due.\n\n{table(columns, rows)}"
    )
    p99 = summaries["kes", GENERATE].p99
    return text, [Goal(f"KES: p99 with {CONNECTIONS:,} connections", p99, 2, unit=" ms")]


def keys(arena):
    """All names of a large key store, page by page."""
    server = arena.kes
    folder = server.server.folder / "keys"
    value = (folder / "bench-key").read_bytes()
    for number in range(KEYS - len(list(folder.iterdir()))):
        (folder / f"many-{number:06}").write_bytes(value)
    names, pages, slowest, began = [], 0, 0.0, time.monotonic()
    connection, pattern = listing_connection(server.target), ""
    while True:
        asked = time.monotonic()
        connection.request("GET", f"/v1/key/list/{pattern}")
        answer = json.loads(connection.getresponse().read())
        names, pages = names + answer["names"], pages + 1
        slowest = max(slowest, time.monotonic() - asked)
        if not (pattern := answer.get("continue_at")):
            break
    took = time.monotonic() - began
    connection.close()
    rows = [
        ["keys listed", f"{len(set(names)):,}"],
        ["pages", str(pages)],
        ["all pages, s", figure(took)],
        ["slowest page, ms", figure(slowest * 1000)],
    ]
    goal = Goal("KES: keys listed to the end", len(set(names)), KEYS, at_least=True)
    return table(["what", "measured"], rows), [goal]


def listing_connection(target: Target):
    context = ssl.create_default_context(cafile=target.authorities)
    context.load_cert_chain(*target.identity)
    host, port = target.address.split(":")
    return http.client.HTTPSConnection(host, int(port), timeout=60, context=context)
