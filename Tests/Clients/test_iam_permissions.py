"""Who may do what in IAM itself: the same engine that guards keys guards identities."""

import pytest

from support.clients import kms_client
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


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def administrator(iam, server):
    """A user whose rights a test sets: `administrator(statement, …)` is its IAM client."""
    name = fresh("administrator")
    iam.create_user(UserName=name)
    client = service_client(server, "iam", key_of(iam, name))

    def with_rights(*statements):
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=document(*statements))
        return client

    yield with_rights
    erase_user(iam, name)


def test_a_user_without_policies_may_do_nothing(administrator, iam, account):
    client = administrator(statement("Deny", "s3:*"))
    subject = client.list_users
    with refused("AccessDenied") as caught:
        subject()
    message = caught.value.response["Error"]["Message"]
    assert message.endswith(
        f"is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{account}:user/ "
        "because no identity-based policy allows the iam:ListUsers action"
    )
    name = fresh("unmade")
    assert code_of(client.create_user, UserName=name) == "AccessDenied"
    assert code_of(iam.get_user, UserName=name) == "NoSuchEntity"


def test_absence_is_told_only_to_those_who_may_look(administrator):
    client = administrator(statement(action="iam:GetUser", resource="arn:aws:iam::*:user/mine/*"))
    assert code_of(client.get_user, UserName="nobody") == "AccessDenied"
    client = administrator(statement(action="iam:GetUser"))
    assert code_of(client.get_user, UserName="nobody") == "NoSuchEntity"


def test_rights_can_be_given_for_a_path(administrator, iam):
    client = administrator(statement(action="iam:*", resource="arn:aws:iam::*:user/team/*"))
    name, other = fresh("inside"), fresh("outside")
    assert code_of(client.create_user, UserName=name, Path="/team/a/") == "ok"
    assert code_of(client.create_user, UserName=other, Path="/teams/") == "AccessDenied"
    assert code_of(client.get_user, UserName=name) == "ok"
    # Renaming needs the right on both names.
    assert code_of(client.update_user, UserName=name, NewPath="/other/") == "AccessDenied"
    assert code_of(client.list_users, PathPrefix="/team/") == "ok"
    assert code_of(client.list_users) == "AccessDenied"
    assert code_of(client.delete_user, UserName=name) == "ok"
    assert code_of(iam.get_user, UserName=other) == "NoSuchEntity"


def test_making_users_can_be_tied_to_a_boundary(administrator, iam):
    bound = iam.create_policy(PolicyName=fresh("bound"), PolicyDocument=document(statement()))["Policy"][
        "Arn"
    ]
    client = administrator(
        statement(
            action=["iam:CreateUser", "iam:PutUserPolicy"],
            Condition={"StringEquals": {"iam:PermissionsBoundary": bound}},
        )
    )
    free, bounded = fresh("free"), fresh("bounded")
    assert code_of(client.create_user, UserName=free) == "AccessDenied"
    assert code_of(client.create_user, UserName=bounded, PermissionsBoundary=bound) == "ok"
    text = document(statement())
    put = {"PolicyName": "p", "PolicyDocument": text}
    assert code_of(client.put_user_policy, UserName=bounded, **put) == "ok"
    iam.create_user(UserName=free)
    assert code_of(client.put_user_policy, UserName=free, **put) == "AccessDenied"
    assert iam.list_user_policies(UserName=free)["PolicyNames"] == []


def test_attaching_can_be_tied_to_policies(administrator, iam):
    user = fresh("attached")
    iam.create_user(UserName=user)
    allowed = "arn:aws:iam::aws:policy/AmazonS3*"
    client = administrator(
        statement(
            action=["iam:AttachUserPolicy", "iam:DetachUserPolicy"],
            Condition={"ArnLike": {"iam:PolicyARN": allowed}},
        )
    )
    for name, code in (("AmazonS3FullAccess", "ok"), ("AdministratorAccess", "AccessDenied")):
        arn = f"arn:aws:iam::aws:policy/{name}"
        assert code_of(client.attach_user_policy, UserName=user, PolicyArn=arn) == code
    attached = iam.list_attached_user_policies(UserName=user)["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["AmazonS3FullAccess"]
    erase_user(iam, user)


def test_tags_of_requests_and_resources_are_conditions(administrator, iam):
    client = administrator(
        statement(
            action=["iam:CreateUser", "iam:TagUser"],
            Condition={"StringEquals": {"aws:RequestTag/team": "a"}},
        ),
        statement(action="iam:DeleteUser", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}),
        statement(action="iam:UntagUser", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["x"]}}),
    )
    ours, theirs = fresh("ours"), fresh("theirs")

    def tags(value):
        return [{"Key": "team", "Value": value}]

    assert code_of(client.create_user, UserName=ours) == "AccessDenied"
    assert code_of(client.create_user, UserName=ours, Tags=tags("b")) == "AccessDenied"
    assert code_of(client.create_user, UserName=ours, Tags=tags("a")) == "ok"
    iam.create_user(UserName=theirs, Tags=tags("b"))
    assert code_of(client.untag_user, UserName=theirs, TagKeys=["team"]) == "AccessDenied"
    assert code_of(client.untag_user, UserName=theirs, TagKeys=["x"]) == "ok"
    assert code_of(client.delete_user, UserName=theirs) == "AccessDenied"
    assert code_of(client.delete_user, UserName=ours) == "ok"
    assert iam.list_user_tags(UserName=theirs)["Tags"] == tags("b")
    erase_user(iam, theirs)


def test_tags_at_the_making_need_the_right_to_tag(administrator, iam):
    client = administrator(statement(action=["iam:CreateUser", "iam:CreatePolicy", "iam:CreateRole"]))
    tags = [{"Key": "a", "Value": "b"}]
    name = fresh("tagged")
    text, service = document(statement()), trust({"Service": "ec2.amazonaws.com"})
    for call, parameters in (
        (client.create_user, {"UserName": name}),
        (client.create_policy, {"PolicyName": name, "PolicyDocument": text}),
        (client.create_role, {"RoleName": name, "AssumeRolePolicyDocument": service}),
    ):
        assert code_of(call, **parameters, Tags=tags) == "AccessDenied"
        assert code_of(call, **parameters) == "ok"
    iam.delete_user(UserName=name)
    iam.delete_role(RoleName=name)


def test_the_root_user_of_another_account_sees_none_of_it(iam, server):
    name = fresh("private")
    iam.create_user(UserName=name)
    stranger = service_client(server, "iam", server.create_access_key(account=server.create_account()))
    with refused("NoSuchEntity"):
        stranger.get_user(UserName=name)
    assert stranger.list_users()["Users"] == []
    assert code_of(stranger.create_user, UserName=name) == "ok"
    assert iam.get_user(UserName=name)["User"]["Arn"] != stranger.get_user(UserName=name)["User"]["Arn"]
    iam.delete_user(UserName=name)


def test_a_key_policy_does_not_mean_a_new_user_of_an_old_name(iam, server, account):
    name = fresh("owner")

    def make():
        iam.create_user(UserName=name)
        return kms_client(server, key_of(iam, name))

    kms, owner = kms_client(server), make()
    text = document(
        statement(action="kms:*", Principal={"AWS": f"arn:aws:iam::{account}:root"}),
        statement(action="kms:Encrypt", Principal={"AWS": f"arn:aws:iam::{account}:user/{name}"}),
    )
    key = kms.create_key(Policy=text)["KeyMetadata"]["Arn"]
    assert code_of(owner.encrypt, KeyId=key, Plaintext=b"x") == "ok"
    erase_user(iam, name)
    namesake = make()
    assert code_of(namesake.encrypt, KeyId=key, Plaintext=b"x") == "AccessDeniedException"
    erase_user(iam, name)


def test_neither_grants_nor_roles_mean_a_new_user_of_an_old_name(iam, server, account):
    name, other = fresh("grantee"), fresh("retiring")
    arns = {each: f"arn:aws:iam::{account}:user/{each}" for each in (name, other)}

    def make():
        """KMS and STS clients of users of the two names."""
        found = {}
        for each in (name, other):
            iam.create_user(UserName=each)
            key = key_of(iam, each)
            found[each] = kms_client(server, key), service_client(server, "sts", key)
        return found

    kms, users = kms_client(server), make()
    key = kms.create_key()["KeyMetadata"]["Arn"]
    grant = kms.create_grant(
        KeyId=key,
        GranteePrincipal=arns[name],
        RetiringPrincipal=arns[other],
        Operations=["Encrypt"],
        Name="writer",
    )
    role = iam.create_role(RoleName=fresh("trusting"), AssumeRolePolicyDocument=trust({"AWS": arns[name]}))[
        "Role"
    ]["Arn"]
    asked = {"RoleArn": role, "RoleSessionName": "session"}
    encrypted = {"KeyId": key, "Plaintext": b"x"}
    assert code_of(users[name][0].encrypt, **encrypted) == "ok"
    assert code_of(users[name][1].assume_role, **asked) == "ok"
    for each in (name, other):
        erase_user(iam, each)
    namesakes = make()
    assert code_of(namesakes[name][0].encrypt, **encrypted) == "AccessDeniedException"
    assert code_of(namesakes[name][1].assume_role, **asked) == "AccessDenied"
    retired = {"KeyId": key, "GrantId": grant["GrantId"]}
    assert code_of(namesakes[other][0].retire_grant, **retired) == "AccessDeniedException"
    assert [one["GrantId"] for one in kms.list_grants(KeyId=key)["Grants"]] == [grant["GrantId"]]
    # Who is named anew is meant anew, also by a grant that looks like the one before.
    kms.create_grant(
        KeyId=key,
        GranteePrincipal=arns[name],
        RetiringPrincipal=arns[other],
        Operations=["Encrypt"],
        Name="writer",
    )
    assert code_of(namesakes[name][0].encrypt, **encrypted) == "ok"
    for each in (name, other):
        erase_user(iam, each)


def test_a_key_policy_and_a_grant_mean_a_user_that_was_renamed(iam, server, account):
    name, renamed = fresh("before"), fresh("after")
    iam.create_user(UserName=name)
    arn = f"arn:aws:iam::{account}:user/{name}"
    kms, user = kms_client(server), kms_client(server, key_of(iam, name))
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    text = document(
        statement(action="kms:*", Principal=root), statement(action="kms:Encrypt", Principal={"AWS": arn})
    )
    key = kms.create_key(Policy=text)["KeyMetadata"]["Arn"]
    kms.create_grant(KeyId=key, GranteePrincipal=arn, Operations=["Decrypt"])
    blob = user.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    iam.update_user(UserName=name, NewUserName=renamed)
    assert code_of(user.encrypt, KeyId=key, Plaintext=b"x") == "ok"
    assert code_of(user.decrypt, CiphertextBlob=blob) == "ok"
    erase_user(iam, renamed)
