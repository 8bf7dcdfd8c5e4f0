"""The KES door of `strongroom serve`: keys in the server's own sealed store, requests in its trail."""

import base64
import http.client
import json
import signal
import time

import pytest

from support.copies import carry_seal, succeed
from support.disk import Disks, eventually
from support.iam import service_client
from support.kes import KESServer, kes, make_client
from support.server import Server, free_port

POLICY = """
admin: { identity: ADMIN }
policy:
  my-app:
    allow: [ /v1/key/create/my-key*, /v1/key/generate/my-key*, /v1/key/decrypt/my-key* ]
    identities: [ APP ]
"""

REFUSED_BY_TRAIL = (503, "audit log is not available")


class Door(KESServer):
    """The KES door of a server; calls go through what a stand-alone server's tests have."""

    def __init__(self, folder, more="", settings=None, prefix=()):
        super().__init__(folder, "")
        self.admin, _ = make_client(folder, "admin")
        self.app, _ = make_client(folder, "app")
        self.write(more)
        settings = {"kes-config": folder / "config.yml", "kes-address": None, **(settings or {})}
        self.strongroom = Server(folder, settings, prefix=prefix)

    def write(self, more=""):
        policy = POLICY.replace("ADMIN", self.admin.identity).replace("APP", self.app.identity)
        self.configure(policy + more, f"key: {self.folder}/private.key\n  cert: {self.folder}/public.crt")

    def start(self):
        self.strongroom.start()
        return self

    def stop(self):
        return self.strongroom.stop()

    @property
    def log(self):
        return self.strongroom.log.read_text()

    def cli(self, *arguments, client=None):
        client = client or self.app
        return kes(
            *arguments,
            KES_SERVER=f"127.0.0.1:{self.port}",
            KES_CLIENT_CERT=client.certificate,
            KES_CLIENT_KEY=client.key,
        )

    def events(self, name):
        """The door's events of a name in the audit trail."""
        shown = self.strongroom.command("trail", "show").stdout
        events = [json.loads(line) for line in shown.splitlines() if "kes.strongroom" in line]
        return [event for event in events if event["eventName"] == name]


@pytest.fixture
def door(tmp_path):
    door = Door(tmp_path).start()
    yield door
    if door.strongroom.is_running:
        assert door.stop() == 0


def test_the_walk_of_a_new_user(door, tmp_path):
    assert f"127.0.0.1:{door.port}" in door.log
    created = door.cli("key", "create", "-k", "my-key-1")
    assert (created.returncode, created.stdout, created.stderr) == (0, "", "")
    made = json.loads(door.cli("key", "dek", "-k", "my-key-1").stdout)
    denied = door.cli("key", "create", "-k", "other")
    assert denied.stderr == "Error: not authorized: insufficient permissions\n"
    missing = door.cli("key", "info", "-k", "other", client=door.admin)
    assert missing.stderr == "Error: key does not exist\n"
    assert door.stop() == 0

    door.start()
    opened = door.cli("key", "decrypt", "-k", "my-key-1", made["ciphertext"])
    assert json.loads(opened.stdout) == {"plaintext": made["plaintext"]}
    listed = door.cli("key", "ls", "-k", client=door.admin)
    assert listed.stdout.split() == ["Key", "my-key-1"]


def test_keys_are_sealed_at_rest_and_in_every_backup(door, tmp_path):
    material = base64.b64encode(bytes(range(32))).decode()
    assert door.cli("key", "import", "-k", "my-key-1", material, client=door.admin).returncode == 0
    made = json.loads(door.cli("key", "dek", "-k", "my-key-1").stdout)
    backup = tmp_path / "backup"
    door.strongroom.command("backup", backup)
    files = [file for file in door.strongroom.data.rglob("*") if file.is_file()] + [backup]
    assert len(files) > 3
    for file in files:
        stored = file.read_bytes()
        for piece in (bytes(range(32)), material.encode(), b"CiQKI"):
            assert piece not in stored, file
    assert any(b"my-key-1" in file.read_bytes() for file in files)

    # Restored on another machine, with the seal's key, the keys are there.
    assert door.stop() == 0
    other = tmp_path / "other"
    carry_seal(door.strongroom.data, other)
    succeed("restore", backup, data=other)
    door.strongroom.data.rename(tmp_path / "lost")
    other.rename(door.strongroom.data)
    door.start()
    opened = door.cli("key", "decrypt", "-k", "my-key-1", made["ciphertext"])
    assert json.loads(opened.stdout) == {"plaintext": made["plaintext"]}


def test_every_request_is_in_the_trail_before_its_answer(door):
    assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
    made = json.loads(door.cli("key", "dek", "-k", "my-key-1").stdout)
    for _ in range(3):
        assert door.cli("key", "decrypt", "-k", "my-key-1", made["ciphertext"]).returncode == 0
    assert door.cli("key", "create", "-k", "other").returncode == 1
    created, denied = sorted(door.events("CreateKey"), key=lambda event: "errorCode" in event)
    assert created["userIdentity"]["principalId"] == door.app.identity
    assert created["requestParameters"] == {"keyName": "my-key-1", "path": "/v1/key/create/my-key-1"}
    assert created["readOnly"] is False and created["sourceIPAddress"] == "127.0.0.1"
    assert "errorCode" not in created
    assert (denied["errorCode"], denied["requestParameters"]["keyName"]) == ("AccessDenied", "other")
    assert len(door.events("GenerateDataKey")) == 1
    assert [event["readOnly"] for event in door.events("Decrypt")] == [True] * 3
    # The reason is the operator's.
    assert "has no rule that allows /v1/key/create/other" in door.log
    shown = door.strongroom.command("trail", "show").stdout
    assert made["plaintext"] not in shown and made["ciphertext"] not in shown
    assert door.stop() == 0
    assert door.strongroom.command("trail", "verify").returncode == 0


def test_nothing_is_answered_or_done_that_a_full_trail_cannot_tell(tmp_path):
    disks = Disks()
    try:
        disk = disks.mount(tmp_path / "data" / "trail", 4 << 10)
        door = Door(tmp_path, prefix=disks.prefix).start()
        assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
        with disk.full():
            answered = generate_until_refused(door)
            refused = door.call(door.app, "POST", "/v1/key/create/my-key-2")
            assert (refused.status, refused.message) == REFUSED_BY_TRAIL
        eventually(lambda: door.cli("key", "dek", "-k", "my-key-1").returncode == 0)
        missing = door.cli("key", "info", "-k", "my-key-2", client=door.admin)
        assert missing.stderr == "Error: key does not exist\n"
        assert len(door.events("GenerateDataKey")) >= answered + 1
        assert door.stop() == 0
        assert door.strongroom.command("trail", "verify").returncode == 0
    finally:
        disks.close()


def generate_until_refused(door):
    """Uses a key until no request is answered; gives how many were."""
    answered, refusals = 0, 0
    connection = door.connect(door.app)
    # Each lane of the trail may still have room that it took before.
    for _ in range(20_000):
        try:
            answer = door.call(door.app, "POST", "/v1/key/generate/my-key-1", {}, connection=connection)
        except (http.client.HTTPException, OSError):
            # An answer that was made before the disk said no does not leave.
            connection = door.connect(door.app)
            continue
        if answer.status == 200:
            answered += 1
            refusals = 0
            continue
        assert (answer.status, answer.message) == REFUSED_BY_TRAIL
        refusals += 1
        if refusals == 100:
            return answered
    raise AssertionError("the trail was never full")


def test_events_of_the_door_can_be_looked_up(door):
    assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
    trail = service_client(door.strongroom, "cloudtrail")
    deadline = time.monotonic() + 10
    found = []
    while not found:
        assert time.monotonic() < deadline
        attribute = {"AttributeKey": "EventSource", "AttributeValue": "kes.strongroom"}
        found = trail.lookup_events(LookupAttributes=[attribute])["Events"]
        time.sleep(0.1)
    assert found[0]["EventName"] == "CreateKey"


def test_sighup_takes_a_new_policy_and_refuses_a_wrong_one(door):
    connection = door.connect(door.app)

    def call():
        return door.call(door.app, "GET", "/v1/status", connection=connection).status

    assert call() == 403
    door.write("cache: { expiry: { any: nonsense } }\n")
    reload(door, 1)
    assert "configuration not reloaded" in door.log and call() == 403
    text = (door.folder / "config.yml").read_text().replace("cache: { expiry: { any: nonsense } }\n", "")
    (door.folder / "config.yml").write_text(text.replace("allow: [", "allow: [ /v1/status,"))
    reload(door, 2)
    assert call() == 200
    # The other doors have not noticed.
    assert service_client(door.strongroom, "sts").get_caller_identity()["Arn"].endswith(":root")


def reload(door, times):
    door.strongroom.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while door.log.count("reloaded") < times:
        assert time.monotonic() < deadline, door.log
        time.sleep(0.05)


def test_a_rotated_root_key_reseals_the_keys_of_the_door(door):
    assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
    made = json.loads(door.cli("key", "dek", "-k", "my-key-1").stdout)
    door.strongroom.command("seal", "rotate", "--reseal")
    status = door.strongroom.command("seal", "status", "--records").stdout
    assert "of which 0 are under old root keys" in status
    assert door.stop() == 0
    door.start()
    opened = door.cli("key", "decrypt", "-k", "my-key-1", made["ciphertext"])
    assert json.loads(opened.stdout) == {"plaintext": made["plaintext"]}


def test_a_stand_alone_server_beside_it_shares_the_keys(door, tmp_path):
    (tmp_path / "beside").mkdir()
    assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
    made = json.loads(door.cli("key", "dek", "-k", "my-key-1").stdout)
    beside = KESServer(
        tmp_path / "beside",
        f"admin: {{ identity: {door.admin.identity} }}\n"
        f"keystore: {{ strongroom: {{ path: {door.strongroom.data} }} }}\n",
    ).start()
    opened = beside.call(door.admin, "POST", "/v1/key/decrypt/my-key-1", {"ciphertext": made["ciphertext"]})
    assert opened.json == {"plaintext": made["plaintext"]}
    assert beside.call(door.admin, "DELETE", "/v1/key/delete/my-key-1").status == 200
    deadline = time.monotonic() + 5
    while door.cli("key", "dek", "-k", "my-key-1").returncode == 0:
        assert time.monotonic() < deadline
    assert beside.stop() == 0


def test_the_door_may_keep_keys_elsewhere_and_listen_elsewhere(tmp_path):
    port = free_port()
    door = Door(
        tmp_path,
        "keystore: { fs: { path: KEYS } }\n".replace("KEYS", str(tmp_path / "keys")),
        {"kes-address": f"127.0.0.1:{port}"},
    ).start()
    door.port = port
    assert door.cli("key", "create", "-k", "my-key-1").returncode == 0
    assert (tmp_path / "keys" / "my-key-1").exists()
    assert door.stop() == 0


@pytest.mark.parametrize(
    ("settings", "more", "sentence"),
    [
        ({"kes-config": None, "kes-address": "127.0.0.1:0"}, "", "kes-address needs kes-config"),
        ({"kes-config": "/none.yml"}, "", "'/none.yml' cannot be read as a configuration file"),
        ({}, "keystore: { strongroom: { path: x } }\n", "this server keeps keys in its own"),
        ({}, "keystore: { azure: {} }\n", "cannot keep keys in Azure Key Vault"),
        ({}, "keystore: { gcp: {}, fs: { path: x } }\n", "Google Cloud Secret Manager"),
        ({}, "tls: {}\n", "set more than once: tls"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(tmp_path, settings, more, sentence):
    door = Door(tmp_path, more, settings)
    with pytest.raises(RuntimeError) as failure:
        door.start()
    assert sentence in str(failure.value)
    door.strongroom.process.wait(5)


def test_the_door_is_off_without_a_configuration(tmp_path):
    server = Server(tmp_path, {"kes-address": None}).start()
    assert " kes=" not in server.log.read_text()
    assert server.stop() == 0
