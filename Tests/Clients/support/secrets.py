"""boto3 clients of Secrets Manager."""

import itertools

import boto3
from botocore.config import Config

from .server import REGION

NUMBERS = itertools.count(1)


def secrets_client(server, credentials=None, region=REGION, validate=True):
    """A client of Secrets Manager; with `validate` off it sends what the model forbids."""
    credentials = credentials or server.root
    return boto3.client(
        "secretsmanager",
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=region,
        endpoint_url=server.endpoint,
        config=Config(
            parameter_validation=validate,
            retries={"total_max_attempts": 1, "mode": "standard"},
            read_timeout=30,
            connect_timeout=5,
        ),
    )


def token():
    """A `ClientRequestToken`, and so the id of a version, that no other test uses."""
    return f"00000000-0000-4000-8000-{next(NUMBERS):012d}"


def new_name(prefix="secret"):
    return f"{prefix}/{next(NUMBERS)}"
