"""kill -9 in the middle of writing, twenty times on one data directory."""

import base64
import json
import random
import re
import threading
import time
from dataclasses import dataclass, field

from support.clients import account_of, key_arn, kms_client
from support.raw import RawClient, Torn, Unanswered

LIVES = 20
WRITERS = 6
REQUEST_ID = re.compile(rb'"requestID":"([0-9a-f-]{36})"')


@dataclass
class MadeKey:
    """What one writer was told about a key, and what it asked for without hearing back."""

    arn: str
    description: str
    policy: str
    unheard_policy: str | None = None
    grants: dict = field(default_factory=dict)
    unheard_grants: set = field(default_factory=set)


@dataclass
class Ledger:
    """Everything that was acknowledged; each writer has its own, so none needs a lock."""

    keys: list = field(default_factory=list)
    blobs: list = field(default_factory=list)
    request_ids: list = field(default_factory=list)
    unheard_keys: int = 0


def test_nothing_acknowledged_is_lost_in_twenty_kills(own_server):
    server, everything = own_server, Ledger()
    # The one key that no ledger has.
    account = account_of(key_arn(kms_client(server)))
    for life in range(LIVES):
        ledgers = write_until_killed(server, account, random.Random(life))
        server.command("trail", "verify")
        requests_of_trail = told_requests(server.data)
        server.settings["audit-durability"] = "disk" if life % 2 == 0 else "operating-system"
        server.start()
        for ledger in ledgers:
            check(server, ledger)
            missing = [told for told in ledger.request_ids if told not in requests_of_trail]
            assert not missing, f"life {life}: the trail has no event of {missing}"
            everything.keys += ledger.keys
            everything.blobs += ledger.blobs
            everything.request_ids += ledger.request_ids
            everything.unheard_keys += ledger.unheard_keys
    assert len(everything.keys) > 10 * LIVES and len(everything.blobs) > 10 * LIVES
    check_unheard_keys(server, everything)
    check(server, everything)
    assert server.stop() == 0
    server.command("trail", "verify")
    told = {json.loads(line)["requestID"] for line in server.command("trail", "show").stdout.splitlines()}
    assert told.issuperset(everything.request_ids)


def write_until_killed(server, account, chance):
    """Lets the writers write for a while of random length, and kills the server under them."""
    ledgers = [Ledger() for _ in range(WRITERS)]
    faults = []
    threads = [
        threading.Thread(target=write, args=(server, account, ledger, random.Random(chance.random()), faults))
        for ledger in ledgers
    ]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.2, 0.8))
    server.kill()
    for thread in threads:
        thread.join()
    assert not faults, faults
    assert sum(len(ledger.request_ids) for ledger in ledgers) > 0
    return ledgers


def write(server, account, ledger, chance, faults):
    try:
        with RawClient(server) as client:
            while True:
                make_key(client, ledger, account)
                key = ledger.keys[-1]
                for _ in range(chance.randrange(4, 9)):
                    chance.choice([put_policy, create_grant, encrypt])(client, ledger, key, chance)
    except (Unanswered, Torn, ConnectionError):
        return
    except Exception as error:
        faults.append(repr(error))


def acknowledged(ledger, answer):
    assert answer.status == 200, answer.json
    ledger.request_ids.append(answer.request_id)
    return answer.json


def make_key(client, ledger, account):
    asked = MadeKey("", f"key {len(ledger.keys)} " + "d" * 1000, policy(account, "first"))
    ledger.unheard_keys += 1
    told = client.call("CreateKey", Description=asked.description, Policy=asked.policy)
    asked.arn = acknowledged(ledger, told)["KeyMetadata"]["Arn"]
    ledger.unheard_keys -= 1
    ledger.keys.append(asked)


def put_policy(client, ledger, key, chance):
    key.unheard_policy = policy(account_of(key.arn), f"Sid{chance.getrandbits(64)}")
    acknowledged(ledger, client.call("PutKeyPolicy", KeyId=key.arn, Policy=key.unheard_policy))
    key.policy, key.unheard_policy = key.unheard_policy, None


def create_grant(client, ledger, key, chance):
    name = f"grant-{chance.getrandbits(64)}"
    key.unheard_grants.add(name)
    told = acknowledged(
        ledger,
        client.call(
            "CreateGrant",
            KeyId=key.arn,
            GranteePrincipal=f"arn:aws:iam::{account_of(key.arn)}:root",
            Operations=["Decrypt"],
            Name=name,
        ),
    )
    key.unheard_grants.remove(name)
    key.grants[told["GrantId"]] = name


def encrypt(client, ledger, key, chance):
    plaintext = base64.b64encode(chance.randbytes(chance.randrange(1, 200))).decode()
    told = acknowledged(ledger, client.call("Encrypt", KeyId=key.arn, Plaintext=plaintext))
    ledger.blobs.append((told["CiphertextBlob"], plaintext))


def policy(account, sid):
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
                {"Sid": "x" * 2000, "Effect": "Deny", "Principal": root, "Action": "kms:TagResource"}
                | {"Resource": "*"},
            ],
        }
    )


def check(server, ledger):
    """Everything that was acknowledged is there, whole, and nothing is there that nobody asked for.

    A change that was asked for and not heard of may be there or not; which, is settled from here on.
    """
    with RawClient(server) as client:
        for key in ledger.keys:
            answer = client.call("DescribeKey", KeyId=key.arn)
            assert answer.json["KeyMetadata"]["Description"] == key.description, answer
            text = client.call("GetKeyPolicy", KeyId=key.arn).json["Policy"]
            assert text in (key.policy, key.unheard_policy), key.arn
            key.policy, key.unheard_policy = text, None
            listed = client.call("ListGrants", KeyId=key.arn).json["Grants"]
            there = {grant["GrantId"]: grant["Name"] for grant in listed}
            assert there.items() >= key.grants.items(), key.arn
            assert {there[each] for each in there.keys() - key.grants.keys()} <= key.unheard_grants
            key.grants, key.unheard_grants = there, set()
        for blob, plaintext in ledger.blobs:
            answer = client.call("Decrypt", CiphertextBlob=blob)
            assert answer.json.get("Plaintext") == plaintext, answer.json


def check_unheard_keys(server, ledger):
    """A key whose making was never answered is a whole key or none."""
    with RawClient(server) as client:
        unheard = all_keys(client) - {key.arn for key in ledger.keys}
        assert len(unheard) <= ledger.unheard_keys + 1
        for arn in unheard:
            assert client.call("DescribeKey", KeyId=arn).json["KeyMetadata"]["Enabled"]
            assert "Statement" in client.call("GetKeyPolicy", KeyId=arn).json["Policy"]
            blob = client.call("Encrypt", KeyId=arn, Plaintext="YQ==").json["CiphertextBlob"]
            assert client.call("Decrypt", CiphertextBlob=blob).json["Plaintext"] == "YQ=="


def all_keys(client):
    """The ARNs of all keys, page by page."""
    arns, marker = set(), {}
    while True:
        page = client.call("ListKeys", Limit=1000, **marker).json
        arns |= {entry["KeyArn"] for entry in page["Keys"]}
        if not page["Truncated"]:
            return arns
        marker = {"Marker": page["NextMarker"]}


def told_requests(data):
    """The ids of all requests that have an event in the trail's files."""
    return {
        each.decode()
        for path in (data / "trail").glob("*.log")
        for each in REQUEST_ID.findall(path.read_bytes())
    }
