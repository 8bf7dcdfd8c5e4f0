"""Requests of STS are held against the service's own model: what is required, how long, how large."""

import re

import botocore.session
import pytest
from botocore.exceptions import ClientError

from support.iam import service_client
from support.sessions import unsigned_sts

MODEL = botocore.session.get_session().get_service_model("sts")
RIGHT = {
    "RoleArn": "arn:aws:iam::111122223333:role/nobody",
    "PrincipalArn": "arn:aws:iam::111122223333:saml-provider/nobody",
    "RoleSessionName": "session",
    "WebIdentityToken": "a.b.c",
    "SAMLAssertion": "AAAA",
    "TargetPrincipal": "111122223333",
    "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
    "EncodedMessage": "AAAA",
    "AccessKeyId": "AKIAAAAAAAAAAAAAAAAA",
    "TradeInToken": "AAAA",
    "Name": "bob",
    "Audience": ["a"],
    "SigningAlgorithm": "RS256",
}


def refusal(server, operation, parameters):
    """The code and text with which an operation is refused; what the model forbids is sent all the same."""
    signed = not MODEL.operation_model(operation).auth_type
    client = service_client(server, "sts", validate=False) if signed else unsigned_sts(server)
    client.meta.config.parameter_validation = False
    client._serializer = botocore.serialize.create_serializer("query", False)
    method = next(name for name, known in client.meta.method_to_api_mapping.items() if known == operation)
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**parameters)
    return caught.value.response["Error"]


def required(operation):
    shape = MODEL.operation_model(operation).input_shape
    return list(shape.required_members) if shape else []


def camel(name):
    return name[:1].lower() + name[1:]


@pytest.mark.parametrize("operation", sorted(name for name in MODEL.operation_names if required(name)))
def test_every_required_member_is_required(server, operation):
    error = refusal(server, operation, {})
    assert error["Code"] == "ValidationError"
    missing = re.findall(r"Value null at '(\w+)' failed to satisfy constraint: Member must not be null", error["Message"])
    assert sorted(missing) == sorted(camel(name) for name in required(operation))


def bounds():
    """One parameter set too many for each bound of each member, with the rule that it breaks."""
    for operation in sorted(MODEL.operation_names):
        shape = MODEL.operation_model(operation).input_shape
        for name, member in shape.members.items() if shape else ():
            small, large = member.metadata.get("min"), member.metadata.get("max")
            if member.type_name == "string":
                if large is not None:
                    yield operation, name, "a" * (large + 1), f"length less than or equal to {large}"
                if small is not None and small > 1:
                    yield operation, name, "a" * (small - 1), f"length greater than or equal to {small}"
                pattern = member.metadata.get("pattern")
                if pattern and r"\w" in pattern:
                    yield operation, name, "!" * (small or 1), f"regular expression pattern: {pattern}"
            if member.type_name == "integer":
                yield operation, name, large + 1, f"value less than or equal to {large}"
                if small:
                    yield operation, name, small - 1, f"value greater than or equal to {small}"


@pytest.mark.parametrize(
    ("operation", "member", "value", "rule"),
    [pytest.param(*case, id=f"{case[0]}-{case[1]}-{case[3][:14]}") for case in bounds()],
)
def test_every_bound_is_kept(server, operation, member, value, rule):
    parameters = {name: RIGHT[name] for name in required(operation)} | {member: value}
    error = refusal(server, operation, parameters)
    assert error["Code"] == "ValidationError"
    assert f"at '{camel(member)}' failed to satisfy constraint: Member must " in error["Message"]
    assert rule in error["Message"]
