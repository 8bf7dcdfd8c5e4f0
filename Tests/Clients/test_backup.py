"""Backups made under load, restored elsewhere and in the middle of crashes; stores moved to other stores."""

import random
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest

from support.clients import key_arn, kms_client
from support.copies import (
    add_filler,
    begin,
    carry_seal,
    kept_deployment,
    sentence,
    served,
    strongroom,
    succeed,
)
from support.server import BINARY, Server, clean_environment


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    return kept_deployment(tmp_path_factory.mktemp("deployment"))


class Load:
    """Clients that make keys and encrypt until they are told to stop; remembers what was answered."""

    def __init__(self, server, count=4):
        self.kept, self.failures = [], []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(kms_client(server),)) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def work(self, kms):
        try:
            while not self.ending.is_set():
                arn = key_arn(kms)
                blob = kms.encrypt(KeyId=arn, Plaintext=arn.encode())["CiphertextBlob"]
                self.kept.append((arn, blob))
        except Exception as error:  # Told by the test: a backup must not disturb anybody.
            self.failures.append(error)

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures


def test_a_backup_under_load_has_everything_that_was_answered_before_it(own_server, tmp_path):
    load, files = Load(own_server), []
    for number in range(3):
        time.sleep(0.7)
        answered = len(load.kept)
        files.append((tmp_path / f"{number}.backup", answered))
        succeed("backup", files[-1][0], data=own_server.data)
    time.sleep(0.2)
    load.end()
    root = own_server.root
    for file, answered in files:
        assert file.stat().st_mode & 0o777 == 0o600 and answered > 10
        succeed("backup", "verify", file)
    assert files[0][1] < files[1][1] < files[2][1]
    file, answered = files[1]
    target = tmp_path / "target"
    carry_seal(own_server.data, target)
    said = succeed("restore", file, data=target)
    assert "records restored" in said
    restored = served(tmp_path / "elsewhere", target)
    try:
        kms = kms_client(restored, root)
        for arn, blob in load.kept[:answered]:
            assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == arn.encode()
        restored.command("trail", "verify")
        # The credentials are not in a backup; the root user's key is, and new ones can be made.
        assert not (restored.data / "credentials").exists()
        assert key_arn(kms_client(restored, restored.create_access_key()))
    finally:
        assert restored.stop() == 0
    # The source goes on as if nothing had been.
    assert key_arn(kms_client(own_server))


def test_a_backup_tells_what_it_holds_and_shows_no_secret(deployment):
    told = succeed("backup", "verify", deployment.file)
    lines = dict(line.split("\t") for line in told.splitlines() if "\t" in line)
    assert lines["kms.key"] == "1" and lines["kms.alias"] == "1"
    count = sum(int(count) for count in lines.values())
    assert told.startswith(f"verified {count} records, written 20") and "from sqlite at change" in told
    bytes_ = deployment.file.read_bytes()
    assert b"alias/kept" in bytes_ and b"to be restored" not in bytes_
    assert deployment.root.secret_key.encode() not in bytes_


def test_a_backup_goes_through_a_pipe(deployment):
    making = subprocess.Popen(
        [BINARY, "backup", "-", "--data", deployment.data], stdout=subprocess.PIPE, env=clean_environment()
    )
    checked = subprocess.run(
        [BINARY, "backup", "verify", "-"], stdin=making.stdout, capture_output=True, timeout=60
    )
    making.stdout.close()
    assert making.wait(30) == 0 and checked.returncode == 0
    assert b"kms.key\t1" in checked.stdout


def test_a_file_that_is_there_is_replaced_only_by_force(deployment, tmp_path):
    file = tmp_path / "mine"
    file.write_text("mine")
    assert str(file) in sentence("backup", file, data=deployment.data)
    assert file.read_text() == "mine"
    succeed("backup", file, "--force", data=deployment.data)
    succeed("backup", "verify", file)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_backup_of_no_store_makes_none(tmp_path):
    assert "There is no store" in sentence("backup", tmp_path / "file", data=tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "doubled", "empty", "text"])
def test_a_damaged_backup_is_refused_by_name_before_anything_is_written(deployment, tmp_path, damage):
    whole = deployment.file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0x10
    file = tmp_path / "damaged"
    file.write_bytes(
        {
            "cut": whole[:-1],
            "flipped": bytes(flipped),
            "doubled": whole + whole,
            "empty": b"",
            "text": b"Dear diary",
        }[damage]
    )
    for said in (
        sentence("backup", "verify", file),
        sentence("restore", file, data=tmp_path / "target"),
    ):
        assert str(file) in said
        assert ("at byte" in said) == (damage in ("cut", "flipped", "doubled")), said
    assert not (tmp_path / "target").exists()


def test_a_store_with_records_is_not_restored_over(deployment, own_server):
    before = key_arn(kms_client(own_server))
    said = sentence("restore", deployment.file, data=own_server.data)
    assert "records already" in said and str(own_server.data) in said
    assert kms_client(own_server).describe_key(KeyId=before)


def test_a_store_that_was_lost_comes_back_beside_its_trail(deployment, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(deployment.data, data)
    for path in data.glob("strongroom.sqlite*"):
        path.unlink()
    # A server does not begin anew over a trail with events.
    with pytest.raises(RuntimeError, match="exited with"):
        served(tmp_path / "early", data)
    data = tmp_path / "early" / "data"
    succeed("restore", deployment.file, data=data)
    server = served(tmp_path / "late", data)
    try:
        deployment.found_by(server)
    finally:
        assert server.stop() == 0
    server.command("trail", "verify")
    events = server.command("trail", "show").stdout
    assert events.count('"CreateAlias"') == 1 and events.count('"CreateKey"') == 2


def wait_for_records(process, store, count=100):
    """Waits until a copy is in the middle of its work; false when it ended before that."""
    while process.poll() is None:
        try:
            database = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5)
            (found,) = database.execute("SELECT count(*) FROM records").fetchone()
            database.close()
            if found >= count:
                return True
        except sqlite3.OperationalError:  # Not there yet, or without its tables.
            pass
        time.sleep(0.002)
    return False


def test_a_restore_that_is_killed_leaves_nothing_that_serves(deployment, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(deployment.data, source)
    add_filler(source / "strongroom.sqlite", 20_000)
    file = tmp_path / "large.backup"
    succeed("backup", file, data=source)
    target = tmp_path / "target"
    carry_seal(source, target)
    killed = 0
    for _ in range(5):
        process = begin("restore", file, "--data", target)
        # From the second time on the first thing to do is to remove what is there.
        if wait_for_records(process, target / "strongroom.sqlite"):
            time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.wait()
        if process.returncode == 0:
            break
        killed += 1
        for arguments in (["account", "list"], ["backup", tmp_path / "none"]):
            said = sentence(*arguments, data=target)
            assert "'strongroom restore' did not finish. Run it again." in said
        with pytest.raises(RuntimeError, match="did not finish"):
            Server(tmp_path, {"data": target}).start()
    assert killed >= 2
    if process.returncode != 0:
        assert "restored" in succeed("restore", file, data=target)
    server = served(tmp_path / "late", target)
    try:
        deployment.found_by(server)
    finally:
        assert server.stop() == 0


def test_a_store_moves_to_another_file(deployment, tmp_path):
    target = tmp_path / "target"
    carry_seal(deployment.data, target)
    said = succeed("store", "migrate", "--from", deployment.data, "--to", target / "strongroom.sqlite")
    told = succeed("backup", "verify", deployment.file)
    assert said.split("SHA-256")[1].strip() == told.splitlines()[1].split("SHA-256")[1].strip()
    again = sentence("store", "migrate", "--from", deployment.data, "--to", target)
    assert "records already" in again and str(target) in again
    server = served(tmp_path / "late", target)
    try:
        deployment.found_by(server)
    finally:
        assert server.stop() == 0


def test_a_store_that_is_served_is_not_moved(own_server, tmp_path):
    said = sentence("store", "migrate", "--from", own_server.data, "--to", tmp_path / "store.sqlite")
    assert "stop it first" in said and not (tmp_path / "store.sqlite").exists()


@pytest.mark.parametrize("address", ["", "https://example.com/store", "nothing/strongroom.sqlite"])
def test_a_move_from_nowhere_is_refused(tmp_path, address):
    done = strongroom("store", "migrate", "--from", address, "--to", tmp_path / "store.sqlite")
    assert done.returncode != 0 and done.stderr
    assert not (tmp_path / "store.sqlite").exists()
