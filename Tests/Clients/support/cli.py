"""The AWS CLI as people use it: profiles in files, one process a command."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .server import REGION, clean_environment

SECONDS = 60


class CLI:
    """The `aws` command with a configuration of its own, against one server."""

    def __init__(self, server, folder):
        self.folder = folder
        self.profiles = {}
        self.environment = clean_environment(
            AWS_CONFIG_FILE=str(folder / "config"),
            AWS_SHARED_CREDENTIALS_FILE=str(folder / "credentials"),
            AWS_DEFAULT_REGION=REGION,
            AWS_ENDPOINT_URL=server.endpoint,
            HOME=str(folder),
            PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        )

    def add_profile(self, name, access_key, secret_key, token=None):
        self.profiles[name] = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key}
        if token:
            self.profiles[name]["aws_session_token"] = token
        lines = [
            line
            for profile, settings in self.profiles.items()
            for line in (f"[{profile}]", *(f"{key} = {value}" for key, value in settings.items()))
        ]
        (self.folder / "credentials").write_text("\n".join(lines) + "\n")

    def add_session(self, name, credentials):
        """A profile of the `Credentials` of an answer of STS."""
        self.add_profile(
            name, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
        )

    def file(self, name, content):
        """A parameter that names a new file of bytes."""
        (self.folder / name).write_bytes(content)
        return f"fileb://{self.folder / name}"

    def run(self, profile, *words):
        """What a command answers."""
        done = self.finish(profile, words)
        assert done.returncode == 0, (words, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def refusal(self, profile, *words):
        """What the CLI says of a command that is refused."""
        done = self.finish(profile, words)
        assert done.returncode != 0 and not done.stdout.strip(), (words, done.stdout)
        return done.stderr.strip()

    def finish(self, profile, words):
        """Runs a command to its end; without a profile it has no credentials."""
        return subprocess.run(
            ["aws", *words],
            env={**self.environment, **({"AWS_PROFILE": profile} if profile else {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
