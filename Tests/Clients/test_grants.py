"""Grants: what they allow, their constraints and tokens, retiring and revoking."""

import pytest

from support.clients import key_arn, key_id, outcome, refused

UNKNOWN_GRANT = "0" * 64


@pytest.fixture
def nobody(new_user):
    """A user without any policy."""
    return new_user()


def grants(kms, arn, **more):
    pages = kms.get_paginator("list_grants").paginate(KeyId=arn, **more)
    return [grant for page in pages for grant in page["Grants"]]


def test_a_grant_allows_its_operations_and_no_others(kms, account, nobody):
    arn = key_arn(kms)
    answer = kms.create_grant(
        KeyId=arn, GranteePrincipal=nobody.arn, Operations=["Encrypt", "DescribeKey"], Name="writer"
    )
    assert nobody.kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn
    blob = nobody.kms.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
    with refused("AccessDeniedException"):
        nobody.kms.decrypt(CiphertextBlob=blob, KeyId=arn)
    with refused("AccessDeniedException"):
        nobody.kms.generate_data_key(KeyId=arn, KeySpec="AES_256")
    (grant,) = grants(kms, arn)
    created = grant.pop("CreationDate")
    assert created.year >= 2024 and grant == {
        "KeyId": arn,
        "GrantId": answer["GrantId"],
        "Name": "writer",
        "GranteePrincipal": nobody.arn,
        "IssuingAccount": f"arn:aws:iam::{account}:root",
        "Operations": ["Encrypt", "DescribeKey"],
    }
    kms.revoke_grant(KeyId=arn, GrantId=answer["GrantId"])
    with refused("AccessDeniedException"):
        nobody.kms.encrypt(KeyId=arn, Plaintext=b"a")
    assert grants(kms, arn) == []


@pytest.mark.parametrize(
    ("constraint", "allowed", "refused_contexts"),
    [
        (
            "EncryptionContextEquals",
            [{"a": "1", "b": "2"}],
            [{}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}, {"a": "2", "b": "2"}],
        ),
        (
            "EncryptionContextSubset",
            [{"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": "3"}],
            [{}, {"a": "1"}, {"a": "1", "b": "3"}],
        ),
    ],
)
def test_a_constraint_bounds_the_encryption_context(kms, nobody, constraint, allowed, refused_contexts):
    arn = key_arn(kms)
    kms.create_grant(
        KeyId=arn,
        GranteePrincipal=nobody.arn,
        Operations=["Encrypt", "Decrypt"],
        Constraints={constraint: {"a": "1", "b": "2"}},
    )
    for context in allowed:
        blob = nobody.kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext=context)["CiphertextBlob"]
        assert nobody.kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"a"
    for context in refused_contexts:
        with refused("AccessDeniedException"):
            nobody.kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext=context)
    assert grants(kms, arn)[0]["Constraints"] == {constraint: {"a": "1", "b": "2"}}


def test_a_named_grant_is_made_once_and_its_token_is_fresh(kms, nobody):
    arn, other = key_arn(kms), key_arn(kms)
    request = {"GranteePrincipal": nobody.arn, "Operations": ["Decrypt"], "Name": "same"}
    one, two = kms.create_grant(KeyId=arn, **request), kms.create_grant(KeyId=arn, **request)
    assert one["GrantId"] == two["GrantId"] and one["GrantToken"] != two["GrantToken"]
    assert kms.create_grant(KeyId=other, **request)["GrantId"] != one["GrantId"]
    different = kms.create_grant(KeyId=arn, **{**request, "Operations": ["Encrypt"]})
    assert different["GrantId"] != one["GrantId"]
    del request["Name"]
    assert (
        kms.create_grant(KeyId=arn, **request)["GrantId"] != kms.create_grant(KeyId=arn, **request)["GrantId"]
    )


def test_a_token_is_taken_with_a_request_and_a_wrong_one_refused(kms, nobody):
    arn = key_arn(kms)
    token = kms.create_grant(KeyId=arn, GranteePrincipal=nobody.arn, Operations=["Encrypt"])["GrantToken"]
    assert nobody.kms.encrypt(KeyId=arn, Plaintext=b"a", GrantTokens=[token])["KeyId"] == arn
    with refused("InvalidGrantTokenException"):
        nobody.kms.encrypt(KeyId=arn, Plaintext=b"a", GrantTokens=["garbage"])


def test_more_than_ten_tokens_are_refused(unchecked, key):
    with refused("ValidationException"):
        unchecked.encrypt(KeyId=key, Plaintext=b"a", GrantTokens=["t"] * 11)


def test_a_grant_is_retired_by_those_it_names(kms, new_user):
    arn, grantee, retiring, stranger = key_arn(kms), new_user(), new_user(), new_user()

    def grant(*operations, **more):
        return kms.create_grant(
            KeyId=arn, GranteePrincipal=grantee.arn, Operations=["Encrypt", *operations], **more
        )

    by_token = grant(RetiringPrincipal=retiring.arn)
    with refused("AccessDeniedException"):
        stranger.kms.retire_grant(GrantToken=by_token["GrantToken"])
    with refused("AccessDeniedException"):
        grantee.kms.retire_grant(KeyId=arn, GrantId=by_token["GrantId"])
    assert len(grants(kms, arn)) == 1
    retiring.kms.retire_grant(GrantToken=by_token["GrantToken"])
    assert grants(kms, arn) == []
    by_id = grant(RetiringPrincipal=retiring.arn)
    retiring.kms.retire_grant(KeyId=arn, GrantId=by_id["GrantId"])
    own = grant("RetireGrant")
    grantee.kms.retire_grant(KeyId=arn, GrantId=own["GrantId"])
    kms.retire_grant(KeyId=arn, GrantId=grant()["GrantId"])
    assert grants(kms, arn) == []


def test_retirable_grants_are_listed_across_keys(kms, new_user):
    retiring, grantee = new_user(), new_user()
    arns = {key_arn(kms) for _ in range(3)}
    for arn in arns:
        kms.create_grant(
            KeyId=arn, GranteePrincipal=grantee.arn, RetiringPrincipal=retiring.arn, Operations=["Decrypt"]
        )
    pages = list(
        kms.get_paginator("list_retirable_grants").paginate(
            RetiringPrincipal=retiring.arn, PaginationConfig={"PageSize": 2}
        )
    )
    listed = [grant for page in pages for grant in page["Grants"]]
    assert [len(page["Grants"]) for page in pages] == [2, 1]
    assert {grant["KeyId"] for grant in listed} == arns
    assert {grant["RetiringPrincipal"] for grant in listed} == {retiring.arn}
    with refused("InvalidMarkerException"):
        kms.list_retirable_grants(RetiringPrincipal=retiring.arn, Marker="nonsense")
    kms.retire_grant(KeyId=listed[0]["KeyId"], GrantId=listed[0]["GrantId"])
    assert len(kms.list_retirable_grants(RetiringPrincipal=retiring.arn)["Grants"]) == 2


def test_a_grant_to_make_grants_hands_on_no_more_than_itself(kms, new_user):
    arn, middle, end = key_arn(kms), new_user(), new_user()
    kms.create_grant(
        KeyId=arn,
        GranteePrincipal=middle.arn,
        Operations=["Encrypt", "Decrypt", "CreateGrant"],
        Constraints={"EncryptionContextSubset": {"a": "1"}},
    )
    request = {"KeyId": arn, "GranteePrincipal": end.arn}
    for wrong in (
        {"Operations": ["Encrypt"]},
        {"Operations": ["Encrypt"], "Constraints": {"EncryptionContextSubset": {"b": "2"}}},
        {"Operations": ["Encrypt"], "Constraints": {"EncryptionContextEquals": {"a": "2"}}},
        {"Operations": ["GenerateDataKey"], "Constraints": {"EncryptionContextSubset": {"a": "1"}}},
    ):
        with refused("AccessDeniedException"):
            middle.kms.create_grant(**request, **wrong)
    assert len(grants(kms, arn)) == 1
    middle.kms.create_grant(
        Operations=["Encrypt"], Constraints={"EncryptionContextSubset": {"a": "1", "b": "2"}}, **request
    )
    assert end.kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext={"a": "1", "b": "2"})
    assert (
        outcome(end.kms.encrypt, KeyId=arn, Plaintext=b"a", EncryptionContext={"a": "1"})
        == "AccessDeniedException"
    )


@pytest.mark.parametrize(
    ("spec", "usage", "operations"),
    [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", ["Sign"]),
        ("RSA_2048", "SIGN_VERIFY", ["Encrypt"]),
        ("HMAC_256", "GENERATE_VERIFY_MAC", ["GetPublicKey"]),
        ("ECC_NIST_P256", "KEY_AGREEMENT", ["Sign"]),
    ],
)
def test_operations_that_the_key_lacks_cannot_be_granted(kms, nobody, spec, usage, operations):
    arn = key_arn(kms, KeySpec=spec, KeyUsage=usage)
    with refused("ValidationException"):
        kms.create_grant(KeyId=arn, GranteePrincipal=nobody.arn, Operations=operations)
    assert grants(kms, arn) == []


def test_grants_that_cannot_be_made_are_refused(kms, unchecked, account, key, nobody, asymmetric):
    request = {"KeyId": key, "GranteePrincipal": nobody.arn, "Operations": ["Decrypt"]}
    with refused("ValidationException"):
        unchecked.create_grant(**{**request, "Operations": ["Fly"]})
    for principal in (f"arn:aws:iam::{account}:user/nobody-of-that-name", "nonsense"):
        with refused("InvalidArnException"):
            kms.create_grant(**{**request, "GranteePrincipal": principal})
    for constraints in (
        {"EncryptionContextEquals": {str(number): "x" for number in range(9)}},
        {"EncryptionContextEquals": {"a": "x" * 385}},
        {"EncryptionContextEquals": {"a": "1"}, "EncryptionContextSubset": {"a": "1"}},
    ):
        with refused("ValidationException"):
            kms.create_grant(Constraints=constraints, **request)
    with refused("ValidationException"):
        kms.create_grant(
            KeyId=asymmetric("RSA_2048", "ENCRYPT_DECRYPT"),
            GranteePrincipal=nobody.arn,
            Operations=["Decrypt"],
            Constraints={"EncryptionContextEquals": {"a": "1"}},
        )
    with refused("DryRunOperationException"):
        kms.create_grant(DryRun=True, **request)
    assert all(grant["GranteePrincipal"] != nobody.arn for grant in grants(kms, key))


def test_grants_are_listed_in_pages_and_by_what_is_asked(kms, new_user):
    arn, one, two = key_arn(kms), new_user(), new_user()
    ids = [
        kms.create_grant(KeyId=arn, GranteePrincipal=one.arn, Operations=["Decrypt"])["GrantId"]
        for _ in range(4)
    ]
    ids.append(kms.create_grant(KeyId=arn, GranteePrincipal=two.arn, Operations=["Decrypt"])["GrantId"])
    pages = list(kms.get_paginator("list_grants").paginate(KeyId=arn, PaginationConfig={"PageSize": 2}))
    assert [len(page["Grants"]) for page in pages] == [2, 2, 1]
    assert sorted(grant["GrantId"] for page in pages for grant in page["Grants"]) == sorted(ids)
    assert [grant["GrantId"] for grant in grants(kms, arn, GranteePrincipal=two.arn)] == ids[-1:]
    assert [grant["GrantId"] for grant in grants(kms, arn, GrantId=ids[1])] == [ids[1]]
    with refused("InvalidGrantIdException"):
        kms.list_grants(KeyId=arn, GrantId="nonsense")
    with refused("InvalidMarkerException"):
        kms.list_grants(KeyId=arn, Marker="nonsense")


def test_a_grant_that_is_not_there_is_neither_retired_nor_revoked(kms, key):
    for call in (kms.revoke_grant, kms.retire_grant):
        with refused("NotFoundException"):
            call(KeyId=key, GrantId=UNKNOWN_GRANT)
    with refused("InvalidGrantIdException"):
        kms.revoke_grant(KeyId=key, GrantId="nonsense")
    with refused("InvalidGrantTokenException"):
        kms.retire_grant(GrantToken="nonsense")
    with refused("ValidationException"):
        kms.retire_grant()


def test_a_dry_run_retires_and_revokes_nothing(kms, nobody):
    arn = key_arn(kms)
    request = {
        "KeyId": arn,
        "GrantId": kms.create_grant(KeyId=arn, GranteePrincipal=nobody.arn, Operations=["Decrypt"])[
            "GrantId"
        ],
    }
    for call in (kms.retire_grant, kms.revoke_grant):
        with refused("DryRunOperationException"):
            call(DryRun=True, **request)
    assert [grant["GrantId"] for grant in grants(kms, arn)] == [request["GrantId"]]
    with refused("NotFoundException"):
        kms.revoke_grant(KeyId=key_id(key_arn(kms)), GrantId=request["GrantId"])
