"""The section about values of secrets: reading them, and writing new versions."""

import json
import os
import uuid

from .rounds import Entry
from .tables import Goal, figure, speed_table

READ, WRITE = "read a value", "write a version"
SECRETS, WRITES = 500, 4000
SERVICE = "secretsmanager"


def secrets(arena):
    """Secrets Manager beside OpenBao's KV version 2, both with the audit on."""
    server, openbao = arena.strongroom, arena.openbao
    names = [f"bench/{number}" for number in range(SECRETS)]
    bodies = [
        {"Name": name, "SecretString": json.dumps(value()), "ClientRequestToken": str(uuid.uuid4())}
        for name in names
    ]
    server.call_all("CreateSecret", bodies, SERVICE)
    openbao.send_all(openbao.kv_writes([(name, value()) for name in names]))
    once = {"count": WRITES}
    summaries = arena.contest(
        [
            Entry("Strongroom", READ, server.target, lambda: reads(server, names), '"SecretString":"'),
            Entry("OpenBao", READ, openbao.target, lambda: openbao.kv_reads(names), '"password":"'),
            Entry(
                "Strongroom", WRITE, server.target, lambda: writes(server, names), '"VersionStages":[', once
            ),
            Entry("OpenBao", WRITE, openbao.target, lambda: kv_writes(openbao, names), '"version":', once),
        ]
    )
    ours, theirs = summaries["Strongroom", READ], summaries["OpenBao", READ]
    goals = [
        Goal("CPU of OpenBao's KV read ÷ GetSecretValue's", theirs.cpu / ours.cpu, 8, at_least=True),
        Goal(
            "PutSecretValue: rate ÷ OpenBao's KV write",
            summaries["Strongroom", WRITE].rate / summaries["OpenBao", WRITE].rate,
            2,
            at_least=True,
        ),
    ]
    references = {name: (("OpenBao", name), None) for name in (READ, WRITE)}
    notes = (
        f"{SECRETS} secrets of {len(json.dumps(value()))} bytes. A read is GetSecretValue, which has two "
        "events in the trail, its own and that of KMS's Decrypt, against a read of KV version 2; a write is "
        "PutSecretValue under a fresh data key against a write of KV version 2, "
        f"{WRITES:,} of either, each a version of its own and durable when answered. The load generator "
        f"itself took {figure(ours.client_cpu)} µs of CPU a read."
    )
    return f"{speed_table(summaries, references)}\n\n{notes}", goals


def value():
    """What an application keeps of a database."""
    return {"username": "application", "password": os.urandom(16).hex(), "host": "db.internal", "port": 5432}


def reads(server, names):
    return server.requests("GetSecretValue", [{"SecretId": name} for name in names], SERVICE)


def writes(server, names):
    bodies = [
        {
            "SecretId": names[number % len(names)],
            "SecretString": json.dumps(value()),
            "ClientRequestToken": str(uuid.uuid4()),
        }
        for number in range(WRITES)
    ]
    return server.requests("PutSecretValue", bodies, SERVICE)


def kv_writes(server, names):
    return server.kv_writes([(names[number % len(names)], value()) for number in range(WRITES)])
