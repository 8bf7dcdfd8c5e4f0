"""Messages of denials: found in the server's log, opened with `aws sts decode-authorization-message`."""

import json

import pytest

from support.cli import CLI
from support.clients import kms_client, outcome, wait_until_known
from support.iam import document, wait_for
from support.principals import allow, deny
from support.server import Server


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.server.kill()


class House:
    """A server with a key, an administrator, a user who is denied its use, and another account."""

    def __init__(self, folder):
        self.server = Server(folder, {"log-format": "json"}).start()
        self.cli = CLI(self.server, folder)
        self.cli.add_profile("root", self.server.root.access_key, self.server.root.secret_key)
        self.kms = kms_client(self.server)
        self.key = self.kms.create_key(Tags=[{"TagKey": "team", "TagValue": "red"}])["KeyMetadata"]["Arn"]
        self.blob = self.kms.encrypt(KeyId=self.key, Plaintext=b"hunter2", EncryptionContext={"a": "b"})
        self.profile("admin", None, allow("sts:DecodeAuthorizationMessage"))
        self.carol = self.profile(
            "carol",
            None,
            allow("kms:*"),
            deny("kms:Decrypt", Sid="NotCarol", Condition={"Null": {"kms:EncryptionContext:c": "true"}}),
        )
        other = self.server.create_account()
        wait_until_known(kms_client(self.server, self.server.create_access_key(account=other)))
        self.stranger = self.profile("stranger", other, allow(["kms:*", "sts:*"]))

    def profile(self, name, account, *statements):
        path = self.server.data.parent / f"{name}.json"
        path.write_text(document(*statements))
        credentials = self.server.create_access_key(name, account, [path])
        self.cli.add_profile(name, credentials.access_key, credentials.secret_key)
        return wait_until_known(kms_client(self.server, credentials))

    def lines(self):
        found = [json.loads(line) for line in self.server.log.read_text().splitlines() if line[:1] == "{"]
        return [line["metadata"] for line in found if line["message"] == "a request was denied"]

    def denied(self, kms):
        """The message of a refused decryption."""
        before = len(self.lines())
        blob = self.blob["CiphertextBlob"]
        refusal = outcome(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"a": "b"}, KeyId=self.key)
        assert refusal == "AccessDeniedException"
        wait_for(lambda: len(self.lines()) > before)
        return self.lines()[-1]["encoded"]

    def decode(self, profile, message):
        words = ("sts", "decode-authorization-message", "--encoded-message", message)
        return json.loads(self.cli.run(profile, *words)["DecodedMessage"])

    def refusal(self, profile, message):
        return self.cli.refusal(profile, "sts", "decode-authorization-message", "--encoded-message", message)


INVALID = "(InvalidAuthorizationMessageException) when calling the DecodeAuthorizationMessage operation"


def test_an_administrator_decodes_what_the_log_has(house):
    message = house.denied(house.carol)
    assert len(message) <= 8_000
    told = house.decode("admin", message)
    assert told["allowed"] is False and told["explicitDeny"] is True
    (statement, *others) = told["matchedStatements"]["items"]
    assert statement["statementId"] == "NotCarol" and statement["effect"] == "DENY"
    assert statement["actions"] == {"items": [{"value": "kms:Decrypt"}]}
    assert statement["conditions"]["items"][0]["key"] == "kms:encryptioncontext:c"
    assert {other["effect"] for other in others} == {"ALLOW"}
    assert told["failures"] == {"items": []}
    context = told["context"]
    assert context["principal"]["arn"].endswith(":user/carol")
    assert context["principal"]["id"].startswith("AIDA")
    assert context["action"] == "kms:Decrypt" and context["resource"] == house.key
    conditions = {
        item["key"]: [value["value"] for value in item["values"]["items"]]
        for item in context["conditions"]["items"]
    }
    assert conditions["kms:EncryptionContext:a"] == ["b"] and conditions["aws:ResourceTag/team"] == ["red"]
    assert conditions["aws:SourceIp"] == ["127.0.0.1"] and conditions["kms:KeySpec"] == ["SYMMETRIC_DEFAULT"]
    assert "hunter2" not in str(told)


def test_nobody_else_decodes_it(house):
    message = house.denied(house.carol)
    assert INVALID in house.refusal("stranger", message)
    assert "(AccessDenied)" in house.refusal("carol", message)
    middle = len(message) // 2
    letter = "A" if message[middle] != "A" else "B"
    for wrong in (message[:middle] + letter + message[middle + 1 :], message[:-4], message + "AAAA", "x"):
        assert INVALID in house.refusal("admin", wrong)
    assert house.decode("admin", message)["allowed"] is False


def test_a_stranger_s_account_learns_no_more_than_the_stranger(house):
    """The key's policy and tags are not its own to see."""
    told = house.decode("stranger", house.denied(house.stranger))
    statements = told["matchedStatements"]["items"]
    assert {item["principals"]["items"][0]["value"][:4] for item in statements} == {"AIDA"}
    assert told["context"]["resource"] == house.key
    assert "red" not in str(told) and "KeySpec" not in str(told)


def test_a_message_outlives_restarts_and_rotations(house):
    message = house.denied(house.carol)
    told = house.decode("admin", message)
    house.server.command("seal", "rotate", "--reseal")
    assert house.decode("admin", message) == told
    house.server.stop()
    house.server.start()
    assert house.decode("admin", message) == told
    assert house.decode("admin", house.denied(house.carol))["explicitDeny"] is True
