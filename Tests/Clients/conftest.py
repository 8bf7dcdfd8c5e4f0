"""The servers and clients that the tests share."""

import itertools
import json

import pytest

from support.clients import account_of, kms_client, wait_until_known
from support.server import BINARY, OTHER_REGION, Server
from support.tls import self_signed


def pytest_sessionstart(session):
    if not BINARY.exists():
        pytest.exit(f"build the server first: {BINARY} is not there", returncode=2)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that most tests share."""
    server = Server(tmp_path_factory.mktemp("strongroom")).start()
    yield server
    alive = server.is_running
    code = server.stop() if alive else server.process.returncode
    assert (alive, code) == (True, 0), f"the server ended with {code}: see {server.log}"


@pytest.fixture
def own_server(tmp_path):
    """A server for one test, which may kill it."""
    server = Server(tmp_path).start()
    yield server
    if server.is_running:
        server.kill()


@pytest.fixture
def tls_server(tmp_path):
    """A server for one test whose doors speak TLS."""
    certificate, key = self_signed(tmp_path)
    server = Server(tmp_path, {"tls-certificate": certificate, "tls-key": key}).start()
    yield server
    if server.is_running:
        server.kill()


@pytest.fixture(params=["own_server", "tls_server"])
def door(request):
    """A server for one test, once without TLS and once with it."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def kms(server):
    """The root user's client."""
    return kms_client(server)


@pytest.fixture(scope="session")
def elsewhere(server):
    """The root user's client in the other Region."""
    return kms_client(server, region=OTHER_REGION)


@pytest.fixture(scope="session")
def unchecked(server):
    """The root user's client that sends what the model forbids."""
    return kms_client(server, validate=False)


@pytest.fixture(scope="session")
def account(kms):
    return account_of(kms.create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="session")
def key(kms):
    """A symmetric key that tests use and do not change."""
    return kms.create_key(Description="shared")["KeyMetadata"]["Arn"]


@pytest.fixture(scope="session")
def asymmetric(kms):
    """Makes keys of a spec and usage, once each: `asymmetric("RSA_2048", "SIGN_VERIFY")` is an ARN."""
    made = {}

    def make(spec, usage):
        if (spec, usage) not in made:
            answer = kms.create_key(KeySpec=spec, KeyUsage=usage)
            made[spec, usage] = answer["KeyMetadata"]["Arn"]
        return made[spec, usage]

    return make


@pytest.fixture(scope="session")
def new_user(server, account, tmp_path_factory):
    """Makes users: `new_user(statement, …)` has an inline policy of those statements."""
    folder = tmp_path_factory.mktemp("policies")
    numbers = itertools.count(1)

    def make(*statements, account_id=None):
        name = f"user-{next(numbers)}"
        policies = []
        if statements:
            path = folder / f"{name}.json"
            path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
            policies.append(path)
        credentials = server.create_access_key(name, account_id, policies)
        client = wait_until_known(kms_client(server, credentials))
        return User(client, f"arn:aws:iam::{account_id or account}:user/{name}", credentials)

    return make


class User:
    """A user with its client."""

    def __init__(self, kms, arn, credentials):
        self.kms = kms
        self.arn = arn
        self.credentials = credentials
