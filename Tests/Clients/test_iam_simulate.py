"""What policies would decide, on the engine that decides."""

import json

import pytest

from support.iam import document, fresh, refused
from support.principals import allow, deny, iam_client

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET = "arn:aws:s3:::bucket/file"


@pytest.fixture(scope="module")
def iam(server):
    return iam_client(server)


@pytest.fixture
def user(iam, new_user):
    """A user who may read objects, and encrypt where the tag of its own name says so."""
    return new_user(
        allow("s3:Get*", "arn:aws:s3:::bucket/*"),
        deny("s3:GetObjectAcl", "*"),
        allow("kms:Encrypt", "*", Condition={"StringEquals": {"kms:EncryptionContext:team": "red"}}),
    )


def simulate(iam, policies, actions, **parameters):
    return iam.simulate_custom_policy(PolicyInputList=policies, ActionNames=actions, **parameters)


def decisions(answer):
    return [
        (result["EvalActionName"], result["EvalResourceName"], result["EvalDecision"])
        for result in answer["EvaluationResults"]
    ]


def test_a_policy_is_simulated_before_it_is_in_force(iam):
    policy = document(
        allow("s3:GetObject", "arn:aws:s3:::bucket/*"), deny("s3:*", "arn:aws:s3:::bucket/secret")
    )
    answer = simulate(
        iam,
        [policy],
        ["s3:GetObject", "s3:PutObject"],
        ResourceArns=[BUCKET, "arn:aws:s3:::bucket/secret"],
    )
    assert decisions(answer) == [
        ("s3:GetObject", BUCKET, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::bucket/secret", "explicitDeny"),
        ("s3:PutObject", BUCKET, "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::bucket/secret", "explicitDeny"),
    ]
    assert not answer["IsTruncated"]
    specific = answer["EvaluationResults"][1]["ResourceSpecificResults"]
    assert [(one["EvalResourceName"], one["EvalResourceDecision"]) for one in specific] == [
        ("arn:aws:s3:::bucket/secret", "explicitDeny")
    ]
    assert "OrganizationsDecisionDetail" not in answer["EvaluationResults"][0]
    assert "PermissionsBoundaryDecisionDetail" not in answer["EvaluationResults"][0]


def test_matched_statements_say_where_they_stand(iam):
    policy = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    ' + json.dumps(deny("s3:*")) + ",\n    "
    statement = json.dumps(allow("kms:*"))
    policy += statement + "\n  ]\n}"
    matched = simulate(iam, [policy], ["kms:Encrypt"])["EvaluationResults"][0]["MatchedStatements"]
    assert matched == [
        {
            "SourcePolicyId": "PolicyInputList.1",
            "SourcePolicyType": "none",
            "StartPosition": {"Line": 5, "Column": 5},
            "EndPosition": {"Line": 5, "Column": 5 + len(statement)},
        }
    ]


def test_missing_keys_are_told_until_they_are_given(iam):
    policy = document(
        allow(
            "kms:Decrypt",
            "*",
            Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        )
    )
    result = simulate(iam, [policy], ["kms:Decrypt"])["EvaluationResults"][0]
    assert result["EvalDecision"] == "implicitDeny" and result["MatchedStatements"] == []
    assert result["MissingContextValues"] == ["aws:ResourceTag/team", "aws:PrincipalTag/team"]
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": ["red"], "ContextKeyType": "string"}
        for key in result["MissingContextValues"]
    ]
    result = simulate(iam, [policy], ["kms:Decrypt"], ContextEntries=entries)["EvaluationResults"][0]
    assert result["EvalDecision"] == "allowed" and result["MissingContextValues"] == []
    assert simulate(iam, [policy], ["kms:Encrypt"])["EvaluationResults"][0]["MissingContextValues"] == []


def test_time_and_second_factor_can_be_assumed(iam):
    policy = document(
        allow(
            "iam:*",
            "*",
            Condition={
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
                "DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
            },
        )
    )
    entries = [
        {
            "ContextKeyName": "aws:MultiFactorAuthPresent",
            "ContextKeyValues": ["true"],
            "ContextKeyType": "boolean",
        },
        {
            "ContextKeyName": "aws:CurrentTime",
            "ContextKeyValues": ["2019-05-05T00:00:00Z"],
            "ContextKeyType": "date",
        },
    ]
    assert decisions(simulate(iam, [policy], ["iam:GetUser"], ContextEntries=entries))[0][2] == "allowed"
    assert (
        decisions(simulate(iam, [policy], ["iam:GetUser"], ContextEntries=entries[:1]))[0][2]
        == "implicitDeny"
    )


def test_a_boundary_limits(iam):
    answer = simulate(
        iam,
        [document(allow("*"))],
        ["s3:GetObject", "kms:Encrypt"],
        PermissionsBoundaryPolicyInputList=[document(allow("kms:*"))],
    )
    assert [
        (result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"])
        for result in answer["EvaluationResults"]
    ] == [("implicitDeny", False), ("allowed", True)]


def test_a_resource_policy_asks_who_calls(iam, account):
    caller = f"arn:aws:iam::{account}:user/reader"
    policy = document({"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "s3:*", "Resource": "*"})
    given = {"ResourcePolicy": policy, "ResourceArns": [BUCKET]}
    nothing = document(allow("sns:*"))
    with refused("InvalidInput"):
        simulate(iam, [nothing], ["s3:GetObject"], **given)
    result = simulate(iam, [nothing], ["s3:GetObject"], CallerArn=caller, **given)["EvaluationResults"][0]
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyType"] == "resource"
    other = f"arn:aws:iam::{account}:user/somebody"
    assert (
        decisions(simulate(iam, [nothing], ["s3:GetObject"], CallerArn=other, **given))[0][2]
        == "implicitDeny"
    )
    foreign = simulate(
        iam,
        [nothing],
        ["s3:GetObject"],
        CallerArn=caller,
        ResourceOwner="arn:aws:iam::444455556666:root",
        **given,
    )
    assert decisions(foreign)[0][2] == "implicitDeny"


def test_a_key_policy_decides_as_for_keys(iam, account):
    caller = f"arn:aws:iam::{account}:user/reader"
    key = KEY.replace("111122223333", account)
    delegating = document(
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:Decrypt", "Resource": "*"}
    )
    given = {"ResourcePolicy": delegating, "ResourceArns": [key], "CallerArn": caller}
    answer = simulate(iam, [document(allow("kms:*"))], ["kms:Decrypt", "kms:Encrypt"], **given)
    assert [decision for _, _, decision in decisions(answer)] == ["allowed", "implicitDeny"]


def test_a_principal_is_simulated_with_all_its_policies(iam, server, user):
    answer = iam.simulate_principal_policy(
        PolicySourceArn=user.arn,
        ActionNames=["s3:GetObject", "s3:GetObjectAcl", "kms:Encrypt"],
        ResourceArns=[BUCKET],
    )
    assert [decision for _, _, decision in decisions(answer)] == ["allowed", "explicitDeny", "implicitDeny"]
    first, second, third = answer["EvaluationResults"]
    assert [statement["SourcePolicyType"] for statement in first["MatchedStatements"]] == ["user"]
    assert [statement["SourcePolicyType"] for statement in second["MatchedStatements"]] == ["user"]
    assert third["MissingContextValues"] == ["kms:EncryptionContext:team"]
    added = iam.simulate_principal_policy(
        PolicySourceArn=user.arn,
        ActionNames=["kms:Encrypt"],
        PolicyInputList=[document(allow("kms:Encrypt"))],
    )
    assert decisions(added)[0][2] == "allowed"
    assert added["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"


def test_results_come_in_pages(iam):
    actions = [f"s3:Action{number}" for number in range(7)]
    seen, marker = [], None
    while True:
        answer = simulate(
            iam, [document(allow("s3:*"))], actions, MaxItems=3, **({"Marker": marker} if marker else {})
        )
        seen += [action for action, _, _ in decisions(answer)]
        assert len(answer["EvaluationResults"]) <= 3
        if not answer["IsTruncated"]:
            break
        marker = answer["Marker"]
    assert seen == actions


def test_the_keys_of_policies_are_listed(iam, user):
    policy = document(
        allow(
            "kms:*",
            "arn:aws:kms:*:*:key/${aws:username}",
            Condition={"StringLike": {"aws:PrincipalTag/Team": "${aws:SourceIdentity}*"}},
        ),
        allow("s3:*", "*", Condition={"Bool": {"aws:securetransport": "true"}}),
    )
    names = iam.get_context_keys_for_custom_policy(PolicyInputList=[policy])["ContextKeyNames"]
    assert names == ["aws:username", "aws:PrincipalTag/Team", "aws:SourceIdentity", "aws:securetransport"]
    names = iam.get_context_keys_for_principal_policy(PolicySourceArn=user.arn, PolicyInputList=[policy])
    assert "kms:EncryptionContext:team" in names["ContextKeyNames"]
    assert "aws:username" in names["ContextKeyNames"]


def test_what_cannot_be_simulated_is_refused(iam, account):
    policy = document(allow("s3:*"))
    with refused("InvalidInput"):
        simulate(iam, ["{"], ["s3:GetObject"])
    with refused("InvalidInput"):
        simulate(iam, [policy], ["GetObject"])
    with refused("InvalidInput"):
        simulate(iam, [policy], ["s3:GetObject"], ResourceArns=["bucket"])
    with refused("InvalidInput"):
        simulate(iam, [policy], ["s3:GetObject"], ResourceHandlingOption="EC2-VPC-InstanceStore")
    with refused("InvalidInput"):
        simulate(iam, [policy], ["s3:GetObject"], CallerArn=f"arn:aws:iam::{account}:role/somebody")
    with refused("InvalidInput"):
        simulate(
            iam, [policy], ["s3:GetObject"], ResourcePolicy="{}", CallerArn=f"arn:aws:iam::{account}:user/a"
        )
    with refused("InvalidInput"):
        entry = {"ContextKeyName": "nokey", "ContextKeyValues": ["a"], "ContextKeyType": "string"}
        simulate(iam, [policy], ["s3:GetObject"], ContextEntries=[entry])
    nobody = f"arn:aws:iam::{account}:user/{fresh('nobody')}"
    with refused("NoSuchEntity"):
        iam.simulate_principal_policy(PolicySourceArn=nobody, ActionNames=["s3:GetObject"])
    with refused("NoSuchEntity"):
        iam.get_context_keys_for_principal_policy(PolicySourceArn=nobody)
    with refused("InvalidInput"):
        iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{account}:policy/some", ActionNames=["s3:GetObject"]
        )


def test_others_may_not_simulate(server, new_user, user):
    others = iam_client(server, new_user(allow("kms:*")).credentials)
    with refused("AccessDenied"):
        simulate(others, [document(allow("s3:*"))], ["s3:GetObject"])
    with refused("AccessDenied"):
        others.simulate_principal_policy(PolicySourceArn=user.arn, ActionNames=["s3:GetObject"])
    with refused("AccessDenied"):
        others.get_context_keys_for_principal_policy(PolicySourceArn=user.arn)
    with refused("AccessDenied"):
        others.get_context_keys_for_custom_policy(PolicyInputList=[document(allow("s3:*"))])
