"""Multi-Region keys: replicas, the primary's change, rotation and deletion of the family."""

import os

import pytest

from support.clients import key_arn, key_id, policy, refused, statement
from support.server import OTHER_REGION, REGION
from test_import import import_into, new_external_key
from test_rotation import material, rotate


@pytest.fixture
def family(kms):
    """The ARNs of a primary and of its replica in the other Region."""
    primary = key_arn(kms, MultiRegion=True)
    replica = kms.replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION)["ReplicaKeyMetadata"]["Arn"]
    return primary, replica


def configuration(client, arn):
    return client.describe_key(KeyId=arn)["KeyMetadata"]["MultiRegionConfiguration"]


def test_a_primary_shows_its_family(kms, elsewhere):
    metadata = kms.create_key(MultiRegion=True)["KeyMetadata"]
    assert metadata["KeyId"].startswith("mrk-") and len(metadata["KeyId"]) == 36
    primary = metadata["Arn"]
    assert metadata["MultiRegion"] is True and metadata["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": {"Arn": primary, "Region": REGION},
        "ReplicaKeys": [],
    }
    answer = kms.replicate_key(
        KeyId=primary, ReplicaRegion=OTHER_REGION, Description="copy", Tags=[{"TagKey": "a", "TagValue": "b"}]
    )
    replica = answer["ReplicaKeyMetadata"]
    assert replica["Arn"] == primary.replace(REGION, OTHER_REGION)
    assert replica["Description"] == "copy" and replica["KeyState"] in ("Creating", "Enabled")
    assert answer["ReplicaTags"] == [{"TagKey": "a", "TagValue": "b"}] and answer["ReplicaPolicy"]
    expected = {
        "PrimaryKey": {"Arn": primary, "Region": REGION},
        "ReplicaKeys": [{"Arn": replica["Arn"], "Region": OTHER_REGION}],
    }
    assert configuration(kms, primary) == {"MultiRegionKeyType": "PRIMARY", **expected}
    assert configuration(elsewhere, replica["Arn"]) == {"MultiRegionKeyType": "REPLICA", **expected}
    assert elsewhere.list_resource_tags(KeyId=replica["Arn"])["Tags"] == answer["ReplicaTags"]


def test_what_one_region_encrypts_the_other_decrypts(kms, elsewhere, family):
    primary, replica = family
    blob = kms.encrypt(KeyId=primary, Plaintext=b"across")["CiphertextBlob"]
    opened = elsewhere.decrypt(CiphertextBlob=blob)
    assert opened["Plaintext"] == b"across" and opened["KeyId"] == replica
    blob = elsewhere.encrypt(KeyId=replica, Plaintext=b"back")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"back"


def test_an_asymmetric_family_has_one_public_key(kms, elsewhere):
    primary = key_arn(kms, MultiRegion=True, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    replica = kms.replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION)["ReplicaKeyMetadata"]["Arn"]
    assert (
        kms.get_public_key(KeyId=primary)["PublicKey"] == elsewhere.get_public_key(KeyId=replica)["PublicKey"]
    )
    request = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = elsewhere.sign(KeyId=replica, **request)["Signature"]
    assert kms.verify(KeyId=primary, Signature=signature, **request)["SignatureValid"] is True


def test_rotation_of_the_primary_reaches_the_replica(kms, elsewhere, family):
    primary, replica = family
    kms.enable_key_rotation(KeyId=primary, RotationPeriodInDays=120)
    assert elsewhere.get_key_rotation_status(KeyId=replica)["RotationPeriodInDays"] == 120
    before = elsewhere.encrypt(KeyId=replica, Plaintext=b"before")["CiphertextBlob"]
    assert rotate(kms, primary) == material(elsewhere, replica)
    assert elsewhere.decrypt(CiphertextBlob=before)["Plaintext"] == b"before"
    for call in (
        elsewhere.enable_key_rotation,
        elsewhere.disable_key_rotation,
        elsewhere.rotate_key_on_demand,
    ):
        with refused("UnsupportedOperationException"):
            call(KeyId=replica)


def test_only_a_primary_is_replicated_and_only_once_a_region(kms, elsewhere, key, family):
    primary, replica = family
    with refused("UnsupportedOperationException", f"{replica} is not a multi-region primary key."):
        elsewhere.replicate_key(KeyId=replica, ReplicaRegion=REGION)
    with refused("AlreadyExistsException"):
        kms.replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION)
    with refused("UnsupportedOperationException"):
        kms.replicate_key(KeyId=key, ReplicaRegion=OTHER_REGION)
    with refused("ValidationException"):
        kms.replicate_key(KeyId=key_arn(kms, MultiRegion=True), ReplicaRegion="ap-south-1")


def test_a_replica_has_a_policy_of_its_own(kms, elsewhere, account):
    primary = key_arn(kms, MultiRegion=True)
    with refused(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    ):
        kms.replicate_key(
            KeyId=primary,
            ReplicaRegion=OTHER_REGION,
            Policy=policy(statement(Principal={"AWS": account}, action="kms:Encrypt")),
        )
    text = policy(statement(Principal={"AWS": f"arn:aws:iam::{account}:root"}, Sid="own"))
    answer = kms.replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION, Policy=text)
    replica = answer["ReplicaKeyMetadata"]["Arn"]
    assert elsewhere.get_key_policy(KeyId=replica)["Policy"] == text == answer["ReplicaPolicy"]
    assert kms.get_key_policy(KeyId=primary)["Policy"] != text
    elsewhere.disable_key(KeyId=replica)
    assert kms.describe_key(KeyId=primary)["KeyMetadata"]["KeyState"] == "Enabled"


def test_the_primary_changes_its_region(kms, elsewhere, family):
    primary, replica = family
    with refused("ValidationException"):
        kms.update_primary_region(KeyId=primary, PrimaryRegion=REGION)
    with refused("UnsupportedOperationException", f"{replica} is not a multi-region primary key."):
        elsewhere.update_primary_region(KeyId=replica, PrimaryRegion=REGION)
    kms.update_primary_region(KeyId=primary, PrimaryRegion=OTHER_REGION)
    expected = {
        "PrimaryKey": {"Arn": replica, "Region": OTHER_REGION},
        "ReplicaKeys": [{"Arn": primary, "Region": REGION}],
    }
    assert configuration(kms, primary) == {"MultiRegionKeyType": "REPLICA", **expected}
    assert configuration(elsewhere, replica) == {"MultiRegionKeyType": "PRIMARY", **expected}
    rotate(elsewhere, replica)
    assert material(kms, primary) == material(elsewhere, replica)


def test_a_region_without_a_replica_cannot_become_primary(kms, key):
    with refused("NotFoundException"):
        kms.update_primary_region(KeyId=key_arn(kms, MultiRegion=True), PrimaryRegion=OTHER_REGION)


def test_a_primary_waits_for_its_replicas_to_be_deleted(kms, elsewhere, family):
    primary, replica = family
    answer = kms.schedule_key_deletion(KeyId=primary, PendingWindowInDays=9)
    assert answer["KeyState"] == "PendingReplicaDeletion" and "DeletionDate" not in answer
    metadata = kms.describe_key(KeyId=primary)["KeyMetadata"]
    assert metadata["PendingDeletionWindowInDays"] == 9 and "DeletionDate" not in metadata
    with refused("KMSInvalidStateException"):
        kms.encrypt(KeyId=primary, Plaintext=b"a")
    assert elsewhere.encrypt(KeyId=replica, Plaintext=b"a")["KeyId"] == replica
    answer = elsewhere.schedule_key_deletion(KeyId=replica, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingDeletion" and answer["DeletionDate"]
    elsewhere.cancel_key_deletion(KeyId=replica)
    kms.cancel_key_deletion(KeyId=primary)
    assert kms.describe_key(KeyId=primary)["KeyMetadata"]["KeyState"] == "Disabled"


def test_imported_material_is_brought_to_every_region(kms, elsewhere):
    secret = os.urandom(32)
    primary = new_external_key(kms, MultiRegion=True)
    identifier = import_into(kms, primary, secret)["KeyMaterialId"]
    replica = kms.replicate_key(KeyId=primary, ReplicaRegion=OTHER_REGION)["ReplicaKeyMetadata"]
    assert replica["KeyState"] in ("Creating", "PendingImport")
    assert import_into(elsewhere, replica["Arn"], secret)["KeyMaterialId"] == identifier
    blob = kms.encrypt(KeyId=primary, Plaintext=b"a")["CiphertextBlob"]
    assert elsewhere.decrypt(CiphertextBlob=blob)["Plaintext"] == b"a"
    second = os.urandom(32)
    import_into(kms, primary, second, ImportType="NEW_KEY_MATERIAL")
    with refused("KMSInvalidStateException"):
        kms.rotate_key_on_demand(KeyId=primary)
    import_into(elsewhere, replica["Arn"], second)
    assert rotate(kms, primary) == material(elsewhere, replica["Arn"])


def test_keys_of_one_region_do_not_exist_in_another(kms, elsewhere):
    single = key_arn(kms)
    assert key_id(single) not in {entry["KeyId"] for entry in elsewhere.list_keys(Limit=1000)["Keys"]}
    with refused("NotFoundException"):
        elsewhere.describe_key(KeyId=key_id(single))
