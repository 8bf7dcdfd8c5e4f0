"""Rotation, automatic and on demand."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from support.clients import key_arn, refused

UNKNOWN = "1234abcd-12ab-34cd-56ef-1234567890ab"
OF_ASYMMETRIC = [("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")]


def rotate(kms, arn):
    """Rotates a key and waits until it is done; gives the new material's id."""
    current = material(kms, arn)
    assert kms.rotate_key_on_demand(KeyId=arn)["KeyId"] in (arn, arn.rsplit("/", 1)[1])
    deadline = time.monotonic() + 5
    while material(kms, arn) == current:
        assert time.monotonic() < deadline, "the rotation does not come to an end"
        time.sleep(0.05)
    return material(kms, arn)


def material(kms, arn):
    return kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"]


def test_rotation_is_off_until_it_is_enabled(kms):
    arn = key_arn(kms)
    status = kms.get_key_rotation_status(KeyId=arn)
    assert status["KeyRotationEnabled"] is False and "NextRotationDate" not in status
    kms.enable_key_rotation(KeyId=arn)
    status = kms.get_key_rotation_status(KeyId=arn)
    assert status["KeyRotationEnabled"] is True and status["RotationPeriodInDays"] == 365
    left = status["NextRotationDate"] - datetime.now(timezone.utc)
    assert timedelta(days=364, hours=23) < left < timedelta(days=366)
    kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=90)
    assert kms.get_key_rotation_status(KeyId=arn)["RotationPeriodInDays"] == 90
    kms.disable_key_rotation(KeyId=arn)
    assert kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"] is False


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        (89, "greater than or equal to 90"),
        (2561, "less than or equal to 2560"),
    ],
)
def test_a_period_out_of_range_is_refused(unchecked, key, days, rule):
    with refused(
        "ValidationException",
        f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy "
        f"constraint: Member must have value {rule}",
    ):
        unchecked.enable_key_rotation(KeyId=key, RotationPeriodInDays=days)
    assert unchecked.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


def test_ciphertexts_from_before_many_rotations_open(kms):
    arn = key_arn(kms)
    blobs = []
    for _ in range(10):
        answer = kms.generate_data_key(KeyId=arn, KeySpec="AES_256")
        blobs.append((answer["CiphertextBlob"], answer["Plaintext"], answer["KeyMaterialId"]))
        rotate(kms, arn)
    for blob, plaintext, identifier in blobs:
        opened = kms.decrypt(CiphertextBlob=blob)
        assert (opened["Plaintext"], opened["KeyMaterialId"]) == (plaintext, identifier)
    assert len({identifier for _, _, identifier in blobs}) == 10
    moved = kms.re_encrypt(CiphertextBlob=blobs[0][0], DestinationKeyId=arn)
    assert moved["SourceKeyMaterialId"] == blobs[0][2]
    assert moved["DestinationKeyMaterialId"] == material(kms, arn)


def test_rotations_are_listed_in_pages(kms):
    arn = key_arn(kms)
    first = material(kms, arn)
    rotated = [rotate(kms, arn) for _ in range(3)]
    listed = kms.list_key_rotations(KeyId=arn)["Rotations"]
    assert sorted(entry["KeyMaterialId"] for entry in listed) == sorted(rotated)
    assert {entry["RotationType"] for entry in listed} == {"ON_DEMAND"}
    assert all(entry["RotationDate"] <= datetime.now(timezone.utc) for entry in listed)
    pages = list(
        kms.get_paginator("list_key_rotations").paginate(
            KeyId=arn, IncludeKeyMaterial="ALL_KEY_MATERIAL", PaginationConfig={"PageSize": 3}
        )
    )
    assert [len(page["Rotations"]) for page in pages] == [3, 1]
    entries = [entry for page in pages for entry in page["Rotations"]]
    assert {entry["KeyMaterialId"] for entry in entries} == {first, *rotated}
    assert [entry["KeyMaterialId"] for entry in entries if entry["KeyMaterialState"] == "CURRENT"] == rotated[
        -1:
    ]
    with refused("InvalidMarkerException"):
        kms.list_key_rotations(KeyId=arn, Marker="nonsense")


def test_rotation_on_demand_has_a_limit(kms):
    arn = key_arn(kms)
    for _ in range(25):
        rotate(kms, arn)
    with refused(
        "LimitExceededException",
        "The on-demand rotations limit has been reached for the given keyId. "
        f"No more on-demand rotations can be performed for this key: {arn}",
    ):
        kms.rotate_key_on_demand(KeyId=arn)


def test_rotation_on_demand_leaves_the_schedule_alone(kms):
    arn = key_arn(kms)
    kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=100)
    before = kms.get_key_rotation_status(KeyId=arn)["NextRotationDate"]
    rotate(kms, arn)
    assert kms.get_key_rotation_status(KeyId=arn)["NextRotationDate"] == before


@pytest.mark.parametrize(("spec", "usage"), OF_ASYMMETRIC)
def test_other_keys_cannot_be_rotated(kms, asymmetric, spec, usage):
    arn = asymmetric(spec, usage)
    with refused("UnsupportedOperationException", ""):
        kms.rotate_key_on_demand(KeyId=arn)
    for call in (kms.enable_key_rotation, kms.disable_key_rotation):
        with refused("UnsupportedOperationException"):
            call(KeyId=arn)


def test_rotation_of_an_unknown_key_is_refused(kms, account):
    message = f"Key 'arn:aws:kms:us-east-1:{account}:key/{UNKNOWN}' does not exist"
    for call in (
        kms.rotate_key_on_demand,
        kms.enable_key_rotation,
        kms.disable_key_rotation,
        kms.get_key_rotation_status,
        kms.list_key_rotations,
    ):
        with refused("NotFoundException", message):
            call(KeyId=UNKNOWN)
