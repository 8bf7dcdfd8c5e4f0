"""Sections about the cost of a request: main, tls, sign."""

import os
from functools import cache, partial
from statistics import median

from .load import library_speeds
from .rounds import Entry
from .tables import Goal, figure, speed_table, table
from .wire import plaintexts

ENCRYPT, DECRYPT, DATA_KEY, LARGE = "Encrypt 32 B", "Decrypt 32 B", "GenerateDataKey 32 B", "Encrypt 4 KB"
SMALL = (ENCRYPT, DECRYPT, DATA_KEY)
# The best self-hosted emulator of AWS KMS, which checks no signature and writes no audit, takes 26 to 36.
EMULATOR_MICROSECONDS = 26


def main(arena):
    """The cost of everyday operations over plain HTTP."""
    entries = [
        *strongroom_entries(arena.strongroom, [*SMALL, LARGE]),
        *openbao_entries(arena.openbao, arena.openbao.target, [*SMALL, LARGE]),
        openbao_entries(arena.openbao, arena.openbao.target, [ENCRYPT], "ordinary")[0],
        *floor_entries(arena.strongroom, arena.bare, [ENCRYPT, LARGE]),
        *floor_entries(arena.strongroom, arena.raw, [ENCRYPT]),
    ]
    if arena.nginx:
        entries += floor_entries(arena.strongroom, arena.nginx, [ENCRYPT])
    summaries = arena.contest(entries)
    goals = speed_goals(summaries)
    goals.append(
        Goal(
            "Encrypt: CPU of 4 KB ÷ CPU of 32 B",
            summaries["Strongroom", LARGE].cpu / summaries["Strongroom", ENCRYPT].cpu,
            2,
        )
    )
    notes = (
        "OpenBao: transit on raft, file audit device; its token has one policy and not the default one. "
        "“OpenBao, ordinary token” has the default policy too. "
        f"The load generator itself took {figure(summaries['Strongroom', ENCRYPT].client_cpu)} µs of CPU a "
        "request beside Strongroom's Encrypt. KES and local-kms are not in this run: no registry that "
        "this project installs from has them."
    )
    return table_and_notes(summaries, notes), goals


def tls(arena):
    """The same over TLS 1.3 with kept-alive connections."""
    entries = [
        *strongroom_entries(arena.strongroom_tls, SMALL),
        *openbao_entries(arena.openbao, arena.openbao.tls_target, [ENCRYPT]),
        *floor_entries(arena.strongroom_tls, arena.bare_tls, [ENCRYPT]),
        *floor_entries(arena.strongroom_tls, arena.raw_tls, [ENCRYPT]),
    ]
    summaries = arena.contest(entries)
    return table_and_notes(summaries, "One P-256 certificate for all; handshakes are not counted."), (
        speed_goals(summaries, " over TLS")
    )


def table_and_notes(summaries, notes):
    references = {
        operation: (("OpenBao", operation), ("bare NIO", operation)) for operation in (*SMALL, LARGE)
    }
    for operation in SMALL:
        references[operation] = (("OpenBao", ENCRYPT), ("bare NIO", ENCRYPT))
    return f"{speed_table(summaries, references)}\n\n{notes}"


def speed_goals(summaries, over=""):
    """What everyday operations are to reach, each held against the operation that is worst at it."""
    openbao, bare = summaries["OpenBao", ENCRYPT], summaries["bare NIO", ENCRYPT]
    ours = {operation.removesuffix(" 32 B"): summaries["Strongroom", operation] for operation in SMALL}
    goals = [
        worst(f"CPU of OpenBao's encrypt ÷ CPU{over}", ours, lambda found: openbao.cpu / found.cpu, 8, True),
        worst(f"CPU ÷ bare NIO's{over}", ours, lambda found: found.cpu / bare.cpu, 1.6),
        worst(f"requests/s ÷ bare NIO's{over}", ours, lambda found: found.rate / bare.rate, 0.6, True),
        worst(f"p99{over}", ours, lambda found: found.p99, 3, unit=" ms"),
    ]
    if not over:
        text = "CPU, under the best emulator's"
        goals.append(worst(text, ours, lambda found: found.cpu, EMULATOR_MICROSECONDS, unit=" µs"))
    return goals


def worst(text, summaries, measure, limit, at_least=False, unit=""):
    figures = {operation: measure(found) for operation, found in summaries.items()}
    operation = (min if at_least else max)(figures, key=figures.get)
    return Goal(f"{text} ({operation})", figures[operation], limit, at_least, unit)


def strongroom_entries(server, operations):
    arn = server.key()
    expects = {ENCRYPT: '"CiphertextBlob":"', LARGE: '"CiphertextBlob":"', DECRYPT: '"Plaintext":"'}
    makers = {
        ENCRYPT: partial(encrypt_requests, server, 32),
        LARGE: partial(encrypt_requests, server, 4096),
        DECRYPT: decrypt_requests(server),
        DATA_KEY: lambda: server.repeated("GenerateDataKey", {"KeyId": arn, "KeySpec": "AES_256"}),
    }
    return [
        Entry("Strongroom", name, server.target, makers[name], expects.get(name, '"Plaintext":"'))
        for name in operations
    ]


def encrypt_requests(server, size):
    return server.requests(
        "Encrypt", [{"KeyId": server.key(), "Plaintext": text} for text in plaintexts(size)]
    )


def decrypt_requests(server):
    """A maker of requests for ciphertexts that are made once."""

    @cache
    def blobs():
        bodies = [{"KeyId": server.key(), "Plaintext": text} for text in plaintexts(32)]
        return [answer["CiphertextBlob"] for answer in server.call_all("Encrypt", bodies)]

    return lambda: server.requests("Decrypt", [{"CiphertextBlob": blob} for blob in blobs()])


def openbao_entries(server, target, operations, token="lean"):
    @cache
    def ciphertexts():
        texts, results = plaintexts(32), []
        # OpenBao refuses bodies of very many strings.
        for start in range(0, len(texts), 100):
            batch = {"batch_input": [{"plaintext": text} for text in texts[start : start + 100]]}
            results += server.call("transit/encrypt/aes", batch)["data"]["batch_results"]
        return [result["ciphertext"] for result in results]

    def encrypt(size):
        return server.requests("encrypt/aes", [{"plaintext": text} for text in plaintexts(size)], token)

    makers = {
        ENCRYPT: partial(encrypt, 32),
        LARGE: partial(encrypt, 4096),
        DECRYPT: lambda: server.requests(
            "decrypt/aes", [{"ciphertext": text} for text in ciphertexts()], token
        ),
        DATA_KEY: lambda: server.requests("datakey/plaintext/aes", [{"bits": 256}], token),
    }
    expects = {DECRYPT: '"plaintext":"'}
    name = "OpenBao" if token == "lean" else f"OpenBao, {token} token"
    return [
        Entry(name, operation, target, makers[operation], expects.get(operation, '"ciphertext":"vault:v1:'))
        for operation in operations
    ]


def floor_entries(strongroom, server, operations):
    """A server that does nothing, sent what Strongroom is sent."""
    sizes = {ENCRYPT: 32, LARGE: 4096}
    return [
        Entry(
            server.name,
            operation,
            server.target,
            partial(encrypt_requests, strongroom, sizes[operation]),
            '"CiphertextBlob":"',
        )
        for operation in operations
    ]


class LibraryTurns:
    """The libraries by themselves, which take turns with the servers, since the machine's pace changes.

    Once on one core, which is what goals are set against, and once on every core at once, as a server works.
    """

    SECONDS = 0.15

    def __init__(self, progress):
        self.progress = progress
        self.rounds = {1: [], len(os.sched_getaffinity(0)): []}

    def take(self):
        for cores, speeds in self.rounds.items():
            self.progress(f"the library, {cores} at once")
            speeds.append(library_speeds(self.SECONDS, cores))

    def medians(self, cores):
        rounds = self.rounds[cores]
        return {measured: median(speeds[measured] for speeds in rounds) for measured in rounds[0]}

    @property
    def alone(self):
        return self.medians(1)

    @property
    def together(self):
        return self.medians(max(self.rounds))


DESCRIBE, SIGN_P256, SIGN_RSA = "DescribeKey", "Sign ECC_NIST_P256", "Sign RSA_2048 PSS"


def sign(arena):
    """Signing: what a request costs above one that signs nothing, against the library alone."""
    server, openbao = arena.strongroom, arena.openbao
    messages = plaintexts(32)

    def signing(spec, algorithm):
        key = server.key(spec, "SIGN_VERIFY")
        bodies = [{"KeyId": key, "Message": text, "SigningAlgorithm": algorithm} for text in messages]
        return lambda: server.requests("Sign", bodies)

    def transit(key):
        bodies = [{"input": text} for text in messages]
        return lambda: openbao.requests(f"sign/{key}/sha2-256", bodies)

    p256, rsa = signing("ECC_NIST_P256", "ECDSA_SHA_256"), signing("RSA_2048", "RSASSA_PSS_SHA_256")

    def describe():
        return server.repeated("DescribeKey", {"KeyId": server.key()})

    turns = LibraryTurns(arena.progress)
    summaries = arena.contest(
        [
            Entry("Strongroom", DESCRIBE, server.target, describe, '"KeyMetadata":{'),
            Entry("Strongroom", SIGN_P256, server.target, p256, '"Signature":"'),
            Entry("Strongroom", SIGN_RSA, server.target, rsa, '"Signature":"'),
            Entry("OpenBao", SIGN_P256, openbao.target, transit("p256"), '"signature":"vault:v1:'),
            Entry("OpenBao", SIGN_RSA, openbao.target, transit("rsa"), '"signature":"vault:v1:'),
        ],
        after_round=turns.take,
    )
    library, together = turns.alone, turns.together
    rows, goals = [], []
    # The library that the server signs with, which is the fastest one for the spec.
    for operation, primitive, name in (
        (SIGN_P256, "P-256 sign", "swift-crypto"),
        (SIGN_RSA, "RSA-2048 PSS sign", "libcrypto"),
    ):
        whole, alone = summaries["Strongroom", operation].cpu, library[primitive, name]
        share = whole - summaries["Strongroom", DESCRIBE].cpu
        module = library[primitive, "Cryptography"]
        crowded = together[primitive, name]
        rows.append(
            [operation, *map(figure, (whole, share, module, alone, crowded)), name]
            + [f"{share / alone:.2f}", f"{share / crowded:.2f}"]
        )
        goals.append(Goal(f"{operation}: CPU above DescribeKey's ÷ the library's", share / alone, 1.25))
    columns = [
        "operation",
        "request µs",
        "less DescribeKey µs",
        "Cryptography module µs",
        "library µs",
        "on all cores at once µs",
        "library",
        "less DescribeKey ÷ library",
        "÷ library on all cores",
    ]
    references = {name: (("OpenBao", name), None) for name in (SIGN_P256, SIGN_RSA)}
    speeds = [
        [primitive, implementation, figure(microseconds)]
        for (primitive, implementation), microseconds in library.items()
    ]
    return (
        f"{speed_table(summaries, references)}\n\nCPU time of one core:\n\n{table(columns, rows)}\n\n"
        f"{table(['primitive', 'by', 'CPU µs'], speeds)}"
    ), goals
