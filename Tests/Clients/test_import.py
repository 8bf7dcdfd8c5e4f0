"""Imported key material of every kind, wrapped with every algorithm, its expiry, deletion and rotation."""

import os
import re
import time
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

from support.clients import key_arn, refused

WRAPPINGS = [
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "RSA_AES_KEY_WRAP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256",
]
WRAPPING_KEYS = ["RSA_2048", "RSA_3072", "RSA_4096"]
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1(),
    "ECC_NIST_P384": ec.SECP384R1(),
    "ECC_NIST_P521": ec.SECP521R1(),
    "ECC_SECG_P256K1": ec.SECP256K1(),
}
SYMMETRIC = {
    "SYMMETRIC_DEFAULT": ("ENCRYPT_DECRYPT", 32),
    "HMAC_224": ("GENERATE_VERIFY_MAC", 28),
    "HMAC_256": ("GENERATE_VERIFY_MAC", 32),
    "HMAC_384": ("GENERATE_VERIFY_MAC", 48),
    "HMAC_512": ("GENERATE_VERIFY_MAC", 64),
}
PRIVATE = [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    *CURVES,
    "ECC_NIST_EDWARDS25519",
    "ML_DSA_65",
    "ML_DSA_87",
]
FOREVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}


def new_private_key(spec):
    if spec.startswith("RSA"):
        return rsa.generate_private_key(65537, int(spec[-4:]))
    if spec.startswith("ML_DSA"):
        return {"65": mldsa.MLDSA65PrivateKey, "87": mldsa.MLDSA87PrivateKey}[spec[-2:]].generate()
    if spec == "ECC_NIST_EDWARDS25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(CURVES[spec])


def pkcs8(private):
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def spki(public):
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def wrap(material, public, algorithm):
    """Wraps material as the KMS guide says, with an independent implementation."""
    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    scheme = padding.OAEP(padding.MGF1(digest), digest, None)
    key = load_der_public_key(public)
    if algorithm.startswith("RSAES_OAEP"):
        return key.encrypt(material, scheme)
    transport = os.urandom(32)
    return key.encrypt(transport, scheme) + aes_key_wrap_with_padding(transport, material)


def new_external_key(kms, spec="SYMMETRIC_DEFAULT", usage="ENCRYPT_DECRYPT", **more):
    return key_arn(kms, KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL", **more)


def import_into(kms, arn, material, wrapping="RSA_AES_KEY_WRAP_SHA_256", wrapping_key="RSA_2048", **more):
    answer = kms.get_parameters_for_import(
        KeyId=arn, WrappingAlgorithm=wrapping, WrappingKeySpec=wrapping_key
    )
    return kms.import_key_material(
        KeyId=arn,
        ImportToken=answer["ImportToken"],
        EncryptedKeyMaterial=wrap(material, answer["PublicKey"], wrapping),
        **{**FOREVER, **more},
    )


def import_material(kms, spec, usage, material):
    """The ARN of a new key with this material."""
    arn = new_external_key(kms, spec, usage)
    import_into(kms, arn, material)
    return arn


def import_private_key(kms, spec, usage, private):
    return import_material(kms, spec, usage, pkcs8(private))


def state(kms, arn):
    return kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]


def test_a_key_without_material_waits_for_it(kms):
    arn = new_external_key(kms)
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Enabled"]) == ("PendingImport", False)
    assert metadata["Origin"] == "EXTERNAL" and "CurrentKeyMaterialId" not in metadata
    for call in (
        lambda: kms.encrypt(KeyId=arn, Plaintext=b"a"),
        lambda: kms.generate_data_key(KeyId=arn, KeySpec="AES_256"),
        lambda: kms.enable_key(KeyId=arn),
        lambda: kms.disable_key(KeyId=arn),
    ):
        with refused("KMSInvalidStateException", f"{arn} is pending import."):
            call()


@pytest.mark.parametrize("wrapping_key", WRAPPING_KEYS)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_symmetric_material_comes_in_under_every_wrapping(kms, wrapping, wrapping_key):
    arn = new_external_key(kms)
    answer = import_into(kms, arn, os.urandom(32), wrapping, wrapping_key)
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert metadata["KeyState"] == "Enabled" and metadata["ExpirationModel"] == FOREVER["ExpirationModel"]
    assert metadata["CurrentKeyMaterialId"] == answer["KeyMaterialId"]
    blob = kms.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == answer["KeyMaterialId"]


@pytest.mark.parametrize("spec", SYMMETRIC)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_material_of_every_length_comes_in(kms, spec, wrapping):
    usage, size = SYMMETRIC[spec]
    arn = new_external_key(kms, spec, usage)
    import_into(kms, arn, os.urandom(size), wrapping)
    assert state(kms, arn) == "Enabled"
    for wrong in (size - 1, size + 1):
        with refused("IncorrectKeyMaterialException"):
            import_into(kms, new_external_key(kms, spec, usage), os.urandom(wrong), wrapping)


@pytest.mark.parametrize("spec", PRIVATE)
@pytest.mark.parametrize("wrapping", [name for name in WRAPPINGS if "AES_KEY_WRAP" in name])
def test_a_private_key_of_every_spec_comes_in(kms, spec, wrapping):
    private = new_private_key(spec)
    arn = new_external_key(kms, spec, "SIGN_VERIFY")
    import_into(kms, arn, pkcs8(private), wrapping)
    assert kms.get_public_key(KeyId=arn)["PublicKey"] == spki(private.public_key())


@pytest.mark.parametrize(
    ("spec", "wrapping_key"),
    [
        ("ECC_NIST_P256", "RSA_2048"),
        ("ECC_SECG_P256K1", "RSA_2048"),
        ("ECC_NIST_P384", "RSA_3072"),
        ("ECC_NIST_P521", "RSA_3072"),
        ("ECC_NIST_EDWARDS25519", "RSA_2048"),
    ],
)
@pytest.mark.parametrize("wrapping", WRAPPINGS[:2])
def test_a_short_private_key_fits_into_oaep_alone(kms, spec, wrapping_key, wrapping):
    private = new_private_key(spec)
    arn = new_external_key(kms, spec, "SIGN_VERIFY")
    import_into(kms, arn, pkcs8(private), wrapping, wrapping_key)
    assert kms.get_public_key(KeyId=arn)["PublicKey"] == spki(private.public_key())


@pytest.mark.parametrize(
    ("spec", "wrapping", "wrapping_key"),
    [
        ("RSA_2048", "RSAES_OAEP_SHA_256", "RSA_4096"),
        ("RSA_4096", "RSAES_OAEP_SHA_1", "RSA_4096"),
        ("ECC_NIST_P521", "RSAES_OAEP_SHA_256", "RSA_2048"),
        ("ECC_NIST_P521", "RSAES_OAEP_SHA_1", "RSA_2048"),
        ("ECC_NIST_P256", "RSAES_PKCS1_V1_5", "RSA_2048"),
    ],
)
def test_a_wrapping_that_cannot_hold_the_key_is_not_offered(kms, spec, wrapping, wrapping_key):
    arn = new_external_key(kms, spec, "SIGN_VERIFY")
    with refused("UnsupportedOperationException"):
        kms.get_parameters_for_import(KeyId=arn, WrappingAlgorithm=wrapping, WrappingKeySpec=wrapping_key)


def test_imported_keys_decrypt_what_was_encrypted_for_them(kms):
    private = new_private_key("RSA_3072")
    arn = import_private_key(kms, "RSA_3072", "ENCRYPT_DECRYPT", private)
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    blob = private.public_key().encrypt(b"before the import", scheme)
    opened = kms.decrypt(KeyId=arn, CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
    assert opened["Plaintext"] == b"before the import"


def test_an_imported_key_agrees_on_secrets(kms):
    private, peer = new_private_key("ECC_NIST_P384"), new_private_key("ECC_NIST_P384")
    arn = import_private_key(kms, "ECC_NIST_P384", "KEY_AGREEMENT", private)
    answer = kms.derive_shared_secret(
        KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=spki(peer.public_key())
    )
    assert answer["SharedSecret"] == private.exchange(ec.ECDH(), peer.public_key())
    assert answer["KeyOrigin"] == "EXTERNAL"


def test_a_private_key_of_another_spec_is_refused(kms):
    for spec, other in (
        ("ECC_NIST_P256", "ECC_NIST_P384"),
        ("RSA_2048", "RSA_3072"),
        ("ECC_SECG_P256K1", "ECC_NIST_P256"),
        ("ECC_NIST_EDWARDS25519", "ECC_NIST_P256"),
    ):
        arn = new_external_key(kms, spec, "SIGN_VERIFY")
        for material in (pkcs8(new_private_key(other)), b"no key at all"):
            with refused("IncorrectKeyMaterialException"):
                import_into(kms, arn, material)
        assert state(kms, arn) == "PendingImport"


def test_a_token_belongs_to_its_key_and_cannot_be_changed(kms):
    arn, other = new_external_key(kms), new_external_key(kms)
    answer = kms.get_parameters_for_import(
        KeyId=arn, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    token, public = answer["ImportToken"], answer["PublicKey"]
    assert (
        timedelta(hours=23) < answer["ParametersValidTo"] - datetime.now(timezone.utc) < timedelta(hours=25)
    )
    wrapped = wrap(os.urandom(32), public, "RSAES_OAEP_SHA_256")
    request = {"EncryptedKeyMaterial": wrapped, **FOREVER}
    for key, wrong in (
        (other, token),
        (arn, b"garbage"),
        (arn, token[:-1] + bytes([token[-1] ^ 1])),
        (arn, token[:-1]),
    ):
        with refused("InvalidImportTokenException"):
            kms.import_key_material(KeyId=key, ImportToken=wrong, **request)
    for wrong in (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), wrapped[:-1], os.urandom(256), b"x"):
        with refused("InvalidCiphertextException"):
            kms.import_key_material(
                KeyId=arn, ImportToken=token, **{**request, "EncryptedKeyMaterial": wrong}
            )
    assert {state(kms, arn), state(kms, other)} == {"PendingImport"}
    kms.import_key_material(KeyId=arn, ImportToken=token, **request)


def test_a_key_of_the_server_takes_no_import(kms, key):
    message = f"{key} origin is AWS_KMS which is not valid for this operation."
    with refused("UnsupportedOperationException", message):
        kms.get_parameters_for_import(
            KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
    with refused("UnsupportedOperationException", message):
        kms.import_key_material(KeyId=key, ImportToken=b"t", EncryptedKeyMaterial=b"m", **FOREVER)
    with refused("UnsupportedOperationException", message):
        kms.delete_imported_key_material(KeyId=key)


def test_deleted_material_comes_back_as_the_same(kms):
    arn, material = new_external_key(kms), os.urandom(32)
    identifier = import_into(kms, arn, material)["KeyMaterialId"]
    blob = kms.encrypt(KeyId=arn, Plaintext=b"kept")["CiphertextBlob"]
    answer = kms.delete_imported_key_material(KeyId=arn)
    assert answer["KeyMaterialId"] == identifier and state(kms, arn) == "PendingImport"
    with refused("KMSInvalidStateException", f"{arn} is pending import."):
        kms.decrypt(CiphertextBlob=blob)
    with refused("IncorrectKeyMaterialException"):
        import_into(kms, arn, os.urandom(32))
    assert import_into(kms, arn, material)["KeyMaterialId"] == identifier
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"kept"


def test_the_same_material_has_another_id_in_another_key(kms):
    material = os.urandom(32)
    ids = {import_into(kms, new_external_key(kms), material)["KeyMaterialId"] for _ in range(2)}
    assert len(ids) == 2 and all(re.fullmatch("[0-9a-f]{64}", identifier) for identifier in ids)


def test_material_that_expires_needs_a_date_in_reach(kms):
    arn, now = new_external_key(kms), datetime.now(timezone.utc)
    model = {"ExpirationModel": "KEY_MATERIAL_EXPIRES"}
    with refused(
        "ValidationException", "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
    ):
        import_into(kms, arn, os.urandom(32), **model)
    for date in (now - timedelta(minutes=1), now + timedelta(days=366)):
        with refused("ValidationException"):
            import_into(kms, arn, os.urandom(32), ValidTo=date, **model)
    assert state(kms, arn) == "PendingImport"
    import_into(kms, arn, os.urandom(32), ValidTo=now + timedelta(days=30), **model)
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert metadata["ExpirationModel"] == "KEY_MATERIAL_EXPIRES"
    assert abs(metadata["ValidTo"] - now - timedelta(days=30)) < timedelta(seconds=2)


def test_material_is_gone_when_it_expires(kms):
    """The key stops working at once; that the scheduler erases the material is tested with its clock."""
    arn = new_external_key(kms)
    date = datetime.now(timezone.utc) + timedelta(seconds=3)
    import_into(kms, arn, os.urandom(32), ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=date)
    blob = kms.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
    time.sleep(3.5)
    with refused("KMSInvalidStateException", f"{arn} is pending import."):
        kms.decrypt(CiphertextBlob=blob)


def test_a_second_material_waits_for_its_rotation(kms):
    arn, first, second = new_external_key(kms), os.urandom(32), os.urandom(32)
    old = import_into(kms, arn, first)["KeyMaterialId"]
    blob = kms.encrypt(KeyId=arn, Plaintext=b"old")["CiphertextBlob"]
    with refused(
        "KMSInvalidStateException", f"No available key material pending rotation for the key: {arn}."
    ):
        kms.rotate_key_on_demand(KeyId=arn)
    new = import_into(kms, arn, second, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="second")[
        "KeyMaterialId"
    ]
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"] == old
    third = os.urandom(32)
    with refused("KMSInvalidStateException") as caught:
        import_into(kms, arn, third, ImportType="NEW_KEY_MATERIAL")
    assert re.fullmatch(
        rf"New key material \(id: [0-9a-f]{{64}}\) cannot be imported into KMS key {arn}, "
        rf"because another key material \(id: {new}\) is pending rotation\.",
        caught.value.response["Error"]["Message"],
    )
    kms.rotate_key_on_demand(KeyId=arn)
    deadline = time.monotonic() + 5
    while kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"] != new:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == old
    rotations = kms.list_key_rotations(KeyId=arn, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    assert {
        (entry["KeyMaterialId"], entry["KeyMaterialState"], entry["ImportState"]) for entry in rotations
    } == {(old, "NON_CURRENT", "IMPORTED"), (new, "CURRENT", "IMPORTED")}
    assert [entry["KeyMaterialDescription"] for entry in rotations if entry["KeyMaterialId"] == new] == [
        "second"
    ]
    kms.delete_imported_key_material(KeyId=arn, KeyMaterialId=old)
    assert state(kms, arn) == "PendingImport", "a key needs all its materials"
    import_into(kms, arn, first, KeyMaterialId=old)
    assert state(kms, arn) == "Enabled"
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old"


def test_an_imported_asymmetric_key_keeps_its_material(kms):
    private = new_private_key("ECC_NIST_P256")
    arn = import_private_key(kms, "ECC_NIST_P256", "SIGN_VERIFY", private)
    with refused("IncorrectKeyMaterialException"):
        import_into(kms, arn, pkcs8(new_private_key("ECC_NIST_P256")))
    import_into(kms, arn, pkcs8(private))
    with refused("UnsupportedOperationException"):
        kms.rotate_key_on_demand(KeyId=arn)


def test_an_imported_key_is_not_rotated_automatically(kms):
    arn = new_external_key(kms)
    message = f"{arn} origin is EXTERNAL which is not valid for this operation."
    for call in (kms.enable_key_rotation, kms.disable_key_rotation, kms.get_key_rotation_status):
        with refused("UnsupportedOperationException", message):
            call(KeyId=arn)
