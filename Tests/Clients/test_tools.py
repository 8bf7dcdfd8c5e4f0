"""Programs that people use with AWS KMS, unmodified, with a key of this server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.clients import key_arn
from support.server import REGION, clean_environment

PROGRAMS = Path(sys.executable).parent
BIG_FILE_BYTES = 100 * 1024 * 1024


@pytest.fixture
def run(server, tmp_path):
    """Runs an installed program in a directory of its own, pointed to the server by variables alone."""
    environment = clean_environment(
        AWS_ACCESS_KEY_ID=server.root.access_key,
        AWS_SECRET_ACCESS_KEY=server.root.secret_key,
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL_KMS=server.endpoint,
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"),
        AWS_CONFIG_FILE=str(tmp_path / "none"),
        HOME=str(tmp_path),
        PATH=f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
    )

    def start(*arguments, check=True, **more):
        done = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=tmp_path,
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    return start


def test_the_encryption_cli_encrypts_and_decrypts_a_big_file(kms, run, tmp_path):
    arn, plain = key_arn(kms), tmp_path / "plain"
    block = os.urandom(1 << 20)
    with open(plain, "wb") as file:
        for number in range(BIG_FILE_BYTES // len(block)):
            file.write(number.to_bytes(8, "big") + block[8:])
    run(
        "aws-encryption-cli",
        "--encrypt",
        "--input",
        plain,
        "--output",
        tmp_path / "sealed",
        "--wrapping-keys",
        f"key={arn}",
        "--encryption-context",
        "purpose=test",
        "--suppress-metadata",
        "--commitment-policy",
        "require-encrypt-require-decrypt",
    )
    assert (tmp_path / "sealed").stat().st_size > BIG_FILE_BYTES
    opening = [
        "aws-encryption-cli",
        "--decrypt",
        "--input",
        tmp_path / "sealed",
        "--output",
        tmp_path / "opened",
        "--wrapping-keys",
        f"key={arn}",
        "--suppress-metadata",
        "--commitment-policy",
        "require-encrypt-require-decrypt",
        "--no-overwrite",
    ]
    run(*opening, "--encryption-context", "purpose=test")
    with open(plain, "rb") as one, open(tmp_path / "opened", "rb") as two:
        while block := one.read(1 << 20):
            assert two.read(1 << 20) == block
        assert not two.read(1)
    (tmp_path / "opened").unlink()
    kms.disable_key(KeyId=arn)
    refusal = run(*opening, "--encryption-context", "purpose=test", check=False)
    assert refusal.returncode != 0 and not (tmp_path / "opened").exists()


def test_sops_encrypts_and_decrypts_a_yaml_file(kms, run, tmp_path):
    arn = key_arn(kms)
    document = {"database": {"user": "orders", "password": "correct horse"}, "ports": [5432, 5433]}
    (tmp_path / "secrets.yaml").write_text(yaml.safe_dump(document))
    sealed = run("sops", "encrypt", "--kms", arn, "--encryption-context", "stage:test", "secrets.yaml").stdout
    assert "correct horse" not in sealed and arn in sealed
    (tmp_path / "sealed.yaml").write_text(sealed)
    opened = run("sops", "decrypt", "sealed.yaml").stdout
    assert yaml.safe_load(opened) == document
    (tmp_path / "changed.yaml").write_text(sealed.replace("stage: test", "stage: production"))
    assert run("sops", "decrypt", "changed.yaml", check=False).returncode != 0
    run("sops", "rotate", "--in-place", "sealed.yaml")
    assert (tmp_path / "sealed.yaml").read_text() != sealed
    assert yaml.safe_load(run("sops", "decrypt", "sealed.yaml").stdout) == document
