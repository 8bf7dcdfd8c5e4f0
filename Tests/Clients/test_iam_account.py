"""What IAM says of an account as a whole."""

import csv
import io

import pytest

from support.clients import kms_client, wait_until_known
from support.iam import document, fresh, refused
from support.principals import Person, allow, iam_client


@pytest.fixture(scope="module")
def iam(server):
    return iam_client(server)


@pytest.fixture(scope="module")
def other_iam(server):
    """The root user of another account, which is empty."""
    root = server.create_access_key(account=server.create_account())
    wait_until_known(kms_client(server, root))
    return iam_client(server, root)


def test_an_account_has_one_alias_that_no_other_has(iam, other_iam):
    assert other_iam.list_account_aliases()["AccountAliases"] == []
    first, second = fresh("alias"), fresh("alias")
    other_iam.create_account_alias(AccountAlias=first)
    assert other_iam.list_account_aliases()["AccountAliases"] == [first]
    with refused("EntityAlreadyExists", f"The account alias {first} already exists."):
        iam.create_account_alias(AccountAlias=first)
    with refused("NoSuchEntity", f"The Account Alias with name {first} cannot be found."):
        iam.delete_account_alias(AccountAlias=first)
    other_iam.create_account_alias(AccountAlias=second)
    assert other_iam.list_account_aliases()["AccountAliases"] == [second]
    iam.create_account_alias(AccountAlias=first)
    iam.delete_account_alias(AccountAlias=first)
    other_iam.delete_account_alias(AccountAlias=second)
    with refused("NoSuchEntity"):
        other_iam.delete_account_alias(AccountAlias=second)
    assert other_iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize("alias", ["Upper", "a--b", "-ab", "ab-", "a_b", "ab"])
def test_what_is_no_alias(server, alias):
    with refused("ValidationError"):
        iam_client(server, validate=False).create_account_alias(AccountAlias=alias)


def test_the_summary_counts(other_iam):
    before = other_iam.get_account_summary()["SummaryMap"]
    assert before["AccountAccessKeysPresent"] == 1 and before["AccessKeysPerUserQuota"] == 2
    user = fresh("counted")
    other_iam.create_user(UserName=user)
    other_iam.create_group(GroupName=fresh("counted"))
    other_iam.create_policy(PolicyName=fresh("counted"), PolicyDocument=document(allow("s3:*")))
    after = other_iam.get_account_summary()["SummaryMap"]
    grown = {name for name, value in after.items() if value == before[name] + 1}
    assert grown == {"Users", "Groups", "Policies", "PolicyVersionsInUse"}


def test_the_details_show_everything_and_come_in_pages(server):
    root = server.create_access_key(account=server.create_account())
    wait_until_known(kms_client(server, root))
    iam = iam_client(server, root)
    text = document(allow("s3:GetObject"))
    policy = iam.create_policy(PolicyName="own", PolicyDocument=text)["Policy"]["Arn"]
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="inline", PolicyDocument=text)
    iam.create_user(UserName="ann", Path="/team/", Tags=[{"Key": "a", "Value": "b"}])
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    iam.attach_user_policy(UserName="ann", PolicyArn=policy)
    iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    trust = document(
        {"Effect": "Allow", "Principal": {"AWS": policy.split(":")[4]}, "Action": "sts:AssumeRole"}
    )
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=trust)
    iam.create_instance_profile(InstanceProfileName="machine")
    iam.add_role_to_instance_profile(InstanceProfileName="machine", RoleName="job")

    details = iam.get_account_authorization_details()
    (user,), (group,), (role,) = (details[f"{kind}DetailList"] for kind in ("User", "Group", "Role"))
    assert user["UserName"] == "ann" and user["Path"] == "/team/" and user["GroupList"] == ["readers"]
    assert user["Tags"] == [{"Key": "a", "Value": "b"}]
    assert [attached["PolicyName"] for attached in user["AttachedManagedPolicies"]] == [
        "own",
        "ReadOnlyAccess",
    ]
    assert group["GroupPolicyList"][0]["PolicyName"] == "inline"
    assert group["GroupPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "s3:GetObject"
    assert role["InstanceProfileList"][0]["InstanceProfileName"] == "machine"
    assert [shown["PolicyName"] for shown in details["Policies"]] == ["own", "ReadOnlyAccess"]
    assert details["Policies"][0]["PolicyVersionList"][0]["VersionId"] == "v1"
    assert not details["IsTruncated"]

    only = iam.get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"])
    assert not only["UserDetailList"] and not only["GroupDetailList"] and len(only["RoleDetailList"]) == 1
    assert [shown["PolicyName"] for shown in only["Policies"]] == ["own"]

    seen, marker = [], None
    while True:
        page = iam.get_account_authorization_details(MaxItems=1, **({"Marker": marker} if marker else {}))
        found = [
            entry.get(name)
            for kind, name in [
                ("UserDetailList", "UserName"),
                ("GroupDetailList", "GroupName"),
                ("RoleDetailList", "RoleName"),
                ("Policies", "PolicyName"),
            ]
            for entry in page[kind]
        ]
        assert len(found) == 1
        seen += found
        if not page["IsTruncated"]:
            break
        marker = page["Marker"]
    assert seen == ["ann", "readers", "job", "own", "ReadOnlyAccess"]


def test_the_credential_report(server):
    root = server.create_access_key(account=server.create_account())
    wait_until_known(kms_client(server, root))
    iam = iam_client(server, root)
    with refused("ReportNotPresent"):
        iam.get_credential_report()
    person = Person(server, iam, name="with,comma")
    iam.create_login_profile(UserName=person.name, Password="correct-Horse-7")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    rows = {row["user"]: row for row in csv.DictReader(io.StringIO(report["Content"].decode()))}
    assert set(rows) == {"<root_account>", person.name}
    assert rows["<root_account>"]["access_key_1_active"] == "true"
    row = rows[person.name]
    assert (row["password_enabled"], row["access_key_1_active"], row["access_key_2_active"]) == (
        "true",
        "true",
        "false",
    )
    assert row["arn"] == person.arn and None not in row.values()


def test_others_may_not(server, iam):
    person = Person(server, iam)
    for call, more in [
        ("create_account_alias", {"AccountAlias": "taken-by-others"}),
        ("delete_account_alias", {"AccountAlias": "taken-by-others"}),
        ("list_account_aliases", {}),
        ("get_account_summary", {}),
        ("get_account_authorization_details", {}),
        ("generate_credential_report", {}),
        ("get_credential_report", {}),
        ("get_account_password_policy", {}),
        ("update_account_password_policy", {}),
        ("delete_account_password_policy", {}),
    ]:
        with refused("AccessDenied"):
            getattr(person.iam, call)(**more)
    assert "taken-by-others" not in iam.list_account_aliases()["AccountAliases"]
