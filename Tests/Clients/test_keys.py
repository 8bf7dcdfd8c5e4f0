"""Making, describing, listing, enabling, disabling and deleting keys."""

import re
import time
from datetime import datetime, timedelta, timezone

import pytest

from support.clients import key_arn, key_id, refused
from support.server import OTHER_REGION, REGION

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
UNKNOWN = "1234abcd-12ab-34cd-56ef-1234567890ab"
SPECS = [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "ML_DSA_65",
    "ML_DSA_87",
]


def test_a_symmetric_key_has_the_metadata_of_aws(kms, account):
    metadata = kms.create_key(Description="orders")["KeyMetadata"]
    created = metadata.pop("CreationDate")
    assert abs((datetime.now(timezone.utc) - created).total_seconds()) < 60
    identifier = metadata.pop("KeyId")
    assert UUID.fullmatch(identifier)
    assert re.fullmatch("[0-9a-f]{64}", metadata.pop("CurrentKeyMaterialId"))
    assert metadata == {
        "AWSAccountId": account,
        "Arn": f"arn:aws:kms:{REGION}:{account}:key/{identifier}",
        "Enabled": True,
        "Description": "orders",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_without_usage_is_refused(kms, spec):
    with refused(
        "ValidationException",
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    ):
        kms.create_key(KeySpec=spec)


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("RSA_2048", "KEY_AGREEMENT"),
        ("RSA_2048", "GENERATE_VERIFY_MAC"),
        ("ECC_NIST_P256", "ENCRYPT_DECRYPT"),
        ("ECC_SECG_P256K1", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "KEY_AGREEMENT"),
        ("SYMMETRIC_DEFAULT", "SIGN_VERIFY"),
        ("HMAC_512", "SIGN_VERIFY"),
        ("ML_DSA_65", "ENCRYPT_DECRYPT"),
    ],
)
def test_a_usage_that_the_spec_lacks_is_refused(kms, spec, usage):
    with refused("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}"):
        kms.create_key(KeySpec=spec, KeyUsage=usage)


def test_both_names_of_the_spec_in_one_request_are_refused(kms):
    with refused(
        "ValidationException",
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
        "CustomerMasterKeySpec is deprecated.",
    ):
        kms.create_key(KeySpec="RSA_2048", CustomerMasterKeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")


def test_the_old_name_of_the_spec_still_works(kms):
    metadata = kms.create_key(CustomerMasterKeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    assert metadata["KeySpec"] == metadata["CustomerMasterKeySpec"] == "ECC_NIST_P256"


@pytest.mark.parametrize(("member", "value"), [("KeySpec", "HMAC_random"), ("KeyUsage", "RANDOM")])
def test_a_value_outside_the_enumeration_is_echoed_in_the_refusal(unchecked, member, value):
    camel = member[0].lower() + member[1:]
    with refused("ValidationException") as caught:
        unchecked.create_key(**{member: value})
    assert re.fullmatch(
        rf"1 validation error detected: Value '{value}' at '{camel}' failed to satisfy constraint: "
        r"Member must satisfy enum value set: \[[A-Z0-9_, ]+\]",
        caught.value.response["Error"]["Message"],
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"CustomKeyStoreId": "cks-1234567890abcdef0", "Origin": "AWS_CLOUDHSM"},
        {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": "cks-1234567890abcdef0", "XksKeyId": "x"},
    ],
)
def test_a_key_in_a_custom_key_store_is_refused_in_a_plain_sentence(kms, parameters):
    with refused("UnsupportedOperationException") as caught:
        kms.create_key(**parameters)
    assert "not supported" in caught.value.response["Error"]["Message"]


def test_sm2_keys_are_made_or_refused_clearly(kms):
    try:
        metadata = kms.create_key(KeySpec="SM2", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    except kms.exceptions.UnsupportedOperationException as error:
        assert "SM2" in str(error)
    else:
        assert metadata["SigningAlgorithms"] == ["SM2DSA"]


def test_all_violations_are_reported_together(unchecked):
    with refused("ValidationException") as caught:
        unchecked.encrypt(Plaintext=b"", EncryptionAlgorithm="ROT13")
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: ") and message.count("; ") == 2
    assert "Value null at 'keyId' failed to satisfy constraint: Member must not be null" in message


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("Key 'arn:aws:kms:{region}:{account}:key/{id}' does not exist", UNKNOWN),
        ("Key 'arn:aws:kms:{region}:{account}:key/{id}' does not exist", "mrk-" + "0" * 32),
        ("Invalid keyId 'fake-key-id'", "fake-key-id"),
        ("Invalid keyId '134f2428cec14b25a1ae9048164dba47'", "134f2428cec14b25a1ae9048164dba47"),
        ("Invalid keyId 'mrk-fake-key-id'", "mrk-fake-key-id"),
        ("Alias arn:aws:kms:{region}:{account}:alias/nobody is not found.", "alias/nobody"),
    ],
)
def test_an_identifier_of_nothing_is_told_as_aws_tells_it(kms, account, form, text):
    message = form.format(region=REGION, account=account, id=text)
    with refused("NotFoundException", message):
        kms.describe_key(KeyId=text)
    with refused("NotFoundException", message):
        kms.encrypt(KeyId=text, Plaintext=b"a")


def test_a_key_of_another_region_is_not_found(kms, elsewhere, account, key):
    with refused("NotFoundException", f"Invalid arn {REGION}"):
        elsewhere.describe_key(KeyId=key)
    missing = f"arn:aws:kms:{OTHER_REGION}:{account}:key/{key_id(key)}"
    with refused("NotFoundException", f"Key '{missing}' does not exist"):
        elsewhere.describe_key(KeyId=key_id(key))


def test_the_four_forms_of_an_identifier_name_the_same_key(kms, account, key):
    kms.create_alias(AliasName="alias/four-forms", TargetKeyId=key)
    forms = [key, key_id(key), "alias/four-forms", f"arn:aws:kms:{REGION}:{account}:alias/four-forms"]
    assert {kms.describe_key(KeyId=form)["KeyMetadata"]["Arn"] for form in forms} == {key}
    blobs = [kms.encrypt(KeyId=form, Plaintext=b"same")["CiphertextBlob"] for form in forms]
    assert {kms.decrypt(CiphertextBlob=blob)["KeyId"] for blob in blobs} == {key}


def test_keys_are_listed_in_pages_that_miss_none(kms):
    made = {key_arn(kms) for _ in range(5)}
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 3}))
    assert all(len(page["Keys"]) <= 3 for page in pages) and len(pages) > 1
    arns = [entry["KeyArn"] for page in pages for entry in page["Keys"]]
    assert made <= set(arns) and len(arns) == len(set(arns))
    assert all(key_id(entry["KeyArn"]) == entry["KeyId"] for page in pages for entry in page["Keys"])


def test_a_marker_that_no_list_gave_is_refused(kms):
    with refused("InvalidMarkerException"):
        kms.list_keys(Marker="nonsense")


def test_a_limit_past_the_model_is_refused(unchecked):
    with refused(
        "ValidationException",
        "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000",
    ):
        unchecked.list_keys(Limit=1001)


def test_a_disabled_key_refuses_to_work_until_it_is_enabled(kms, account):
    arn = key_arn(kms)
    blob = kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    kms.disable_key(KeyId=arn)
    kms.disable_key(KeyId=arn)
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Enabled"]) == ("Disabled", False)
    for call in (
        lambda: kms.encrypt(KeyId=arn, Plaintext=b"a"),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.generate_data_key(KeyId=arn, KeySpec="AES_256"),
        lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=arn),
        lambda: kms.create_grant(
            KeyId=arn, GranteePrincipal=f"arn:aws:iam::{account}:root", Operations=["Decrypt"]
        ),
        lambda: kms.enable_key_rotation(KeyId=arn),
        lambda: kms.rotate_key_on_demand(KeyId=arn),
    ):
        with refused("DisabledException", f"{arn} is disabled."):
            call()
    kms.enable_key(KeyId=arn)
    kms.enable_key(KeyId=arn)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"


def test_a_description_is_changed_and_its_length_limited(kms, unchecked):
    arn = key_arn(kms, Description="old")
    kms.update_key_description(KeyId=arn, Description="new \N{SNOWMAN}")
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["Description"] == "new \N{SNOWMAN}"
    with refused("ValidationException"):
        unchecked.update_key_description(KeyId=arn, Description="x" * 8193)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["Description"] == "new \N{SNOWMAN}"
    with refused("NotFoundException"):
        kms.update_key_description(KeyId=UNKNOWN, Description="x")


@pytest.mark.parametrize("days", [7, 30, None])
def test_deletion_is_scheduled_for_the_end_of_the_window(kms, days):
    arn = key_arn(kms)
    window = {"PendingWindowInDays": days} if days else {}
    answer = kms.schedule_key_deletion(KeyId=arn, **window)
    assert answer["KeyId"] == arn and answer["KeyState"] == "PendingDeletion"
    assert answer["PendingWindowInDays"] == (days or 30)
    left = answer["DeletionDate"] - datetime.now(timezone.utc)
    assert timedelta(days=(days or 30), minutes=-5) < left < timedelta(days=(days or 30) + 1, minutes=5)
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert metadata["DeletionDate"] == answer["DeletionDate"] and metadata["Enabled"] is False


@pytest.mark.parametrize("days", [0, 1, 6, 31, 365, 366])
def test_a_window_outside_7_to_30_days_is_refused(kms, unchecked, days):
    arn = key_arn(kms)
    with refused("ValidationException"):
        unchecked.schedule_key_deletion(KeyId=arn, PendingWindowInDays=days)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled"


def test_a_key_pending_deletion_does_nothing_but_show_itself(kms, account):
    arn = key_arn(kms)
    blob = kms.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    other = key_arn(kms)
    for call in (
        lambda: kms.encrypt(KeyId=arn, Plaintext=b"a"),
        lambda: kms.decrypt(CiphertextBlob=blob),
        lambda: kms.generate_data_key_without_plaintext(KeyId=arn, KeySpec="AES_128"),
        lambda: kms.enable_key(KeyId=arn),
        lambda: kms.disable_key(KeyId=arn),
        lambda: kms.schedule_key_deletion(KeyId=arn),
        lambda: kms.update_key_description(KeyId=arn, Description="x"),
        lambda: kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "a", "TagValue": "b"}]),
        lambda: kms.untag_resource(KeyId=arn, TagKeys=["a"]),
        lambda: kms.create_alias(AliasName="alias/too-late", TargetKeyId=arn),
        lambda: kms.create_grant(
            KeyId=arn, GranteePrincipal=f"arn:aws:iam::{account}:root", Operations=["Decrypt"]
        ),
        lambda: kms.enable_key_rotation(KeyId=arn),
        lambda: kms.disable_key_rotation(KeyId=arn),
        lambda: kms.rotate_key_on_demand(KeyId=arn),
        lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other),
    ):
        with refused("KMSInvalidStateException", f"{arn} is pending deletion."):
            call()
    assert kms.get_key_policy(KeyId=arn)["Policy"] and kms.list_resource_tags(KeyId=arn)["Tags"] == []
    assert kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"] is False


def test_cancelling_what_is_not_pending_is_refused(kms, key):
    with refused("KMSInvalidStateException", f"{key} is not pending deletion (or pending replica deletion)."):
        kms.cancel_key_deletion(KeyId=key)


def test_the_last_use_of_a_key_is_told(kms):
    arn = key_arn(kms)
    fresh = kms.get_key_last_usage(KeyId=arn)
    assert fresh["KeyId"] in (arn, key_id(arn)) and not fresh.get("KeyLastUsage")
    answer = kms.encrypt(KeyId=arn, Plaintext=b"a")
    deadline = time.monotonic() + 5
    while not (usage := kms.get_key_last_usage(KeyId=arn)).get("KeyLastUsage"):
        assert time.monotonic() < deadline, usage
        time.sleep(0.1)
    assert usage["KeyLastUsage"]["Operation"] == "Encrypt"
    assert usage["KeyLastUsage"]["KmsRequestId"] == answer["ResponseMetadata"]["RequestId"]
    assert usage["KeyCreationDate"] <= usage["KeyLastUsage"]["Timestamp"]
    with refused("NotFoundException"):
        kms.get_key_last_usage(KeyId=UNKNOWN)
