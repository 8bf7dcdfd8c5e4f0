"""The seals of the root keyring: each kind, moving between them, rotating the root key beside a server."""

import json
import os
import pty
import resource
import subprocess
import time

import pytest

from support.clients import key_arn, kms_client, wait_until_known
from support.seals import (
    SealConfiguration,
    SoftwareTokens,
    all_decrypt,
    database,
    file_seal,
    kms_seal,
    migrate,
    passphrase_seal,
    read_keyring,
    run,
    sealed_server,
    some_blobs,
    write_keyring,
)
from support.server import BINARY, Server, clean_environment
from test_administration import self_signed

KINDS = ["file", "passphrase", "pkcs11", "kms"]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    return SoftwareTokens(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    """Another Strongroom, with TLS, that keeps the keys of seals."""
    folder = tmp_path_factory.mktemp("keeper")
    certificate, key = self_signed(folder)
    server = Server(folder, {"tls-certificate": certificate, "tls-key": key}).start()
    yield server
    server.stop()


@pytest.fixture
def world(keeper, tokens):
    """What all processes of a test need to reach token and keeper."""
    return {**tokens.environment, "AWS_SHARED_CREDENTIALS_FILE": str(keeper.data / "credentials")}


@pytest.fixture
def seals(tmp_path, keeper, tokens):
    """A seal of each kind."""
    tokens.make(tmp_path.name)
    certificate = str(keeper.settings["tls-certificate"])
    key = key_arn(kms_client(keeper, verify=certificate))
    return {
        "file": file_seal(tmp_path),
        "passphrase": passphrase_seal(),
        "pkcs11": tokens.seal(tmp_path.name),
        "kms": kms_seal(keeper, key, **{"seal-kms-ca": certificate}),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_deployment_under_each_seal_survives_a_restart(tmp_path, seals, world, kind):
    seal = seals[kind]
    server = sealed_server(tmp_path / "server", seal, world).start()
    blobs = some_blobs(server)
    assert server.stop() == 0
    server.start()
    assert all_decrypt(server, blobs)
    said = run(server, "seal", "status", seal=seal, environment=world)
    assert said.returncode == 0, said.stderr
    assert f"seal: {kind}\n" in said.stdout and "opens: yes" in said.stdout
    assert server.stop() == 0
    everything = server.log.read_bytes() + said.stdout.encode() + read_keyring(server)
    for secret in seal.environment.values():
        assert secret.encode() not in everything


def test_a_deployment_moves_from_seal_to_seal(tmp_path, seals, world):
    old = seals["file"]
    server = sealed_server(tmp_path / "server", old, world).start()
    blobs = some_blobs(server)
    assert server.stop() == 0
    for kind in ["passphrase", "pkcs11", "kms", "file"]:
        new = seals[kind] if kind != "file" else SealConfiguration("file", {"seal-key": tmp_path / "b.key"})
        done = migrate(server, old, new, world)
        assert done.returncode == 0, done.stderr
        assert f"--seal {kind}" in done.stdout
        refused = run(server, "seal", "status", seal=old, environment=world)
        assert refused.returncode != 0 and "opens: no" in refused.stdout
        assert "seal.keyring/root" in refused.stderr
        server = sealed_server(tmp_path / "server", new, world).start()
        assert all_decrypt(server, blobs)
        blobs.update(some_blobs(server, 1))
        assert server.stop() == 0
        old = new
    events = run(server, "trail", "show", seal=old, environment=world).stdout.splitlines()
    moves = [json.loads(event)["serviceEventDetails"] for event in events if "MigrateSeal" in event]
    assert [move["to"] for move in moves] == ["passphrase", "pkcs11", "kms", "file"]
    assert run(server, "trail", "verify", seal=old, environment=world).returncode == 0


def test_the_root_key_rotates_beside_a_running_server(own_server):
    server = own_server
    blobs = some_blobs(server)
    for number in range(2, 6):
        done = server.command("seal", "rotate")
        assert f"root key {number} is the current one" in done.stdout
        # What a command seals under the new root key at once, a server reads that has not heard of it.
        user = wait_until_known(kms_client(server, server.create_access_key(f"user-{number}")))
        assert user
        assert all_decrypt(server, blobs)
        blobs.update(some_blobs(server, 1))
    wait_for(
        lambda: any(
            "the root keyring was changed" in line and "versions=5" in line
            for line in server.log.read_text().splitlines()
        )
    )
    server.command("seal", "rotate", "--reseal")
    assert all_decrypt(server, blobs)
    status = server.command("seal", "status", "--records").stdout
    assert "root key 6" in status and "of which 0 are under old root keys" in status
    server.kill()
    server.start()
    assert all_decrypt(server, blobs)
    assert "verified" in server.command("trail", "verify").stdout


def test_tokens_work_across_a_rotation(own_server):
    kms = kms_client(own_server)
    key = key_arn(kms)
    for _ in range(3):
        kms.create_alias(AliasName=f"alias/{os.urandom(8).hex()}", TargetKeyId=key)
    page = kms.list_aliases(Limit=1)
    grant = kms.create_grant(KeyId=key, GranteePrincipal=root_of(key), Operations=["Decrypt"])
    own_server.command("seal", "rotate")
    while page["Truncated"]:
        page = kms.list_aliases(Limit=1, Marker=page["NextMarker"])
    kms.retire_grant(GrantToken=grant["GrantToken"])
    assert kms.list_grants(KeyId=key)["Grants"] == []


def root_of(arn):
    return f"arn:aws:iam::{arn.split(':')[4]}:root"


def test_a_rotation_without_a_server_is_in_the_trail(own_server):
    own_server.stop()
    done = own_server.command("seal", "rotate", "--reseal")
    assert done.stderr == ""
    events = [json.loads(line) for line in own_server.command("trail", "show").stdout.splitlines()]
    named = [(event["eventName"], event["serviceEventDetails"]) for event in events[-2:]]
    assert named[0] == ("RotateRootKey", {"rootKey": "2"}) and named[1][0] == "ResealRecords"
    assert int(named[1][1]["records"]) > 0
    # It can be run again, and has nothing to do.
    assert "sealed 0 records anew" in own_server.command("seal", "rotate", "--no-rotate", "--reseal").stdout


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_server_goes_on_when_its_seal_is_moved_away(own_server):
    blobs = some_blobs(own_server)
    new = passphrase_seal()
    old = SealConfiguration("file")
    assert migrate(own_server, old, new).returncode == 0
    wait_for(lambda: "the root keyring was changed and cannot be read" in own_server.log.read_text())
    assert all_decrypt(own_server, blobs)
    own_server.stop()
    with pytest.raises(RuntimeError, match="the seal 'passphrase' sealed it, but the seal 'file'"):
        own_server.start()
    own_server.settings |= new.settings
    own_server.environment |= new.environment
    own_server.start()
    assert all_decrypt(own_server, blobs)


def test_a_wrong_passphrase_is_refused_and_not_repeated(tmp_path):
    server = sealed_server(tmp_path, passphrase_seal()).start()
    server.stop()
    done = run(server, "seal", "status", seal=passphrase_seal("incorrect horse"))
    assert done.returncode != 0 and "does not open the keyring" in done.stderr
    assert "incorrect" not in done.stdout + done.stderr
    short = sealed_server(tmp_path / "short", passphrase_seal("short"))
    with pytest.raises(RuntimeError, match="8 bytes at least"):
        short.start()


def test_a_passphrase_comes_from_a_descriptor_or_a_terminal_and_not_from_nowhere(tmp_path):
    server = sealed_server(tmp_path, passphrase_seal("correct horse")).start()
    server.stop()
    reader, writer = os.pipe()
    os.write(writer, b"correct horse\n")
    os.close(writer)
    seal = SealConfiguration("passphrase", {"seal-passphrase-fd": reader})
    done = run(server, "seal", "status", seal=seal, pass_fds=[reader])
    os.close(reader)
    assert "opens: yes" in done.stdout, done.stderr
    bare = SealConfiguration("passphrase")
    done = run(server, "seal", "status", seal=bare, start_new_session=True)
    assert done.returncode != 0 and "there is no terminal" in done.stderr
    said = at_a_terminal(
        [BINARY, "seal", "status", "--data", server.data, *bare.arguments], b"correct horse\r"
    )
    assert b"opens: yes" in said and b"correct" not in said


def at_a_terminal(command, typed):
    """What a command shows on a terminal at which somebody answers its question."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(command[0], list(map(str, command)), clean_environment())
    said, answered = b"", False
    while True:
        try:
            some = os.read(terminal, 4096)
        except OSError:  # The process has closed its end.
            break
        said += some
        if not answered and b"Passphrase of the seal: " in said:
            os.write(terminal, typed)
            answered = True
    os.close(terminal)
    os.waitpid(process, 0)
    return said


def test_the_environment_of_a_server_shows_no_passphrase(tmp_path):
    server = sealed_server(tmp_path, passphrase_seal()).start()
    with open(f"/proc/{server.process.pid}/environ", "rb") as environment:
        shown = environment.read()
    server.stop()
    assert b"PATH=" in shown and b"correct horse" not in shown


def test_a_token_says_what_is_wrong(tmp_path, tokens):
    tokens.make("faulty")
    seal = tokens.seal("faulty")
    server = sealed_server(tmp_path, seal, tokens.environment).start()
    server.stop()

    def status(**changes):
        flags = {**seal.flags, **{k: v for k, v in changes.items() if k != "pin"}}
        variables = {"STRONGROOM_SEAL_PKCS11_PIN": changes.get("pin", tokens.PIN)}
        done = run(
            server,
            "seal",
            "status",
            seal=SealConfiguration("pkcs11", flags, variables),
            environment=tokens.environment,
        )
        assert done.returncode != 0 and tokens.PIN not in done.stdout + done.stderr
        return done.stderr

    assert "the PIN is wrong" in status(pin="not-the-pin")
    assert "no token labelled 'absent'" in status(**{"seal-pkcs11-token": "absent"})
    assert "no AES key labelled 'absent'" in status(**{"seal-pkcs11-key": "absent"})
    assert "cannot be loaded" in status(**{"seal-pkcs11-module": "/nowhere.so"})
    tokens.remove("faulty")
    assert "no token labelled 'faulty'" in status()


def test_another_kms_says_what_is_wrong(tmp_path, seals, keeper, world):
    seal = seals["kms"]
    server = sealed_server(tmp_path / "server", seal, world).start()
    server.stop()
    admin = kms_client(keeper, verify=str(keeper.settings["tls-certificate"]))
    key = seal.flags["seal-kms-key"]

    def status(environment=world, **changes):
        changed = SealConfiguration("kms", {**seal.flags, **changes})
        done = run(server, "seal", "status", seal=changed, environment=environment)
        return done.stdout + done.stderr

    assert "opens: yes" in status()
    assert "NotFoundException" in status(**{"seal-kms-key": key[:-4] + "0000"})
    assert "refuses: there are no credentials" in status({"HOME": str(tmp_path)})
    wrong = {"AWS_ACCESS_KEY_ID": keeper.root.access_key, "AWS_SECRET_ACCESS_KEY": "wrong"}
    assert "InvalidSignatureException" in status(wrong)
    no_authority = SealConfiguration("kms", {k: v for k, v in seal.flags.items() if k != "seal-kms-ca"})
    done = run(server, "seal", "status", seal=no_authority, environment=world)
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
    user = keeper.create_access_key("nobody")
    denied = {"AWS_ACCESS_KEY_ID": user.access_key, "AWS_SECRET_ACCESS_KEY": user.secret_key}
    wait_for(lambda: "AccessDeniedException" in status(denied))
    admin.disable_key(KeyId=key)
    assert "DisabledException" in status()
    admin.enable_key(KeyId=key)
    assert "opens: yes" in status()
    names = json.dumps([json.loads(line) for line in keeper.command("trail", "show").stdout.splitlines()])
    assert "strongroom:deployment" in names


def test_a_seal_calls_another_kms_by_alias(tmp_path, keeper, world):
    admin = kms_client(keeper, verify=str(keeper.settings["tls-certificate"]))
    for _ in range(2):
        key = key_arn(admin)
    admin.create_alias(AliasName="alias/seal", TargetKeyId=key)
    seal = kms_seal(keeper, "alias/seal", **{"seal-kms-ca": keeper.settings["tls-certificate"]})
    server = sealed_server(tmp_path / "server", seal, world).start()
    server.stop()
    # The keyring names the key that wrapped it, whatever the alias points to now.
    admin.update_alias(AliasName="alias/seal", TargetKeyId=key_arn(admin))
    assert server.start().stop() == 0
    assert key in run(server, "seal", "status", seal=seal, environment=world).stdout


def test_flipped_bytes_in_the_keyring_are_refused_by_the_name_of_its_record(own_server):
    server = own_server
    server.stop()
    whole = read_keyring(server)
    for place in range(2, len(whole) - 3, 41):
        # Base64's letters stay letters, and the text stays JSON.
        changed = bytes([whole[place] ^ 1]) if whole[place : place + 1].isalnum() else b"!"
        write_keyring(server, whole[:place] + changed + whole[place + 1 :])
        done = run(server, "account", "list")
        assert done.returncode == 1 and "seal.keyring/root" in done.stderr, (place, done)
    for damaged in [b"", whole[: len(whole) // 2], os.urandom(300)]:
        write_keyring(server, damaged)
        with pytest.raises(RuntimeError, match="seal.keyring/root"):
            server.start()
    write_keyring(server, whole)
    server.start()


def test_the_keyring_file_of_an_earlier_release_is_taken_over(own_server):
    server = own_server
    blobs = some_blobs(server)
    server.stop()
    keyring = read_keyring(server)
    with database(server) as connection:
        connection.execute("DELETE FROM records WHERE kind = 'seal.keyring'")
    with pytest.raises(RuntimeError, match="has records but not seal.keyring/root"):
        server.start()
    (server.data / "keyring").write_bytes(keyring)
    server.start()
    assert all_decrypt(server, blobs) and not (server.data / "keyring").exists()
    assert read_keyring(server) == keyring


def test_memory_is_locked_when_asked_and_allowed(tmp_path):
    server = Server(tmp_path, environment={"STRONGROOM_MLOCK": "true"})
    if os.geteuid() == 0:
        server.start()
        status = open(f"/proc/{server.process.pid}/status").read()
        locked = int(status.split("VmLck:")[1].split()[0])
        assert locked > 1000
        assert all_decrypt(server, some_blobs(server, 1))
        server.stop()
    done = subprocess.run(
        [*without_privilege("ipc_lock"), BINARY, "serve", "--data", tmp_path / "other", "--mlock"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        timeout=30,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536)),
    )
    assert done.returncode != 0 and "may lock only 64 KiB" in done.stderr and "LimitMEMLOCK" in done.stderr
    assert not (tmp_path / "other").exists()


def without_privilege(name):
    """What starts a command without a capability that root has."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--bounding-set=-{name}", f"--inh-caps=-{name}"]


def test_a_server_leaves_no_core_dump_and_shows_its_memory_to_nobody(tmp_path):
    # Who looks must have every privilege of what it looks at, or it would be refused for that alone.
    plain = without_privilege("sys_ptrace")
    flags = ["--data", tmp_path, "--aws-address", "127.0.0.1:0", "--console-address", "off"]
    serve = [*plain, BINARY, "serve", *flags]
    with (
        subprocess.Popen([*plain, "sleep", "60"]) as other,
        subprocess.Popen(serve, stderr=subprocess.PIPE, text=True, env=clean_environment()) as server,
    ):
        assert any(" ready " in line for line in iter(server.stderr.readline, ""))
        limits = open(f"/proc/{server.pid}/limits").read()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        shown = {process: can_open(plain, f"/proc/{process.pid}/mem") for process in (other, server)}
        other.kill()
        server.terminate()
        server.stderr.read()
    assert core.split()[4:6] == ["0", "0"]
    assert shown == {other: True, server: False}
    assert server.returncode == 0


def can_open(prefix, path):
    return subprocess.run([*prefix, "dd", f"if={path}", "count=0"], capture_output=True).returncode == 0
