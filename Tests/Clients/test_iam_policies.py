"""Managed and inline policies: versions, attachments, boundaries, who uses what, AWS's own policies."""

import json
import re

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

LIST = document(statement(action="kms:ListKeys"))
NOTHING = document(statement("Deny", "s3:GetObject"))
PUBLISHED = [
    "AdministratorAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AWSKeyManagementServicePowerUser",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "SecurityAudit",
]


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def user(iam):
    name = fresh("holder")
    iam.create_user(UserName=name)
    yield name
    erase_user(iam, name)


@pytest.fixture
def policy(iam):
    return iam.create_policy(PolicyName=fresh("policy"), PolicyDocument=LIST)["Policy"]["Arn"]


def test_a_policy_is_shown_as_it_was_made(iam, account):
    name = fresh("made")
    made = iam.create_policy(
        PolicyName=name,
        Path="/team/a/",
        Description="what it is for",
        PolicyDocument=LIST,
        Tags=[{"Key": "a", "Value": "b"}],
    )["Policy"]
    assert made["Arn"] == f"arn:aws:iam::{account}:policy/team/a/{name}"
    assert re.fullmatch("ANPA[A-Z2-7]{17}", made["PolicyId"])
    shown = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert shown == made
    assert (shown["AttachmentCount"], shown["DefaultVersionId"], shown["IsAttachable"]) == (0, "v1", True)
    version = iam.get_policy_version(PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(LIST) and version["IsDefaultVersion"]
    with refused(
        "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
    ):
        iam.create_policy(PolicyName=name, PolicyDocument=LIST)
    iam.delete_policy(PolicyArn=made["Arn"])
    with refused("NoSuchEntity", f"Policy {made['Arn']} was not found."):
        iam.get_policy(PolicyArn=made["Arn"])


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "{}",
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Perhaps","Action":"*","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms","Resource":"*"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"key"}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","If":{}}}',
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}',
        "[" * 60_000,
    ],
)
def test_a_text_that_is_no_policy_is_refused_everywhere(iam, user, policy, text):
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName=fresh("bad"), PolicyDocument=text)
    with refused("MalformedPolicyDocument"):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=text)
    with refused("MalformedPolicyDocument"):
        iam.put_user_policy(UserName=user, PolicyName="bad", PolicyDocument=text)
    assert len(iam.list_policy_versions(PolicyArn=policy)["Versions"]) == 1
    assert iam.list_user_policies(UserName=user)["PolicyNames"] == []


def test_texts_above_their_quota_are_refused(iam, user):
    def text(size):
        return document(statement(action=["kms:" + "L" * size]))

    with refused("LimitExceeded", "Cannot exceed quota for PolicySize: 6144"):
        iam.create_policy(PolicyName=fresh("big"), PolicyDocument=text(6144))
    iam.put_user_policy(UserName=user, PolicyName="a", PolicyDocument=text(1000))
    with refused("LimitExceeded", f"Maximum policy size of 2048 bytes exceeded for user {user}"):
        iam.put_user_policy(UserName=user, PolicyName="b", PolicyDocument=text(1000))
    assert iam.list_user_policies(UserName=user)["PolicyNames"] == ["a"]
    iam.put_user_policy(UserName=user, PolicyName="b", PolicyDocument=text(500) + " " * 5000)


def test_white_space_does_not_count_but_is_bounded(iam, user, policy):
    wide = LIST + "\n" * 60_000
    for number in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=wide)
        iam.put_user_policy(UserName=user, PolicyName=f"wide-{number}", PolicyDocument=wide)
    assert len(iam.list_policy_versions(PolicyArn=policy)["Versions"]) == 5
    with refused("LimitExceeded"):
        iam.put_user_policy(UserName=user, PolicyName="fifth", PolicyDocument=wide)
    assert "fifth" not in iam.list_user_policies(UserName=user)["PolicyNames"]
    for call, more in (
        (iam.create_policy, {"PolicyName": fresh("wide")}),
        (iam.put_user_policy, {"UserName": user, "PolicyName": "x"}),
    ):
        with refused("LimitExceeded"):
            call(PolicyDocument=LIST + " " * 70_000, **more)


def test_five_versions_of_which_one_is_in_force(iam, server, user, policy):
    kms = kms_client(server, key_of(iam, user))
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    assert code_of(kms.list_keys) == "ok"
    for number in (2, 3, 4, 5):
        made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=NOTHING)["PolicyVersion"]
        assert (made["VersionId"], made["IsDefaultVersion"]) == (f"v{number}", False)
    assert code_of(kms.list_keys) == "ok"
    with refused("LimitExceeded"):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=NOTHING)
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v3")
    assert code_of(kms.list_keys) == "AccessDeniedException"
    with refused("DeleteConflict", "Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=policy, VersionId="v3")
    with refused("NoSuchEntity", f"Policy {policy} version v9 does not exist or is not attachable."):
        iam.set_default_policy_version(PolicyArn=policy, VersionId="v9")
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    made = iam.create_policy_version(PolicyArn=policy, PolicyDocument=LIST, SetAsDefault=True)
    assert made["PolicyVersion"]["VersionId"] == "v6" and made["PolicyVersion"]["IsDefaultVersion"]
    assert code_of(kms.list_keys) == "ok"
    listed = iam.list_policy_versions(PolicyArn=policy)["Versions"]
    assert [version["VersionId"] for version in listed] == ["v6", "v5", "v4", "v3", "v1"]
    assert iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"] == "v6"


def test_a_policy_in_use_is_not_deleted(iam, user, policy):
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    with refused("NoSuchEntity", f"Policy {policy} was not found."):
        iam.detach_user_policy(UserName=user, PolicyArn=policy)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=NOTHING)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    iam.delete_policy(PolicyArn=policy)
    with refused("NoSuchEntity", f"Policy {policy} does not exist or is not attachable."):
        iam.attach_user_policy(UserName=user, PolicyArn=policy)
    assert iam.list_attached_user_policies(UserName=user)["AttachedPolicies"] == []


def test_all_who_use_a_policy_are_listed(iam, user, policy):
    group, role = fresh("using"), fresh("using")
    iam.create_group(GroupName=group)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    iam.attach_group_policy(GroupName=group, PolicyArn=policy)
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=policy)
    shown = iam.list_entities_for_policy(PolicyArn=policy)
    assert [one["UserName"] for one in shown["PolicyUsers"]] == [user]
    assert [one["GroupName"] for one in shown["PolicyGroups"]] == [group]
    assert [one["RoleName"] for one in shown["PolicyRoles"]] == [role]
    counts = iam.get_policy(PolicyArn=policy)["Policy"]
    assert (counts["AttachmentCount"], counts["PermissionsBoundaryUsageCount"]) == (2, 1)
    only = iam.list_entities_for_policy(PolicyArn=policy, EntityFilter="Group")
    assert [len(only[name]) for name in ("PolicyUsers", "PolicyGroups", "PolicyRoles")] == [0, 1, 0]
    bounds = iam.list_entities_for_policy(PolicyArn=policy, PolicyUsageFilter="PermissionsBoundary")
    assert [len(bounds[name]) for name in ("PolicyUsers", "PolicyGroups", "PolicyRoles")] == [0, 0, 1]
    pages = iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=policy, PaginationConfig={"PageSize": 1}
    )
    assert sum(len(page[f"Policy{noun}s"]) for page in pages for noun in ("User", "Group", "Role")) == 3
    iam.detach_group_policy(GroupName=group, PolicyArn=policy)
    iam.delete_role_permissions_boundary(RoleName=role)
    iam.delete_role(RoleName=role)
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    counts = iam.get_policy(PolicyArn=policy)["Policy"]
    assert (counts["AttachmentCount"], counts["PermissionsBoundaryUsageCount"]) == (0, 0)
    iam.delete_policy(PolicyArn=policy)


def test_ten_policies_are_attached_at_most(iam, user):
    arns = [
        iam.create_policy(PolicyName=fresh("ten"), PolicyDocument=LIST)["Policy"]["Arn"] for _ in range(11)
    ]
    for arn in arns[:10]:
        iam.attach_user_policy(UserName=user, PolicyArn=arn)
    with refused("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10"):
        iam.attach_user_policy(UserName=user, PolicyArn=arns[10])
    assert iam.get_policy(PolicyArn=arns[10])["Policy"]["AttachmentCount"] == 0
    page = iam.list_attached_user_policies(UserName=user, MaxItems=6)
    rest = iam.list_attached_user_policies(UserName=user, Marker=page["Marker"])
    found = [one["PolicyArn"] for one in page["AttachedPolicies"] + rest["AttachedPolicies"]]
    assert sorted(found) == sorted(arns[:10])


def test_a_boundary_bounds_and_grants_nothing(iam, server, user):
    kms = kms_client(server, key_of(iam, user))
    bound = iam.create_policy(PolicyName=fresh("bound"), PolicyDocument=LIST)["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=bound)
    assert iam.get_user(UserName=user)["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": bound,
    }
    assert code_of(kms.list_keys) == "AccessDeniedException"
    iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=document(statement()))
    assert code_of(kms.list_keys) == "ok"
    assert code_of(kms.list_aliases) == "AccessDeniedException"
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=bound)
    iam.delete_user_permissions_boundary(UserName=user)
    assert code_of(kms.list_aliases) == "ok"
    iam.delete_policy(PolicyArn=bound)
    with refused("NoSuchEntity"):
        iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=bound)
    with refused("InvalidInput"):
        iam.put_user_permissions_boundary(
            UserName=user, PermissionsBoundary="arn:aws:iam::123456789012:user/x"
        )


def test_inline_policies_are_kept_as_they_were_written(iam, user):
    text = json.dumps(json.loads(LIST), indent=2)
    iam.put_user_policy(UserName=user, PolicyName="b", PolicyDocument=text)
    iam.put_user_policy(UserName=user, PolicyName="a", PolicyDocument=LIST)
    shown = iam.get_user_policy(UserName=user, PolicyName="b")
    assert (shown["UserName"], shown["PolicyName"]) == (user, "b")
    assert shown["PolicyDocument"] == json.loads(text)
    assert iam.list_user_policies(UserName=user)["PolicyNames"] == ["a", "b"]
    with refused("NoSuchEntity", "The user policy with name c cannot be found."):
        iam.get_user_policy(UserName=user, PolicyName="c")
    with refused("NoSuchEntity", "The user policy with name c cannot be found."):
        iam.delete_user_policy(UserName=user, PolicyName="c")


def test_the_policies_of_aws_are_there_and_nobody_changes_them(iam, user):
    listed = iam.list_policies(Scope="AWS")["Policies"]
    assert [one["PolicyName"] for one in listed] == sorted(PUBLISHED, key=str.lower)
    for one in listed:
        assert one["Arn"] == f"arn:aws:iam::aws:policy/{one['PolicyName']}"
        version = iam.get_policy_version(PolicyArn=one["Arn"], VersionId=one["DefaultVersionId"])
        assert version["PolicyVersion"]["Document"]["Version"] == "2012-10-17"
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    for call, more in (
        (iam.delete_policy, {}),
        (iam.create_policy_version, {"PolicyDocument": LIST}),
        (iam.set_default_policy_version, {"VersionId": "v1"}),
        (iam.tag_policy, {"Tags": [{"Key": "a", "Value": "b"}]}),
    ):
        with refused("AccessDenied"):
            call(PolicyArn=arn, **more)
    iam.attach_user_policy(UserName=user, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    attached = iam.list_policies(OnlyAttached=True, Scope="AWS")["Policies"]
    assert "AdministratorAccess" in [one["PolicyName"] for one in attached]
    assert all(one["AttachmentCount"] > 0 for one in attached)
    with refused("NoSuchEntity"):
        iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")


@pytest.mark.parametrize(
    ("policy", "allowed", "denied"),
    [
        ("AdministratorAccess", "create_key", None),
        ("ReadOnlyAccess", "list_keys", "create_key"),
        ("SecurityAudit", "list_aliases", "create_key"),
        ("AWSKeyManagementServicePowerUser", "list_keys", "get_user"),
        ("IAMFullAccess", "get_user", "list_keys"),
        ("IAMReadOnlyAccess", "get_user", "list_keys"),
        ("AmazonS3FullAccess", None, "list_keys"),
        ("SecretsManagerReadWrite", "list_keys", "create_key"),
    ],
)
def test_the_policies_of_aws_allow_what_they_are_published_to(iam, server, user, policy, allowed, denied):
    credentials = key_of(iam, user)
    clients = {
        "get_user": service_client(server, "iam", credentials).get_user,
        **{
            name: getattr(kms_client(server, credentials), name)
            for name in ("create_key", "list_keys", "list_aliases")
        },
    }
    iam.attach_user_policy(UserName=user, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    if allowed:
        assert code_of(clients[allowed]) == "ok"
    if denied:
        assert code_of(clients[denied]).startswith("AccessDenied")


READERS = {
    # Policy: what the engine says of actions of services that this server need not offer.
    "ReadOnlyAccess": {"s3:GetObject": True, "secretsmanager:ListSecrets": True},
    "SecurityAudit": {"s3:GetObject": False, "s3:GetBucketPolicy": True, "secretsmanager:ListSecrets": True},
}
NEVER = ["secretsmanager:GetSecretValue", "s3:PutObject", "kms:Decrypt", "iam:CreateUser", "sts:AssumeRole"]


@pytest.mark.parametrize("policy", READERS)
def test_who_may_read_everything_may_change_nothing(iam, server, user, key, policy):
    topic = service_client(server, "sns").create_topic(Name=fresh("read"))["TopicArn"]
    credentials = key_of(iam, user)
    iam.attach_user_policy(UserName=user, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    kms, own, sts, trails, events, sns = (
        service_client(server, service, credentials)
        for service in ("kms", "iam", "sts", "cloudtrail", "events", "sns")
    )
    event = {"id": "1", "account": "1" * 12, "source": "x", "time": "2026-01-01T00:00:00Z"}
    event |= {"region": "us-east-1", "resources": [], "detail-type": "x", "detail": {"a": "b"}}
    one, role = {"KeyId": key}, {"RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "xx"}
    for call, parameters in (
        *((call, {}) for call in (kms.list_keys, kms.list_aliases, sts.get_caller_identity)),
        *((call, one) for call in (kms.describe_key, kms.get_key_policy, kms.list_key_policies)),
        *((call, one) for call in (kms.list_grants, kms.list_resource_tags, kms.get_key_rotation_status)),
        *((call, {}) for call in (own.list_users, own.list_groups, own.list_roles, own.list_policies)),
        *((call, {}) for call in (own.get_account_summary, own.get_account_authorization_details)),
        (own.simulate_custom_policy, {"PolicyInputList": [LIST], "ActionNames": ["kms:Encrypt"]}),
        *((call, {}) for call in (own.generate_credential_report, own.list_open_id_connect_providers)),
        *((call, {}) for call in (trails.lookup_events, trails.describe_trails, trails.list_trails)),
        *((call, {}) for call in (events.list_rules, events.list_event_buses, events.describe_event_bus)),
        (events.test_event_pattern, {"EventPattern": '{"source":["x"]}', "Event": json.dumps(event)}),
        *((call, {}) for call in (sns.list_topics, sns.list_subscriptions)),
        (sns.get_topic_attributes, {"TopicArn": topic}),
        (sns.list_subscriptions_by_topic, {"TopicArn": topic}),
    ):
        assert code_of(call, **parameters) == "ok", call
    for call, parameters in (
        (kms.create_key, {}),
        *((call, one) for call in (kms.disable_key, kms.enable_key_rotation, kms.schedule_key_deletion)),
        (kms.encrypt, {**one, "Plaintext": b"x"}),
        (own.create_user, {"UserName": "made"}),
        (own.attach_user_policy, {"UserName": user, "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        (own.create_access_key, {"UserName": user}),
        (sts.assume_role, role),
        (trails.stop_logging, {"Name": "trail"}),
        (events.put_rule, {"Name": "made", "EventPattern": '{"source":["x"]}'}),
        (sns.create_topic, {"Name": "made"}),
        (sns.publish, {"TopicArn": topic, "Message": "x"}),
    ):
        refusal = code_of(call, **parameters)
        assert refusal.startswith("AccessDenied") or refusal == "AuthorizationError", (call, refusal)
    arn = iam.get_user(UserName=user)["User"]["Arn"]
    expected = READERS[policy] | dict.fromkeys(NEVER, False)
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(expected))
    decided = {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}
    assert decided == {name: "allowed" if may else "implicitDeny" for name, may in expected.items()}


def test_policies_are_listed_in_pages_own_ones_first(iam):
    path = f"/{fresh('listed')}/"
    names = [fresh("paged") for _ in range(5)]
    for name in names:
        iam.create_policy(PolicyName=name, Path=path, PolicyDocument=LIST)
    pages = iam.get_paginator("list_policies").paginate(
        Scope="Local", PathPrefix=path, PaginationConfig={"PageSize": 2}
    )
    assert sorted(one["PolicyName"] for page in pages for one in page["Policies"]) == sorted(names)
    everything = [
        one["Arn"]
        for page in iam.get_paginator("list_policies").paginate(PaginationConfig={"PageSize": 7})
        for one in page["Policies"]
    ]
    assert len(everything) == len(set(everything))
    assert [arn.split("/")[-1] for arn in everything[-len(PUBLISHED) :]] == sorted(PUBLISHED, key=str.lower)


def test_a_policy_of_another_account_cannot_be_attached(iam, server, policy):
    stranger = service_client(server, "iam", server.create_access_key(account=server.create_account()))
    name = fresh("foreign")
    stranger.create_user(UserName=name)
    with refused("NoSuchEntity", f"Policy {policy} does not exist or is not attachable."):
        stranger.attach_user_policy(UserName=name, PolicyArn=policy)
    assert code_of(stranger.get_policy, PolicyArn=policy) == "AccessDenied"
    assert code_of(stranger.delete_policy, PolicyArn=policy) == "AccessDenied"
    assert iam.get_policy(PolicyArn=policy)["Policy"]["Arn"] == policy
