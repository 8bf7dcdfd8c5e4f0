"""`strongroom explain` and `who-can` for secrets: their policies, their tags, the keys of their values."""

import pytest

from support.clients import kms_client, outcome, wait_until_known
from support.iam import document
from support.principals import allow, deny
from support.secrets import new_name, secrets_client
from support.server import REGION, Server

GET = "secretsmanager:GetSecretValue"
VIA = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(Server(tmp_path_factory.mktemp("explain")).start())
    yield house
    house.server.kill()


class House:
    """A secret under the account's default key, and one under a key of its own."""

    def __init__(self, server):
        self.server = server
        self.kms = kms_client(server)
        self.secrets = secrets_client(server)
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.account = self.key.split(":")[4]
        self.plain = self.secret()
        self.own = self.secret(KmsKeyId=self.key)

    def secret(self, **members):
        return self.secrets.create_secret(Name=new_name(), SecretString="one", **members)["ARN"]

    def person(self, name, *statements, account=None):
        path = self.server.data.parent / f"{name}.json"
        path.write_text(document(*statements))
        return Human(self, name, account, self.server.create_access_key(name, account, [path]))

    def explain(self, principal, action, resource, *more):
        words = ("--principal", principal, "--action", action, "--resource", resource, *more)
        return self.server.command("explain", *words).stdout

    def who_can(self, action, resource, *more):
        lines = self.server.command("who-can", action, resource, *more).stdout.splitlines()
        return dict(line.split("\t") for line in lines)


class Human:
    def __init__(self, house, name, account, credentials):
        self.house = house
        self.arn = f"arn:aws:iam::{account or house.account}:user/{name}"
        wait_until_known(kms_client(house.server, credentials))
        self.secrets = secrets_client(house.server, credentials)

    def may_read(self, secret, *more):
        """Whether the person may read a secret; what is explained must be what happens."""
        said = self.house.explain(self.arn, GET, secret, *more)
        answer = outcome(self.secrets.get_secret_value, SecretId=secret)
        happened = not isinstance(answer, str)
        assert happened or answer == "AccessDeniedException", answer
        assert said.startswith("ALLOWED" if happened else "DENIED"), (answer, said)
        assert (self.arn in self.house.who_can(GET, secret, *more)) == happened
        return said if happened else None

    def denial(self, secret):
        assert self.may_read(secret) is None
        return self.house.explain(self.arn, GET, secret)


def test_the_key_of_the_value_counts_too(house):
    reader = house.person("reader", allow(GET))
    assert "NEEDS TOO  kms:Decrypt on " in reader.may_read(house.plain)
    said = reader.denial(house.own)
    assert "allowed by statement 1 of inline policy reader of user reader, but it needs kms:Decrypt" in said
    assert f"NEEDS TOO  kms:Decrypt on {house.key}" in said
    assert "the caller is told: Access to KMS is not allowed" in said
    user = house.person("key-user", allow(GET), allow("kms:Decrypt", house.key, Condition=VIA))
    assert "+ statement 2, Allow: allows it" in user.may_read(house.own)
    # The same key is not the user's to use without Secrets Manager.
    assert house.explain(user.arn, "kms:Decrypt", house.key).startswith("DENIED")


def test_the_encryption_context_of_the_value_is_known(house):
    mine = {"StringEquals": {"kms:EncryptionContext:SecretARN": house.own}}
    other = {"StringEquals": {"kms:EncryptionContext:SecretARN": house.plain}}
    assert house.person("mine", allow(GET), allow("kms:Decrypt", Condition=mine)).may_read(house.own)
    person = house.person("other", allow(GET), allow("kms:Decrypt", Condition=other))
    assert f"and the request has {house.own}" in person.denial(house.own)


def test_resource_policies_and_tags_decide(house):
    nobody = house.person("nobody", allow("s3:*"))
    tagged = house.person("tagged", allow(GET, Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    secret = house.secret(Tags=[{"Key": "team", "Value": "blue"}])
    assert "no identity policy of the caller allows it" in nobody.denial(secret)
    assert "aws:resourcetag/team is red, and the request has blue" in tagged.denial(secret)
    house.secrets.tag_resource(SecretId=secret, Tags=[{"Key": "team", "Value": "red"}])
    assert tagged.may_read(secret)
    shared = document({**allow(GET), "Principal": {"AWS": nobody.arn}, "Sid": "Friends"})
    house.secrets.put_resource_policy(SecretId=secret, ResourcePolicy=shared)
    assert "(Friends)" in nobody.may_read(secret)
    shut = document({**deny(GET), "Principal": {"AWS": tagged.arn}})
    house.secrets.put_resource_policy(SecretId=secret, ResourcePolicy=shut)
    assert "of the resource policy denies it" in tagged.denial(secret)
    assert nobody.may_read(secret) is None


def test_another_account_needs_four_permissions(house):
    neighbour = house.server.create_account()
    stranger = house.person("stranger", allow([GET, "kms:Decrypt"]), account=neighbour)
    assert stranger.may_read(house.own) is None
    shared = document({**allow(GET), "Principal": {"AWS": stranger.arn}})
    house.secrets.put_resource_policy(SecretId=house.own, ResourcePolicy=shared)
    assert "but it needs kms:Decrypt on its key too" in stranger.denial(house.own)
    root = {**allow("kms:*"), "Principal": {"AWS": house.account}}
    theirs = {**allow("kms:Decrypt"), "Principal": {"AWS": stranger.arn}}
    house.kms.put_key_policy(KeyId=house.key, Policy=document(root, theirs))
    assert stranger.may_read(house.own)
    house.secrets.delete_resource_policy(SecretId=house.own)
    assert stranger.may_read(house.own) is None


def test_other_actions_need_the_key_where_they_use_it(house):
    person = house.person("writer", allow("secretsmanager:*"))
    describe = house.explain(person.arn, "secretsmanager:DescribeSecret", house.own)
    assert describe.startswith("ALLOWED") and "NEEDS TOO" not in describe
    said = house.explain(person.arn, "secretsmanager:PutSecretValue", house.own)
    assert said.startswith("DENIED") and f"NEEDS TOO  kms:GenerateDataKey on {house.key}" in said
    refusal = outcome(person.secrets.put_secret_value, SecretId=house.own, SecretString="two")
    assert refusal == "AccessDeniedException"
    assert house.explain(person.arn, "secretsmanager:PutSecretValue", house.plain).startswith("ALLOWED")
    create = f"arn:aws:secretsmanager:{REGION}:{house.account}:secret:not-there"
    assert house.explain(person.arn, "secretsmanager:CreateSecret", create).startswith("ALLOWED")


def test_what_is_not_known_of_the_request_is_said(house):
    staged = {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    person = house.person("staged", allow(GET, Condition=staged), allow("kms:*"))
    said = house.explain(person.arn, GET, house.own)
    assert said.startswith("DENIED") and "not known of the request: secretsmanager:VersionStage" in said
    listed = house.who_can(GET, house.own)[person.arn]
    assert listed == "only if the request has what is asked for: secretsmanager:VersionStage"
    current = ("--condition", "secretsmanager:VersionStage=AWSCURRENT")
    assert house.explain(person.arn, GET, house.own, *current).startswith("ALLOWED")
    path = house.who_can(GET, house.own, *current)[person.arn]
    assert "policy staged of user staged" in path and "; kms:Decrypt on its key allowed by" in path


@pytest.mark.parametrize(
    ("resource", "more", "because"),
    [
        ("secret:absent-AbCdEf", (), "There is no secret"),
        ("secret:", (), "is not the ARN of a secret"),
        ("{plain}", ("--condition", "secretsmanager:VersionStage=NONE"), "NONE"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_line(house, resource, more, because):
    root = f"arn:aws:iam::{house.account}:root"
    arn = resource.format(plain=house.plain)
    if not arn.startswith("arn:"):
        arn = f"arn:aws:secretsmanager:{REGION}:{house.account}:{arn}"
    words = ("--principal", root, "--action", GET, "--resource", arn, *more)
    done = house.server.command("explain", *words, check=False)
    assert done.returncode != 0 and not done.stdout and done.stderr.count("\n") == 1, done
    assert because in done.stderr
