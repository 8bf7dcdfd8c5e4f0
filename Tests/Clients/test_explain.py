"""`strongroom explain` and `who-can`, and what the log says of denials."""

import json
import re
import time

import pytest

from support.cli import CLI
from support.clients import kms_client, outcome, wait_until_known
from support.iam import document, service_client
from support.principals import allow, deny, iam_client
from support.server import BINARY, Server


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with two accounts, three users, a role and a key."""
    server = Server(tmp_path_factory.mktemp("explain"), {"log-format": "json"}).start()
    yield House(server)
    server.kill()


class House:
    def __init__(self, server):
        self.server = server
        self.iam = iam_client(server)
        self.kms = kms_client(server)
        self.cli = CLI(server, server.data.parent)
        self.cli.add_profile("root", server.root.access_key, server.root.secret_key)
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.account = self.key.split(":")[4]
        self.other_account = server.create_account()
        other_root = server.create_access_key(account=self.other_account)
        wait_until_known(kms_client(server, other_root))
        self.alice = self.person("alice", allow("kms:*"))
        self.bob = self.person("bob", allow("s3:*"))
        self.carol = self.person("carol", allow("kms:*"), deny("kms:Decrypt", Sid="NotCarol"))
        self.stranger = server.create_access_key(
            "stranger", self.other_account, [self.policy(allow("kms:*"))]
        )
        self.stranger_arn = f"arn:aws:iam::{self.other_account}:user/stranger"
        self.stranger_kms = wait_until_known(kms_client(server, self.stranger))
        trust = document(
            {"Effect": "Allow", "Principal": {"AWS": self.alice.arn}, "Action": "sts:AssumeRole"}
        )
        role = self.iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)["Role"]
        self.role = role["Arn"]

    def person(self, name, *statements):
        credentials = self.server.create_access_key(name, None, [self.policy(*statements)])
        return Human(self, name, credentials)

    def policy(self, *statements):
        path = self.server.data.parent / "own.json"
        path.write_text(document(*statements))
        return path

    def explain(self, principal, action, resource=None, *more):
        done = self.server.command(
            "explain", "--principal", principal, "--action", action, "--resource", resource or self.key, *more
        )
        return done.stdout

    def who_can(self, action, resource=None, *more):
        lines = self.server.command("who-can", action, resource or self.key, *more).stdout.splitlines()
        return dict(line.split("\t") for line in lines)


class Human:
    def __init__(self, house, name, credentials):
        self.arn = f"arn:aws:iam::{house.account}:user/{name}"
        self.kms = wait_until_known(kms_client(house.server, credentials))


def decrypts(house, kms):
    """Whether a client may decrypt; the answer of the server itself."""
    blob = house.kms.encrypt(KeyId=house.key, Plaintext=b"x")["CiphertextBlob"]
    return not isinstance(outcome(kms.decrypt, CiphertextBlob=blob, KeyId=house.key), str)


def test_a_user_is_allowed_by_a_policy_that_the_key_lets_decide(house):
    said = house.explain(house.alice.arn, "kms:Decrypt")
    assert said.startswith(f"ALLOWED  {house.alice.arn}\n")
    assert "statement 1 of inline policy own of user alice" in said
    assert "of the key policy lets decide" in said
    assert decrypts(house, house.alice.kms)


def test_the_missing_side_is_named(house):
    said = house.explain(house.bob.arn, "kms:Decrypt")
    assert said.startswith(f"DENIED  {house.bob.arn}\n")
    assert "no identity policy of the caller allows it" in said
    assert "- statement 1, Allow: is about other actions" in said
    assert f"User: {house.bob.arn} is not authorized to perform: kms:Decrypt" in said
    assert not decrypts(house, house.bob.kms)


def test_an_explicit_deny_is_named(house):
    said = house.explain(house.carol.arn, "kms:Decrypt")
    assert "denied: statement 2 (NotCarol) of identity policy own denies it" in said
    assert "! statement 2 (NotCarol), Deny: denies it" in said
    assert not decrypts(house, house.carol.kms)


def test_two_accounts_need_two_sides(house):
    said = house.explain(house.stranger_arn, "kms:Decrypt")
    assert said.startswith("DENIED") and "neither the key policy nor a grant allows it" in said
    assert not decrypts(house, house.stranger_kms)
    grant = house.kms.create_grant(
        KeyId=house.key,
        GranteePrincipal=house.stranger_arn,
        Operations=["Decrypt"],
        Constraints={"EncryptionContextSubset": {"team": "red"}},
    )["GrantId"]
    try:
        said = house.explain(house.stranger_arn, "kms:Decrypt")
        assert said.startswith("DENIED") and f"- grant {grant} does not allow it" in said
        said = house.explain(house.stranger_arn, "kms:Decrypt", None, "--context", "team=red")
        assert said.startswith("ALLOWED") and f"which grant {grant} lets decide" in said
        said = house.explain(house.stranger_arn, "kms:ScheduleKeyDeletion")
        assert "the action does not cross accounts" in said
        assert house.stranger_arn in house.who_can("kms:Decrypt", None, "--context", "team=red")
        assert house.stranger_arn not in house.who_can("kms:Decrypt")
    finally:
        house.kms.revoke_grant(KeyId=house.key, GrantId=grant)
    assert house.explain(house.stranger_arn, "kms:Decrypt", None, "--context", "team=red").startswith(
        "DENIED"
    )


def test_conditions_are_told_with_what_the_request_has(house):
    user = house.person(
        "dora",
        allow("kms:Decrypt", "*", Condition={"StringEquals": {"aws:SourceIp": "192.0.2.1"}}),
        allow("kms:Encrypt", "*", Condition={"StringEquals": {"kms:EncryptionContext:team": "red"}}),
    )
    said = house.explain(user.arn, "kms:Decrypt")
    assert "StringEquals aws:sourceip is 192.0.2.1, and the request has no such key" in said
    assert "not known of the request: aws:SourceIp; give them by --condition" in said
    condition = ("--condition", "aws:SourceIp=192.0.2.1")
    assert house.explain(user.arn, "kms:Decrypt", None, *condition).startswith("ALLOWED")
    assert house.explain(user.arn, "kms:Encrypt").startswith("DENIED")
    assert house.explain(user.arn, "kms:Encrypt", None, "--context", "team=red").startswith("ALLOWED")
    assert house.who_can("kms:Decrypt")[user.arn].startswith(
        "only if the request has what is asked for: aws:SourceIp"
    )
    assert not house.who_can("kms:Decrypt", None, *condition)[user.arn].startswith("only")


def test_roles_sessions_and_root_users(house):
    root = f"arn:aws:iam::{house.account}:root"
    assert house.explain(root, "kms:Decrypt").startswith("ALLOWED")
    assert house.explain(f"arn:aws:iam::{house.other_account}:root", "kms:Decrypt").startswith("DENIED")
    assert house.explain(house.role, "kms:Decrypt").startswith("DENIED")
    house.iam.put_role_policy(
        RoleName="deployer", PolicyName="use", PolicyDocument=document(allow("kms:Decrypt"))
    )
    assert "inline policy use of role deployer" in house.explain(house.role, "kms:Decrypt")
    session = f"arn:aws:sts::{house.account}:assumed-role/deployer/ci"
    assert house.explain(session, "kms:Decrypt").startswith(f"ALLOWED  {session}\n")
    assert house.explain(house.alice.arn, "sts:AssumeRole", house.role).startswith("ALLOWED")
    assert house.explain(house.bob.arn, "sts:AssumeRole", house.role).startswith("DENIED")
    listed = house.who_can("kms:Decrypt")
    assert root in listed and house.role in listed and house.alice.arn in listed
    assert house.bob.arn not in listed and house.carol.arn not in listed
    assert "use of role deployer" in listed[house.role]


def test_an_alias_stands_for_its_key(house):
    house.kms.create_alias(AliasName="alias/explained", TargetKeyId=house.key)
    alias = house.key.rsplit(":", 1)[0] + ":alias/explained"
    said = house.explain(house.alice.arn, "kms:Decrypt", alias)
    assert said.startswith("ALLOWED") and f"kms:Decrypt on {house.key}" in said
    assert f"on {alias}" in house.explain(house.alice.arn, "kms:DeleteAlias", alias)


def test_the_policy_of_a_topic_counts(house):
    sns = service_client(house.server, "sns")
    topic = sns.create_topic(Name="explained", Tags=[{"Key": "team", "Value": "red"}])["TopicArn"]
    assert house.explain(house.bob.arn, "sns:Publish", topic).startswith("DENIED")
    publish = allow("sns:Publish", topic, Principal={"AWS": [house.bob.arn, house.stranger_arn]})
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=document({**publish, "Sid": "Friends"})
    )
    said = house.explain(house.bob.arn, "sns:Publish", topic)
    assert said.startswith("ALLOWED") and "Friends" in said
    assert house.explain(house.bob.arn, "sns:DeleteTopic", topic).startswith("DENIED")
    # The other account's side is missing.
    said = house.explain(house.stranger_arn, "sns:Publish", topic)
    assert said.startswith("DENIED") and "no identity policy of the caller allows it" in said
    tagged = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    erik = house.person("erik", allow("sns:*", "*", Condition=tagged))
    assert house.explain(erik.arn, "sns:DeleteTopic", topic).startswith("ALLOWED")
    listed = house.who_can("sns:Publish", topic)
    assert house.bob.arn in listed and erik.arn in listed and house.alice.arn not in listed
    absent = house.server.command(
        *("explain", "--principal", house.bob.arn, "--action", "sns:Publish", "--resource", topic + "-2"),
        check=False,
    )
    assert absent.returncode != 0 and "There is no topic" in absent.stderr


@pytest.mark.parametrize(
    ("principal", "action", "resource", "more"),
    [
        ("somebody", "kms:Decrypt", None, []),
        ("arn:aws:iam::111122223333:user/nobody", "kms:Decrypt", None, []),
        ("arn:aws:iam::{account}:role/nobody", "kms:Decrypt", None, []),
        ("arn:aws:iam::{account}:group/nobody", "kms:Decrypt", None, []),
        ("arn:aws:iam::{account}:root", "Decrypt", None, []),
        ("arn:aws:iam::{account}:root", "kms:*", None, []),
        ("arn:aws:iam::{account}:root", "kms:Decrypt", "key", []),
        (
            "arn:aws:iam::{account}:root",
            "kms:Decrypt",
            "arn:aws:kms:us-east-1:{account}:key/00000000-0000-0000-0000-000000000000",
            [],
        ),
        ("arn:aws:iam::{account}:root", "kms:Decrypt", None, ["--context", "team"]),
        ("arn:aws:iam::{account}:root", "kms:Decrypt", None, ["--condition", "ip=1"]),
    ],
)
def test_what_cannot_be_asked_is_one_clear_line(house, principal, action, resource, more):
    arguments = ["--principal", principal.format(account=house.account), "--action", action]
    arguments += ["--resource", (resource or house.key).format(account=house.account), *more]
    done = house.server.command("explain", *arguments, check=False)
    assert done.returncode != 0 and not done.stdout and done.stderr.count("\n") == 1, done


def test_it_works_without_a_server(tmp_path):
    server = Server(tmp_path).start()
    kms = kms_client(server)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    server.stop()
    root = f"arn:aws:iam::{key.split(':')[4]}:root"
    done = server.command("explain", "--principal", root, "--action", "kms:Decrypt", "--resource", key)
    assert done.stdout.startswith("ALLOWED")


def denials(house):
    lines = [json.loads(line) for line in house.server.log.read_text().splitlines() if line.startswith("{")]
    return [line["metadata"] for line in lines if line["message"] == "a request was denied"]


def test_the_log_says_why_and_the_answer_does_not(house):
    before = len(denials(house))
    assert not decrypts(house, house.carol.kms)
    deadline = time.monotonic() + 5
    while len(denials(house)) == before:
        assert time.monotonic() < deadline, "no line tells of the denial"
        time.sleep(0.05)
    line = denials(house)[-1]
    assert line["principal"] == house.carol.arn and line["action"] == "kms:Decrypt"
    assert line["resource"] == house.key
    assert line["reason"] == "denied: statement 2 (NotCarol) of identity policy own denies it"
    assert "NotCarol" in str(line["considered"])
    blob = house.kms.encrypt(KeyId=house.key, Plaintext=b"x")["CiphertextBlob"]
    with pytest.raises(Exception, match="with an explicit deny in an identity-based policy") as caught:
        house.carol.kms.decrypt(CiphertextBlob=blob, KeyId=house.key)
    assert "NotCarol" not in str(caught.value)


def test_a_flood_of_denials_is_no_flood_of_lines(house):
    before = len(denials(house))
    started = time.monotonic()
    for _ in range(200):
        assert outcome(house.bob.kms.encrypt, KeyId=house.key, Plaintext=b"x") == "AccessDeniedException"
    seconds = time.monotonic() - started
    told = denials(house)[before:]
    assert 0 < len(told) <= 5 * (seconds + 2), (len(told), seconds)
    # Another caller's denial is told all the same.
    assert not decrypts(house, house.carol.kms)
    time.sleep(0.2)
    assert denials(house)[-1]["principal"] == house.carol.arn
    assert any(int(line.get("untold", 0)) > 0 for line in denials(house)[before:])


def test_the_examples_of_the_documentation_are_true(house):
    """Every command of docs/authorization.md runs, and says what stands behind it."""
    text = (BINARY.parents[2] / "docs" / "authorization.md").read_text()
    reading = document(allow("secretsmanager:GetSecretValue"))
    house.iam.put_user_policy(UserName="alice", PolicyName="reading", PolicyDocument=reading)
    secret = service_client(house.server, "secretsmanager").create_secret(
        Name="explained", SecretString="one", KmsKeyId=house.key
    )
    names = {
        "SECRET": secret["ARN"],
        "ALICE": house.alice.arn,
        "BOB": house.bob.arn,
        "KEY": house.key,
        "ROOT": f"arn:aws:iam::{house.account}:root",
    }
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        command, *expected = block.strip().splitlines()
        program, *words = [names.get(word.lstrip("$"), word) for word in command.removeprefix("$ ").split()]
        if program == "aws":
            said = house.cli.finish("root", words)
        else:
            assert program == "strongroom", command
            said = house.server.command(*words)
        assert said.returncode == 0, (command, said.stderr)
        said = said.stdout
        for line in expected:
            for name, value in names.items():
                line = line.replace(f"${name}", value)
            assert line.rstrip() in said.splitlines(), (line, said)
