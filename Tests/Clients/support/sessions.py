"""Clients that use temporary credentials."""

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from .iam import document, fresh, key_of, service_client, statement, trust, wait_for
from .server import REGION

CONFIG = {"retries": {"total_max_attempts": 1, "mode": "standard"}, "read_timeout": 30, "connect_timeout": 5}


def session_client(server, service, credentials, region=REGION):
    """A client of a service with the `Credentials` of an answer of STS."""
    return boto3.client(
        service,
        endpoint_url=server.endpoint,
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(**CONFIG),
    )


def unsigned_sts(server):
    return boto3.client(
        "sts",
        endpoint_url=server.endpoint,
        region_name=REGION,
        config=Config(signature_version=UNSIGNED, **CONFIG),
    )


def new_user(server, iam, *statements):
    """The name and an STS client of a user with a policy of those statements."""
    name = fresh("user")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document(*statements))
    client = service_client(server, "sts", key_of(iam, name))
    wait_for(lambda: client.get_caller_identity())
    return name, client


def new_role(iam, account, *statements, principal=None, trusts=None, **more):
    """The ARN of a role with a policy of those statements, which the account may assume."""
    name = fresh("role")
    trusted = trusts or trust({"AWS": account} if principal is None else principal, action="sts:*")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, **more)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
    return arn


def name_of(arn):
    return arn.rsplit("/", 1)[1]


def assume(sts, role, session="session", **more):
    """The credentials of a session of a role."""
    return sts.assume_role(RoleArn=role, RoleSessionName=session, **more)["Credentials"]


ANYTHING = statement()
