"""Access keys that IAM makes: two per user, active and inactive, last used."""

import pytest

from support.clients import kms_client
from support.iam import code_of, document, erase_user, fresh, key_of, refused, service_client, statement


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def user(iam):
    name = fresh("keys")
    iam.create_user(UserName=name)
    allowed = document(statement(action=["kms:List*", "iam:*"]))
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=allowed)
    yield name
    if code_of(iam.get_user, UserName=name) == "ok":
        erase_user(iam, name)


def test_a_user_has_two_keys_at_most(iam, user):
    first = iam.create_access_key(UserName=user)["AccessKey"]
    assert first["UserName"] == user and first["Status"] == "Active"
    assert first["AccessKeyId"].startswith("AKIA") and len(first["SecretAccessKey"]) == 40
    second = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"):
        iam.create_access_key(UserName=user)
    listed = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    assert {key["AccessKeyId"] for key in listed} == {first["AccessKeyId"], second}
    assert all("SecretAccessKey" not in key for key in listed)


def test_an_inactive_key_opens_nothing_until_it_is_active_again(iam, server, user):
    credentials = key_of(iam, user)
    kms = kms_client(server, credentials)
    kms.list_keys(Limit=1)
    iam.update_access_key(UserName=user, AccessKeyId=credentials.access_key, Status="Inactive")
    assert code_of(kms.list_keys) == "UnrecognizedClientException"
    assert iam.list_access_keys(UserName=user)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    iam.update_access_key(UserName=user, AccessKeyId=credentials.access_key, Status="Active")
    assert code_of(kms.list_keys) == "ok"
    with refused("InvalidInput"):
        iam.update_access_key(UserName=user, AccessKeyId=credentials.access_key, Status="Expired")
    iam.delete_access_key(UserName=user, AccessKeyId=credentials.access_key)
    assert code_of(kms.list_keys) == "UnrecognizedClientException"


def test_a_key_is_found_only_with_its_owner(iam, user):
    other = fresh("other")
    iam.create_user(UserName=other)
    key = iam.create_access_key(UserName=other)["AccessKey"]["AccessKeyId"]
    message = f"The Access Key with id {key} cannot be found."
    with refused("NoSuchEntity", message):
        iam.delete_access_key(UserName=user, AccessKeyId=key)
    with refused("NoSuchEntity", message):
        iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
    assert iam.list_access_keys(UserName=other)["AccessKeyMetadata"][0]["Status"] == "Active"
    erase_user(iam, other)


def test_a_user_makes_its_own_keys_without_saying_its_name(iam, server, user):
    own = service_client(server, "iam", key_of(iam, user))
    made = own.create_access_key()["AccessKey"]
    assert made["UserName"] == user
    assert len(own.list_access_keys()["AccessKeyMetadata"]) == 2
    own.delete_access_key(AccessKeyId=made["AccessKeyId"])
    assert len(own.list_access_keys()["AccessKeyMetadata"]) == 1


def test_the_root_user_lists_its_own_keys(iam, server):
    listed = iam.list_access_keys()["AccessKeyMetadata"]
    assert server.root.access_key in {key["AccessKeyId"] for key in listed}
    assert all("UserName" not in key for key in listed)


def test_the_last_use_is_told(iam, server, user):
    credentials = key_of(iam, user)
    never = iam.get_access_key_last_used(AccessKeyId=credentials.access_key)
    assert never["UserName"] == user
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    kms_client(server, credentials, region="eu-west-1").list_keys(Limit=1)
    used = iam.get_access_key_last_used(AccessKeyId=credentials.access_key)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("kms", "eu-west-1") and used["LastUsedDate"]
    with refused("AccessDenied"):
        iam.get_access_key_last_used(AccessKeyId="AKIA2345ABCD2345ABCD")


def test_another_account_learns_nothing_of_a_key(iam, server, user):
    credentials = key_of(iam, user)
    stranger = service_client(server, "iam", server.create_access_key(account=server.create_account()))
    with refused("AccessDenied") as known:
        stranger.get_access_key_last_used(AccessKeyId=credentials.access_key)
    with refused("AccessDenied") as unknown:
        stranger.get_access_key_last_used(AccessKeyId="AKIA2345ABCD2345ABCD")
    said = known.value.response["Error"]["Message"].replace(credentials.access_key, "KEY")
    assert said == unknown.value.response["Error"]["Message"].replace("AKIA2345ABCD2345ABCD", "KEY")


def test_a_new_user_of_an_old_name_gets_nothing_of_the_old_one(iam, server):
    name = fresh("phoenix")
    iam.create_user(UserName=name)
    credentials = key_of(iam, name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(statement(action="kms:*")))
    kms = kms_client(server, credentials)
    assert code_of(kms.list_keys) == "ok"
    erase_user(iam, name)
    assert code_of(kms.list_keys) == "UnrecognizedClientException"
    iam.create_user(UserName=name)
    assert code_of(kms.list_keys) == "UnrecognizedClientException"
    assert iam.list_access_keys(UserName=name)["AccessKeyMetadata"] == []
    erase_user(iam, name)
