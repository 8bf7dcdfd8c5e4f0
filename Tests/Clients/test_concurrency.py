"""Many clients at once: one wins where only one can, and nobody's change is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from support.clients import key_arn, key_id, kms_client, outcome
from test_rotation import material

CLIENTS = 8


def at_once(server, call, count=CLIENTS):
    """Calls `call(client, number)` from as many threads as there are numbers; gives what came of each."""
    clients = [kms_client(server) for _ in range(count)]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda number: outcome(call, clients[number], number), range(count)))


def codes(answers):
    return Counter(answer if isinstance(answer, str) else "ok" for answer in answers)


def test_one_of_many_gets_an_alias(server, kms):
    keys = [key_arn(kms) for _ in range(CLIENTS)]
    answers = at_once(
        server, lambda client, number: client.create_alias(AliasName="alias/wanted", TargetKeyId=keys[number])
    )
    assert codes(answers) == {"ok": 1, "AlreadyExistsException": CLIENTS - 1}
    winner = keys[[isinstance(answer, dict) for answer in answers].index(True)]
    assert kms.describe_key(KeyId="alias/wanted")["KeyMetadata"]["Arn"] == winner
    owners = [arn for arn in keys if kms.list_aliases(KeyId=arn)["Aliases"]]
    assert owners == [winner]


def test_an_alias_that_many_move_points_to_one_key(server, kms):
    keys = [key_arn(kms) for _ in range(CLIENTS)]
    kms.create_alias(AliasName="alias/moved-by-many", TargetKeyId=keys[0])
    answers = at_once(
        server,
        lambda client, number: client.update_alias(AliasName="alias/moved-by-many", TargetKeyId=keys[number]),
    )
    # An alias that was moved meanwhile may be told as an error that SDKs try again after, never as absent.
    assert codes(answers)["ok"] >= 1 and set(codes(answers)) <= {"ok", "DependencyTimeoutException"}
    owners = [arn for arn in keys if kms.list_aliases(KeyId=arn)["Aliases"]]
    assert owners == [kms.describe_key(KeyId="alias/moved-by-many")["KeyMetadata"]["Arn"]]


def test_every_tag_is_kept(server, kms):
    arn = key_arn(kms)
    answers = at_once(
        server,
        lambda client, number: client.tag_resource(
            KeyId=arn, Tags=[{"TagKey": str(number), "TagValue": "kept"}]
        ),
    )
    assert codes(answers) == {"ok": CLIENTS}
    assert {tag["TagKey"] for tag in kms.list_resource_tags(KeyId=arn)["Tags"]} == set(
        map(str, range(CLIENTS))
    )


def test_a_named_grant_is_made_once(server, kms, new_user):
    arn, user = key_arn(kms), new_user()
    request = {"KeyId": arn, "GranteePrincipal": user.arn, "Operations": ["Decrypt"], "Name": "once"}
    answers = at_once(server, lambda client, _: client.create_grant(**request))
    assert codes(answers) == {"ok": CLIENTS}
    assert len({answer["GrantId"] for answer in answers}) == 1
    assert len({answer["GrantToken"] for answer in answers}) == CLIENTS
    assert len(kms.list_grants(KeyId=arn)["Grants"]) == 1


def test_rotations_at_once_are_all_done_and_old_ciphertexts_open(server, kms):
    arn = key_arn(kms)
    first = material(kms, arn)
    answers = at_once(server, lambda client, _: client.rotate_key_on_demand(KeyId=arn))
    succeeded = codes(answers)["ok"]
    assert succeeded >= 1 and set(codes(answers)) <= {"ok", "ConflictException"}
    entries = kms.list_key_rotations(KeyId=arn, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert len(entries) == succeeded + 1 and first in {entry["KeyMaterialId"] for entry in entries}
    assert [entry["KeyMaterialState"] for entry in entries].count("CURRENT") == 1


def test_a_key_is_never_used_after_disable_has_answered(server, kms):
    """Encryptions run on other connections while the key is disabled and enabled, over and over."""
    arn = key_arn(kms)
    client = kms_client(server)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            busy = [
                pool.submit(outcome, kms_client(server).encrypt, KeyId=arn, Plaintext=b"a") for _ in range(4)
            ]
            kms.disable_key(KeyId=arn)
            assert outcome(client.encrypt, KeyId=arn, Plaintext=b"a") == "DisabledException"
            assert all(
                future.result() == "DisabledException" or future.result()["KeyId"] == arn for future in busy
            )
            kms.enable_key(KeyId=arn)
            assert outcome(client.encrypt, KeyId=arn, Plaintext=b"a")["KeyId"] == arn


def test_keys_made_at_once_are_all_listed(server, kms):
    answers = at_once(server, lambda client, _: [key_arn(client) for _ in range(10)])
    made = {key_id(arn) for arns in answers for arn in arns}
    pages = kms.get_paginator("list_keys").paginate()
    assert len(made) == 10 * CLIENTS and made <= {entry["KeyId"] for page in pages for entry in page["Keys"]}
