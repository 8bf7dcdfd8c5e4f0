"""IAM groups: members, policies that come to them, renaming and deleting."""

import re

import pytest

from support.clients import kms_client
from support.iam import code_of, document, erase_user, fresh, key_of, refused, service_client, statement


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def group(iam):
    name = fresh("group")
    iam.create_group(GroupName=name)
    return name


@pytest.fixture
def user(iam):
    name = fresh("member")
    iam.create_user(UserName=name)
    yield name
    erase_user(iam, name)


def test_a_group_is_shown_as_it_was_made(iam, account):
    name = fresh("devs")
    made = iam.create_group(GroupName=name, Path="/x/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{account}:group/x/{name}"
    assert re.fullmatch("AGPA[A-Z2-7]{17}", made["GroupId"])
    shown = iam.get_group(GroupName=name)
    assert (shown["Group"], shown["Users"]) == (made, [])
    assert made in iam.list_groups(PathPrefix="/x/")["Groups"]
    with refused("EntityAlreadyExists", f"Group with name {name.upper()} already exists."):
        iam.create_group(GroupName=name.upper())
    iam.delete_group(GroupName=name)
    with refused("NoSuchEntity", f"The group with name {name} cannot be found."):
        iam.get_group(GroupName=name)


def test_members_have_what_the_group_may_until_they_leave(iam, server, group, user):
    kms = kms_client(server, key_of(iam, user))
    allowed = document(statement(action="kms:ListKeys"))
    iam.put_group_policy(GroupName=group, PolicyName="list", PolicyDocument=allowed)
    assert code_of(kms.list_keys) == "AccessDeniedException"
    iam.add_user_to_group(GroupName=group, UserName=user)
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert code_of(kms.list_keys) == "ok"
    assert [one["UserName"] for one in iam.get_group(GroupName=group)["Users"]] == [user]
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=user)["Groups"]] == [group]
    iam.delete_group_policy(GroupName=group, PolicyName="list")
    assert code_of(kms.list_keys) == "AccessDeniedException"
    iam.attach_group_policy(
        GroupName=group, PolicyArn="arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"
    )
    assert code_of(kms.list_keys) == "ok"
    iam.remove_user_from_group(GroupName=group, UserName=user)
    assert code_of(kms.list_keys) == "AccessDeniedException"
    with refused("NoSuchEntity"):
        iam.remove_user_from_group(GroupName=group, UserName=user)


def test_a_denial_of_the_group_wins(iam, server, group, user):
    kms = kms_client(server, key_of(iam, user))
    iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=document(statement()))
    assert code_of(kms.list_keys) == "ok"
    denial = document(statement("Deny", "kms:ListKeys"))
    iam.put_group_policy(GroupName=group, PolicyName="no", PolicyDocument=denial)
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert code_of(kms.list_keys) == "AccessDeniedException"


def test_a_renamed_group_keeps_its_members_and_policies(iam, server, group, user):
    kms = kms_client(server, key_of(iam, user))
    allowed = document(statement(action="kms:ListKeys"))
    iam.put_group_policy(GroupName=group, PolicyName="list", PolicyDocument=allowed)
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert code_of(kms.list_keys) == "ok"
    renamed = fresh("renamed")
    iam.update_group(GroupName=group, NewGroupName=renamed, NewPath="/new/")
    assert code_of(iam.get_group, GroupName=group) == "NoSuchEntity"
    assert [one["UserName"] for one in iam.get_group(GroupName=renamed)["Users"]] == [user]
    assert code_of(kms.list_keys) == "ok"
    iam.delete_group_policy(GroupName=renamed, PolicyName="list")
    assert code_of(kms.list_keys) == "AccessDeniedException"


def test_a_group_with_users_or_policies_is_not_deleted(iam, group, user):
    iam.add_user_to_group(GroupName=group, UserName=user)
    with refused("DeleteConflict", "Cannot delete entity, must remove users from group first."):
        iam.delete_group(GroupName=group)
    iam.remove_user_from_group(GroupName=group, UserName=user)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=document(statement()))
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first."):
        iam.delete_group(GroupName=group)
    iam.delete_group_policy(GroupName=group, PolicyName="p")
    iam.delete_group(GroupName=group)


def test_a_user_is_in_ten_groups_at_most(iam, user):
    groups = [fresh("many") for _ in range(11)]
    for name in groups:
        iam.create_group(GroupName=name)
    for name in groups[:10]:
        iam.add_user_to_group(GroupName=name, UserName=user)
    with refused("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10"):
        iam.add_user_to_group(GroupName=groups[10], UserName=user)
    assert iam.get_group(GroupName=groups[10])["Users"] == []
    listed = iam.list_groups_for_user(UserName=user, MaxItems=4)
    assert len(listed["Groups"]) == 4 and listed["IsTruncated"]


def test_missing_parties_are_told(iam, group, user):
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.add_user_to_group(GroupName=group, UserName="nobody")
    with refused("NoSuchEntity", "The group with name nothing cannot be found."):
        iam.add_user_to_group(GroupName="nothing", UserName=user)


def test_the_members_of_a_group_are_paged(iam, group):
    names = [fresh("crowd") for _ in range(5)]
    for name in names:
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName=group, UserName=name)
    pages = iam.get_paginator("get_group").paginate(GroupName=group, PaginationConfig={"PageSize": 2})
    found = [user["UserName"] for page in pages for user in page["Users"]]
    assert sorted(found) == sorted(names)
    for name in names:
        erase_user(iam, name)
