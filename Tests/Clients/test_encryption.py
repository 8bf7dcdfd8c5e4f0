"""Symmetric encryption: ciphertexts, contexts, data keys, random bytes, re-encryption, dry runs."""

import pytest

from support.clients import key_arn, key_id, outcome, refused

FOREIGN = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
    "or you are not allowed to access."
)
WRONG_KEY = "The key ID in the request does not identify a CMK that can perform this operation."
DRY_RUN = "The request would have succeeded, but the DryRun option is set."


@pytest.mark.parametrize("size", [1, 15, 16, 17, 4095, 4096])
def test_what_is_encrypted_is_decrypted(kms, key, size):
    plaintext = bytes(range(256)) * 16
    answer = kms.encrypt(KeyId=key, Plaintext=plaintext[:size])
    blob = answer["CiphertextBlob"]
    assert answer["KeyId"] == key and answer["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert size < len(blob) <= size + 110
    opened = kms.decrypt(CiphertextBlob=blob)
    assert opened["Plaintext"] == plaintext[:size]
    assert opened["KeyId"] == key and len(opened["KeyMaterialId"]) == 64
    assert opened["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"


@pytest.mark.parametrize(
    ("size", "rule"),
    [
        (4097, "less than or equal to 4096"),
        (0, "greater than or equal to 1"),
    ],
)
def test_a_plaintext_of_a_wrong_size_is_refused_without_echo(unchecked, key, size, rule):
    with refused(
        "ValidationException",
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: "
        f"Member must have length {rule}",
    ):
        unchecked.encrypt(KeyId=key, Plaintext=b"s" * size)


def test_two_ciphertexts_of_one_plaintext_have_nothing_in_common(kms, key):
    plaintext = b"the same plaintext, sixty-four bytes long, encrypted two times.."
    one, two = (kms.encrypt(KeyId=key, Plaintext=plaintext)["CiphertextBlob"] for _ in range(2))
    assert one != two and one[-64:] != two[-64:]
    assert not any(plaintext[at : at + 8] in one for at in range(0, 56))


def test_every_bit_of_a_ciphertext_counts(kms, key):
    """Bits of the key's id lead to another key, which is not told from one the caller may not use."""
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    for index in range(len(blob)):
        changed = blob[:index] + bytes([blob[index] ^ 1 << index % 8]) + blob[index + 1 :]
        answer = outcome(kms.decrypt, CiphertextBlob=changed)
        assert answer in ("InvalidCiphertextException", "AccessDeniedException"), (index, answer)
        assert outcome(kms.decrypt, CiphertextBlob=changed, KeyId=key) in (
            "InvalidCiphertextException",
            "IncorrectKeyException",
        ), index


@pytest.mark.parametrize("cut", [1, 2, 16, 17, 33, 60])
def test_a_cut_or_longer_ciphertext_is_invalid(kms, key, cut):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    for changed in (blob[:-cut], blob + bytes(cut)):
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=changed)


def test_garbage_is_no_ciphertext(kms):
    for garbage in (b"\x00", b"garbage", bytes(6144), b"\xff" * 200):
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=garbage)


def test_a_ciphertext_opens_under_its_own_context_only(kms, key):
    context = {"project": "orders", "aws-crypto-public-key": "abc", "empty": ""}
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    reordered = dict(reversed(context.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=reordered)["Plaintext"] == b"x"
    for wrong in (
        {},
        {"project": "orders"},
        {**context, "more": "1"},
        {**context, "project": "Orders"},
        {**context, "empty": " "},
        {"Project": "orders", "aws-crypto-public-key": "abc", "empty": ""},
        {"project": "orders", "empty": ""},
    ):
        with refused("InvalidCiphertextException", ""):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=wrong)


def test_pairs_that_only_look_the_same_when_joined_differ(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "bc"})["CiphertextBlob"]
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"ab": "c"})


def test_a_context_that_is_too_large_is_refused(kms, key):
    kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"k": "v" * 8000})
    with refused("ValidationException"):
        kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"k": "v" * 8200})


def test_decrypting_with_another_key_than_the_blobs_is_refused(kms, key, asymmetric):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    other = key_arn(kms)
    for wrong in (other, asymmetric("RSA_2048", "SIGN_VERIFY")):
        with refused("IncorrectKeyException", WRONG_KEY):
            kms.decrypt(CiphertextBlob=blob, KeyId=wrong)
    with refused("IncorrectKeyException", WRONG_KEY):
        kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=other, DestinationKeyId=key)


def test_a_blob_of_an_unknown_key_is_not_told_from_a_forbidden_one(kms, elsewhere, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    with refused("AccessDeniedException", FOREIGN):
        elsewhere.decrypt(CiphertextBlob=blob)
    with refused("AccessDeniedException", FOREIGN):
        elsewhere.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key_arn(elsewhere))


def test_a_decrypt_of_nothing_is_refused(kms):
    with refused(
        "ValidationException",
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: "
        "Member must not be null",
    ):
        kms.decrypt()


@pytest.mark.parametrize(
    ("usage", "spec"), [("SIGN_VERIFY", "RSA_2048"), ("GENERATE_VERIFY_MAC", "HMAC_256")]
)
def test_a_key_of_another_usage_does_not_encrypt(kms, asymmetric, usage, spec):
    arn = asymmetric(spec, usage)
    with refused("InvalidKeyUsageException", f"{arn} key usage is {usage} which is not valid for Encrypt."):
        kms.encrypt(KeyId=arn, Plaintext=b"x")


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"KeySpec": "AES_128"}, 16),
        ({"KeySpec": "AES_256"}, 32),
        ({"NumberOfBytes": 1}, 1),
        ({"NumberOfBytes": 64}, 64),
        ({"NumberOfBytes": 1024}, 1024),
    ],
)
def test_a_data_key_has_the_size_asked_for(kms, key, parameters, size):
    context = {"purpose": "test"}
    answer = kms.generate_data_key(KeyId=key, EncryptionContext=context, **parameters)
    assert len(answer["Plaintext"]) == size and answer["KeyId"] == key
    opened = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == answer["Plaintext"]
    assert opened["KeyMaterialId"] == answer["KeyMaterialId"]
    with refused("InvalidCiphertextException", ""):
        kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])
    hidden = kms.generate_data_key_without_plaintext(KeyId=key, EncryptionContext=context, **parameters)
    assert "Plaintext" not in hidden
    opened = kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"], EncryptionContext=context)
    assert len(opened["Plaintext"]) == size and opened["Plaintext"] != answer["Plaintext"]


@pytest.mark.parametrize("parameters", [{}, {"KeySpec": "AES_128", "NumberOfBytes": 16}])
def test_a_data_key_needs_one_statement_of_its_size(kms, key, parameters):
    for generate in (kms.generate_data_key, kms.generate_data_key_without_plaintext):
        with refused("ValidationException", "Please specify either number of bytes or key spec."):
            generate(KeyId=key, **parameters)


@pytest.mark.parametrize(("spec", "usage"), [("RSA_2048", "ENCRYPT_DECRYPT")])
def test_a_data_key_under_an_asymmetric_key_is_refused(kms, asymmetric, spec, usage):
    arn = asymmetric(spec, usage)
    for generate in (kms.generate_data_key, kms.generate_data_key_without_plaintext):
        with refused("InvalidKeyUsageException", "You cannot generate a data key with an asymmetric CMK"):
            generate(KeyId=arn, KeySpec="AES_256")


@pytest.mark.parametrize(
    ("count", "rule"),
    [
        (0, "greater than or equal to 1"),
        (1025, "less than or equal to 1024"),
    ],
)
def test_a_number_of_bytes_out_of_range_is_refused(unchecked, key, count, rule):
    message = (
        f"1 validation error detected: Value '{count}' at 'numberOfBytes' failed to satisfy constraint: "
        f"Member must have value {rule}"
    )
    with refused("ValidationException", message):
        unchecked.generate_random(NumberOfBytes=count)
    with refused("ValidationException", message):
        unchecked.generate_data_key(KeyId=key, NumberOfBytes=count)


def test_random_bytes_are_random(kms):
    assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024
    drawn = {kms.generate_random(NumberOfBytes=16)["Plaintext"] for _ in range(50)}
    assert len(drawn) == 50
    with refused("ValidationException", "NumberOfBytes is required."):
        kms.generate_random()
    with refused("UnsupportedOperationException"):
        kms.generate_random(NumberOfBytes=1, CustomKeyStoreId="cks-1234567890abcdef0")


def test_a_ciphertext_moves_to_another_key_and_context(kms, key):
    target = key_arn(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"moved", EncryptionContext={"a": "1"})["CiphertextBlob"]
    answer = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext={"a": "1"},
        DestinationKeyId=target,
        DestinationEncryptionContext={"b": "2"},
    )
    assert answer["SourceKeyId"] == key and answer["KeyId"] == target
    assert answer["SourceKeyMaterialId"] != answer["DestinationKeyMaterialId"]
    opened = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext={"b": "2"})
    assert opened["Plaintext"] == b"moved" and opened["KeyId"] == target
    with refused("InvalidCiphertextException", ""):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=target)


def test_a_ciphertext_moves_between_symmetric_and_rsa_keys(kms, key, asymmetric):
    rsa = asymmetric("RSA_2048", "ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=key, Plaintext=b"there and back")["CiphertextBlob"]
    there = kms.re_encrypt(
        CiphertextBlob=blob, DestinationKeyId=rsa, DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256"
    )
    back = kms.re_encrypt(
        CiphertextBlob=there["CiphertextBlob"],
        SourceKeyId=rsa,
        SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256",
        DestinationKeyId=key,
    )
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == b"there and back"


def test_a_dry_run_checks_everything_and_does_nothing(kms, key, asymmetric):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    mac_key, sign_key = (
        asymmetric("HMAC_256", "GENERATE_VERIFY_MAC"),
        asymmetric("ECC_NIST_P256", "SIGN_VERIFY"),
    )
    mac = kms.generate_mac(KeyId=mac_key, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
    signing = {"KeyId": sign_key, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**signing)["Signature"]
    for call, parameters in (
        (kms.encrypt, {"KeyId": key, "Plaintext": b"x"}),
        (kms.decrypt, {"CiphertextBlob": blob}),
        (kms.decrypt, {"KeyId": key, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}),
        (kms.re_encrypt, {"CiphertextBlob": blob, "DestinationKeyId": key}),
        (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_data_key_without_plaintext, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_data_key_pair, {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        (kms.generate_data_key_pair_without_plaintext, {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        (kms.generate_mac, {"KeyId": mac_key, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}),
        (kms.verify_mac, {"KeyId": mac_key, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256", "Mac": mac}),
        (kms.sign, signing),
        (kms.verify, {**signing, "Signature": signature}),
    ):
        with refused("DryRunOperationException", DRY_RUN):
            call(DryRun=True, **parameters)


def test_a_dry_run_of_what_would_fail_fails_the_same_way(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, DryRun=True)
    with refused("NotFoundException"):
        kms.encrypt(KeyId="alias/nobody", Plaintext=b"x", DryRun=True)
    with refused("ValidationException"):
        kms.decrypt(KeyId=key, DryRunModifiers=["IGNORE_CIPHERTEXT"])


def test_attestation_documents_are_refused_in_a_plain_sentence(kms, key):
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"document"}
    for call, parameters in (
        (kms.decrypt, {"CiphertextBlob": b"x"}),
        (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_data_key_pair, {"KeyId": key, "KeyPairSpec": "RSA_2048"}),
        (kms.generate_random, {"NumberOfBytes": 1}),
    ):
        with refused("UnsupportedOperationException") as caught:
            call(Recipient=recipient, **parameters)
        assert "not supported" in str(caught.value)


def test_the_key_of_an_aws_service_appears_on_first_use(kms):
    listed = {entry["AliasName"]: entry for entry in kms.list_aliases()["Aliases"]}
    assert "alias/aws/s3" in listed and "alias/aws/secretsmanager" in listed
    metadata = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]
    assert metadata["KeyManager"] == "AWS"
    after = {entry["AliasName"]: entry for entry in kms.list_aliases()["Aliases"]}
    assert after["alias/aws/secretsmanager"]["TargetKeyId"] == key_id(metadata["Arn"])
    assert kms.get_key_rotation_status(KeyId=metadata["KeyId"])["KeyRotationEnabled"] is True
    with refused("AccessDeniedException"):
        kms.encrypt(KeyId="alias/aws/secretsmanager", Plaintext=b"x")
