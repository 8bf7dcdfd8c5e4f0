"""Who may do what: identity and key policies, explicit denials, condition keys, and what a denial says."""

import json

import pytest

from support.clients import key_arn, key_id, outcome, policy, refused, statement
from support.server import REGION

FOREIGN = (
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
    "or you are not allowed to access."
)


def denial(user, action, arn, reason):
    return f"User: {user.arn} is not authorized to perform: {action} on resource: {arn} {reason}"


def no_allow(kind, action):
    return f"because no {kind} policy allows the {action} action"


def of_account(account, **more):
    return statement(Principal={"AWS": f"arn:aws:iam::{account}:root"}, **more)


def test_a_user_without_policy_may_do_nothing_and_changes_nothing(kms, new_user):
    user, arn = new_user(), key_arn(kms, Description="before")
    kms.create_alias(AliasName="alias/untouched", TargetKeyId=arn)
    before = (kms.describe_key(KeyId=arn)["KeyMetadata"], kms.get_key_policy(KeyId=arn)["Policy"])
    parameters = {"KeyId": arn}
    for name, more in (
        ("describe_key", {}),
        ("get_key_policy", {}),
        ("get_key_rotation_status", {}),
        ("list_grants", {}),
        ("list_resource_tags", {}),
        ("list_key_policies", {}),
        ("list_key_rotations", {}),
        ("get_key_last_usage", {}),
        ("disable_key", {}),
        ("enable_key", {}),
        ("enable_key_rotation", {}),
        ("disable_key_rotation", {}),
        ("rotate_key_on_demand", {}),
        ("schedule_key_deletion", {}),
        ("cancel_key_deletion", {}),
        ("update_key_description", {"Description": "after"}),
        ("put_key_policy", {"Policy": policy(statement(Principal="*"))}),
        ("tag_resource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("create_grant", {"GranteePrincipal": user.arn, "Operations": ["Decrypt"]}),
        ("encrypt", {"Plaintext": b"a"}),
        ("generate_data_key", {"KeySpec": "AES_256"}),
        ("generate_data_key_without_plaintext", {"KeySpec": "AES_256"}),
        ("generate_data_key_pair", {"KeyPairSpec": "ECC_NIST_P256"}),
    ):
        action = "kms:" + "".join(part.capitalize() for part in name.split("_"))
        with refused("AccessDeniedException", denial(user, action, arn, no_allow("identity-based", action))):
            getattr(user.kms, name)(**parameters, **more)
    assert before == (kms.describe_key(KeyId=arn)["KeyMetadata"], kms.get_key_policy(KeyId=arn)["Policy"])
    assert kms.list_grants(KeyId=arn)["Grants"] == [] == kms.list_resource_tags(KeyId=arn)["Tags"]
    for call in (
        lambda: user.kms.create_key(),
        lambda: user.kms.list_keys(),
        lambda: user.kms.list_aliases(),
        lambda: user.kms.generate_random(NumberOfBytes=1),
        lambda: user.kms.create_alias(AliasName="alias/mine", TargetKeyId=arn),
        lambda: user.kms.delete_alias(AliasName="alias/untouched"),
        lambda: user.kms.update_alias(AliasName="alias/untouched", TargetKeyId=arn),
        lambda: user.kms.list_retirable_grants(RetiringPrincipal=user.arn),
    ):
        with refused("AccessDeniedException"):
            call()
    assert kms.describe_key(KeyId="alias/untouched")["KeyMetadata"]["Arn"] == arn


def test_an_identity_policy_counts_when_the_key_delegates(kms, account, new_user):
    arn = key_arn(kms)
    user = new_user(statement(action=["kms:Encrypt", "kms:DescribeKey"], resource=arn))
    assert user.kms.encrypt(KeyId=arn, Plaintext=b"a")["KeyId"] == arn
    with refused("AccessDeniedException"):
        user.kms.encrypt(KeyId=key_arn(kms), Plaintext=b"a")
    kms.put_key_policy(
        KeyId=arn, Policy=policy(of_account(account, action=["kms:PutKeyPolicy", "kms:DescribeKey"]))
    )
    with refused(
        "AccessDeniedException", denial(user, "kms:Encrypt", arn, no_allow("resource-based", "kms:Encrypt"))
    ):
        user.kms.encrypt(KeyId=arn, Plaintext=b"a")
    assert user.kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn


def test_a_key_policy_that_names_the_user_suffices(kms, account, new_user):
    user = new_user()
    arn = key_arn(
        kms, Policy=policy(of_account(account), statement(Principal={"AWS": user.arn}, action="kms:Encrypt"))
    )
    assert user.kms.encrypt(KeyId=arn, Plaintext=b"a")["KeyId"] == arn
    with refused("AccessDeniedException"):
        user.kms.generate_data_key(KeyId=arn, KeySpec="AES_256")


def test_the_root_user_needs_the_key_policy(kms, account, new_user):
    user = new_user()
    arn = key_arn(
        kms, BypassPolicyLockoutSafetyCheck=True, Policy=policy(statement(Principal={"AWS": user.arn}))
    )
    with refused("AccessDeniedException"):
        kms.describe_key(KeyId=arn)
    assert user.kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn


@pytest.mark.parametrize("place", ["key", "identity"])
def test_an_explicit_denial_outweighs_every_allow(kms, account, new_user, place):
    allow, deny = statement(), statement(effect="Deny", action="kms:Decrypt")
    user = new_user(allow, deny) if place == "identity" else new_user(allow)
    kind = {"key": "a resource-based policy", "identity": "an identity-based policy"}[place]
    arn = key_arn(kms)
    if place == "key":
        kms.put_key_policy(
            KeyId=arn,
            Policy=policy(
                of_account(account),
                of_account(
                    account,
                    effect="Deny",
                    action="kms:Decrypt",
                    Condition={"StringEquals": {"aws:PrincipalArn": user.arn}},
                ),
            ),
        )
    kms.create_grant(KeyId=arn, GranteePrincipal=user.arn, Operations=["Decrypt"])
    blob = user.kms.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
    with refused(
        "AccessDeniedException", denial(user, "kms:Decrypt", arn, f"with an explicit deny in {kind}")
    ):
        user.kms.decrypt(CiphertextBlob=blob, KeyId=arn)
    with refused("AccessDeniedException", FOREIGN):
        user.kms.decrypt(CiphertextBlob=blob)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"a"


def test_absence_is_told_only_to_those_who_might_use_the_key(kms, account, new_user):
    missing = f"arn:aws:kms:{REGION}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    with refused("NotFoundException", f"Key '{missing}' does not exist"):
        new_user(statement(action="kms:DescribeKey")).kms.describe_key(KeyId=missing)
    with refused("AccessDeniedException"):
        new_user().kms.describe_key(KeyId=missing)


def test_reencryption_needs_a_permission_on_each_side(kms, new_user):
    source, target = key_arn(kms), key_arn(kms)
    blob = kms.encrypt(KeyId=source, Plaintext=b"a")["CiphertextBlob"]
    leaving = statement(action="kms:ReEncryptFrom", resource=source)
    arriving = statement(action="kms:ReEncryptTo", resource=target)
    request = {"CiphertextBlob": blob, "DestinationKeyId": target, "SourceKeyId": source}
    assert new_user(leaving, arriving).kms.re_encrypt(**request)["KeyId"] == target
    for half in ([leaving], [arriving], [statement(action="kms:ReEncrypt")]):
        with refused("AccessDeniedException"):
            new_user(*half).kms.re_encrypt(**request)


def test_an_alias_needs_permissions_on_alias_and_key(kms, account, new_user):
    arn = key_arn(kms)
    on_alias = statement(action="kms:CreateAlias", resource=f"arn:aws:kms:{REGION}:{account}:alias/needs-two")
    on_key = statement(action="kms:CreateAlias", resource=arn)
    for half in (on_alias, on_key):
        with refused("AccessDeniedException"):
            new_user(half).kms.create_alias(AliasName="alias/needs-two", TargetKeyId=arn)
    new_user(on_alias, on_key).kms.create_alias(AliasName="alias/needs-two", TargetKeyId=arn)


def test_tags_in_create_key_need_their_own_permission(new_user):
    tags = [{"TagKey": "team", "TagValue": "orders"}]
    maker = new_user(statement(action="kms:CreateKey"))
    maker.kms.create_key(BypassPolicyLockoutSafetyCheck=True)
    with refused("AccessDeniedException"):
        maker.kms.create_key(Tags=tags, BypassPolicyLockoutSafetyCheck=True)
    tagger = new_user(
        statement(action="kms:CreateKey"),
        statement(action="kms:TagResource", Condition={"StringEquals": {"aws:RequestTag/team": "orders"}}),
    )
    tagger.kms.create_key(Tags=tags, BypassPolicyLockoutSafetyCheck=True)
    with refused("AccessDeniedException"):
        tagger.kms.create_key(
            Tags=[{"TagKey": "team", "TagValue": "payments"}], BypassPolicyLockoutSafetyCheck=True
        )


CONDITIONS = [
    (
        {"StringEquals": {"kms:EncryptionContext:stage": "test"}},
        {"EncryptionContext": {"stage": "test", "b": "2"}},
        True,
    ),
    (
        {"StringEquals": {"kms:EncryptionContext:stage": "test"}},
        {"EncryptionContext": {"stage": "production"}},
        False,
    ),
    ({"StringEquals": {"kms:EncryptionContext:stage": "test"}}, {}, False),
    (
        {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["a", "b"]}},
        {"EncryptionContext": {"a": "1"}},
        True,
    ),
    (
        {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["a", "b"]}},
        {"EncryptionContext": {"a": "1", "c": "1"}},
        False,
    ),
    (
        {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "a"}},
        {"EncryptionContext": {"a": "1", "c": "1"}},
        True,
    ),
    ({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "a"}}, {}, False),
    ({"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}, {}, True),
    ({"StringEquals": {"kms:EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}}, {}, False),
    ({"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, {}, False),
    ({"Null": {"kms:ViaService": "true"}}, {}, True),
    ({"StringEquals": {"kms:CallerAccount": "ACCOUNT"}}, {}, True),
    ({"StringEquals": {"kms:CallerAccount": "999999999999"}}, {}, False),
    (
        {
            "StringEquals": {
                "kms:KeySpec": "SYMMETRIC_DEFAULT",
                "kms:KeyUsage": "ENCRYPT_DECRYPT",
                "kms:KeyOrigin": "AWS_KMS",
            }
        },
        {},
        True,
    ),
    ({"StringEquals": {"kms:KeySpec": "RSA_2048"}}, {}, False),
    ({"Bool": {"kms:MultiRegion": "false"}}, {}, True),
    ({"Bool": {"kms:MultiRegion": "true"}}, {}, False),
    ({"StringEquals": {"aws:ResourceTag/team": "orders"}}, {}, True),
    ({"StringEquals": {"aws:ResourceTag/team": "payments"}}, {}, False),
    ({"StringEquals": {"aws:RequestedRegion": REGION}}, {}, True),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {}, True),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {}, False),
    ({"Bool": {"aws:SecureTransport": "true"}}, {}, False),
    ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::ACCOUNT:user/user-*"}}, {}, True),
    ({"StringEquals": {"aws:PrincipalAccount": "ACCOUNT", "aws:PrincipalType": "User"}}, {}, True),
    ({"StringLike": {"aws:UserAgent": "Boto3/*"}}, {}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, {}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2199-01-01T00:00:00Z"}}, {}, False),
    ({"StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, {}, True),
]


@pytest.fixture(scope="module")
def conditional(kms, new_user):
    """A key with a tag and the user whom its policy lets encrypt under a condition."""
    return key_arn(kms, Tags=[{"TagKey": "team", "TagValue": "orders"}]), new_user()


@pytest.mark.parametrize(("condition", "request_members", "allowed"), CONDITIONS)
def test_a_condition_decides(kms, account, conditional, condition, request_members, allowed):
    arn, user = conditional
    condition = json.loads(json.dumps(condition).replace("ACCOUNT", account))
    kms.put_key_policy(
        KeyId=arn,
        Policy=policy(
            of_account(account),
            statement(Principal={"AWS": user.arn}, action="kms:Encrypt", Condition=condition),
        ),
    )
    answer = outcome(user.kms.encrypt, KeyId=arn, Plaintext=b"a", **request_members)
    assert (answer != "AccessDeniedException") == allowed
    assert answer == "AccessDeniedException" or answer["KeyId"] == arn


def test_the_alias_of_the_request_and_of_the_key_can_be_asked_for(kms, account, new_user):
    arn = key_arn(kms)
    kms.create_alias(AliasName="alias/asked-for", TargetKeyId=arn)
    by_request = new_user(
        statement(action="kms:Encrypt", Condition={"StringEquals": {"kms:RequestAlias": "alias/asked-for"}})
    )
    assert by_request.kms.encrypt(KeyId="alias/asked-for", Plaintext=b"a")["KeyId"] == arn
    with refused("AccessDeniedException"):
        by_request.kms.encrypt(KeyId=arn, Plaintext=b"a")
    by_key = new_user(
        statement(
            action="kms:Encrypt",
            Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/asked-for"}},
        )
    )
    assert by_key.kms.encrypt(KeyId=key_id(arn), Plaintext=b"a")["KeyId"] == arn
    kms.delete_alias(AliasName="alias/asked-for")
    with refused("AccessDeniedException"):
        by_key.kms.encrypt(KeyId=arn, Plaintext=b"a")


@pytest.mark.parametrize(
    ("condition", "allowed", "denied"),
    [
        (
            {"StringEquals": {"kms:KeySpec": "RSA_2048"}},
            {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"},
            {},
        ),
        ({"Bool": {"kms:MultiRegion": "false"}}, {}, {"MultiRegion": True}),
        ({"StringEquals": {"kms:KeyOrigin": "EXTERNAL"}}, {"Origin": "EXTERNAL"}, {}),
    ],
)
def test_create_key_is_bounded_by_what_it_asks_for(new_user, condition, allowed, denied):
    user = new_user(statement(action="kms:CreateKey", Condition=condition))
    user.kms.create_key(BypassPolicyLockoutSafetyCheck=True, **allowed)
    with refused("AccessDeniedException"):
        user.kms.create_key(BypassPolicyLockoutSafetyCheck=True, **denied)


@pytest.mark.parametrize(
    ("action", "call", "condition", "allowed", "denied"),
    [
        (
            "kms:ScheduleKeyDeletion",
            "schedule_key_deletion",
            {"NumericGreaterThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "20"}},
            {"PendingWindowInDays": 20},
            {"PendingWindowInDays": 19},
        ),
        (
            "kms:EnableKeyRotation",
            "enable_key_rotation",
            {"NumericLessThanEquals": {"kms:RotationPeriodInDays": "180"}},
            {"RotationPeriodInDays": 180},
            {"RotationPeriodInDays": 181},
        ),
        (
            "kms:GenerateDataKeyPair",
            "generate_data_key_pair",
            {"StringLike": {"kms:DataKeyPairSpec": "ECC_NIST*"}},
            {"KeyPairSpec": "ECC_NIST_P256"},
            {"KeyPairSpec": "RSA_2048"},
        ),
    ],
)
def test_an_operation_is_bounded_by_its_own_condition_key(
    kms, new_user, action, call, condition, allowed, denied
):
    user, arn = new_user(statement(action=action, Condition=condition)), key_arn(kms)
    with refused("AccessDeniedException"):
        getattr(user.kms, call)(KeyId=arn, **denied)
    getattr(user.kms, call)(KeyId=arn, **allowed)


def test_a_policy_variable_stands_for_the_caller(kms, new_user):
    arn = key_arn(kms)
    user = new_user(
        statement(
            action="kms:Encrypt",
            Condition={"StringEquals": {"kms:EncryptionContext:owner": "${aws:username}"}},
        )
    )
    name = user.arn.rsplit("/", 1)[1]
    assert user.kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext={"owner": name})
    with refused("AccessDeniedException"):
        user.kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext={"owner": "somebody-else"})


def test_a_header_cannot_pretend_to_be_a_service(kms, account, new_user):
    arn, user = key_arn(kms), new_user()
    kms.put_key_policy(
        KeyId=arn,
        Policy=policy(
            of_account(account),
            statement(
                Principal={"AWS": user.arn},
                action="kms:Encrypt",
                Condition={"StringLike": {"kms:ViaService": "*"}},
            ),
        ),
    )

    def pretend(request, **_):
        for name in ("kms:ViaService", "X-Amz-Via-Service", "X-Amz-Invoked-By", "X-Amz-Source-Account"):
            request.headers[name.replace(":", "-")] = f"s3.{REGION}.amazonaws.com"

    user.kms.meta.events.register("before-sign.kms.Encrypt", pretend)
    with refused("AccessDeniedException"):
        user.kms.encrypt(KeyId=arn, Plaintext=b"a")
