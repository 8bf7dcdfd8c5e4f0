"""Signatures, against an independent implementation: made inside and verified outside, and the other way."""

import hashlib

import pytest
from Crypto.Hash import SHA512
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from support.clients import refused

MESSAGE = b"signed inside, verified outside"
RSA_SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"]
RSA_ALGORITHMS = [
    f"RSASSA_{scheme}_SHA_{bits}" for scheme in ("PSS", "PKCS1_V1_5") for bits in (256, 384, 512)
]
ECDSA = [
    ("ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ECC_NIST_P384", "ECDSA_SHA_384"),
    ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
]
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
# Every algorithm with one spec that has it.
ALL = (
    [("RSA_2048", algorithm) for algorithm in RSA_ALGORITHMS]
    + ECDSA
    + [
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
        ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512"),
        ("ML_DSA_65", "ML_DSA_SHAKE_256"),
        ("ML_DSA_87", "ML_DSA_SHAKE_256"),
    ]
)
# Where the caller hashes: these take a digest of the algorithm's own hash.
HASHED = [pair for pair in ALL if pair[1].startswith(("RSA", "ECDSA"))]


def hash_of(algorithm):
    return HASHES[algorithm[-3:]]


def digest_of(algorithm, message=MESSAGE):
    return hashlib.new(f"sha{algorithm[-3:]}", message).digest()


def public_key(kms, arn):
    return load_der_public_key(kms.get_public_key(KeyId=arn)["PublicKey"])


def parameters(arn, algorithm, message=MESSAGE):
    """A request to sign a message, with the message type its algorithm takes."""
    if algorithm == "ED25519_PH_SHA_512":
        return {
            "KeyId": arn,
            "SigningAlgorithm": algorithm,
            "MessageType": "DIGEST",
            "Message": digest_of(algorithm, message),
        }
    return {"KeyId": arn, "SigningAlgorithm": algorithm, "Message": message}


def verify_rsa(key, algorithm, signature, digest):
    prehashed = utils.Prehashed(hash_of(algorithm))
    scheme = padding.PKCS1v15()
    if "PSS" in algorithm:
        scheme = padding.PSS(padding.MGF1(hash_of(algorithm)), hash_of(algorithm).digest_size)
    key.verify(signature, digest, scheme, prehashed)


@pytest.mark.parametrize("algorithm", RSA_ALGORITHMS)
@pytest.mark.parametrize("spec", RSA_SPECS)
def test_rsa_signatures_verify_outside(kms, asymmetric, spec, algorithm):
    arn = asymmetric(spec, "SIGN_VERIFY")
    key = public_key(kms, arn)
    assert key.key_size == int(spec[-4:])
    raw = kms.sign(KeyId=arn, Message=MESSAGE, SigningAlgorithm=algorithm)
    assert raw["KeyId"] == arn and raw["SigningAlgorithm"] == algorithm
    hashed = kms.sign(
        KeyId=arn, Message=digest_of(algorithm), MessageType="DIGEST", SigningAlgorithm=algorithm
    )
    for answer in (raw, hashed):
        verify_rsa(key, algorithm, answer["Signature"], digest_of(algorithm))
        with pytest.raises(InvalidSignature):
            verify_rsa(key, algorithm, answer["Signature"], digest_of(algorithm, b"another message"))


@pytest.mark.parametrize(("spec", "algorithm"), ECDSA)
def test_ecdsa_signatures_verify_outside(kms, asymmetric, spec, algorithm):
    arn = asymmetric(spec, "SIGN_VERIFY")
    key = public_key(kms, arn)
    for _ in range(8):
        raw = kms.sign(KeyId=arn, Message=MESSAGE, SigningAlgorithm=algorithm)["Signature"]
        key.verify(raw, MESSAGE, ec.ECDSA(hash_of(algorithm)))
    hashed = kms.sign(
        KeyId=arn, Message=digest_of(algorithm), MessageType="DIGEST", SigningAlgorithm=algorithm
    )["Signature"]
    key.verify(hashed, MESSAGE, ec.ECDSA(hash_of(algorithm)))
    with pytest.raises(InvalidSignature):
        key.verify(hashed, b"another message", ec.ECDSA(hash_of(algorithm)))


def test_ed25519_signatures_verify_outside(kms, asymmetric):
    arn = asymmetric("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    request = parameters(arn, "ED25519_SHA_512")
    signature = kms.sign(**request)["Signature"]
    public_key(kms, arn).verify(signature, MESSAGE)
    assert kms.sign(**request)["Signature"] == signature, "Ed25519 is deterministic (RFC 8032)"


def test_prehashed_ed25519_hashes_the_digest_again(kms, asymmetric):
    arn = asymmetric("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    key = ECC.import_key(kms.get_public_key(KeyId=arn)["PublicKey"])
    signature = kms.sign(**parameters(arn, "ED25519_PH_SHA_512"))["Signature"]
    verifier = eddsa.new(key, "rfc8032")
    verifier.verify(SHA512.new(digest_of("SHA_512")), signature)
    with pytest.raises(ValueError):
        verifier.verify(SHA512.new(MESSAGE), signature)
    with pytest.raises(ValueError):
        verifier.verify(digest_of("SHA_512"), signature)


@pytest.mark.parametrize("spec", ["ML_DSA_65", "ML_DSA_87"])
def test_ml_dsa_signatures_verify_outside(kms, asymmetric, spec):
    arn = asymmetric(spec, "SIGN_VERIFY")
    key = public_key(kms, arn)
    assert type(key).__name__.startswith("MLDSA" + spec[-2:])
    signature = kms.sign(**parameters(arn, "ML_DSA_SHAKE_256"))["Signature"]
    key.verify(signature, MESSAGE)
    with pytest.raises(InvalidSignature):
        key.verify(signature, b"another message")


def mu_of(key, message):
    """The message representative of FIPS 204, algorithm 7, for an empty context."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.shake_256(hashlib.shake_256(raw).digest(64) + b"\x00\x00" + message).digest(64)


@pytest.mark.parametrize("spec", ["ML_DSA_65", "ML_DSA_87"])
def test_an_external_mu_is_signed_like_its_message_or_refused_clearly(kms, asymmetric, spec):
    arn = asymmetric(spec, "SIGN_VERIFY")
    key = public_key(kms, arn)
    request = {"KeyId": arn, "SigningAlgorithm": "ML_DSA_SHAKE_256", "MessageType": "EXTERNAL_MU"}
    try:
        signature = kms.sign(Message=mu_of(key, MESSAGE), **request)["Signature"]
    except kms.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException", error
        assert "MessageType EXTERNAL_MU is not supported" in error.response["Error"]["Message"]
    else:
        key.verify(signature, MESSAGE)


@pytest.mark.parametrize(("spec", "algorithm"), ALL)
def test_every_signature_verifies_inside_and_nothing_else_does(kms, asymmetric, spec, algorithm):
    arn = asymmetric(spec, "SIGN_VERIFY")
    request = parameters(arn, algorithm)
    signature = kms.sign(**request)["Signature"]
    answer = kms.verify(Signature=signature, **request)
    assert answer["SignatureValid"] is True and answer["KeyId"] == arn
    assert answer["SigningAlgorithm"] == algorithm
    for wrong in (signature[:-1] + bytes([signature[-1] ^ 1]), signature[:-1], signature + b"\x00", b"\x00"):
        with refused("KMSInvalidSignatureException", ""):
            kms.verify(Signature=wrong, **request)
    with refused("KMSInvalidSignatureException", ""):
        kms.verify(Signature=signature, **parameters(arn, algorithm, b"another message"))


def test_signatures_made_outside_verify_inside(kms):
    """With imported keys, whose private halves both sides hold; see also test_import.py."""
    from test_import import import_private_key, new_private_key

    for spec, algorithm in ECDSA:
        private = new_private_key(spec)
        arn = import_private_key(kms, spec, "SIGN_VERIFY", private)
        signature = private.sign(MESSAGE, ec.ECDSA(hash_of(algorithm)))
        assert kms.verify(Signature=signature, **parameters(arn, algorithm))["SignatureValid"]
    private = new_private_key("RSA_2048")
    arn = import_private_key(kms, "RSA_2048", "SIGN_VERIFY", private)
    for algorithm in RSA_ALGORITHMS:
        scheme = padding.PKCS1v15()
        if "PSS" in algorithm:
            scheme = padding.PSS(padding.MGF1(hash_of(algorithm)), hash_of(algorithm).digest_size)
        signature = private.sign(MESSAGE, scheme, hash_of(algorithm))
        assert kms.verify(Signature=signature, **parameters(arn, algorithm))["SignatureValid"]
    private = new_private_key("ECC_NIST_EDWARDS25519")
    arn = import_private_key(kms, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", private)
    assert kms.verify(Signature=private.sign(MESSAGE), **parameters(arn, "ED25519_SHA_512"))["SignatureValid"]


@pytest.mark.parametrize(("spec", "algorithm"), HASHED)
def test_a_digest_of_another_length_is_refused(kms, asymmetric, spec, algorithm):
    arn = asymmetric(spec, "SIGN_VERIFY")
    request = {"KeyId": arn, "SigningAlgorithm": algorithm, "MessageType": "DIGEST", "Message": b"short"}
    for call in (kms.sign, lambda **request: kms.verify(Signature=b"s", **request)):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            call(**request)


@pytest.mark.parametrize(
    ("algorithm", "message_type"),
    [
        ("ED25519_SHA_512", "DIGEST"),
        ("ED25519_PH_SHA_512", "RAW"),
        ("ED25519_SHA_512", "EXTERNAL_MU"),
    ],
)
def test_ed25519_takes_the_message_type_of_its_algorithm_only(kms, asymmetric, algorithm, message_type):
    arn = asymmetric("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    with refused("ValidationException"):
        kms.sign(KeyId=arn, SigningAlgorithm=algorithm, MessageType=message_type, Message=bytes(64))


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [
        ("RSA_2048", "ECDSA_SHA_256"),
        ("ECC_NIST_P256", "ECDSA_SHA_384"),
        ("ECC_SECG_P256K1", "ECDSA_SHA_512"),
        ("ECC_NIST_P384", "RSASSA_PSS_SHA_384"),
        ("ML_DSA_65", "ED25519_SHA_512"),
        ("RSA_2048", "ML_DSA_SHAKE_256"),
    ],
)
def test_an_algorithm_of_another_spec_is_refused(kms, asymmetric, spec, algorithm):
    arn = asymmetric(spec, "SIGN_VERIFY")
    with refused("InvalidKeyUsageException", f"Algorithm {algorithm} is incompatible with key spec {spec}."):
        kms.sign(KeyId=arn, SigningAlgorithm=algorithm, Message=MESSAGE)


def test_keys_of_other_usages_do_not_sign(kms, key, asymmetric):
    mac = asymmetric("HMAC_224", "GENERATE_VERIFY_MAC")
    request = {"Message": b"m", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    with refused(
        "InvalidKeyUsageException", f"{mac} key usage is GENERATE_VERIFY_MAC which is not valid for Sign."
    ):
        kms.sign(KeyId=mac, **request)
    with refused(
        "InvalidKeyUsageException", f"{key} key usage is ENCRYPT_DECRYPT which is not valid for Verify."
    ):
        kms.verify(KeyId=key, Signature=b"s", **request)


def test_a_message_past_4096_bytes_is_refused_without_echo(unchecked, asymmetric):
    with refused(
        "ValidationException",
        "1 validation error detected: Value at 'message' failed to satisfy constraint: "
        "Member must have length less than or equal to 4096",
    ):
        unchecked.sign(
            KeyId=asymmetric("RSA_2048", "SIGN_VERIFY"),
            Message=b"m" * 4097,
            SigningAlgorithm="RSASSA_PSS_SHA_256",
        )


@pytest.mark.parametrize(
    "spec", RSA_SPECS + [spec for spec, _ in ECDSA] + ["ECC_NIST_EDWARDS25519", "ML_DSA_65", "ML_DSA_87"]
)
def test_the_public_key_comes_with_what_it_is_for(kms, asymmetric, spec):
    arn = asymmetric(spec, "SIGN_VERIFY")
    answer = kms.get_public_key(KeyId=arn)
    assert answer["KeyId"] == arn and answer["KeySpec"] == spec and answer["KeyUsage"] == "SIGN_VERIFY"
    assert answer["CustomerMasterKeySpec"] == spec
    assert set(answer["SigningAlgorithms"]) >= {
        algorithm for known, algorithm in ALL if known[:3] == "RSA" == spec[:3] or known == spec
    }


def test_a_symmetric_key_has_no_public_key(kms, key):
    with refused("UnsupportedOperationException"):
        kms.get_public_key(KeyId=key)
