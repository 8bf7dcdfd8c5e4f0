"""IAM as the tests use it: clients of a server, refusals, policies and principals with names of their own."""

import contextlib
import itertools
import json
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .server import REGION, Credentials

ANY = object()
NUMBERS = itertools.count(1)

# The operations of IAM's model that any client of this run has called and had answered.
CALLED = set()


def service_client(server, service, credentials=None, region=REGION, validate=True):
    """A client of a service; with `validate` off it sends what the model forbids."""
    credentials = credentials or server.root
    client = boto3.client(
        service,
        endpoint_url=server.endpoint,
        region_name=region,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        config=Config(
            parameter_validation=validate,
            retries={"total_max_attempts": 1, "mode": "standard"},
            read_timeout=30,
            connect_timeout=5,
        ),
    )
    if service == "iam":
        client.meta.events.register("after-call.iam", note_call)
    return client


def note_call(model, **_):
    CALLED.add(model.name)


@contextlib.contextmanager
def refused(code, message=ANY, status=None):
    """Expects the refusal of what happens inside."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message is not ANY:
        assert error["Message"] == message
    expected = status or STATUS.get(code, 400)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == expected


# The HTTP statuses of IAM's errors, from its service model; 400 is that of all others.
STATUS = {
    "AccessDenied": 403,
    "ConcurrentModification": 409,
    "DeleteConflict": 409,
    "EntityAlreadyExists": 409,
    "EntityTemporarilyUnmodifiable": 409,
    "LimitExceeded": 409,
    "NoSuchEntity": 404,
    "ReportExpired": 410,
    "ReportInProgress": 404,
    "ReportNotPresent": 410,
}


def code_of(call, **parameters):
    """`ok`, or the code of the refusal."""
    try:
        call(**parameters)
        return "ok"
    except ClientError as error:
        return error.response["Error"]["Code"]


def fresh(prefix):
    """A name that no other test has."""
    return f"{prefix}-{next(NUMBERS)}"


def statement(effect="Allow", action="*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, action="sts:AssumeRole", **more):
    return document({"Effect": "Allow", "Principal": principal, "Action": action, **more})


def key_of(iam, user):
    """Credentials of a new access key of a user."""
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def erase_user(iam, name):
    """Deletes a user with all that it has."""
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
    iam.delete_user(UserName=name)


def wait_for(condition, seconds=5):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)
    return value
