"""Two accounts in one deployment: both sides must agree."""

import pytest

from support.clients import key_arn, key_id, kms_client, policy, refused, statement, wait_until_known
from support.server import REGION


@pytest.fixture(scope="module")
def neighbour(server):
    """The id of another account."""
    return server.create_account()


@pytest.fixture(scope="module")
def neighbour_root(server, neighbour):
    return wait_until_known(kms_client(server, server.create_access_key(account=neighbour)))


def shared_with(account, principal, action="kms:*"):
    return policy(
        statement(Principal={"AWS": f"arn:aws:iam::{account}:root"}),
        statement(Principal={"AWS": principal}, action=action),
    )


def test_accounts_do_not_see_each_other(kms, neighbour_root, neighbour):
    arn = key_arn(kms)
    theirs = key_arn(neighbour_root)
    assert theirs.split(":")[4] == neighbour
    assert key_id(arn) not in {entry["KeyId"] for entry in neighbour_root.list_keys(Limit=1000)["Keys"]}
    with refused("NotFoundException"):
        neighbour_root.describe_key(KeyId=key_id(arn))
    with refused("AccessDeniedException"):
        neighbour_root.describe_key(KeyId=arn)
    missing = arn.replace(key_id(arn), "1234abcd-12ab-34cd-56ef-1234567890ab")
    with refused("AccessDeniedException"):
        neighbour_root.describe_key(KeyId=missing)


def test_both_sides_must_allow(kms, account, neighbour, new_user):
    arn, other = key_arn(kms), key_arn(kms)
    for shared in (arn, other):
        kms.put_key_policy(
            KeyId=shared, Policy=shared_with(account, f"arn:aws:iam::{neighbour}:root", "kms:Encrypt")
        )
    allowed = new_user(statement(action="kms:Encrypt", resource=arn), account_id=neighbour)
    assert allowed.kms.encrypt(KeyId=arn, Plaintext=b"a")["KeyId"] == arn
    with refused("AccessDeniedException"):
        allowed.kms.encrypt(KeyId=other, Plaintext=b"a")
    with refused("AccessDeniedException"):
        allowed.kms.generate_data_key(KeyId=arn, KeySpec="AES_256")
    with refused(
        "AccessDeniedException",
        f"User: {(quiet := new_user(account_id=neighbour)).arn} is not authorized to perform: kms:Encrypt on "
        f"resource: {arn} because no identity-based policy allows the kms:Encrypt action",
    ):
        quiet.kms.encrypt(KeyId=arn, Plaintext=b"a")
    unshared = key_arn(kms)
    everything = new_user(statement(), account_id=neighbour)
    with refused(
        "AccessDeniedException",
        f"User: {everything.arn} is not authorized to perform: kms:Encrypt on resource: {unshared} "
        "because no resource-based policy allows the kms:Encrypt action",
    ):
        everything.kms.encrypt(KeyId=unshared, Plaintext=b"a")


def test_a_named_user_of_another_account_still_needs_its_own_policy(kms, account, neighbour, new_user):
    quiet, allowed = new_user(account_id=neighbour), new_user(statement(), account_id=neighbour)
    for user in (quiet, allowed):
        arn = key_arn(kms, Policy=shared_with(account, user.arn, "kms:Decrypt"))
        blob = kms.encrypt(KeyId=arn, Plaintext=b"shared")["CiphertextBlob"]
        if user is quiet:
            with refused("AccessDeniedException"):
                user.kms.decrypt(CiphertextBlob=blob, KeyId=arn)
        else:
            assert user.kms.decrypt(CiphertextBlob=blob, KeyId=arn)["Plaintext"] == b"shared"
            assert user.kms.decrypt(CiphertextBlob=blob)["KeyId"] == arn


def test_a_grant_crosses_accounts(kms, neighbour, new_user):
    arn = key_arn(kms)
    quiet, allowed = new_user(account_id=neighbour), new_user(statement(), account_id=neighbour)
    for user in (quiet, allowed):
        kms.create_grant(KeyId=arn, GranteePrincipal=user.arn, Operations=["Encrypt"])
    assert allowed.kms.encrypt(KeyId=arn, Plaintext=b"a")["KeyId"] == arn
    with refused("AccessDeniedException"):
        quiet.kms.encrypt(KeyId=arn, Plaintext=b"a")


def test_an_alias_of_another_account_is_used_by_its_arn(kms, account, neighbour, new_user):
    arn = key_arn(kms, Policy=shared_with(account, f"arn:aws:iam::{neighbour}:root"))
    kms.create_alias(AliasName="alias/for-the-neighbour", TargetKeyId=arn)
    user = new_user(statement(), account_id=neighbour)
    alias = f"arn:aws:kms:{REGION}:{account}:alias/for-the-neighbour"
    assert user.kms.encrypt(KeyId=alias, Plaintext=b"a")["KeyId"] == arn
    with refused(
        "NotFoundException", f"Alias arn:aws:kms:{REGION}:{neighbour}:alias/for-the-neighbour is not found."
    ):
        user.kms.encrypt(KeyId="alias/for-the-neighbour", Plaintext=b"a")


def test_what_stays_in_its_account_is_refused_to_others(kms, account, neighbour, new_user):
    arn = key_arn(kms, Policy=shared_with(account, f"arn:aws:iam::{neighbour}:root"))
    user = new_user(statement(), account_id=neighbour)
    assert user.kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn
    for call in (
        lambda: user.kms.disable_key(KeyId=arn),
        lambda: user.kms.schedule_key_deletion(KeyId=arn),
        lambda: user.kms.put_key_policy(KeyId=arn, Policy=shared_with(neighbour, neighbour)),
        lambda: user.kms.get_key_policy(KeyId=arn),
        lambda: user.kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "a", "TagValue": "b"}]),
        lambda: user.kms.enable_key_rotation(KeyId=arn),
        lambda: user.kms.update_key_description(KeyId=arn, Description="mine now"),
    ):
        with refused("AccessDeniedException"):
            call()
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Description"]) == ("Enabled", "")


def test_ciphertexts_move_from_account_to_account(kms, account, neighbour, neighbour_root, new_user):
    source = key_arn(kms, Policy=shared_with(account, f"arn:aws:iam::{neighbour}:root", "kms:ReEncryptFrom"))
    target = key_arn(neighbour_root)
    blob = kms.encrypt(KeyId=source, Plaintext=b"moving out")["CiphertextBlob"]
    user = new_user(statement(), account_id=neighbour)
    answer = user.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=target)
    assert (answer["SourceKeyId"], answer["KeyId"]) == (source, target)
    assert neighbour_root.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == b"moving out"
