"""Aliases and tags."""

import itertools

import pytest

from support.clients import key_arn, key_id, refused
from support.server import REGION

PREFIX_MESSAGE = (
    'Alias must start with the prefix "alias/". Please see '
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)
NUMBERS = itertools.count(1)
UNKNOWN = "1234abcd-12ab-34cd-56ef-1234567890ab"


def new_alias(kms, target):
    name = f"alias/name-{next(NUMBERS)}"
    kms.create_alias(AliasName=name, TargetKeyId=target)
    return name


def alias_arn(account, name):
    return f"arn:aws:kms:{REGION}:{account}:{name}"


def target_of(kms, name):
    pages = kms.get_paginator("list_aliases").paginate()
    found = [entry for page in pages for entry in page["Aliases"] if entry["AliasName"] == name]
    return found[0].get("TargetKeyId") if found else None


def test_an_alias_names_its_key_until_it_is_moved(kms):
    one, two = key_arn(kms), key_arn(kms)
    name = new_alias(kms, one)
    blob = kms.encrypt(KeyId=name, Plaintext=b"a")
    assert blob["KeyId"] == one and target_of(kms, name) == key_id(one)
    kms.update_alias(AliasName=name, TargetKeyId=key_id(two))
    assert kms.encrypt(KeyId=name, Plaintext=b"a")["KeyId"] == two
    assert kms.decrypt(CiphertextBlob=blob["CiphertextBlob"])["KeyId"] == one
    with refused(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    ):
        kms.decrypt(CiphertextBlob=blob["CiphertextBlob"], KeyId=name)
    assert kms.list_aliases(KeyId=one)["Aliases"] == []
    assert [entry["AliasName"] for entry in kms.list_aliases(KeyId=two)["Aliases"]] == [name]


def test_an_alias_that_is_deleted_is_free_again(kms, account, key):
    name = new_alias(kms, key)
    with refused(
        "AlreadyExistsException", f"An alias with the name {alias_arn(account, name)} already exists"
    ):
        kms.create_alias(AliasName=name, TargetKeyId=key)
    kms.delete_alias(AliasName=name)
    for call in (
        lambda: kms.describe_key(KeyId=name),
        lambda: kms.delete_alias(AliasName=name),
        lambda: kms.update_alias(AliasName=name, TargetKeyId=key),
    ):
        with refused("NotFoundException", f"Alias {alias_arn(account, name)} is not found."):
            call()
    kms.create_alias(AliasName=name, TargetKeyId=key)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("orders", "ValidationException", PREFIX_MESSAGE),
        ("ALIAS/orders", "ValidationException", PREFIX_MESSAGE),
        ("alias/my:alias", "ValidationException", "alias/my:alias contains invalid characters for an alias"),
        (
            "alias/a b",
            "ValidationException",
            "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        ),
        ("alias/aws/mine", "InvalidAliasNameException", None),
    ],
)
def test_a_name_that_no_alias_can_have_is_refused(unchecked, key, name, code, message):
    with refused(code) as caught:
        unchecked.create_alias(AliasName=name, TargetKeyId=key)
    assert message is None or caught.value.response["Error"]["Message"] == message


def test_a_name_of_257_characters_is_refused(unchecked, key):
    name = "alias/" + "a" * 251
    with refused(
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'aliasName' failed to satisfy constraint: "
        "Member must have length less than or equal to 256",
    ):
        unchecked.create_alias(AliasName=name, TargetKeyId=key)


def test_an_alias_of_an_alias_is_refused(kms, account, key):
    name = new_alias(kms, key)
    for target in (name, alias_arn(account, name)):
        with refused("ValidationException", "Aliases must refer to keys. Not aliases"):
            kms.create_alias(AliasName="alias/of-an-alias", TargetKeyId=target)


def test_an_alias_of_no_key_is_refused(kms, account):
    with refused("NotFoundException", f"Key 'arn:aws:kms:{REGION}:{account}:key/{UNKNOWN}' does not exist"):
        kms.create_alias(AliasName="alias/of-nothing", TargetKeyId=UNKNOWN)


def test_an_alias_moves_only_to_a_key_of_the_same_kind(kms, account, key, asymmetric):
    name = new_alias(kms, key)
    arn = alias_arn(account, name)
    with refused(
        "ValidationException",
        f"Alias {arn} cannot be changed from a CMK with key usage ENCRYPT_DECRYPT to a CMK with key usage "
        "SIGN_VERIFY. The key usage of the current CMK and the new CMK must be the same.",
    ):
        kms.update_alias(AliasName=name, TargetKeyId=asymmetric("RSA_2048", "SIGN_VERIFY"))
    with refused("ValidationException") as caught:
        kms.update_alias(AliasName=name, TargetKeyId=asymmetric("RSA_2048", "ENCRYPT_DECRYPT"))
    assert f"Alias {arn} cannot be changed from a CMK with key type" in str(caught.value)
    assert target_of(kms, name) == key_id(key)


def test_a_key_has_at_most_50_aliases(kms):
    arn = key_arn(kms)
    for _ in range(50):
        new_alias(kms, arn)
    with refused("LimitExceededException"):
        new_alias(kms, arn)
    pages = list(kms.get_paginator("list_aliases").paginate(KeyId=arn, PaginationConfig={"PageSize": 20}))
    assert [len(page["Aliases"]) for page in pages] == [20, 20, 10]


def test_aliases_are_listed_in_pages_with_their_dates(kms, key):
    name = new_alias(kms, key)
    pages = list(kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 4}))
    entries = [entry for page in pages for entry in page["Aliases"]]
    names = [entry["AliasName"] for entry in entries]
    assert name in names and len(names) == len(set(names)) and len(pages) > 1
    mine = entries[names.index(name)]
    assert mine["CreationDate"] <= mine["LastUpdatedDate"]
    assert all(entry["AliasArn"].endswith(entry["AliasName"]) for entry in entries)
    with refused("InvalidMarkerException"):
        kms.list_aliases(Marker="nonsense")
    with refused("NotFoundException"):
        kms.list_aliases(KeyId=UNKNOWN)


def test_tags_are_set_replaced_and_removed(kms):
    arn = key_arn(kms, Tags=[{"TagKey": "team", "TagValue": "orders"}])
    kms.tag_resource(
        KeyId=arn, Tags=[{"TagKey": "team", "TagValue": "payments"}, {"TagKey": "empty", "TagValue": ""}]
    )
    assert tags(kms, arn) == {"team": "payments", "empty": ""}
    kms.untag_resource(KeyId=arn, TagKeys=["team", "never there"])
    assert tags(kms, arn) == {"empty": ""}


def tags(kms, arn):
    pages = kms.get_paginator("list_resource_tags").paginate(KeyId=arn)
    return {tag["TagKey"]: tag["TagValue"] for page in pages for tag in page["Tags"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([("a", "1"), ("a", "2")], "Duplicate tag keys"),
        ([(str(number), "x") for number in range(51)], "Too many tags"),
        ([("aws:mine", "x")], "Tags beginning with aws: are reserved"),
        ([("AWS:mine", "x")], "Tags beginning with aws: are reserved"),
    ],
)
def test_tags_that_no_key_can_have_are_refused(kms, given, message):
    wrong = [{"TagKey": name, "TagValue": value} for name, value in given]
    with refused("TagException", message):
        kms.create_key(Tags=wrong)
    arn = key_arn(kms)
    with refused("TagException", message):
        kms.tag_resource(KeyId=arn, Tags=wrong)
    assert tags(kms, arn) == {}


def test_a_key_has_at_most_50_tags(kms):
    arn = key_arn(kms, Tags=[{"TagKey": str(number), "TagValue": "x"} for number in range(50)])
    with refused("TagException", "Too many tags"):
        kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "one more", "TagValue": "x"}])
    pages = list(
        kms.get_paginator("list_resource_tags").paginate(KeyId=arn, PaginationConfig={"PageSize": 20})
    )
    assert [len(page["Tags"]) for page in pages] == [20, 20, 10]
    with refused("InvalidMarkerException"):
        kms.list_resource_tags(KeyId=arn, Marker="nonsense")


@pytest.mark.parametrize(
    ("tag", "path", "limit"),
    [
        ({"TagKey": "k", "TagValue": "v" * 257}, "tagValue", 256),
        ({"TagKey": "k" * 129, "TagValue": "v"}, "tagKey", 128),
    ],
)
def test_a_tag_that_is_too_long_is_refused(unchecked, key, tag, path, limit):
    shown = tag[path[0].upper() + path[1:]]
    message = (
        f"1 validation error detected: Value '{shown}' at 'tags.1.member.{path}' failed to satisfy "
        f"constraint: Member must have length less than or equal to {limit}"
    )
    with refused("ValidationException", message):
        unchecked.create_key(Tags=[tag])
    with refused("ValidationException", message):
        unchecked.tag_resource(KeyId=key, Tags=[tag])


def test_tags_of_no_key_are_refused(kms):
    for call in (
        lambda: kms.tag_resource(KeyId=UNKNOWN, Tags=[{"TagKey": "a", "TagValue": "b"}]),
        lambda: kms.untag_resource(KeyId=UNKNOWN, TagKeys=["a"]),
        lambda: kms.list_resource_tags(KeyId=UNKNOWN),
    ):
        with refused("NotFoundException"):
            call()
