"""Key policies: what is stored, what is refused, the lockout check."""

import json

import pytest

from support.clients import key_arn, policy, refused, statement

LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."
UNKNOWN = "1234abcd-12ab-34cd-56ef-1234567890ab"


def of_account(account, **more):
    return statement(Principal={"AWS": f"arn:aws:iam::{account}:root"}, **more)


def test_a_key_without_policy_gets_the_default_one(kms, account):
    answer = kms.get_key_policy(KeyId=key_arn(kms), PolicyName="default")
    assert answer["PolicyName"] == "default"
    assert json.loads(answer["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }


def test_a_policy_is_kept_as_it_was_written(kms, account):
    arn = key_arn(kms)
    text = json.dumps(
        {
            "Version": "2008-10-17",
            "Id": "mine",
            "Statement": of_account(account, Sid="one only"),
        },
        indent=3,
    )
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=text)
    assert kms.get_key_policy(KeyId=arn)["Policy"] == text
    assert kms.list_key_policies(KeyId=arn)["PolicyNames"] == ["default"]


def test_everyone_is_written_as_aws_writes_it(kms, account):
    arn = key_arn(kms)
    everyone = statement(Principal="*", Condition={"StringEquals": {"kms:CallerAccount": account}})
    kms.put_key_policy(KeyId=arn, Policy=policy(everyone))
    stored = json.loads(kms.get_key_policy(KeyId=arn)["Policy"])
    assert stored["Statement"][0]["Principal"] == {"AWS": "*"}


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "{}",
        "[]",
        '{"Version":"2012-10-17"}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Permit","Principal":"*","Action":"kms:*","Resource":"*"}]}',
        '{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",'
        '"Condition":{"StringSounds":{"kms:CallerAccount":"1"}}}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",'
        '"Comment":"not an element"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"kms:*",'
        '"Resource":"*"}]}',
        "[" * 3000,
    ],
)
def test_a_text_that_is_no_policy_is_refused(kms, text):
    arn = key_arn(kms)
    before = kms.get_key_policy(KeyId=arn)["Policy"]
    with refused("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=arn, Policy=text, BypassPolicyLockoutSafetyCheck=True)
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(Policy=text, BypassPolicyLockoutSafetyCheck=True)
    assert kms.get_key_policy(KeyId=arn)["Policy"] == before


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::ACCOUNT:user/nobody-of-that-name"},
        {"AWS": "nonsense"},
        {"AWS": "arn:aws:iam::ACCOUNT:role/not-there"},
    ],
)
def test_a_principal_that_is_not_there_is_refused(kms, account, principal):
    principal = json.loads(json.dumps(principal).replace("ACCOUNT", account))
    with refused("MalformedPolicyDocumentException", PRINCIPALS):
        kms.create_key(Policy=policy(of_account(account), statement(Principal=principal)))


def test_locking_oneself_out_needs_a_word(kms, account):
    text = policy(of_account(account, action=["kms:Encrypt", "kms:Describe*", "kms:GetKeyPolicy"]))
    arn = key_arn(kms)
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        kms.put_key_policy(KeyId=arn, Policy=text)
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        kms.create_key(Policy=text)
    denied = policy(of_account(account), of_account(account, effect="Deny", action="kms:PutKeyPolicy"))
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        kms.put_key_policy(KeyId=arn, Policy=denied)
    kms.disable_key(KeyId=arn)
    kms.put_key_policy(KeyId=arn, Policy=text, BypassPolicyLockoutSafetyCheck=True)
    with refused("AccessDeniedException"):
        kms.put_key_policy(KeyId=arn, Policy=policy(of_account(account)))
    assert kms.get_key_policy(KeyId=arn)["Policy"] == text


def test_a_policy_has_at_most_32768_bytes(kms, account):
    text = policy(of_account(account)).ljust(32768)
    kms.create_key(Policy=text)
    with refused("LimitExceededException"):
        kms.create_key(Policy=text + " ")


def test_a_condition_that_says_less_than_it_seems_is_refused(kms, account):
    condition = {"ForAllValues:StringEquals": {"kms:EncryptionContext:stage": "test"}}
    with refused("MalformedPolicyDocumentException") as caught:
        kms.create_key(Policy=policy(of_account(account), of_account(account, Condition=condition)))
    assert caught.value.response["Error"]["Message"].startswith(
        "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key "
        "matches requests without the specified encryption context or"
    )


def test_only_the_default_policy_exists(kms):
    arn = key_arn(kms)
    for call in (kms.get_key_policy, lambda **more: kms.put_key_policy(Policy="{}", **more)):
        with refused("ValidationException"):
            call(KeyId=arn, PolicyName="other")


def test_policies_of_no_key_are_refused(kms, account):
    for call in (
        lambda: kms.get_key_policy(KeyId=UNKNOWN),
        lambda: kms.list_key_policies(KeyId=UNKNOWN),
        lambda: kms.put_key_policy(KeyId=UNKNOWN, Policy=policy(of_account(account))),
    ):
        with refused("NotFoundException"):
            call()
