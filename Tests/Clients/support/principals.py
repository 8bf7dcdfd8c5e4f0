"""Identities for one test each, and the statements that they are given."""

from .clients import kms_client
from .iam import document, fresh, service_client
from .server import Credentials


def iam_client(server, credentials=None, validate=True):
    """A client of IAM; with `validate` off it sends what the model forbids."""
    return service_client(server, "iam", credentials, validate=validate)


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
