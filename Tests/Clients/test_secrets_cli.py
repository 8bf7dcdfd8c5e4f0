"""Secrets Manager as the AWS CLI has it: every operation once."""

import json
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from support.nodes import wait_for
from support.secrets import new_name, token
from support.server import OTHER_REGION, REGION, clean_environment
from support.wire import send, signed

MODEL = botocore.session.get_session().get_service_model("secretsmanager")


@pytest.fixture
def aws(server):
    """Runs a command of `aws secretsmanager` as root; gives what it answered."""
    credentials = server.root

    def run(*arguments, region=REGION, fails=False):
        done = subprocess.run(
            [
                Path(sys.executable).parent / "aws",
                "--endpoint-url",
                server.endpoint,
                "secretsmanager",
                *arguments,
            ],
            env=clean_environment(
                AWS_ACCESS_KEY_ID=credentials.access_key,
                AWS_SECRET_ACCESS_KEY=credentials.secret_key,
                AWS_DEFAULT_REGION=region,
                AWS_CONFIG_FILE="/nonexistent",
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout) if done.stdout.strip() else None

    return run


def rotate(server, aws, name):
    """Rotates a secret by a built-in rotator, and turns that off again."""
    function = server.command("rotator", "add", "of-the-cli", "--template", "{{password}}").stdout.strip()
    before = aws("get-secret-value", "--secret-id", name)
    rotated = aws(
        "rotate-secret",
        *("--secret-id", name, "--rotation-lambda-arn", function),
        *("--rotation-rules", '{"ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"}'),
    )

    def is_current():
        return aws("get-secret-value", "--secret-id", name)["VersionId"] == rotated["VersionId"]

    wait_for(is_current, 20, "the rotation does not end")
    after = aws("get-secret-value", "--secret-id", name)
    assert after.get("SecretString") and after["SecretString"] != before.get("SecretString")
    described = aws("describe-secret", "--secret-id", name)
    assert described["RotationEnabled"] and described["RotationLambdaARN"] == function
    assert described["RotationRules"]["Duration"] == "2h"
    assert described["RotationRules"]["AutomaticallyAfterDays"] >= 14
    assert "VersionId" not in aws("cancel-rotate-secret", "--secret-id", name)
    assert aws("describe-secret", "--secret-id", name)["RotationEnabled"] is False


def test_the_cli_has_every_operation(server, aws, tmp_path):
    name, second = new_name("cli"), token()
    this = ("--secret-id", name)
    binary = tmp_path / "value"
    binary.write_bytes(bytes(range(32)))
    made = aws("create-secret", "--name", name, "--secret-string", "one")
    assert aws("get-secret-value", *this)["SecretString"] == "one"
    aws("put-secret-value", *this, "--secret-binary", f"fileb://{binary}", "--client-request-token", second)
    aws("update-secret", *this, "--description", "of the CLI")
    aws(
        "update-secret-version-stage",
        *this,
        *("--version-stage", "AWSCURRENT"),
        *("--remove-from-version-id", second, "--move-to-version-id", made["VersionId"]),
    )
    assert aws("get-secret-value", *this)["SecretString"] == "one"
    assert aws("describe-secret", *this)["Description"] == "of the CLI"
    assert len(aws("list-secret-version-ids", *this)["Versions"]) == 2
    assert name in [entry["Name"] for entry in aws("list-secrets")["SecretList"]]
    batch = aws("batch-get-secret-value", "--secret-id-list", name, "nothing")
    assert (len(batch["SecretValues"]), len(batch["Errors"])) == (1, 1)
    aws("tag-resource", *this, "--tags", "Key=a,Value=b")
    aws("untag-resource", *this, "--tag-keys", "a")
    account = made["ARN"].split(":")[4]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    policy = ("--resource-policy", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert aws("validate-resource-policy", *this, *policy)["PolicyValidationPassed"] is True
    aws("put-resource-policy", *this, *policy, "--block-public-policy")
    assert "ResourcePolicy" in aws("get-resource-policy", *this)
    aws("delete-resource-policy", *this)
    aws("replicate-secret-to-regions", *this, "--add-replica-regions", f"Region={OTHER_REGION}")
    aws("stop-replication-to-replica", *this, region=OTHER_REGION)
    aws("delete-secret", *this, "--force-delete-without-recovery", region=OTHER_REGION)
    aws("replicate-secret-to-regions", *this, "--add-replica-regions", f"Region={OTHER_REGION}")
    aws("remove-regions-from-replication", *this, "--remove-replica-regions", OTHER_REGION)
    assert len(aws("get-random-password", "--password-length", "20")["RandomPassword"]) == 20
    rotate(server, aws, name)
    aws("delete-secret", *this, "--recovery-window-in-days", "7")
    assert "marked for deletion" in aws("get-secret-value", *this, fails=True)
    aws("restore-secret", *this)
    aws("delete-secret", *this, "--force-delete-without-recovery")
    assert "ResourceNotFoundException" in aws("describe-secret", *this, fails=True)


@pytest.mark.parametrize(
    "operation",
    sorted(
        name for name in MODEL.operation_names if MODEL.operation_model(name).input_shape.required_members
    ),
)
def test_every_required_member_is_required(server, operation):
    headers = {"X-Amz-Target": f"secretsmanager.{operation}"}
    answer = send(server, signed(server, operation, b"{}", service="secretsmanager", headers=headers))
    assert (answer.status, answer.code) == (400, "ValidationException")
    for name in MODEL.operation_model(operation).input_shape.required_members:
        assert f"Value null at '{name[0].lower() + name[1:]}' failed" in answer.message
