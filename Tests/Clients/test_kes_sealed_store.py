"""A stand-alone KES server with its keys in Strongroom's own sealed store."""

import base64
import time

import pytest

from support.copies import succeed
from support.disk import eventually
from support.kes import KESServer, kes, make_client
from support.postgresql import PASSWORD, PostgreSQL
from support.server import Server


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    return make_client(tmp_path_factory.mktemp("admin"), "admin")[0]


def configuration(admin, store):
    return f"admin: {{ identity: {admin.identity} }}\nkeystore: {{ {store} }}\n"


def make_keys(server, admin, *names):
    for name in names:
        assert server.call(admin, "POST", f"/v1/key/create/{name}").status == 200
    return {name: server.call(admin, "POST", f"/v1/key/generate/{name}", {}).json for name in names}


def check_keys(server, admin, made):
    for name, key in made.items():
        body = {"ciphertext": key["ciphertext"]}
        opened = server.call(admin, "POST", f"/v1/key/decrypt/{name}", body)
        assert opened.json == {"plaintext": key["plaintext"]}


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


def test_keys_last_are_sealed_and_move_in_and_out(admin, tmp_path):
    server = KESServer(tmp_path, configuration(admin, "strongroom: { path: data }")).start()
    assert "KMS         Strongroom: data" in (tmp_path / "out.log").read_text()
    made = make_keys(server, admin, "one", "two")
    assert server.call(admin, "POST", "/v1/key/create/one").message == "key already exists"
    assert server.call(admin, "GET", "/v1/key/list/").json["names"] == ["one", "two"]
    assert server.call(admin, "GET", "/v1/ready").status == 200
    assert server.call(admin, "DELETE", "/v1/key/delete/none").status == 404
    server.reload()
    check_keys(server, admin, made)
    assert server.stop() == 0

    (tmp_path / "config.yml").rename(tmp_path / "sealed.yml")
    server.configure(configuration(admin, "fs: { path: keys }"))
    moved = kes("migrate", "--from", "sealed.yml", "--to", "config.yml", cwd=tmp_path)
    assert moved.stdout == "Migrated      2 keys successfully!\n", moved.stderr
    for name in ("one", "two"):
        stored = (tmp_path / "keys" / name).read_bytes()
        # Neither KES's text nor the key in it lies in the store.
        for piece in (stored, base64.b64decode(stored), base64.b64decode(stored)[6:38]):
            assert piece not in bytes_of(tmp_path / "data")
    back = (tmp_path / "sealed.yml").read_text().replace("path: data", "path: other")
    (tmp_path / "other.yml").write_text(back)
    moved = kes("migrate", "--from", "config.yml", "--to", "other.yml", cwd=tmp_path)
    assert moved.stdout == "Migrated      2 keys successfully!\n", moved.stderr
    server.configure(configuration(admin, "strongroom: { path: other }"))
    server.start()
    check_keys(server, admin, made)
    assert server.stop() == 0


def test_another_server_hears_of_a_deleted_key_within_seconds(admin, tmp_path):
    servers = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        store = f"strongroom: {{ path: {tmp_path}/data }}"
        servers.append(KESServer(tmp_path / name, configuration(admin, store)).start())
    first, second = servers
    made = make_keys(first, admin, "shared")
    check_keys(second, admin, made)
    assert first.call(admin, "DELETE", "/v1/key/delete/shared").status == 200
    deadline = time.monotonic() + 5
    while second.call(admin, "POST", "/v1/key/generate/shared", {}).status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for server in servers:
        assert server.stop() == 0


def test_a_root_key_that_is_rotated_beside_the_server_seals_the_next_key(admin, tmp_path):
    server = KESServer(tmp_path, configuration(admin, "strongroom: { path: data }")).start()
    made = make_keys(server, admin, "before")
    succeed("seal", "rotate", data=tmp_path / "data")
    time.sleep(1)
    made |= make_keys(server, admin, "after")
    told = succeed("seal", "status", "--records", data=tmp_path / "data")
    assert "records: 2, of which 1 are under old root keys" in told
    succeed("seal", "rotate", "--reseal", data=tmp_path / "data")
    told = succeed("seal", "status", "--records", data=tmp_path / "data")
    assert "records: 2, of which 0 are under old root keys" in told
    check_keys(server, admin, made)
    assert server.stop() == 0
    # The deployment that the key server made is one for strongroom too, and the other way round.
    strongroom = Server(tmp_path)
    strongroom.start()
    assert strongroom.stop() == 0
    server.start()
    check_keys(server, admin, made)
    assert server.stop() == 0


def test_servers_share_keys_in_postgresql_and_cached_keys_outlast_it(admin, tmp_path):
    postgresql = PostgreSQL().start()
    try:
        address = postgresql.create_database("kes")
        servers = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            store = f"strongroom: {{ path: data, store: '{address}', seal-key: {tmp_path}/seal.key }}"
            text = configuration(admin, store) + "cache: { expiry: { any: 1s, unused: 1s, offline: 1h } }\n"
            servers.append(KESServer(tmp_path / name, text).start())
        first, second = servers
        assert "Strongroom: PostgreSQL" in (tmp_path / "first" / "out.log").read_text()
        made = make_keys(first, admin, "shared")
        check_keys(second, admin, made)
        postgresql.stop()
        time.sleep(1.5)
        check_keys(second, admin, made)
        down = second.call(admin, "GET", "/v1/ready")
        assert (down.status, down.message) == (504, "key store is not reachable")
        assert second.call(admin, "POST", "/v1/key/create/other").status == 502
        postgresql.start()
        eventually(lambda: second.call(admin, "GET", "/v1/ready").status == 200, 30)
        made |= make_keys(second, admin, "other")
        check_keys(first, admin, made)
        for server in servers:
            assert server.stop() == 0
            log = (server.folder / "err.log").read_text()
            assert PASSWORD not in log
    finally:
        postgresql.remove()


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("path: none/such/keys, seal: vault", "seal must be file, passphrase, pkcs11 or kms"),
        ("path: data, store: mysql", "store must be sqlite, or postgres://USER@HOST/DATABASE"),
        ("path: config.yml", "config.yml is not a directory"),
        ("path: data, seal: passphrase", "STRONGROOM_SEAL_PASSPHRASE"),
        ("path: data, seal-kms-key: alias/a", "seal-kms-key is set, but seal is not"),
        ("seal: file", "'keystore.strongroom.path' is not set"),
    ],
)
def test_what_cannot_be_opened_is_told_at_the_start(admin, tmp_path, store, message):
    server = KESServer(tmp_path, configuration(admin, f"strongroom: {{ {store} }}"))
    refused = kes("server", "--config", "config.yml", cwd=tmp_path)
    assert refused.returncode == 1
    assert message in refused.stderr, refused.stderr
    assert server.process is None


def test_a_passphrase_seals_the_keys(admin, tmp_path, monkeypatch):
    monkeypatch.setenv("STRONGROOM_SEAL_PASSPHRASE", "correct horse battery staple")
    store = "strongroom: { path: data, seal: passphrase }"
    server = KESServer(tmp_path, configuration(admin, store)).start()
    made = make_keys(server, admin, "one")
    assert server.stop() == 0
    assert not (tmp_path / "data" / "seal.key").exists()
    server.start()
    check_keys(server, admin, made)
    assert server.stop() == 0
    monkeypatch.setenv("STRONGROOM_SEAL_PASSPHRASE", "wrong battery")
    refused = kes("server", "--config", "config.yml", cwd=tmp_path)
    assert refused.returncode == 1 and "wrong battery" not in refused.stderr
