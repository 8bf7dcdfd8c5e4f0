"""Sections about many at once: connections, create, background."""

from functools import partial

from .load import Load
from .rounds import Entry, summarize
from .speed import ENCRYPT, encrypt_requests, openbao_entries
from .tables import Goal, figure, table

CONNECTIONS, RATE = 5000, 5000


def connections(arena):
    """Many open connections, each asking seldom."""
    options = {"connections": CONNECTIONS, "rate": RATE}
    strongroom = partial(encrypt_requests, arena.strongroom, 32)
    entries = [
        Entry("Strongroom", ENCRYPT, arena.strongroom.target, strongroom, '"CiphertextBlob":"', options),
        Entry("bare NIO", ENCRYPT, arena.bare.target, strongroom, '"CiphertextBlob":"', options),
        openbao_entries(arena.openbao, arena.openbao.target, [ENCRYPT])[0],
    ]
    summaries = arena.contest(entries, **options, warm_up=0.5)
    rows = [
        [server, *map(figure, (found.rate, found.p50, found.p99, found.best_p99, found.cpu))]
        for (server, _), found in summaries.items()
    ]
    columns = ["server", "requests/s", "p50 ms", "p99 ms", "best p99 ms", "server CPU µs/request"]
    text = (
        f"{CONNECTIONS:,} connections, {RATE:,} requests/s of {ENCRYPT} on all together; latency counts from "
        f"when a request was due.\n\n{table(columns, rows)}"
    )
    goal = Goal(f"p99 with {CONNECTIONS:,} connections", summaries["Strongroom", ENCRYPT].p99, 5, unit=" ms")
    return text, [goal]


def create(arena):
    """Durable changes: how many clients share an fsync."""
    server = arena.strongroom
    crowd = 64

    def requests():
        return server.repeated("CreateKey", {})

    def entry(clients):
        name = f"CreateKey, {clients} {'client' if clients == 1 else 'clients'}"
        return Entry("Strongroom", name, server.target, requests, '"KeyMetadata":{', {"connections": clients})

    one, many = entry(1), entry(crowd)
    summaries = arena.contest([one, many])
    alone, together = summaries[one.key], summaries[many.key]
    rows = [
        [name, *map(figure, (found.rate, found.p50, found.p99, found.cpu))]
        for (_, name), found in summaries.items()
    ]
    columns = ["operation", "requests/s", "p50 ms", "p99 ms", "server CPU µs/request"]
    text = (
        f"Every answer follows an fsync.\n\n{table(columns, rows)}\n\n"
        f"{crowd} clients together: {together.rate / alone.rate:.1f} times the rate of one."
    )
    return text, [
        Goal(f"CreateKey: rate of {crowd} clients ÷ one's", together.rate / alone.rate, 10, at_least=True)
    ]


ALONE, BESIDE = "alone", "beside RSA-4096"
PACES = {"every connection at once": {}, "2,000 requests/s": {"rate": 2000}}


def background(arena):
    """Whether long operations delay short ones."""
    seconds, warm_up = max(2, arena.options.seconds), 0.3
    # Otherwise a background that is refused would look like one that does no harm.
    arena.strongroom.call("GenerateDataKeyPair", {"KeyId": arena.strongroom.key(), "KeyPairSpec": "RSA_4096"})
    results = {(pace, company): [] for pace in PACES for company in (ALONE, BESIDE)}
    for number in range(1, arena.options.rounds + 1):
        for (pace, company), found in results.items():
            arena.progress(f"round {number}: Encrypt, {pace}, {company}")
            pairs = key_pairs(arena, seconds + 2 * warm_up) if company == BESIDE else None
            try:
                options = {"seconds": seconds, "warm_up": warm_up, "patience": 3, **PACES[pace]}
                found.append(encrypt(arena, options))
                if pairs:
                    pairs.wait(patient=True)
            finally:
                if pairs:
                    pairs.cancel()
    summaries = {key: summarize(found) for key, found in results.items()}
    rows = [
        [
            pace,
            company,
            *map(figure, (found.rate, found.p50, found.p99, found.best_p99)),
            str(sum(result.unanswered for result in results[pace, company])),
        ]
        for (pace, company), found in summaries.items()
    ]
    columns = ["load", "company", "requests/s", "p50 ms", "p99 ms", "best p99 ms", "given up"]
    text = (
        "Encrypt of 32 B, alone and beside 4 clients that ask for RSA-4096 key pairs without a pause. A "
        f"request is given up 3 s after the end of its round and counts as so long.\n\n{table(columns, rows)}"
    )
    return text, [
        Goal(
            f"p99 of Encrypt, {pace}: beside RSA-4096 key generation ÷ alone",
            summaries[pace, BESIDE].p99 / summaries[pace, ALONE].p99,
            3,
        )
        for pace in PACES
    ]


def encrypt(arena, options):
    load = Load(
        arena.folder,
        arena.strongroom.target,
        encrypt_requests(arena.strongroom, 32),
        expect='"CiphertextBlob":"',
        connections=arena.options.connections,
        **options,
    )
    try:
        return load.wait(patient=True)
    finally:
        load.cancel()


def key_pairs(arena, seconds):
    server = arena.strongroom
    body = {"KeyId": server.key(), "KeyPairSpec": "RSA_4096"}
    return Load(
        arena.folder,
        server.target,
        server.repeated("GenerateDataKeyPair", body, count=100),
        expect='"PublicKey":"',
        connections=4,
        seconds=seconds,
        warm_up=0,
        patience=60,
    )
