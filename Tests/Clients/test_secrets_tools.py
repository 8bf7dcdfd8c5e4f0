"""AWS's own caching client reads through."""

import time

import pytest
from aws_secretsmanager_caching import InjectKeywordedSecretString, SecretCache, SecretCacheConfig

from support.secrets import new_name, secrets_client


@pytest.fixture
def secrets(server):
    return secrets_client(server)


def test_the_caching_client_reads_and_follows_changes(secrets):
    name, binary = new_name("cached"), new_name("cached")
    secrets.create_secret(Name=name, SecretString="one")
    secrets.create_secret(Name=binary, SecretBinary=b"\x00\x01")
    cache = SecretCache(config=SecretCacheConfig(secret_refresh_interval=1), client=secrets)
    assert cache.get_secret_string(name) == "one"
    assert cache.get_secret_binary(binary) == b"\x00\x01"
    secrets.put_secret_value(SecretId=name, SecretString="two")
    deadline = time.monotonic() + 5
    while cache.get_secret_string(name) != "two":
        assert time.monotonic() < deadline, "the cache does not notice the new version"
        time.sleep(0.05)
    assert cache.get_secret_string(name, version_stage="AWSPREVIOUS") == "one"


def test_the_caching_client_hands_secrets_to_functions(secrets):
    name = new_name("cached")
    secrets.create_secret(Name=name, SecretString='{"user": "alice", "password": "pw"}')

    @InjectKeywordedSecretString(
        secret_id=name, cache=SecretCache(client=secrets), user="user", password="password"
    )
    def log_in(user, password):
        return user, password

    assert log_in() == ("alice", "pw")
