"""The AWS CLI, unmodified: the lines of the KMS user guide, typed into a shell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.server import REGION, clean_environment

POLICY = {
    "Version": "2012-10-17",
    "Id": "key-consolepolicy-3",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::ACCOUNT:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Allow direct access to key metadata to the account",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::ACCOUNT:root"},
            "Action": ["kms:Describe*", "kms:Get*", "kms:List*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:CallerAccount": "ACCOUNT"}},
        },
    ],
}


@pytest.fixture(scope="module")
def shell(server, account, tmp_path_factory):
    """Runs a shell line in a directory of its own, with nothing set but credentials, Region and endpoint."""
    folder = tmp_path_factory.mktemp("transcript")
    (folder / "policy.json").write_text(json.dumps(POLICY, indent=2).replace("ACCOUNT", account))
    (folder / "ExamplePlaintextFile").write_bytes(b"the plans of the house\n" * 100)
    environment = clean_environment(
        AWS_SHARED_CREDENTIALS_FILE=str(server.data / "credentials"),
        AWS_CONFIG_FILE=str(folder / "no-config"),
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=server.endpoint,
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )

    def run(line, fails=False):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode != 0) == fails, f"{line}\n{done.stdout}{done.stderr}"
        return done.stderr.strip() if fails else done.stdout.strip()

    run.folder = folder
    return run


@pytest.fixture(scope="module")
def master_key(shell):
    """The id of a key made as the guide does, with its alias."""
    answer = shell('aws kms create-key --description "master key" --policy "$(cat policy.json)"')
    key_id = json.loads(answer)["KeyMetadata"]["KeyId"]
    shell(f"aws kms create-alias --alias-name alias/test-encryption-key --target-key-id {key_id}")
    return key_id


def test_create_key_answers_with_the_metadata_of_a_usable_key(shell, account):
    metadata = json.loads(
        shell('aws kms create-key --description "master key" --policy "$(cat policy.json)"')
    )["KeyMetadata"]
    assert metadata["Arn"] == f"arn:aws:kms:{REGION}:{account}:key/{metadata['KeyId']}"
    assert metadata["Description"] == "master key"
    assert metadata["KeyState"] == "Enabled" and metadata["Enabled"] is True
    assert metadata["KeySpec"] == "SYMMETRIC_DEFAULT" and metadata["KeyUsage"] == "ENCRYPT_DECRYPT"


def test_a_file_is_encrypted_and_decrypted_through_the_alias(shell, master_key):
    plaintext = (shell.folder / "ExamplePlaintextFile").read_bytes()
    shell(
        "aws kms encrypt --key-id alias/test-encryption-key --plaintext fileb://ExamplePlaintextFile "
        "--output text --query CiphertextBlob | base64 --decode > ExampleEncryptedFile"
    )
    assert plaintext[:20] not in (shell.folder / "ExampleEncryptedFile").read_bytes()
    (shell.folder / "ExamplePlaintextFile").unlink()
    shell(
        "aws kms decrypt --ciphertext-blob fileb://ExampleEncryptedFile "
        "--output text --query Plaintext | base64 --decode > ExamplePlaintextFile"
    )
    assert (shell.folder / "ExamplePlaintextFile").read_bytes() == plaintext


def test_a_data_key_is_generated_and_opened_again(shell, master_key):
    answer = json.loads(
        shell(
            "aws kms generate-data-key --key-id alias/test-encryption-key --key-spec AES_256 "
            "--encryption-context project=orders,stage=test"
        )
    )
    assert answer["KeyId"].endswith(master_key)
    opened = shell(
        f"aws kms decrypt --ciphertext-blob fileb://<(echo {answer['CiphertextBlob']} | base64 -d) "
        "--encryption-context stage=test,project=orders --output text --query Plaintext"
    )
    assert opened == answer["Plaintext"]


def test_the_key_policy_comes_back_as_it_was_written(shell, master_key):
    text = shell(
        f"aws kms get-key-policy --key-id {master_key} --policy-name default --output text --query Policy"
    )
    assert json.loads(text) == json.loads((shell.folder / "policy.json").read_text())


def test_the_alias_is_listed_with_its_key(shell, master_key):
    aliases = json.loads(shell("aws kms list-aliases"))["Aliases"]
    found = [alias for alias in aliases if alias["AliasName"] == "alias/test-encryption-key"]
    assert [alias["TargetKeyId"] for alias in found] == [master_key]
    assert json.loads(shell(f"aws kms list-aliases --key-id {master_key}"))["Aliases"] == found


def test_rotation_is_turned_on(shell, master_key):
    shell(f"aws kms enable-key-rotation --key-id {master_key} --rotation-period-in-days 180")
    status = json.loads(shell(f"aws kms get-key-rotation-status --key-id {master_key}"))
    assert status["KeyRotationEnabled"] is True and status["RotationPeriodInDays"] == 180


def test_deletion_is_scheduled_and_cancelled(shell):
    key_id = shell("aws kms create-key --query KeyMetadata.KeyId --output text")
    answer = json.loads(shell(f"aws kms schedule-key-deletion --key-id {key_id} --pending-window-in-days 7"))
    assert answer["KeyState"] == "PendingDeletion" and answer["PendingWindowInDays"] == 7
    refusal = shell(f"aws kms encrypt --key-id {key_id} --plaintext YQ==", fails=True)
    assert "KMSInvalidStateException" in refusal and "is pending deletion." in refusal
    answer = json.loads(shell(f"aws kms cancel-key-deletion --key-id {key_id}"))
    assert answer["KeyId"].endswith(key_id)
    state = shell(f"aws kms describe-key --key-id {key_id} --query KeyMetadata.KeyState --output text")
    assert state == "Disabled"
    assert shell(f"aws kms enable-key --key-id {key_id}") == ""


def test_4097_bytes_are_refused_with_the_message_of_aws(shell, master_key):
    (shell.folder / "TooLong").write_bytes(bytes(4097))
    refusal = shell(f"aws kms encrypt --key-id {master_key} --plaintext fileb://TooLong", fails=True)
    assert refusal == (
        "An error occurred (ValidationException) when calling the Encrypt operation: 1 validation error "
        "detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or "
        "equal to 4096"
    )


def test_a_shell_without_credentials_is_refused(shell, master_key):
    refusal = shell(f"aws kms describe-key --key-id {master_key} --no-sign-request", fails=True)
    assert "MissingAuthenticationTokenException" in refusal
