"""Damaged files: refused by name, never a crash, never wrong data."""

import random
import re
import shutil
import sqlite3

import pytest

from support.clients import key_id
from support.copies import stored_value
from support.raw import RawClient
from support.server import Server

KEYS = 40
FLIPS = 36
CUTS = 8
PAGE = 4096


class Deployment:
    """The data of a server that was stopped or killed, with what every key must answer."""

    def __init__(self, folder, killed):
        server = Server(folder).start()
        self.expected = {}
        with RawClient(server) as client:
            for number in range(KEYS):
                description = f"key {number} " + "d" * 300
                arn = client.call("CreateKey", Description=description).json["KeyMetadata"]["Arn"]
                client.call("CreateAlias", AliasName=f"alias/key-{number}", TargetKeyId=arn)
                # In the end of the log, when the server is killed, lies what was answered last.
                client.call("UpdateKeyDescription", KeyId=arn, Description=description + "!")
                blob = client.call("Encrypt", KeyId=arn, Plaintext="YWJj").json["CiphertextBlob"]
                self.expected[arn] = (description + "!", blob)
        if killed:
            server.kill()
        else:
            assert server.stop() == 0
        self.data = server.data

    def copy(self, folder):
        """A server, not started, on a copy of the data."""
        folder.mkdir()
        server = Server(folder)
        shutil.copytree(self.data, server.data)
        return server


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    return Deployment(tmp_path_factory.mktemp("stopped"), killed=False)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    deployment = Deployment(tmp_path_factory.mktemp("killed"), killed=True)
    assert (deployment.data / "strongroom.sqlite-wal").stat().st_size > 100_000
    return deployment


def outcome_of(server, deployment, names):
    """Starts the server on damaged files and asks it for everything.

    Gives "refused", "some" or "all" for how much it still answers; fails for a crash, for wrong data, and
    for an error whose cause the operator is not told. `names` are what the log may call the damaged thing.
    """
    try:
        server.start()
    except RuntimeError as error:
        assert "exited with" in str(error) and "exited with -" not in str(error), error
        assert any(name in str(error) for name in names), error
        return "refused"
    errors = 0
    with RawClient(server) as client:
        for arn, (description, blob) in deployment.expected.items():
            answer = client.call("DescribeKey", KeyId=arn)
            if answer.status == 200:
                assert answer.json["KeyMetadata"]["Description"] == description
            opened = client.call("Decrypt", CiphertextBlob=blob)
            if opened.status == 200:
                assert opened.json["Plaintext"] == "YWJj"
            errors += sum(each.status != 200 for each in (answer, opened))
            if 500 in (answer.status, opened.status):
                assert any(name in server.log.read_text() for name in names)
            assert {answer.status, opened.status} <= {200, 400, 500}
        for operation in ("ListKeys", "ListAliases", "CreateKey"):
            assert client.call(operation).status in (200, 400, 500)
    assert server.is_running, server.log.read_text()
    # What it cannot finish it says; but it ends by itself, and not by a signal.
    assert server.stop() >= 0, server.log.read_text()
    return "some" if errors else "all"


def flipped(content, position, chance):
    return (
        content[:position] + bytes([content[position] ^ (1 << chance.randrange(8))]) + content[position + 1 :]
    )


def test_a_flipped_bit_anywhere_in_the_database_gives_no_wrong_data(stopped, tmp_path):
    good = (stopped.data / "strongroom.sqlite").read_bytes()
    chance = random.Random(36)
    pages = len(good) // PAGE
    # The header of the file, the headers of pages, and anywhere.
    places = [chance.randrange(100) for _ in range(FLIPS // 4)]
    places += [chance.randrange(pages) * PAGE + chance.randrange(16) for _ in range(FLIPS // 4)]
    places += [chance.randrange(len(good)) for _ in range(FLIPS // 2)]
    outcomes = []
    for number, place in enumerate(places):
        server = stopped.copy(tmp_path / str(number))
        (server.data / "strongroom.sqlite").write_bytes(flipped(good, place, chance))
        print(f"bit at byte {place} of {len(good)}")
        outcomes.append(outcome_of(server, stopped, ["strongroom.sqlite", "record"]))
        shutil.rmtree(tmp_path / str(number))
    assert {"refused", "some", "all"} == set(outcomes), outcomes


def test_a_flipped_record_is_an_error_of_that_key_alone(stopped, tmp_path):
    server = stopped.copy(tmp_path / "one")
    arn = next(iter(stopped.expected))
    with sqlite3.connect(server.data / "strongroom.sqlite") as database:
        key = f"us-east-1/{key_id(arn)}".encode()
        value = stored_value(database, "kms.key", key)
        value = flipped(value, len(value) // 2, random.Random(1))
        database.execute("UPDATE records SET value = ? WHERE kind = 'kms.key' AND key = ?", [value, key])
    database.close()
    server.start()
    with RawClient(server) as client:
        for each, (description, blob) in stopped.expected.items():
            answer = client.call("DescribeKey", KeyId=each)
            opened = client.call("Decrypt", CiphertextBlob=blob)
            if each == arn:
                assert (answer.status, answer.code) == (500, "KMSInternalException")
                assert (opened.status, opened.code) == (500, "KMSInternalException")
            else:
                assert answer.json["KeyMetadata"]["Description"] == description
                assert opened.json["Plaintext"] == "YWJj"
    assert server.stop() == 0
    assert re.search(rf"the record kms\.key.us-east-1/{key_id(arn)} is damaged", server.log.read_text())


@pytest.mark.parametrize("value", [None, "text", b"blob", 2**63 - 1, -5, 2.5])
@pytest.mark.parametrize("column", ["records.version", "changes.sequence", "changes.deleted", "changes.kind"])
def test_a_column_that_holds_what_is_never_written_is_no_crash(stopped, tmp_path, column, value):
    """As flipped bits in a row's header can make it; SQLite checks types only when it writes."""
    server = stopped.copy(tmp_path / "typed")
    table, name = column.split(".")
    rewrite(server.data / "strongroom.sqlite", table, name, value)
    outcome_of(server, stopped, ["strongroom.sqlite", "record"])


def rewrite(path, table, column, value):
    """Puts a value of any type into some rows, past the table's own checks."""
    database = sqlite3.connect(path, isolation_level=None)
    (sql,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
    database.execute("PRAGMA writable_schema = ON")
    database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [loose_schema(sql), table])
    database.close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    where = "kind = 'kms.key'" if table == "records" else "sequence = (SELECT max(sequence) FROM changes)"
    try:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", [value])
    except (sqlite3.IntegrityError, sqlite3.DataError):
        # A row's own number is an integer whatever the schema says.
        assert column == "sequence" and not isinstance(value, int)
    database.execute("PRAGMA writable_schema = ON")
    database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [sql, table])
    database.close()


def loose_schema(sql):
    """The schema of a table that takes anything."""
    sql = re.sub(r" CHECK \([a-z]+ (> 0|IN \(0, 1\))\)", "", sql)
    sql = re.sub(r"\b(version|deleted) INTEGER NOT NULL", r"\1", sql)
    sql = re.sub(r"\bkind TEXT NOT NULL,\s+key BLOB NOT NULL,\s+deleted", "kind, key BLOB, deleted", sql)
    return sql.replace("STRICT, WITHOUT ROWID", "WITHOUT ROWID").replace(") STRICT", ")")


def test_a_database_that_was_cut_off_is_refused(stopped, tmp_path):
    good = (stopped.data / "strongroom.sqlite").read_bytes()
    chance = random.Random(8)
    for number in range(CUTS):
        server = stopped.copy(tmp_path / str(number))
        length = chance.randrange(len(good)) if number else 0
        (server.data / "strongroom.sqlite").write_bytes(good[:length])
        print(f"cut to {length} of {len(good)}")
        assert outcome_of(server, stopped, ["strongroom.sqlite", "record", "the store was lost"]) in (
            "refused",
            "some",
        )


def test_a_damaged_log_of_a_killed_server_does_not_lose_what_was_answered(killed, tmp_path):
    """SQLite itself takes a damaged log for one that ends there, and forgets the rest without a word."""
    name = "strongroom.sqlite-wal"
    good = (killed.data / name).read_bytes()
    chance = random.Random(12)
    places = [chance.randrange(32) for _ in range(3)]
    places += [chance.randrange(len(good)) for _ in range(6)]
    places += [len(good) - 1 - chance.randrange(PAGE) for _ in range(3)]
    damaged = [(f"bit at byte {place}", flipped(good, place, chance)) for place in places]
    damaged += [(f"cut to {cut}", good[:cut]) for cut in (0, 31, 32, len(good) // 2, len(good) - 1)]
    outcomes = []
    for number, (what, content) in enumerate(damaged):
        server = killed.copy(tmp_path / str(number))
        (server.data / name).write_bytes(content)
        print(what)
        outcomes.append(outcome_of(server, killed, [name]))
        assert outcomes[-1] in ("refused", "all")
        shutil.rmtree(tmp_path / str(number))
    server = killed.copy(tmp_path / "gone")
    (server.data / name).unlink()
    assert outcome_of(server, killed, [name]) == "refused"
    assert outcomes.count("refused") >= len(damaged) // 2, outcomes


def test_a_log_that_was_not_touched_is_taken_over_whole(killed, tmp_path):
    server = killed.copy(tmp_path / "same")
    assert outcome_of(server, killed, []) == "all"
    # Nor does it depend on the index beside it, which a loss of power may spoil.
    for name, content in (("none", None), ("empty", b""), ("noise", random.Random(1).randbytes(32_768))):
        server = killed.copy(tmp_path / name)
        index = server.data / "strongroom.sqlite-shm"
        index.unlink() if content is None else index.write_bytes(content)
        assert outcome_of(server, killed, []) == "all"


@pytest.mark.parametrize("name", ["seal.key", "keyring"])
def test_a_damaged_seal_or_keyring_ends_the_start(stopped, tmp_path, name):
    if not (stopped.data / name).exists():
        # The keyring may lie in the store, whose records are damaged above.
        assert name == "keyring"
        return
    good = (stopped.data / name).read_bytes()
    chance = random.Random(5)
    damaged = [flipped(good, chance.randrange(len(good)), chance) for _ in range(8)]
    damaged += [b"", good[: len(good) // 2], good[:-1], good + b"x", bytes(len(good))]
    for number, content in enumerate(damaged):
        server = stopped.copy(tmp_path / str(number))
        (server.data / name).write_bytes(content)
        if content.strip() != good.strip():
            assert outcome_of(server, stopped, [name, "keyring", "seal"]) == "refused", number


def test_a_damaged_trail_is_found_by_the_start_or_by_verify(stopped, tmp_path):
    chance = random.Random(9)
    segments = sorted(path.name for path in (stopped.data / "trail").glob("*.log"))
    for number in range(16):
        server = stopped.copy(tmp_path / str(number))
        path = server.data / "trail" / segments[number % len(segments)]
        good = path.read_bytes()
        cut = number % 4 == 3
        place = chance.randrange(len(good))
        path.write_bytes(good[:place] if cut else flipped(good, place, chance))
        if cut and place == good.rfind(b"\n", 0, place) + 1:
            continue
        done = server.command("trail", "verify", check=False)
        if not cut:
            assert done.returncode > 0 and path.name in done.stderr, (place, done)
            assert outcome_of(server, stopped, [path.name]) == "refused"
            continue
        # The end of a trail that is not sealed is open: it must be found by a head that was kept elsewhere.
        assert done.returncode >= 0
        assert outcome_of(server, stopped, [path.name]) in ("refused", "all")


def test_the_operator_learns_which_record_is_damaged_from_a_store_of_garbage(stopped, tmp_path):
    """Pages of noise in the place of half the database."""
    good = (stopped.data / "strongroom.sqlite").read_bytes()
    for seed in range(6):
        chance = random.Random(seed)
        server = stopped.copy(tmp_path / str(seed))
        pages = bytearray(good)
        for page in range(1, len(good) // PAGE):
            if chance.random() < 0.5:
                pages[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
        (server.data / "strongroom.sqlite").write_bytes(pages)
        assert outcome_of(server, stopped, ["strongroom.sqlite", "record"]) in ("refused", "some")
