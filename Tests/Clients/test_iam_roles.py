"""IAM roles and instance profiles."""

import json
import re

import pytest

from support.iam import (
    code_of,
    document,
    erase_user,
    fresh,
    key_of,
    refused,
    service_client,
    statement,
    trust,
)

SERVICE = trust({"Service": "ec2.amazonaws.com"})


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def role(iam):
    name = fresh("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=SERVICE)
    return name


def test_a_role_is_shown_as_it_was_made(iam, account):
    name = fresh("made")
    text = trust({"AWS": f"arn:aws:iam::{account}:root"})
    made = iam.create_role(
        RoleName=name,
        Path="/app/",
        AssumeRolePolicyDocument=text,
        Description="für Größe",
        MaxSessionDuration=7200,
        Tags=[{"Key": "a", "Value": "b"}],
    )["Role"]
    assert made["Arn"] == f"arn:aws:iam::{account}:role/app/{name}"
    assert re.fullmatch("AROA[A-Z2-7]{17}", made["RoleId"])
    assert made["AssumeRolePolicyDocument"] == json.loads(text)
    assert (made["MaxSessionDuration"], made["Description"]) == (7200, "für Größe")
    shown = iam.get_role(RoleName=name)["Role"]
    assert shown.pop("RoleLastUsed") == {}
    assert shown == made
    assert [one["RoleName"] for one in iam.list_roles(PathPrefix="/app/")["Roles"]] == [name]
    assert iam.list_role_tags(RoleName=name)["Tags"] == [{"Key": "a", "Value": "b"}]
    with refused("EntityAlreadyExists", f"Role with name {name} already exists."):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)
    iam.delete_role(RoleName=name)
    with refused("NoSuchEntity", f"The role with name {name} cannot be found."):
        iam.get_role(RoleName=name)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        document(statement()),
        trust({"AWS": "arn:aws:iam::{account}:user/nobody"}),
        trust({"AWS": "arn:aws:iam::999999999999:root"}),
        trust({"AWS": "AIDA2345ABCD2345ABCDE"}),
        trust({"AWS": "alice"}),
        trust({"Federated": "not a host"}),
        trust({"Service": "*"}),
        trust({"Other": "x"}),
        document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}),
    ],
)
def test_a_text_that_is_no_trust_policy_is_refused(iam, role, account, text):
    text = text.replace("{account}", account)
    name = fresh("bad")
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=text)
    assert code_of(iam.get_role, RoleName=name) == "NoSuchEntity"
    shown = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    assert shown == json.loads(SERVICE)


def test_a_principal_that_is_missing_is_named(iam, account):
    arn = f"arn:aws:iam::{account}:user/nobody"
    with refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"'):
        iam.create_role(RoleName=fresh("bad"), AssumeRolePolicyDocument=trust({"AWS": arn}))


def test_a_trust_policy_above_its_quota_is_refused(iam, role):
    text = trust({"Service": [f"{'s' * 60}{number}.amazonaws.com" for number in range(40)]})
    with refused("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"):
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=text)


def test_a_role_is_changed(iam, role, account):
    iam.update_role(RoleName=role, Description="other", MaxSessionDuration=43_200)
    shown = iam.get_role(RoleName=role)["Role"]
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("other", 43_200)
    changed = iam.update_role_description(RoleName=role, Description="third")["Role"]
    assert (changed["Description"], changed["MaxSessionDuration"]) == ("third", 43_200)
    text = trust({"AWS": account})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=text)
    assert iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] == json.loads(text)


@pytest.mark.parametrize("seconds", [3599, 43_201])
def test_sessions_are_neither_too_short_nor_too_long(server, iam, role, seconds):
    client = service_client(server, "iam", validate=False)
    with refused("ValidationError"):
        client.update_role(RoleName=role, MaxSessionDuration=seconds)
    assert iam.get_role(RoleName=role)["Role"]["MaxSessionDuration"] == 3600


def test_a_role_has_policies_and_a_boundary(iam, role):
    text = document(statement(action="kms:ListKeys"))
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=text)
    assert iam.get_role_policy(RoleName=role, PolicyName="inline")["PolicyDocument"] == json.loads(text)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == [
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": arn}
    ]
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    shown = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == arn
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first."):
        iam.delete_role(RoleName=role)
    iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first."):
        iam.delete_role(RoleName=role)
    iam.delete_role_policy(RoleName=role, PolicyName="inline")
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    iam.delete_role(RoleName=role)


def test_an_instance_profile_holds_one_role(iam, role, account):
    name = fresh("profile")
    made = iam.create_instance_profile(
        InstanceProfileName=name, Path="/m/", Tags=[{"Key": "a", "Value": "b"}]
    )["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{account}:instance-profile/m/{name}"
    assert re.fullmatch("AIPA[A-Z2-7]{17}", made["InstanceProfileId"]) and made["Roles"] == []
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    shown = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert [one["RoleName"] for one in shown["Roles"]] == [role]
    listed = iam.list_instance_profiles(PathPrefix="/m/")["InstanceProfiles"]
    assert [one["Roles"][0]["RoleName"] for one in listed] == [role]
    of_role = iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]
    assert [one["InstanceProfileName"] for one in of_role] == [name]
    other = fresh("second")
    iam.create_role(RoleName=other, AssumeRolePolicyDocument=SERVICE)
    with refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"):
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=other)
    conflict = "Cannot delete entity, must remove roles from instance profile first."
    with refused("DeleteConflict", conflict):
        iam.delete_instance_profile(InstanceProfileName=name)
    with refused("DeleteConflict", conflict):
        iam.delete_role(RoleName=role)
    with refused("NoSuchEntity", f"The role with name {other} cannot be found."):
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=other)
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    iam.tag_instance_profile(InstanceProfileName=name, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_instance_profile(InstanceProfileName=name, TagKeys=["a"])
    assert iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"] == [{"Key": "c", "Value": "d"}]
    with refused("EntityAlreadyExists", f"Instance Profile {name} already exists."):
        iam.create_instance_profile(InstanceProfileName=name)
    iam.delete_instance_profile(InstanceProfileName=name)
    with refused("NoSuchEntity", f"Instance Profile {name} cannot be found."):
        iam.get_instance_profile(InstanceProfileName=name)
    iam.delete_role(RoleName=role)


def test_handing_a_role_to_machines_needs_the_right_to_pass_it(iam, server, role, account):
    user, name = fresh("passer"), fresh("profile")
    iam.create_user(UserName=user)
    iam.create_instance_profile(InstanceProfileName=name)
    client = service_client(server, "iam", key_of(iam, user))
    add = statement(action="iam:AddRoleToInstanceProfile")
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(add))
    with refused("AccessDenied") as caught:
        client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    assert "iam:PassRole" in caught.value.response["Error"]["Message"]
    for service, code in (("lambda.amazonaws.com", "AccessDenied"), ("ec2.amazonaws.com", "ok")):
        condition = {"StringEquals": {"iam:PassedToService": service}}
        pass_role = statement(
            action="iam:PassRole", resource=f"arn:aws:iam::{account}:role/{role}", Condition=condition
        )
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(add, pass_role))
        call = client.add_role_to_instance_profile
        assert code_of(call, InstanceProfileName=name, RoleName=role) == code
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=name)
    erase_user(iam, user)


def test_roles_that_aws_keeps_for_itself_are_refused(iam):
    with refused("UnsupportedOperation"):
        iam.create_service_linked_role(AWSServiceName="elasticbeanstalk.amazonaws.com")
    with refused("InvalidInput"):
        iam.create_role(
            RoleName=fresh("linked"),
            Path="/aws-service-role/x.amazonaws.com/",
            AssumeRolePolicyDocument=SERVICE,
        )


def test_a_trust_policy_means_the_user_of_its_time(iam, account):
    user, name = fresh("trusted"), fresh("trusting")
    iam.create_user(UserName=user)
    arn = f"arn:aws:iam::{account}:user/{user}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))
    iam.delete_user(UserName=user)
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust({"AWS": arn}))
    # A session of a role is a principal while the role is there.
    session = f"arn:aws:sts::{account}:assumed-role/{name}/session"
    other = fresh("chained")
    iam.create_role(RoleName=other, AssumeRolePolicyDocument=trust({"AWS": session}))
    iam.delete_role(RoleName=name)
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName=other, PolicyDocument=trust({"AWS": session}))
