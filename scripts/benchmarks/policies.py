"""The section about policies: what deciding costs when a caller has many statements."""

import json
import random
import time
from functools import partial

from .rounds import Entry
from .speed import ENCRYPT
from .tables import Goal, figure, table
from .wire import Connection, aws_request, plaintexts

POLICIES, STATEMENTS = 10, 50
ROOT, PLAIN, MANY, WORST = (
    "root user",
    "user, one statement",
    "user, 10 × 50 statements",
    "the same, all of KMS",
)


def policies(arena):
    """Encrypt by the root user, by a user with one statement, and by users with five hundred."""
    server = arena.strongroom
    key = server.key()
    plain = [document([allow("kms:Encrypt", key)])]
    callers = {
        ROOT: server.credentials,
        PLAIN: user(arena, "plain", plain),
        MANY: user(arena, "many", [document(part) for part in everyday(key)]),
        WORST: user(arena, "worst", [document(part) for part in keys_alone(key)]),
    }
    entries = [
        Entry(name, ENCRYPT, server.target, partial(requests, server, credentials), '"CiphertextBlob":"')
        for name, credentials in callers.items()
    ]
    summaries = arena.contest(entries)
    root = summaries[ROOT, ENCRYPT]
    rows = [
        [name, figure(found.rate), figure(found.p99), f"{figure(found.cpu)} ({figure(found.best_cpu)})",
         f"{found.cpu / root.cpu:.2f}"]
        for (name, _), found in summaries.items()
    ]  # fmt: skip
    columns = ["caller", "requests/s", "p99 ms", "server CPU µs/request (best)", "÷ root user's"]
    notes = (
        f"{POLICIES} policies of {STATEMENTS} statements each, of which one allows it: in the first mix half "
        "are about KMS, with Denies, wildcards and conditions; in the second all are about kms:Encrypt, on "
        "other keys, by ARN and by prefix."
    )
    goals = [
        Goal(f"Encrypt: CPU, {name} ÷ root user", summaries[name, ENCRYPT].cpu / root.cpu, 1.25)
        for name in (MANY, WORST)
    ]
    return f"{table(columns, rows)}\n\n{notes}", goals


def requests(server, credentials):
    return [
        aws_request(server.server, credentials, "Encrypt", {"KeyId": server.key(), "Plaintext": text})
        for text in plaintexts(32)
    ]


def user(arena, name, documents):
    """A user with policies, whose access key the server knows."""
    server, paths = arena.strongroom, []
    for number, text in enumerate(documents):
        path = arena.folder / f"{name}-{number}.json"
        path.write_text(text)
        paths.append(path)
    credentials = server.server.create_access_key(name, policies=paths)
    # The first request may come before the server has heard of the key; the rounds must not.
    wait_until_answered(server, credentials)
    return credentials


def wait_until_answered(server, credentials):
    for attempt in range(100):
        connection = Connection(server.target.address)
        try:
            connection.send(requests(server, credentials)[0])
            return
        except Exception:
            if attempt == 99:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource, **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def everyday(key):
    """Statements as an organisation collects them, the one that allows it in the last policy."""
    chance = random.Random(20)
    prefix = key.rsplit("/", 1)[0]
    parts = []
    for number in range(POLICIES):
        part = [chance.choice(mixture(prefix, f"x{number}-{place}")) for place in range(STATEMENTS - 1)]
        part.append(allow("kms:*", key) if number == POLICIES - 1 else allow("sns:Publish", "*"))
        parts.append(part)
    return parts


def mixture(prefix, name):
    bucket = f"arn:aws:s3:::{name}"
    return [
        allow(["kms:Encrypt", "kms:Decrypt"], f"{prefix}/{name}"),
        deny("kms:ScheduleKeyDeletion", "*"),
        deny("kms:*", f"{prefix}/{name}*"),
        allow(["s3:Get*", "s3:List*"], [bucket, f"{bucket}/*"]),
        allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:*:*:secret:{name}-*"),
        deny("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        allow("sts:AssumeRole", f"arn:aws:iam::*:role/{name}"),
        allow("kms:De*", "*", Condition={"StringEquals": {"aws:ResourceTag/x": name}}),
        allow("iam:Get*", "arn:aws:iam::*:user/${aws:username}"),
    ]


def keys_alone(key):
    """Nothing but statements on the same action, half of them Denies, on keys by ARN and by prefix."""
    prefix = key.rsplit("/", 1)[0]
    parts = []
    for number in range(POLICIES):
        part = [
            (deny if place % 2 else allow)(
                "kms:Encrypt", f"{prefix}/x{number}-{place}{'*' if place % 3 else ''}"
            )
            for place in range(STATEMENTS - 1)
        ]
        part.append(allow("kms:Encrypt", key if number == POLICIES - 1 else f"{prefix}/other"))
        parts.append(part)
    return parts
