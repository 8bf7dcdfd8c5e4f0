"""That nothing IAM offers is left out."""

import urllib.parse

import botocore.session
import pytest

from support.iam import CALLED, document, fresh, refused, service_client, statement, trust
from test_iam_protocol import ask, error

MODEL = botocore.session.get_session().get_service_model("iam")

# What the server says that it does not have, by the word that ends each of its refusals.
REFUSED = [
    "CreateSAMLProvider",
    "CreateVirtualMFADevice",
    "CreateServiceLinkedRole",
    "UploadServerCertificate",
    "UploadSSHPublicKey",
    "CreateServiceSpecificCredential",
    "CreateDelegationRequest",
    "ListOrganizationsFeatures",
    "GenerateServiceLastAccessedDetails",
    "EnableOutboundWebIdentityFederation",
    "SetSecurityTokenServicePreferences",
]


def answer(server, operation):
    """The error of a request without any member; a KeyError for one that is answered."""
    return error(ask(server, urllib.parse.urlencode({"Action": operation, "Version": "2010-05-08"})))


@pytest.mark.parametrize("operation", REFUSED)
def test_what_is_not_offered_is_refused_in_a_plain_sentence(server, operation):
    status, code, message = answer(server, operation)
    assert (status, code) == (400, "UnsupportedOperation")
    assert message.startswith(f"The operation {operation} is not supported. ")


@pytest.mark.parametrize(
    "operation",
    sorted(
        name
        for name in MODEL.operation_names
        if (shape := MODEL.operation_model(name).input_shape) and shape.required_members
    ),
)
def test_every_required_member_is_required(server, operation):
    """An empty request names all that is missing, in AWS's words; some operations are not offered at all."""
    status, code, message = answer(server, operation)
    assert status == 400
    if code in ("UnsupportedOperation", "InvalidAction"):
        return
    missing = MODEL.operation_model(operation).input_shape.required_members
    noun = "error" if len(missing) == 1 else "errors"
    start, rest = message.split(" detected: ")
    assert (code, start) == ("ValidationError", f"{len(missing)} validation {noun}")
    assert sorted(rest.split("; ")) == sorted(
        f"Value null at '{name[0].lower() + name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in missing
    )


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


def test_policies_of_groups_are_kept_as_those_of_users(iam):
    name, text = fresh("group"), document(statement(action="kms:ListKeys"))
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=text)
    assert iam.list_group_policies(GroupName=name)["PolicyNames"] == ["p"]
    assert iam.get_group_policy(GroupName=name, PolicyName="p")["GroupName"] == name
    with refused("NoSuchEntity", "The group policy with name q cannot be found."):
        iam.get_group_policy(GroupName=name, PolicyName="q")
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    assert iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"][0]["PolicyArn"] == arn
    assert iam.list_attached_group_policies(GroupName=name, PathPrefix="/none/")["AttachedPolicies"] == []
    iam.detach_group_policy(GroupName=name, PolicyArn=arn)
    iam.delete_group_policy(GroupName=name, PolicyName="p")
    iam.delete_group(GroupName=name)


def test_tags_of_roles_and_policies_are_kept_as_those_of_users(iam):
    name = fresh("tagged")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document(statement()))["Policy"]["Arn"]
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    for noun, subject in (("role", {"RoleName": name}), ("policy", {"PolicyArn": arn})):
        getattr(iam, f"tag_{noun}")(**subject, Tags=tags)
        page = getattr(iam, f"list_{noun}_tags")(**subject, MaxItems=1)
        assert (page["Tags"], page["IsTruncated"]) == (tags[:1], True)
        rest = getattr(iam, f"list_{noun}_tags")(**subject, Marker=page["Marker"])
        assert (rest["Tags"], rest["IsTruncated"]) == (tags[1:], False)
        getattr(iam, f"untag_{noun}")(**subject, TagKeys=["a"])
        assert getattr(iam, f"list_{noun}_tags")(**subject)["Tags"] == tags[1:]
    iam.delete_role(RoleName=name)
    iam.delete_policy(PolicyArn=arn)


def test_a_policy_that_a_role_does_not_have_is_told(iam):
    name = fresh("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    with refused("NoSuchEntity", "The role policy with name q cannot be found."):
        iam.get_role_policy(RoleName=name, PolicyName="q")
    iam.delete_role(RoleName=name)


@pytest.mark.last
def test_every_operation_that_is_offered_was_called(request, server):
    """By the other tests of this run; when only some of them run, there is nothing to say."""
    here = {item.path for item in request.session.items}
    if request.config.option.keyword or not here >= set(request.path.parent.glob("test_iam_*.py")):
        pytest.skip("only some of the tests run")
    untested = set(MODEL.operation_names) - CALLED
    offered = {
        name for name in untested if answer(server, name)[1] not in ("UnsupportedOperation", "InvalidAction")
    }
    assert offered == set()
