"""People, machines, temporary credentials, the audit and the alarm, walked through with the AWS CLI alone."""

import base64
import json
import time

import pytest

from support.cli import CLI
from support.iam import document, statement, trust
from support.issuer import Issuer
from support.receiver import Receiver, fetch, verify
from support.server import Server

GROUP_POLICIES = ("AmazonS3FullAccess", "ReadOnlyAccess")
ADMINISTRATION = [
    *("kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"),
    *("kms:Disable*", "kms:Get*", "kms:Delete*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"),
]
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
PLAINTEXT = b"the plans of the walk"
SUBJECT = "system:serviceaccount:shop:orders"
PATTERN = {
    "source": ["aws.kms"],
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {
        "eventSource": ["kms.amazonaws.com"],
        "eventName": ["ScheduleKeyDeletion", "DisableKey"],
    },
}


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def organisation(tmp_path_factory, issuer):
    folder = tmp_path_factory.mktemp("walk")
    server = Server(
        folder,
        {"oidc-insecure-hosts": issuer.authority},
        {"STRONGROOM_SNS_ALLOW_LOOPBACK": "true"},
    ).start()
    yield Organisation(server, folder, issuer)
    assert server.stop() == 0, f"see {server.log}"


class Organisation:
    """A group with two users, and the key of one of them; `journal` keeps what the key has seen."""

    def __init__(self, server, folder, issuer):
        self.server = server
        self.issuer = issuer
        self.cli = CLI(server, folder)
        self.cli.add_profile("root", server.root.access_key, server.root.secret_key)
        self.account = self.cli.run("root", "sts", "get-caller-identity")["Account"]
        self.journal = []
        self.identities = {}
        self.make_users()
        self.make_key()
        blob = self.use("key-user", "encrypt", "--plaintext", self.cli.file("plain", PLAINTEXT))
        self.blob = base64.b64decode(blob["CiphertextBlob"])
        team = self.use(
            "key-user",
            "encrypt",
            *("--plaintext", f"fileb://{folder / 'plain'}", "--encryption-context", "team=red"),
        )
        self.team_blob = base64.b64decode(team["CiphertextBlob"])

    def user_arn(self, name):
        return f"arn:aws:iam::{self.account}:user/{name}"

    def make_users(self):
        self.root("create-group", "--group-name", "staff")
        for policy in GROUP_POLICIES:
            arn = f"arn:aws:iam::aws:policy/{policy}"
            self.root("attach-group-policy", "--group-name", "staff", "--policy-arn", arn)
        for name in ("key-user", "other-user"):
            self.root("create-user", "--user-name", name)
            self.root("add-user-to-group", "--group-name", "staff", "--user-name", name)
            key = self.root("create-access-key", "--user-name", name)["AccessKey"]
            self.cli.add_profile(name, key["AccessKeyId"], key["SecretAccessKey"])
            self.identities[name] = ("IAMUser", self.user_arn(name))

    def make_key(self):
        """The key of key-user; a policy of the key cannot give kms:CreateKey, since there is no key yet."""
        mine = {"AWS": self.user_arn("key-user")}
        policy = document(
            statement(action="kms:*", Principal={"AWS": f"arn:aws:iam::{self.account}:root"}),
            statement(action=ADMINISTRATION, Principal=mine),
            statement(action=USE, Principal=mine),
        )
        said = self.cli.refusal("key-user", "kms", "create-key", "--policy", policy)
        assert said.endswith("because no identity-based policy allows the kms:CreateKey action"), said
        create = document(statement(action="kms:CreateKey"))
        self.root(
            "put-user-policy",
            *("--user-name", "key-user", "--policy-name", "create-keys", "--policy-document", create),
        )
        made = self.cli.run("key-user", "kms", "create-key", "--policy", policy)["KeyMetadata"]
        self.key = made["Arn"]
        self.note("key-user", "CreateKey")

    def root(self, *words):
        return self.cli.run("root", "iam", *words)

    def new_role(self, name, trusted, *actions):
        """The ARN of a role that may do some things with the key."""
        arn = self.root("create-role", "--role-name", name, "--assume-role-policy-document", trusted)["Role"][
            "Arn"
        ]
        policy = document(statement(action=list(actions), resource=self.key))
        self.root(
            "put-role-policy",
            *("--role-name", name, "--policy-name", "use", "--policy-document", policy),
        )
        return arn

    def add_session(self, name, answer):
        self.cli.add_session(name, answer["Credentials"])
        self.identities[name] = ("AssumedRole", answer["AssumedRoleUser"]["Arn"])

    def note(self, who, event, error=None):
        self.journal.append((event, *self.identities[who], error))

    def use(self, who, command, *words):
        """Uses the key, and keeps that in the journal."""
        answer = self.cli.run(who, "kms", command, "--key-id", self.key, *words)
        self.note(who, event_name(command))
        return answer

    def refused(self, who, command, *words, because):
        """Tries to use the key, and expects AWS's text of the denial."""
        said = self.cli.refusal(who, "kms", command, "--key-id", self.key, *words)
        event = event_name(command)
        self.note(who, event, "AccessDeniedException")
        assert said == (
            f"An error occurred (AccessDeniedException) when calling the {event} operation: "
            f"User: {self.identities[who][1]} is not authorized to perform: kms:{event} "
            f"on resource: {self.key} because {because} allows the kms:{event} action"
        )

    def decrypt(self, who, blob=None, *words):
        answer = self.use(who, "decrypt", *self.ciphertext(blob), *words)
        assert base64.b64decode(answer["Plaintext"]) == PLAINTEXT

    def ciphertext(self, blob=None):
        return "--ciphertext-blob", self.cli.file("blob", blob or self.blob)

    def plaintext(self):
        return "--plaintext", self.cli.file("plain", PLAINTEXT)


def event_name(command):
    return "".join(word.capitalize() for word in command.split("-"))


IDENTITY = "no identity-based policy"


def test_the_group_gives_both_users_what_its_policies_say(organisation):
    for name in ("key-user", "other-user"):
        answer = organisation.cli.run(
            name,
            *("iam", "simulate-principal-policy", "--policy-source-arn", organisation.user_arn(name)),
            *("--action-names", "s3:PutObject", "s3:DeleteBucket", "kms:ListKeys", "kms:Decrypt"),
        )
        decisions = {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}
        assert decisions == {
            "s3:PutObject": "allowed",
            "s3:DeleteBucket": "allowed",
            "kms:ListKeys": "allowed",
            "kms:Decrypt": "implicitDeny",
        }
        assert organisation.cli.run(name, "kms", "list-keys")["Keys"]
        organisation.use(name, "describe-key")
        said = organisation.cli.refusal(name, "iam", "delete-group", "--group-name", "staff")
        assert "(AccessDenied)" in said and "is not authorized to perform: iam:DeleteGroup" in said


def test_the_user_of_the_key_policy_uses_the_key(organisation):
    organisation.decrypt("key-user")
    organisation.use("key-user", "enable-key-rotation")
    organisation.use("key-user", "update-key-description", "--description", "of the walk")


def test_the_other_user_is_denied(organisation):
    organisation.refused("other-user", "decrypt", *organisation.ciphertext(), because=IDENTITY)
    organisation.refused("other-user", "encrypt", *organisation.plaintext(), because=IDENTITY)
    organisation.refused("other-user", "disable-key", because=IDENTITY)
    assert organisation.use("key-user", "describe-key")["KeyMetadata"]["Enabled"] is True


def test_a_grant_lets_the_other_user_decrypt_with_its_context_alone(organisation):
    grant = organisation.use(
        "key-user",
        "create-grant",
        *("--grantee-principal", organisation.user_arn("other-user"), "--operations", "Decrypt"),
        *("--retiring-principal", organisation.user_arn("key-user")),
        *("--constraints", "EncryptionContextSubset={team=red}"),
    )
    red = ("--encryption-context", "team=red")
    organisation.decrypt("other-user", organisation.team_blob, *red)
    # Neither what was encrypted without the context, nor another context, nor another operation.
    organisation.refused("other-user", "decrypt", *organisation.ciphertext(), because=IDENTITY)
    organisation.refused(
        "other-user",
        "decrypt",
        *organisation.ciphertext(organisation.team_blob),
        *("--encryption-context", "team=blue"),
        because=IDENTITY,
    )
    organisation.refused("other-user", "encrypt", *organisation.plaintext(), *red, because=IDENTITY)
    organisation.use("key-user", "retire-grant", "--grant-id", grant["GrantId"])
    organisation.refused(
        "other-user", "decrypt", *organisation.ciphertext(organisation.team_blob), *red, because=IDENTITY
    )
    assert organisation.use("key-user", "list-grants")["Grants"] == []


def test_an_assumed_role_does_what_it_may(organisation):
    trusted = trust({"AWS": organisation.user_arn("other-user")})
    role = organisation.new_role("writer", trusted, "kms:Encrypt")
    asked = ("sts", "assume-role", "--role-arn", role, "--role-session-name", "ci")
    said = organisation.cli.refusal("key-user", *asked)
    assert said == (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: "
        f"User: {organisation.user_arn('key-user')} is not authorized to perform: sts:AssumeRole "
        f"on resource: {role}"
    )
    organisation.add_session("writer", organisation.cli.run("other-user", *asked))
    who = organisation.cli.run("writer", "sts", "get-caller-identity")
    assert who["Arn"] == f"arn:aws:sts::{organisation.account}:assumed-role/writer/ci"
    organisation.use("writer", "encrypt", *organisation.plaintext())
    organisation.refused("writer", "decrypt", *organisation.ciphertext(), because=IDENTITY)
    # It has nothing of the user who assumed it.
    organisation.refused("writer", "describe-key", because=IDENTITY)
    said = organisation.cli.refusal("writer", "kms", "list-keys")
    assert "is not authorized to perform: kms:ListKeys" in said


def test_a_web_identity_does_what_its_role_may(organisation):
    issuer = organisation.issuer
    organisation.server.command("oidc-provider", "create", "--url", issuer.url)
    trusted = trust(
        {"Federated": f"arn:aws:iam::{organisation.account}:oidc-provider/{issuer.authority}"},
        action="sts:AssumeRoleWithWebIdentity",
        Condition={
            "StringEquals": {
                f"{issuer.authority}:sub": SUBJECT,
                f"{issuer.authority}:aud": "sts.amazonaws.com",
            }
        },
    )
    role = organisation.new_role("reader", trusted, "kms:Decrypt")
    asked = ("sts", "assume-role-with-web-identity", "--role-arn", role, "--role-session-name", "pod")
    for wrong, code in (
        (issuer.token(sub="system:serviceaccount:shop:billing"), "AccessDenied"),
        (issuer.token(aud=["elsewhere"]), "InvalidIdentityToken"),
        (issuer.token(key=Issuer.stranger()), "InvalidIdentityToken"),
        (issuer.token(exp=int(time.time()) - 600), "ExpiredTokenException"),
    ):
        said = organisation.cli.refusal(None, *asked, "--web-identity-token", wrong)
        assert said.startswith(f"An error occurred ({code})"), said
    answer = organisation.cli.run(None, *asked, "--web-identity-token", issuer.token())
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    organisation.add_session("reader", answer)
    organisation.decrypt("reader")
    organisation.refused("reader", "encrypt", *organisation.plaintext(), because=IDENTITY)
    organisation.refused("reader", "schedule-key-deletion", because=IDENTITY)


def test_a_session_policy_narrows_and_never_widens(organisation):
    trusted = trust({"AWS": organisation.user_arn("key-user")})
    role = organisation.new_role("keeper", trusted, "kms:Encrypt", "kms:Decrypt")
    for name, action in (("narrow", "kms:Encrypt"), ("wide", "kms:*")):
        answer = organisation.cli.run(
            "key-user",
            *("sts", "assume-role", "--role-arn", role, "--role-session-name", name),
            *("--policy", document(statement(action=action))),
        )
        organisation.add_session(name, answer)
        organisation.use(name, "encrypt", *organisation.plaintext())
    organisation.refused("narrow", "decrypt", *organisation.ciphertext(), because="no session policy")
    organisation.decrypt("wide")
    organisation.refused("wide", "disable-key", because=IDENTITY)


def test_the_alarm_takes_four_commands_and_arrives_in_two_seconds(organisation):
    receiver = Receiver().up()
    try:
        aws = organisation.cli.run
        topic = aws("root", "sns", "create-topic", "--name", "key-alarm")["TopicArn"]
        endpoint = ("--protocol", "http", "--notification-endpoint", receiver.url)
        aws("root", "sns", "subscribe", "--topic-arn", topic, *endpoint)
        aws("root", "events", "put-rule", "--name", "alarm", "--event-pattern", json.dumps(PATTERN))
        put = aws("root", "events", "put-targets", "--rule", "alarm", "--targets", f"Id=1,Arn={topic}")
        assert put["FailedEntryCount"] == 0
        [asked] = receiver.wait_for(kind="SubscriptionConfirmation")
        assert fetch(asked["SubscribeURL"])[0] == 200

        key = organisation.key
        organisation.use("key-user", "disable-key")
        assert alarms(receiver, 1) == {("DisableKey", key)}
        organisation.use("key-user", "schedule-key-deletion", "--pending-window-in-days", "7")
        assert alarms(receiver, 2) == {("DisableKey", key), ("ScheduleKeyDeletion", key)}
        for message in receiver.messages():
            verify(message)
            detail = json.loads(message["Message"])["detail"]
            assert detail["userIdentity"]["arn"] == organisation.user_arn("key-user")
        organisation.use("key-user", "cancel-key-deletion")
        organisation.use("key-user", "enable-key")
    finally:
        receiver.down()


def alarms(receiver, count):
    """What the receiver was told, within two seconds."""
    details = [json.loads(message["Message"])["detail"] for message in receiver.wait_for(count, seconds=2)]
    return {(detail["eventName"], detail["resources"][0]["ARN"]) for detail in details}


def test_the_history_shows_each_call_with_who_made_it(organisation):
    """The last test of the walk: the audit has what the journal has, no more and no less."""
    attribute = f"AttributeKey=ResourceName,AttributeValue={organisation.key}"
    found = organisation.cli.run(
        "other-user", "cloudtrail", "lookup-events", "--lookup-attributes", attribute
    )
    events = [json.loads(event["CloudTrailEvent"]) for event in found["Events"]]
    shown = sorted(
        (
            event["eventName"],
            event["userIdentity"]["type"],
            event["userIdentity"]["arn"],
            event.get("errorCode") or "",
        )
        for event in events
    )
    assert shown == sorted((*entry[:3], entry[3] or "") for entry in organisation.journal)
    for event in events:
        identity = event["userIdentity"]
        assert identity["accountId"] == organisation.account
        if identity["type"] == "AssumedRole":
            role = identity["arn"].split("/")[1]
            issuer = identity["sessionContext"]["sessionIssuer"]
            assert issuer["arn"] == f"arn:aws:iam::{organisation.account}:role/{role}"
        else:
            assert identity["userName"] == identity["arn"].rsplit("/", 1)[1]
    text = json.dumps(events)
    assert PLAINTEXT.decode() not in text and base64.b64encode(PLAINTEXT).decode() not in text
    for name in ("AssumeRole", "AssumeRoleWithWebIdentity"):
        attribute = f"AttributeKey=EventName,AttributeValue={name}"
        found = organisation.cli.run(
            "other-user", "cloudtrail", "lookup-events", "--lookup-attributes", attribute
        )
        callers = [json.loads(event["CloudTrailEvent"])["userIdentity"] for event in found["Events"]]
        expected = {"AssumeRole": "IAMUser", "AssumeRoleWithWebIdentity": "WebIdentityUser"}[name]
        assert callers and {caller["type"] for caller in callers} == {expected}, callers
