"""boto3 clients of IAM, and identities for one test each."""

import contextlib
import itertools
import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .clients import ANY, kms_client
from .server import REGION, Credentials

NUMBERS = itertools.count(1)

# The HTTP statuses of IAM's errors, from its service model; 400 is that of all others.
STATUSES = {
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


@contextlib.contextmanager
def refused(code, message=ANY):
    """Expects IAM's refusal of what happens inside, under the status that its model gives."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    status = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert (error["Code"], status) == (code, STATUSES.get(code, 400)), error
    if message is not ANY:
        assert error["Message"] == message


def iam_client(server, credentials=None, validate=True):
    """A client of IAM; with `validate` off it sends what the model forbids."""
    return aws_client("iam", server, credentials, validate)


def aws_client(service, server, credentials=None, validate=True):
    credentials = credentials or server.root
    return boto3.client(
        service,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=REGION,
        endpoint_url=server.endpoint,
        config=Config(
            parameter_validation=validate,
            retries={"total_max_attempts": 1, "mode": "standard"},
            read_timeout=30,
            connect_timeout=5,
        ),
    )


def fresh(prefix):
    """A name that no other test uses."""
    return f"{prefix}-{next(NUMBERS)}"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*", **elements):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **elements}


def deny(actions, resource="*", **elements):
    return {"Effect": "Deny", "Action": actions, "Resource": resource, **elements}


class Person:
    """A user made through IAM, with an access key."""

    def __init__(self, server, root, *statements, name=None):
        self.name = name or fresh("person")
        self.arn = root.create_user(UserName=self.name)["User"]["Arn"]
        if statements:
            root.put_user_policy(UserName=self.name, PolicyName="own", PolicyDocument=document(*statements))
        key = root.create_access_key(UserName=self.name)["AccessKey"]
        self.credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        self.iam = iam_client(server, self.credentials)
        self.kms = kms_client(server, self.credentials)
