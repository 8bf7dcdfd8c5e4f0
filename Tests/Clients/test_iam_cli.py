"""IAM as the AWS CLI has it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.iam import document, fresh, statement, trust
from support.server import REGION, clean_environment


@pytest.fixture
def aws(server):
    """Runs the AWS CLI as root or with other credentials; gives what it answered."""

    def run(*arguments, credentials=None, fails=False):
        credentials = credentials or server.root
        done = subprocess.run(
            [Path(sys.executable).parent / "aws", "--endpoint-url", server.endpoint, *arguments],
            env=clean_environment(
                AWS_ACCESS_KEY_ID=credentials.access_key,
                AWS_SECRET_ACCESS_KEY=credentials.secret_key,
                AWS_DEFAULT_REGION=REGION,
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


def test_the_cli_manages_users_groups_roles_and_policies(aws, tmp_path):
    user, group, role, policy = (fresh(f"cli-{noun}") for noun in ("user", "group", "role", "policy"))
    (tmp_path / "policy.json").write_text(document(statement(action="kms:ListKeys")))
    (tmp_path / "trust.json").write_text(trust({"Service": "ec2.amazonaws.com"}))
    tags = ["--tags", "Key=team,Value=a b", "Key=x,Value="]
    made = aws("iam", "create-user", "--user-name", user, "--path", "/cli/", *tags)["User"]
    assert made["UserName"] == user and len(made["Tags"]) == 2
    aws("iam", "create-group", "--group-name", group)
    aws("iam", "add-user-to-group", "--group-name", group, "--user-name", user)
    arn = aws(
        "iam",
        "create-policy",
        "--policy-name",
        policy,
        "--policy-document",
        f"file://{tmp_path}/policy.json",
    )["Policy"]["Arn"]
    aws("iam", "attach-group-policy", "--group-name", group, "--policy-arn", arn)
    made = aws(
        "iam",
        "create-role",
        "--role-name",
        role,
        "--assume-role-policy-document",
        f"file://{tmp_path}/trust.json",
        "--max-session-duration",
        "7200",
    )["Role"]
    assert made["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    shown = aws("iam", "list-users", "--path-prefix", "/cli/", "--query", "Users[].UserName")
    assert user in shown
    said = aws("iam", "delete-group", "--group-name", group, fails=True)
    assert said.strip() == (
        "An error occurred (DeleteConflict) when calling the DeleteGroup operation: "
        "Cannot delete entity, must remove users from group first."
    )
    said = aws("iam", "get-role", "--role-name", "no-such-role", fails=True)
    assert said.strip() == (
        "An error occurred (NoSuchEntity) when calling the GetRole operation: "
        "The role with name no-such-role cannot be found."
    )
    listed = aws("iam", "list-entities-for-policy", "--policy-arn", arn)
    assert [one["GroupName"] for one in listed["PolicyGroups"]] == [group]
