"""IAM users: making, showing, listing, renaming, tagging and deleting them."""

import re

import pytest

from support.iam import code_of, document, erase_user, fresh, key_of, refused, service_client, statement


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture
def user(iam):
    name = fresh("user")
    iam.create_user(UserName=name)
    yield name
    if code_of(iam.get_user, UserName=name) == "ok":
        erase_user(iam, name)


def test_a_user_is_shown_as_it_was_made(iam, account):
    name = fresh("alice")
    tags = [{"Key": "Team", "Value": "blue + größe: a=b"}, {"Key": "empty", "Value": ""}]
    made = iam.create_user(UserName=name, Path="/staff/<north>&/", Tags=tags)["User"]
    assert made["Arn"] == f"arn:aws:iam::{account}:user/staff/<north>&/{name}"
    assert made["Path"] == "/staff/<north>&/"
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["UserId"])
    assert sorted(made["Tags"], key=lambda tag: tag["Key"]) == tags
    shown = iam.get_user(UserName=name)["User"]
    assert shown == made
    erase_user(iam, name)


def test_the_root_user_sees_itself(iam, account):
    user = iam.get_user()["User"]
    assert user["Arn"] == f"arn:aws:iam::{account}:root"
    assert user["UserId"] == account


def test_a_user_sees_itself_without_a_name(iam, server, user):
    client = service_client(server, "iam", key_of(iam, user))
    assert code_of(client.get_user) == "AccessDenied"
    own = statement(action="iam:GetUser", resource="arn:aws:iam::*:user/${aws:username}")
    iam.put_user_policy(UserName=user, PolicyName="self", PolicyDocument=document(own))
    assert client.get_user()["User"]["UserName"] == user


def test_names_that_differ_in_case_alone_are_the_same(iam, user):
    with refused("EntityAlreadyExists", f"User with name {user.upper()} already exists."):
        iam.create_user(UserName=user.upper())
    assert iam.get_user(UserName=user.upper())["User"]["UserName"] == user


def test_what_is_not_there_is_told_so(iam):
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        iam.get_user(UserName="nobody")
    for call in (iam.delete_user, iam.list_groups_for_user, iam.list_access_keys, iam.list_user_tags):
        with refused("NoSuchEntity", "The user with name nobody cannot be found."):
            call(UserName="nobody")


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({"UserName": "a b"}, r"Value 'a b' at 'userName' failed to satisfy constraint"),
        ({"UserName": "x" * 65}, "length less than or equal to 64"),
        ({"UserName": ""}, "length greater than or equal to 1"),
        ({}, "Value null at 'userName'"),
        ({"UserName": "ok", "Path": "no-slashes"}, "at 'path' failed to satisfy constraint"),
        ({"UserName": "ok", "Path": "/open"}, "at 'path' failed to satisfy constraint"),
        ({"UserName": "ok", "PermissionsBoundary": "short"}, "length greater than or equal to 20"),
        ({"UserName": "ok", "Tags": [{"Key": "a*", "Value": "v"}]}, "at 'tags.1.member.key'"),
        ({"UserName": "ok", "Tags": [{"Key": "a", "Value": "v"}] * 51}, "at 'tags' failed"),
    ],
)
def test_broken_constraints_are_told_in_aws_words(server, parameters, part):
    client = service_client(server, "iam", validate=False)
    with refused("ValidationError") as caught:
        client.create_user(**parameters)
    message = caught.value.response["Error"]["Message"]
    assert re.match(r"\d validation errors? detected: ", message) and part in message, message
    assert code_of(client.get_user, UserName="ok") == "NoSuchEntity"


def test_tags_are_changed_and_removed_in_whatever_case(iam, user):
    iam.tag_user(UserName=user, Tags=[{"Key": "Team", "Value": "a"}, {"Key": "x", "Value": "1"}])
    iam.tag_user(UserName=user, Tags=[{"Key": "team", "Value": "b"}])
    assert iam.list_user_tags(UserName=user)["Tags"] == [
        {"Key": "team", "Value": "b"},
        {"Key": "x", "Value": "1"},
    ]
    iam.untag_user(UserName=user, TagKeys=["TEAM", "absent"])
    assert iam.list_user_tags(UserName=user)["Tags"] == [{"Key": "x", "Value": "1"}]
    with refused("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        iam.tag_user(UserName=user, Tags=[{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}])
    with refused("InvalidInput"):
        iam.tag_user(UserName=user, Tags=[{"Key": "aws:x", "Value": "1"}])
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    with refused("LimitExceeded"):
        iam.tag_user(UserName=user, Tags=many)
    assert iam.list_user_tags(UserName=user)["Tags"] == [{"Key": "x", "Value": "1"}]


def test_lists_are_paged_and_cut_by_path(iam):
    path = f"/{fresh('page')}/"
    names = [fresh("listed") for _ in range(7)]
    for name in names:
        iam.create_user(UserName=name, Path=path)
    pages = iam.get_paginator("list_users").paginate(PathPrefix=path, PaginationConfig={"PageSize": 3})
    sizes, found = [], []
    for page in pages:
        sizes.append(len(page["Users"]))
        found += [user["UserName"] for user in page["Users"]]
    assert sizes == [3, 3, 1] and sorted(found) == sorted(names)
    assert iam.list_users(PathPrefix=path + "below")["Users"] == []
    first = iam.list_users(PathPrefix=path, MaxItems=3)
    assert first["IsTruncated"]
    with refused("ValidationError", "Invalid Marker."):
        iam.list_groups(Marker=first["Marker"])
    with refused("ValidationError", "Invalid Marker."):
        iam.list_users(Marker="AAAA" + first["Marker"][4:])
    for name in names:
        iam.delete_user(UserName=name)
    assert not iam.list_users(PathPrefix=path)["IsTruncated"]


def test_a_renamed_user_keeps_id_keys_and_permissions(iam, server, user):
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(statement(action="iam:*")))
    client = service_client(server, "iam", key_of(iam, user))
    before = client.get_user()["User"]
    renamed = fresh("renamed")
    iam.update_user(UserName=user, NewUserName=renamed, NewPath="/moved/")
    after = client.get_user()["User"]
    assert after["UserName"] == renamed and after["Path"] == "/moved/"
    assert after["UserId"] == before["UserId"] and after["CreateDate"] == before["CreateDate"]
    assert code_of(iam.get_user, UserName=user) == "NoSuchEntity"
    assert len(iam.list_access_keys(UserName=renamed)["AccessKeyMetadata"]) == 1
    iam.update_user(UserName=renamed, NewUserName=renamed.upper())
    assert client.get_user()["User"]["UserName"] == renamed.upper()
    other = fresh("taken")
    iam.create_user(UserName=other)
    with refused("EntityAlreadyExists", f"User with name {other} already exists."):
        iam.update_user(UserName=renamed, NewUserName=other)
    assert client.get_user()["User"]["UserName"] == renamed.upper()
    erase_user(iam, renamed)
    erase_user(iam, other)


def test_what_still_has_something_is_not_deleted(iam, user):
    group = fresh("group")
    iam.create_group(GroupName=group)
    readonly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    key = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    iam.attach_user_policy(UserName=user, PolicyArn=readonly)
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=document(statement()))
    iam.add_user_to_group(UserName=user, GroupName=group)
    for undo, arguments, message in (
        (iam.delete_access_key, {"AccessKeyId": key}, "must delete access keys first."),
        (iam.detach_user_policy, {"PolicyArn": readonly}, "must detach all policies first."),
        (iam.delete_user_policy, {"PolicyName": "p"}, "must delete policies first."),
        (iam.remove_user_from_group, {"GroupName": group}, "must remove users from group first."),
    ):
        with refused("DeleteConflict", f"Cannot delete entity, {message}"):
            iam.delete_user(UserName=user)
        assert iam.get_user(UserName=user)["User"]["UserName"] == user
        undo(UserName=user, **arguments)
    iam.delete_user(UserName=user)
    assert code_of(iam.get_user, UserName=user) == "NoSuchEntity"
    iam.delete_group(GroupName=group)
