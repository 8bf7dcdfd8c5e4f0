"""Backups into and out of PostgreSQL, and stores moved between the engines."""

import random
import shutil
import time

import pytest

from support.copies import add_filler, begin, carry_seal, kept_deployment, sentence, succeed
from support.postgresql import PostgreSQL
from support.server import Server


@pytest.fixture(scope="module")
def postgresql():
    server = PostgreSQL().start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    return kept_deployment(tmp_path_factory.mktemp("deployment"))


def digest(said):
    return said.split("SHA-256 of the records ")[1].split()[0]


def check_served(deployment, directory, data, address=None):
    server = Server(directory, {"data": data, "store": address})
    server.data = data
    server.start()
    try:
        deployment.found_by(server)
    finally:
        assert server.stop() == 0


def test_a_backup_of_sqlite_is_restored_into_postgresql_and_back(deployment, postgresql, tmp_path):
    address = postgresql.create_database("restored")
    data = tmp_path / "data"
    carry_seal(deployment.data, data)
    said = succeed("restore", deployment.file, "--store", address, data=data)
    assert digest(said) == digest(succeed("backup", "verify", deployment.file))
    assert "records already" in sentence("restore", deployment.file, "--store", address, data=data)
    check_served(deployment, tmp_path, data, address)

    file = tmp_path / "back.backup"
    succeed("backup", file, "--store", address, data=data)
    assert "from postgres at change" in succeed("backup", "verify", file)
    back = tmp_path / "back"
    carry_seal(data, back)
    succeed("restore", file, data=back)
    check_served(deployment, tmp_path, back)


def test_a_store_moves_to_postgresql_and_back(deployment, postgresql, tmp_path):
    address = postgresql.create_database("moved")
    there = succeed("store", "migrate", "--from", deployment.data, "--to", address)
    back = tmp_path / "back"
    carry_seal(deployment.data, back)
    here = succeed("store", "migrate", "--from", address, "--to", back / "strongroom.sqlite")
    assert digest(there) == digest(here)
    check_served(deployment, tmp_path, back)
    data = tmp_path / "data"
    carry_seal(deployment.data, data)
    check_served(deployment, tmp_path, data, address)


def test_no_command_says_the_password_of_the_database(deployment, postgresql, tmp_path):
    address = postgresql.create_database("secret")
    succeed("store", "migrate", "--from", deployment.data, "--to", address)
    wrong = address.replace("/secret", "/absent")
    said = [
        sentence("store", "migrate", "--from", deployment.data, "--to", address),
        sentence("store", "migrate", "--from", deployment.data, "--to", wrong),
        sentence("restore", deployment.file, "--store", wrong, data=tmp_path / "data"),
    ]
    assert not any("not-to-be-shown" in text for text in said)


def test_a_restore_into_postgresql_that_is_killed_leaves_nothing_that_serves(
    deployment, postgresql, tmp_path
):
    source = tmp_path / "source"
    shutil.copytree(deployment.data, source)
    add_filler(source / "strongroom.sqlite", 20_000)
    file = tmp_path / "large.backup"
    succeed("backup", file, data=source)
    address = postgresql.create_database("killed")
    data = tmp_path / "data"
    carry_seal(source, data)
    killed = 0
    for _ in range(4):
        process = begin("restore", file, "--store", address, "--data", data)
        if wait_for_records(process, postgresql):
            time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.wait()
        if process.returncode == 0:
            break
        killed += 1
        assert "did not finish. Run it again." in sentence("account", "list", "--store", address, data=data)
    assert killed >= 2
    if process.returncode != 0:
        succeed("restore", file, "--store", address, data=data)
    check_served(deployment, tmp_path, data, address)


def wait_for_records(process, postgresql, count=100):
    """Waits until a restore is in the middle of its work; false when it ended before that."""
    while process.poll() is None:
        try:
            rows = postgresql.sql("SELECT count(*) FROM strongroom_records", database="killed")
            if int(rows[0][0]) >= count:
                return True
        except RuntimeError:  # Its tables are not there yet.
            pass
        time.sleep(0.01)
    return False
