"""boto3 clients of a server, and what the tests say about their answers."""

import contextlib
import json
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .server import REGION

ANY = object()

# The operations of the KMS model that any client of this run has called and had answered.
CALLED = set()


def kms_client(server, credentials=None, region=REGION, validate=True, verify=None):
    """A KMS client; with `validate` off it sends what the model forbids, so that the server must refuse."""
    credentials = credentials or server.root
    session = boto3.session.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=region,
    )
    client = session.client(
        "kms",
        endpoint_url=server.endpoint,
        verify=verify,
        config=Config(
            parameter_validation=validate,
            retries={"total_max_attempts": 1, "mode": "standard"},
            read_timeout=30,
            connect_timeout=5,
        ),
    )
    client.meta.events.register("after-call.kms", note_call)
    return client


def note_call(model, **_):
    CALLED.add(model.name)


def outcome(call, *arguments, **parameters):
    """The answer of a call, or the code of its refusal."""
    try:
        return call(*arguments, **parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]


@contextlib.contextmanager
def refused(code, message=ANY):
    """Expects the refusal of what happens inside; `message` is the whole text, "" for none."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if message is not ANY:
        assert error["Message"] == message


def wait_until_known(client):
    """Waits until the server knows the client's access key, made by a command a moment ago."""
    deadline = time.monotonic() + 5
    while outcome(client.list_keys, Limit=1) == "UnrecognizedClientException":
        assert time.monotonic() < deadline, "the server does not notice a new access key"
        time.sleep(0.05)
    return client


def key_arn(client, **parameters):
    """The ARN of a new key."""
    return client.create_key(**parameters)["KeyMetadata"]["Arn"]


def account_of(arn):
    return arn.split(":")[4]


def key_id(arn):
    return arn.rsplit("/", 1)[1]


def statement(effect="Allow", action="kms:*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
