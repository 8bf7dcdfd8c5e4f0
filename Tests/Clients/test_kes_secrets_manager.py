"""KES with its keys in AWS Secrets Manager, which another Strongroom plays: the walk of a new user."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from support.clients import key_arn
from support.iam import service_client
from support.kes import KESServer, b64, kes

CONFIGURATION = """
admin: { identity: disabled }
policy:
  my-app:
    allow: [ /v1/key/create/my-key*, /v1/key/generate/my-key*, /v1/key/decrypt/my-key*, /v1/status ]
    identities: [ IDENTITY ]
cache: { expiry: { any: 5m, unused: 20s } }
keystore:
  aws:
    secretsmanager:
      endpoint: ENDPOINT
      region: us-east-1
      kmskey: KMSKEY
      credentials: { accesskey: ACCESS_KEY, secretkey: SECRET_KEY }
"""


def configuration(server, identity, key, credentials=None):
    credentials = credentials or server.root
    values = {
        "IDENTITY": identity,
        "ENDPOINT": server.endpoint,
        "KMSKEY": key,
        "ACCESS_KEY": credentials.access_key,
        "SECRET_KEY": credentials.secret_key,
    }
    return re.sub("|".join(values), lambda match: values[match[0]], CONFIGURATION)


@pytest.fixture
def user(tmp_path):
    """A folder with the files of a new user, as its environment, and the user's identity."""
    made = kes("identity", "new", "--key=client.key", "--cert=client.crt", "MyApp", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    identity = kes("identity", "of", "client.crt", cwd=tmp_path).stdout
    files = {"KES_CLIENT_CERT": tmp_path / "client.crt", "KES_CLIENT_KEY": tmp_path / "client.key"}
    return files, identity


def test_the_walk_of_a_new_user(server, kms, user, tmp_path):
    files, identity = user
    key = key_arn(kms)
    door = KESServer(tmp_path, configuration(server, identity, key), ["--auth", "off", "--mlock"]).start()
    environment = {**files, "KES_SERVER": f"127.0.0.1:{door.port}"}
    created = kes("key", "create", "-k", "my-key-1", **environment)
    assert (created.returncode, created.stdout, created.stderr) == (0, "", "")
    made = json.loads(kes("key", "dek", "-k", "my-key-1", b64(b"a"), **environment).stdout)
    denied = kes("key", "create", "-k", "other", **environment)
    assert denied.stderr == "Error: not authorized: insufficient permissions\n"
    again = kes("key", "create", "-k", "my-key-1", **environment)
    assert (again.returncode, again.stderr) == (1, "Error: key already exists\n")

    # The secret is AWS's to look at: under the key that was named, with KES's own text.
    secrets = service_client(server, "secretsmanager")
    assert secrets.describe_secret(SecretId="my-key-1")["KmsKeyId"] == key
    assert secrets.get_secret_value(SecretId="my-key-1")["SecretString"]
    with pytest.raises(ClientError):
        secrets.describe_secret(SecretId="other")

    # A door that starts anew has nothing in memory: what it opens, it has read.
    assert door.stop() == 0
    door.start()
    opened = kes("key", "decrypt", "-k", "my-key-1", made["ciphertext"], b64(b"a"), **environment)
    assert json.loads(opened.stdout) == {"plaintext": made["plaintext"]}
    assert door.stop() == 0


def test_a_key_of_kms_that_is_off_closes_the_store(server, kms, user, tmp_path):
    files, identity = user
    key = key_arn(kms)
    door = KESServer(tmp_path, configuration(server, identity, key)).start()
    environment = {**files, "KES_SERVER": f"127.0.0.1:{door.port}"}
    assert kes("key", "create", "-k", "my-key-off", **environment).returncode == 0
    assert door.stop() == 0
    kms.disable_key(KeyId=key)
    door.start()
    refused = kes("key", "dek", "-k", "my-key-off", **environment)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "failed to read key" in refused.stderr
    kms.enable_key(KeyId=key)
    assert kes("key", "dek", "-k", "my-key-off", **environment).returncode == 0
    assert door.stop() == 0
