"""RSA encryption, key agreement, HMACs and data key pairs, against an independent implementation."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from support.clients import refused

OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}
OAEP_LIMITS = [
    ("RSA_2048", "RSAES_OAEP_SHA_1", 214),
    ("RSA_2048", "RSAES_OAEP_SHA_256", 190),
    ("RSA_3072", "RSAES_OAEP_SHA_1", 342),
    ("RSA_3072", "RSAES_OAEP_SHA_256", 318),
    ("RSA_4096", "RSAES_OAEP_SHA_1", 470),
    ("RSA_4096", "RSAES_OAEP_SHA_256", 446),
]
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1(),
    "ECC_NIST_P384": ec.SECP384R1(),
    "ECC_NIST_P521": ec.SECP521R1(),
}
MACS = [("HMAC_224", "sha224"), ("HMAC_256", "sha256"), ("HMAC_384", "sha384"), ("HMAC_512", "sha512")]
PAIRS = [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
]


def oaep(algorithm):
    return padding.OAEP(padding.MGF1(OAEP[algorithm]), OAEP[algorithm], None)


@pytest.mark.parametrize(("spec", "algorithm", "limit"), OAEP_LIMITS)
def test_what_is_encrypted_outside_is_decrypted_inside(kms, asymmetric, spec, algorithm, limit):
    arn = asymmetric(spec, "ENCRYPT_DECRYPT")
    answer = kms.get_public_key(KeyId=arn)
    assert answer["EncryptionAlgorithms"] == ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    key = load_der_public_key(answer["PublicKey"])
    for size in (1, limit):
        blob = key.encrypt(b"p" * size, oaep(algorithm))
        opened = kms.decrypt(KeyId=arn, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
        assert opened["Plaintext"] == b"p" * size and opened["KeyId"] == arn
        assert opened["EncryptionAlgorithm"] == algorithm and "KeyMaterialId" not in opened


@pytest.mark.parametrize(("spec", "algorithm", "limit"), OAEP_LIMITS)
def test_rsa_encrypts_as_much_as_its_padding_leaves(kms, asymmetric, spec, algorithm, limit):
    arn = asymmetric(spec, "ENCRYPT_DECRYPT")
    request = {"KeyId": arn, "EncryptionAlgorithm": algorithm}
    blob = kms.encrypt(Plaintext=b"p" * limit, **request)["CiphertextBlob"]
    assert len(blob) == int(spec[-4:]) // 8
    assert kms.decrypt(CiphertextBlob=blob, **request)["Plaintext"] == b"p" * limit
    with refused(
        "ValidationException",
        f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes.",
    ):
        kms.encrypt(Plaintext=b"p" * (limit + 1), **request)


def test_the_other_hash_and_a_changed_ciphertext_do_not_open(kms, asymmetric):
    arn = asymmetric("RSA_2048", "ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=arn, Plaintext=b"p", EncryptionAlgorithm="RSAES_OAEP_SHA_1")["CiphertextBlob"]
    for wrong, algorithm in (
        (blob, "RSAES_OAEP_SHA_256"),
        (blob[:-1] + bytes([blob[-1] ^ 1]), "RSAES_OAEP_SHA_1"),
        (blob[:-1], "RSAES_OAEP_SHA_1"),
        (b"\xff" * 256, "RSAES_OAEP_SHA_1"),
        (b"x", "RSAES_OAEP_SHA_1"),
    ):
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(KeyId=arn, CiphertextBlob=wrong, EncryptionAlgorithm=algorithm)


def test_an_algorithm_that_the_key_lacks_is_refused(kms, key, asymmetric):
    rsa = asymmetric("RSA_2048", "ENCRYPT_DECRYPT")
    with refused(
        "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
    ):
        kms.encrypt(KeyId=rsa, Plaintext=b"p")
    with refused(
        "InvalidKeyUsageException",
        "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.",
    ):
        kms.encrypt(KeyId=key, Plaintext=b"p", EncryptionAlgorithm="RSAES_OAEP_SHA_256")


def test_rsa_takes_no_encryption_context(kms, asymmetric):
    with refused("ValidationException"):
        kms.encrypt(
            KeyId=asymmetric("RSA_2048", "ENCRYPT_DECRYPT"),
            Plaintext=b"p",
            EncryptionAlgorithm="RSAES_OAEP_SHA_256",
            EncryptionContext={"a": "b"},
        )


@pytest.mark.parametrize("spec", CURVES)
def test_both_sides_derive_the_same_secret(kms, asymmetric, spec):
    arn = asymmetric(spec, "KEY_AGREEMENT")
    described = kms.get_public_key(KeyId=arn)
    assert described["KeyAgreementAlgorithms"] == ["ECDH"]
    peer = ec.generate_private_key(CURVES[spec])
    expected = peer.exchange(ec.ECDH(), load_der_public_key(described["PublicKey"]))
    answer = kms.derive_shared_secret(
        KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=spki(peer.public_key())
    )
    assert answer["SharedSecret"] == expected and answer["KeyOrigin"] == "AWS_KMS"
    assert answer["KeyId"] == arn and answer["KeyAgreementAlgorithm"] == "ECDH"


def test_a_peer_key_that_does_not_fit_is_refused_without_text(kms, asymmetric):
    arn = asymmetric("ECC_NIST_P256", "KEY_AGREEMENT")
    good = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    off_curve = good[:-1] + bytes([good[-1] ^ 1])
    for wrong in (
        b"garbage",
        good[:-1],
        off_curve,
        spki(ec.generate_private_key(ec.SECP384R1()).public_key()),
        spki(ec.generate_private_key(ec.SECP256K1()).public_key()),
    ):
        with refused("ValidationException", ""):
            kms.derive_shared_secret(KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=wrong)


def test_key_agreement_refuses_other_usages_algorithms_and_enclaves(kms, unchecked, asymmetric):
    agreement, signing = (
        asymmetric("ECC_NIST_P256", "KEY_AGREEMENT"),
        asymmetric("ECC_NIST_P256", "SIGN_VERIFY"),
    )
    peer = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    request = {"KeyAgreementAlgorithm": "ECDH", "PublicKey": peer}
    with refused(
        "InvalidKeyUsageException",
        f"{signing} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.",
    ):
        kms.derive_shared_secret(KeyId=signing, **request)
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy "
        "constraint: Member must satisfy enum value set: [ECDH]",
    ):
        unchecked.derive_shared_secret(KeyId=agreement, KeyAgreementAlgorithm="INVALID", PublicKey=peer)
    with refused("UnsupportedOperationException"):
        kms.derive_shared_secret(KeyId=agreement, Recipient={"AttestationDocument": b"d"}, **request)
    with refused("DryRunOperationException"):
        kms.derive_shared_secret(KeyId=agreement, DryRun=True, **request)


@pytest.mark.parametrize(("spec", "name"), MACS)
def test_an_imported_hmac_key_makes_the_macs_that_everyone_makes(kms, spec, name):
    from test_import import import_material

    material = bytes(range(hashlib.new(name).digest_size))
    arn = import_material(kms, spec, "GENERATE_VERIFY_MAC", material)
    request = {"KeyId": arn, "Message": b"m" * 4096, "MacAlgorithm": spec.replace("HMAC", "HMAC_SHA")}
    answer = kms.generate_mac(**request)
    assert answer["Mac"] == hmac.digest(material, request["Message"], name)
    assert answer["KeyId"] == arn and answer["MacAlgorithm"] == request["MacAlgorithm"]


@pytest.mark.parametrize(("spec", "name"), MACS)
def test_a_mac_verifies_and_nothing_else_does(kms, asymmetric, spec, name):
    request = {
        "KeyId": asymmetric(spec, "GENERATE_VERIFY_MAC"),
        "Message": b"message",
        "MacAlgorithm": spec.replace("HMAC", "HMAC_SHA"),
    }
    mac = kms.generate_mac(**request)["Mac"]
    assert len(mac) == hashlib.new(name).digest_size
    answer = kms.verify_mac(Mac=mac, **request)
    assert answer["MacValid"] is True and answer["KeyId"] == request["KeyId"]
    for wrong in (mac[:-1] + bytes([mac[-1] ^ 1]), mac[:-1], mac + b"\x00", b"\x00"):
        with refused("KMSInvalidMacException", ""):
            kms.verify_mac(Mac=wrong, **request)
    with refused("KMSInvalidMacException", ""):
        kms.verify_mac(Mac=mac, **{**request, "Message": b"another"})


def test_mac_operations_refuse_what_does_not_fit(kms, unchecked, key, asymmetric):
    arn = asymmetric("HMAC_224", "GENERATE_VERIFY_MAC")
    with refused(
        "InvalidKeyUsageException", "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224."
    ):
        kms.generate_mac(KeyId=arn, Message=b"m", MacAlgorithm="HMAC_SHA_256")
    with refused(
        "InvalidKeyUsageException", f"{key} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac."
    ):
        kms.generate_mac(KeyId=key, Message=b"m", MacAlgorithm="HMAC_SHA_256")
    for call in (unchecked.generate_mac, lambda **request: unchecked.verify_mac(Mac=b"m", **request)):
        with refused("NotFoundException", "Invalid keyId 'key_id'"):
            call(KeyId="key_id", Message=b"m", MacAlgorithm="HMAC_SHA_224")
        with refused("ValidationException") as caught:
            call(KeyId=arn, Message=b"m", MacAlgorithm="INVALID")
        assert "Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint" in str(caught.value)


@pytest.mark.parametrize("spec", PAIRS)
def test_a_data_key_pair_loads_and_its_halves_match(kms, key, spec):
    context = {"purpose": spec}
    answer = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext=context)
    private = load_der_private_key(answer["PrivateKeyPlaintext"], None)
    assert spki(private.public_key()) == answer["PublicKey"]
    if spec.startswith("RSA"):
        assert private.key_size == int(spec[-4:])
    assert answer["KeyId"] == key and answer["KeyPairSpec"] == spec
    opened = kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == answer["PrivateKeyPlaintext"]
    assert opened["KeyMaterialId"] == answer["KeyMaterialId"]


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_a_data_key_pair_can_hide_its_private_half(kms, key, spec):
    answer = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in answer
    private = kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])["Plaintext"]
    assert spki(load_der_private_key(private, None).public_key()) == answer["PublicKey"]


def test_a_data_key_pair_needs_a_symmetric_key(kms, asymmetric):
    for call in (kms.generate_data_key_pair, kms.generate_data_key_pair_without_plaintext):
        with refused("InvalidKeyUsageException"):
            call(KeyId=asymmetric("RSA_2048", "ENCRYPT_DECRYPT"), KeyPairSpec="ECC_NIST_P256")


def spki(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
