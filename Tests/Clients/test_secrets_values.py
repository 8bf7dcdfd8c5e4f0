"""Secrets, their versions and values, as boto3 has them."""

import json
import re
import threading

import pytest

from support.clients import key_arn, refused, statement
from support.secrets import new_name, secrets_client, token
from support.wire import send, signed

NOT_FOUND = "Secrets Manager can't find the specified secret."
INVALID_NAME = (
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
)
NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture(scope="module")
def secrets(server):
    return secrets_client(server)


@pytest.fixture(scope="module")
def unchecked(server):
    return secrets_client(server, validate=False)


@pytest.fixture
def secret(secrets):
    """The name of a new secret whose value is "one"."""
    name = new_name()
    secrets.create_secret(Name=name, SecretString="one")
    return name


def raw(server, operation, **members):
    """The answer to a request as no SDK would send it."""
    headers = {"X-Amz-Target": f"secretsmanager.{operation}"}
    body = json.dumps(members).encode()
    return send(server, signed(server, operation, body, service="secretsmanager", headers=headers))


def test_a_secret_is_made_read_changed_and_described(secrets):
    name = new_name()
    made = secrets.create_secret(
        Name=name, SecretString="one", Description="mine", Tags=[{"Key": "team", "Value": "blue"}]
    )
    arn, first = made["ARN"], made["VersionId"]
    assert arn.rsplit("-", 1)[0].endswith(f":secret:{name}") and len(arn.rsplit("-", 1)[1]) == 6
    read = secrets.get_secret_value(SecretId=name)
    assert (read["ARN"], read["Name"], read["SecretString"]) == (arn, name, "one")
    assert (read["VersionId"], read["VersionStages"]) == (first, ["AWSCURRENT"])
    second = secrets.put_secret_value(SecretId=arn, SecretBinary=bytes(range(256)))
    assert second["VersionStages"] == ["AWSCURRENT"]
    assert secrets.get_secret_value(SecretId=arn)["SecretBinary"] == bytes(range(256))
    assert secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["SecretString"] == "one"
    third = secrets.update_secret(SecretId=name, Description="ours", SecretString="three")
    described = secrets.describe_secret(SecretId=name)
    assert described["Description"] == "ours" and described["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert described["VersionIdsToStages"] == {
        second["VersionId"]: ["AWSPREVIOUS"],
        third["VersionId"]: ["AWSCURRENT"],
    }
    assert "KmsKeyId" not in described and "RotationEnabled" not in described
    listed = secrets.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    assert [version["VersionId"] for version in listed] == [
        first,
        second["VersionId"],
        third["VersionId"],
    ]
    assert "VersionStages" not in listed[0] and listed[0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_values_have_up_to_64_kibibytes(secrets, unchecked):
    name = new_name()
    secrets.create_secret(Name=name, SecretString="x" * 65_536)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "x" * 65_536
    secrets.put_secret_value(SecretId=name, SecretBinary=b"\xff" * 65_536)
    assert secrets.get_secret_value(SecretId=name)["SecretBinary"] == b"\xff" * 65_536
    for value in ({"SecretString": "x" * 65_537}, {"SecretBinary": b"x" * 65_537}, {"SecretString": ""}):
        with refused("ValidationException") as caught:
            unchecked.put_secret_value(SecretId=name, **value)
        assert "xxx" not in str(caught.value)
    with refused("InvalidParameterException"):
        secrets.put_secret_value(SecretId=name, SecretString="ä" * 65_000)
    with refused("InvalidParameterException"):
        secrets.put_secret_value(SecretId=name, SecretString="a", SecretBinary=b"a")
    assert len(secrets.get_secret_value(SecretId=name)["SecretBinary"]) == 65_536


def test_a_secret_without_a_value_has_no_version(secrets):
    name = new_name()
    assert "VersionId" not in secrets.create_secret(Name=name)
    with refused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ):
        secrets.get_secret_value(SecretId=name)
    assert "VersionIdsToStages" not in secrets.describe_secret(SecretId=name)
    secrets.put_secret_value(SecretId=name, SecretString="first", VersionStages=["AWSPENDING"])
    stages = secrets.get_secret_value(SecretId=name)["VersionStages"]
    assert sorted(stages) == ["AWSCURRENT", "AWSPENDING"]


def test_a_token_makes_a_request_happen_once(secrets):
    name, first = new_name(), token()
    made = secrets.create_secret(Name=name, SecretString="one", ClientRequestToken=first)
    again = secrets.create_secret(Name=name, SecretString="one", ClientRequestToken=first)
    assert (again["ARN"], again["VersionId"]) == (made["ARN"], first)
    exists = f"The operation failed because the secret {name} already exists."
    for value, id in (("two", first), ("one", token())):
        with refused("ResourceExistsException", exists):
            secrets.create_secret(Name=name, SecretString=value, ClientRequestToken=id)
    second = token()
    for _ in range(2):
        secrets.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=second)
    with refused("ResourceExistsException"):
        secrets.put_secret_value(SecretId=name, SecretString="three", ClientRequestToken=second)
    with refused("ResourceExistsException"):
        secrets.update_secret(SecretId=name, SecretString="two", ClientRequestToken=second)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "two"


@pytest.mark.parametrize("operation", ["CreateSecret", "PutSecretValue", "UpdateSecret"])
def test_the_token_must_be_there(server, secret, operation):
    named = "Name" if operation == "CreateSecret" else "SecretId"
    answer = raw(server, operation, SecretString="x", **{named: secret})
    assert (answer.status, answer.code, answer.message) == (400, "InvalidRequestException", NO_TOKEN)


@pytest.mark.parametrize("name", ["with space", "colon:", "ä", "star*", "new\nline"])
def test_bad_names_are_refused(secrets, name):
    with refused("ValidationException", INVALID_NAME):
        secrets.create_secret(Name=name, SecretString="x")
    for operation in ("describe_secret", "get_secret_value", "delete_secret", "restore_secret"):
        with refused("ValidationException", INVALID_NAME):
            getattr(secrets, operation)(SecretId=name)


def test_what_is_not_there_is_not_found(secrets, secret):
    for operation in (
        "describe_secret",
        "get_secret_value",
        "delete_secret",
        "restore_secret",
        "get_resource_policy",
        "delete_resource_policy",
        "list_secret_version_ids",
        "stop_replication_to_replica",
    ):
        with refused("ResourceNotFoundException", NOT_FOUND):
            getattr(secrets, operation)(SecretId="nothing")
    absent = token()
    text = f"Secrets Manager can't find the specified secret value for VersionId: {absent}"
    with refused("ResourceNotFoundException", text):
        secrets.get_secret_value(SecretId=secret, VersionId=absent)
    with refused("ResourceNotFoundException", text):
        secrets.update_secret_version_stage(SecretId=secret, VersionStage="a", MoveToVersionId=absent)
    with refused("InvalidRequestException", "You must provide either SecretString or SecretBinary."):
        secrets.put_secret_value(SecretId=secret)


def test_labels_are_moved_by_those_who_know_where_they_are(secrets, secret):
    first = secrets.get_secret_value(SecretId=secret)["VersionId"]
    second = secrets.put_secret_value(SecretId=secret, SecretString="two", VersionStages=["AWSPENDING"])[
        "VersionId"
    ]
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "one"
    move = {"SecretId": secret, "VersionStage": "AWSCURRENT", "MoveToVersionId": second}
    with refused(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to "
        f"version {first}, so you must explicitly reference that version in RemoveFromVersionId.",
    ):
        secrets.update_secret_version_stage(**move)
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(**move, RemoveFromVersionId=second)
    secrets.update_secret_version_stage(**move, RemoveFromVersionId=first)
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "two"
    assert secrets.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["VersionId"] == first
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=second
        )
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(SecretId=secret, VersionStage="a")
    secrets.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSPREVIOUS", RemoveFromVersionId=first
    )
    assert first not in secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert secrets.get_secret_value(SecretId=secret, VersionId=first)["SecretString"] == "one"


def test_a_deleted_secret_waits_and_comes_back(secrets, secret):
    done = secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    described = secrets.describe_secret(SecretId=secret)
    assert described["DeletedDate"] == done["DeletionDate"]
    with refused("InvalidRequestException", MARKED):
        secrets.get_secret_value(SecretId=secret)
    with refused("InvalidRequestException", MARKED):
        secrets.put_secret_value(SecretId=secret, SecretString="x")
    with refused(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ):
        secrets.create_secret(Name=secret, SecretString="x")
    secrets.restore_secret(SecretId=secret)
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "one"
    for days in (6, 31):
        with refused("InvalidParameterException"):
            secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=days)
    with refused("InvalidParameterException"):
        secrets.delete_secret(SecretId=secret, RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True)
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    with refused("ResourceNotFoundException", NOT_FOUND):
        secrets.describe_secret(SecretId=secret)


def test_a_key_that_waits_to_be_deleted_hides_its_secrets_until_it_is_taken_back(secrets, kms):
    key, name = key_arn(kms), new_name()
    secrets.create_secret(Name=name, SecretString="one", KmsKeyId=key)
    assert secrets.describe_secret(SecretId=name)["KmsKeyId"] == key
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "one"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with refused("DecryptionFailure"):
        secrets.get_secret_value(SecretId=name)
    with refused("EncryptionFailure"):
        secrets.put_secret_value(SecretId=name, SecretString="two")
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "one"
    with refused("EncryptionFailure"):
        secrets.create_secret(Name=new_name(), SecretString="x", KmsKeyId="alias/nothing")


def test_a_new_key_takes_over_the_labelled_versions(secrets, kms):
    """The versions without a label stay under the old one, and are lost with it."""
    old, new = key_arn(kms), key_arn(kms)
    name = new_name()
    secrets.create_secret(Name=name, SecretString="one", KmsKeyId=old)
    for value in ("two", "three"):
        secrets.put_secret_value(SecretId=name, SecretString=value)
    secrets.update_secret(SecretId=name, KmsKeyId=new)
    kms.disable_key(KeyId=old)
    for stage, value in (("AWSCURRENT", "three"), ("AWSPREVIOUS", "two")):
        assert secrets.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"] == value
    listed = secrets.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    assert {tuple(version.get("VersionStages", ())): version["KmsKeyIds"] for version in listed} == {
        (): [old],
        ("AWSPREVIOUS",): [new],
        ("AWSCURRENT",): [new],
    }
    (first,) = (version["VersionId"] for version in listed if "VersionStages" not in version)
    with refused("DecryptionFailure"):
        secrets.get_secret_value(SecretId=name, VersionId=first)
    secrets.update_secret(SecretId=name, KmsKeyId="")
    assert "KmsKeyId" not in secrets.describe_secret(SecretId=name)
    kms.disable_key(KeyId=new)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "three"


def test_an_arn_is_never_used_again(server, secrets, new_user):
    """Six random characters: a policy on the secret that was is none on the secret that is."""
    name = new_name("again")
    before = secrets.create_secret(Name=name, SecretString="one")["ARN"]
    assert re.fullmatch(rf"arn:aws:secretsmanager:us-east-1:\d{{12}}:secret:{name}-[A-Za-z0-9]{{6}}", before)
    user = secrets_client(server, new_user(statement(action="secretsmanager:*", resource=before)).credentials)
    for id in (name, before, before[:-7]):
        assert user.get_secret_value(SecretId=id)["SecretString"] == "one"
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    after = secrets.create_secret(Name=name, SecretString="two")["ARN"]
    assert after[:-6] == before[:-6] and after != before
    for id in (name, after, after[:-7]):
        assert secrets.get_secret_value(SecretId=id)["SecretString"] == "two"
        with refused("AccessDeniedException"):
            user.get_secret_value(SecretId=id)
    with refused("ResourceNotFoundException", NOT_FOUND):
        secrets.get_secret_value(SecretId=before)


def test_who_may_not_decrypt_may_not_read(server, secrets, kms, new_user):
    key, name = key_arn(kms), new_name()
    arn = secrets.create_secret(Name=name, SecretString="one", KmsKeyId=key)["ARN"]
    shut = secrets_client(server, new_user(statement(action="secretsmanager:*")).credentials)
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        shut.get_secret_value(SecretId=name)
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        shut.put_secret_value(SecretId=name, SecretString="two")
    allowed = statement(
        action="kms:Decrypt",
        Condition={
            "StringEquals": {
                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": arn,
            }
        },
    )
    able = new_user(statement(action="secretsmanager:*"), allowed)
    assert secrets_client(server, able.credentials).get_secret_value(SecretId=name)["SecretString"] == "one"
    # The permission is for the service alone.
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"SecretARN": arn})["CiphertextBlob"]
    with refused("AccessDeniedException"):
        able.kms.decrypt(CiphertextBlob=blob, EncryptionContext={"SecretARN": arn})


def test_of_two_writers_with_one_token_one_wins(server, secret):
    id, outcomes = token(), []
    barrier = threading.Barrier(6)

    def write(number):
        client = secrets_client(server)
        barrier.wait()
        try:
            client.put_secret_value(SecretId=secret, SecretString=f"by {number}", ClientRequestToken=id)
            outcomes.append(number)
        except client.exceptions.ResourceExistsException:
            outcomes.append(None)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    winners = [number for number in outcomes if number is not None]
    assert len(outcomes) == 6 and len(winners) == 1
    value = secrets_client(server).get_secret_value(SecretId=secret)["SecretString"]
    assert value == f"by {winners[0]}"


def test_values_survive_a_crash_and_are_nowhere_in_the_clear(own_server):
    secrets, marker = secrets_client(own_server), "correct-horse-battery-staple"
    secrets.create_secret(Name="kept", SecretString=marker)
    assert secrets.get_secret_value(SecretId="kept")["SecretString"] == marker
    password = secrets.get_random_password(PasswordLength=40)["RandomPassword"]
    own_server.kill()
    own_server.start()
    assert secrets_client(own_server).get_secret_value(SecretId="kept")["SecretString"] == marker
    own_server.kill()
    files = [path for path in own_server.data.rglob("*") if path.is_file()] + [own_server.log]
    assert any(b"GetRandomPassword" in path.read_bytes() for path in files)
    for path in files:
        content = path.read_bytes()
        assert marker.encode() not in content, path
        assert password.encode() not in content, path
