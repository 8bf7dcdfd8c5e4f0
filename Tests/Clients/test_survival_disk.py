"""A full disk: what cannot be kept or told is refused, nothing is half done, and room heals it all."""

import http.client
import threading

import pytest

from support.disk import Disks, eventually
from support.raw import RawClient
from support.server import Server, free_port
from test_survival_kill import all_keys, policy, told_requests

STORE_KILOBYTES = 12 << 10
TRAIL_KILOBYTES = 4 << 10
REFUSED_BY_TRAIL = (503, "ServiceUnavailableException")
REFUSED_BY_STORE = (500, "KMSInternalException")
CLIENTS = 8


@pytest.fixture
def disks():
    disks = Disks()
    yield disks
    disks.close()


class Scene:
    """A server whose store and trail lie on disks of their own, with a key that it knows."""

    def __init__(self, disks, tmp_path, durability, shared=False):
        data = tmp_path / "data"
        self.store = disks.mount(data, STORE_KILOBYTES)
        self.trail = self.store if shared else disks.mount(data / "trail", TRAIL_KILOBYTES)
        self.console = free_port()
        settings = {"console-address": f"127.0.0.1:{self.console}", "audit-durability": durability}
        self.server = Server(tmp_path, settings, prefix=disks.prefix)
        # The server sees its data where it is mounted; the test may have to look elsewhere.
        self.server.settings["data"] = data
        self.server.data = disks.seen(data)
        self.data = data
        self.server.start()
        self.client = RawClient(self.server)
        self.key = self.client.call("CreateKey").json["KeyMetadata"]["Arn"]
        self.made = {self.key}
        self.told = []

    def readiness(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.console, timeout=10)
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def is_unready(self, reason=""):
        """Whether the server says that it is not ready, and why; it looks twice a second."""
        status, said = self.readiness()
        return status == 503 and reason in said

    def call(self, operation, **parameters):
        """An answer's status and code; what was acknowledged is remembered."""
        answer = self.client.call(operation, **parameters)
        if answer.status == 200:
            self.told.append(answer.request_id)
            if operation == "CreateKey":
                self.made.add(answer.json["KeyMetadata"]["Arn"])
        return answer.status, answer.code

    def encrypt(self):
        return self.call("Encrypt", KeyId=self.key, Plaintext="YQ==")

    def encrypt_until_refused(self):
        for _ in range(10_000):
            answer = self.encrypt()
            if answer == REFUSED_BY_TRAIL:
                return
            assert answer == (200, None)
        raise AssertionError("the trail's disk is not full")

    def create_keys_until_refused(self):
        """Several clients make keys until each is refused; gives the refusals."""
        refusals = []

        def make():
            with RawClient(self.server) as client:
                while (answer := client.call("CreateKey", Description="d" * 4000)).status == 200:
                    self.made.add(answer.json["KeyMetadata"]["Arn"])
                    self.told.append(answer.request_id)
                refusals.append((answer.status, answer.code))

        threads = [threading.Thread(target=make) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refusals) == CLIENTS
        return set(refusals)

    def assert_whole(self):
        """What was acknowledged, and no more, is there; and the trail tells of all of it."""
        assert all_keys(self.client) == self.made
        assert told_requests(self.server.data).issuperset(self.told)
        assert self.encrypt() == (200, None)
        assert self.server.stop() == 0
        verified = self.server.command("trail", "verify", data=self.data)
        assert verified.stdout.startswith("verified ")


@pytest.fixture
def make_scene(disks, tmp_path):
    """Makes the test's scene, and ends its server however the test ends."""
    scenes = []

    def make(durability="operating-system", **options):
        scenes.append(Scene(disks, tmp_path, durability, **options))
        return scenes[-1]

    yield make
    for scene in scenes:
        if scene.server.is_running:
            scene.server.kill()


@pytest.fixture(params=["operating-system", "disk"])
def scene(request, make_scene):
    return make_scene(request.param)


def test_a_full_store_refuses_changes_and_goes_on_encrypting(scene):
    assert scene.readiness()[0] == 200
    with scene.store.full():
        assert scene.create_keys_until_refused() == {REFUSED_BY_STORE}
        before = scene.client.call("GetKeyPolicy", KeyId=scene.key).json["Policy"]
        account = scene.key.split(":")[4]
        asked = policy(account, "x" * 20_000)
        assert scene.call("PutKeyPolicy", KeyId=scene.key, Policy=asked) == REFUSED_BY_STORE
        assert scene.client.call("GetKeyPolicy", KeyId=scene.key).json["Policy"] == before
        assert all_keys(scene.client) == scene.made
        for _ in range(50):
            assert scene.encrypt() == (200, None)
        eventually(lambda: scene.is_unready("store"))
    eventually(lambda: scene.readiness()[0] == 200)
    assert scene.call("PutKeyPolicy", KeyId=scene.key, Policy=policy(account, "new")) == (200, None)
    assert scene.call("CreateKey") == (200, None)
    scene.assert_whole()
    assert "the store is full" in scene.server.log.read_text()


@pytest.mark.parametrize("leaving", [0, 4096, 100_000, 400_000])
def test_a_change_is_never_done_that_a_full_trail_cannot_tell(scene, leaving):
    assert scene.readiness()[0] == 200
    with scene.trail.full(leaving):
        # Nothing but changes, so that the event that finds no room would be that of a change.
        assert scene.create_keys_until_refused() == {REFUSED_BY_TRAIL}
        scene.encrypt_until_refused()
        eventually(lambda: scene.is_unready())
    eventually(lambda: scene.readiness()[0] == 200)
    assert scene.call("CreateKey") == (200, None)
    scene.assert_whole()


def test_a_full_trail_refuses_every_request(scene):
    with scene.trail.full():
        scene.encrypt_until_refused()
        # Each lane of the trail may still have room that it took before, and then no longer.
        for operation in ("CreateKey", "ListKeys", "GetKeyPolicy", "Decrypt", "NoSuchOperation"):
            assert any(scene.call(operation) == REFUSED_BY_TRAIL for _ in range(3_000))
        assert scene.call("DisableKey", KeyId=scene.key) == REFUSED_BY_TRAIL
        eventually(lambda: scene.is_unready("trail"))
    eventually(lambda: scene.readiness()[0] == 200)
    assert scene.encrypt() == (200, None)
    scene.assert_whole()
    assert "No space left on device" in scene.server.log.read_text()


def test_one_full_disk_for_both_leaves_nothing_half_done(make_scene):
    scene = make_scene(shared=True)
    for leaving in (0, 50_000, 1_000_000):
        with scene.store.full(leaving):
            assert scene.create_keys_until_refused() <= {REFUSED_BY_TRAIL, REFUSED_BY_STORE}
            scene.encrypt_until_refused()
            eventually(lambda: scene.is_unready())
        eventually(lambda: scene.readiness()[0] == 200)
        assert all_keys(scene.client) == scene.made
    # A kill on a full disk, and a start once there is room.
    with scene.store.full():
        scene.create_keys_until_refused()
        scene.server.kill()
    scene.server.start()
    scene.client = RawClient(scene.server)
    scene.assert_whole()


def test_a_start_on_a_full_disk_refuses_what_it_must_and_heals(make_scene):
    scene = make_scene()
    scene.server.kill()
    with scene.trail.full():
        scene.server.start()
        scene.client = RawClient(scene.server)
        scene.encrypt_until_refused()
        assert scene.create_keys_until_refused() == {REFUSED_BY_TRAIL}
        eventually(lambda: scene.is_unready())
        scene.server.kill()
    with scene.store.full():
        scene.server.start()
        scene.client = RawClient(scene.server)
        assert scene.encrypt() == (200, None)
        assert scene.create_keys_until_refused() == {REFUSED_BY_STORE}
    scene.assert_whole()
