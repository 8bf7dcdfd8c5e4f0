"""Several nodes on one PostgreSQL, and a PostgreSQL that is lost, cut off, stalled and found again."""

import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.certificates import make_authority
from support.clients import key_arn, key_id, kms_client, outcome, policy, statement
from support.clock import shifted_clock
from support.nodes import events, logged, node, readiness, wait_for
from support.postgresql import PASSWORD, PostgreSQL
from support.proxy import CuttingProxy
from support.rotation import rotating
from support.secrets import new_name, secrets_client, token
from support.server import BINARY, ROOT, clean_environment, free_port

# What a change on one node may take to be seen on another.
SEEN_SECONDS = 1.0
# What an answer may take when the database is away: never a hang.
ANSWER_SECONDS = 9.0


@pytest.fixture(scope="module")
def postgresql():
    server = PostgreSQL().start()
    yield server
    server.remove()


@pytest.fixture
def running(postgresql):
    """The server, which a test may stop; it runs again afterwards."""
    yield postgresql
    if postgresql.process is None:
        postgresql.start()


@pytest.fixture
def database(postgresql):
    name = f"keys_{random.randrange(1 << 60)}"
    postgresql.create_database(name)
    return name


@pytest.fixture
def start(tmp_path):
    """Starts nodes: the first makes the deployment, the others join it."""
    nodes = []

    def make(address, **more):
        server = node(tmp_path / f"node{len(nodes)}", address, nodes[0] if nodes else None, **more)
        nodes.append(server)
        return server.start()

    yield make
    for server in nodes:
        if server.is_running:
            assert server.stop() == 0, server.log.read_text()[-2000:]
        assert PASSWORD not in server.log.read_text()


@pytest.fixture
def pair(start, postgresql, database):
    address = postgresql.address(database)
    return start(address), start(address)


def test_nodes_that_start_for_the_first_time_at_once_agree(start, postgresql, database, tmp_path):
    """One makes the account; no other keeps credentials that do not exist."""
    first = start(postgresql.address(database))
    assert first.stop() == 0
    # As after the very first moments of a first start: a keyring, and no account.
    postgresql.sql("DELETE FROM strongroom_records WHERE kind LIKE 'iam.%'", database)
    (first.data / "credentials").unlink()
    nodes = [node(tmp_path / f"new{number}", postgresql.address(database), first) for number in range(3)]
    # Nobody's commit gets through until all have looked and found no account.
    hold = "BEGIN; SELECT latest FROM strongroom_feed FOR UPDATE; SELECT pg_sleep(1.5); COMMIT"
    try:
        with ThreadPoolExecutor(len(nodes) + 1) as pool:
            held = pool.submit(postgresql.sql, hold, database)
            list(pool.map(lambda server: server.start(), nodes))
            held.result()
        made = [server for server in nodes if (server.data / "credentials").exists()]
        assert len(made) == 1
        arn = key_arn(kms_client(made[0]))
        for server in nodes:
            assert kms_client(server, made[0].root).describe_key(KeyId=arn)["KeyMetadata"]["Enabled"]
    finally:
        for server in nodes:
            if server.is_running:
                assert server.stop() == 0


def test_a_change_on_one_node_is_seen_on_the_other_within_a_second(pair):
    here, there = (kms_client(server) for server in pair)
    seconds = {}

    def seen(name, code, call, **parameters):
        def is_there():
            found = outcome(call, **parameters)
            return (found if isinstance(found, str) else "ok") == code

        seconds[name] = wait_for(is_there, 5, f"{name}: {outcome(call, **parameters)}")

    for _ in range(5):
        arn = key_arn(here)
        seen("a new key", "ok", there.encrypt, KeyId=arn, Plaintext=b"a")
        blob = there.encrypt(KeyId=arn, Plaintext=b"a")["CiphertextBlob"]
        assert here.decrypt(CiphertextBlob=blob)["Plaintext"] == b"a"
        here.disable_key(KeyId=arn)
        seen("DisableKey", "DisabledException", there.encrypt, KeyId=arn, Plaintext=b"a")
        here.enable_key(KeyId=arn)
        seen("EnableKey", "ok", there.encrypt, KeyId=arn, Plaintext=b"a")
        root = statement(Principal={"AWS": "*"})
        denial = statement("Deny", "kms:Encrypt", Principal={"AWS": "*"})
        here.put_key_policy(KeyId=arn, Policy=policy(root, denial))
        seen("PutKeyPolicy", "AccessDeniedException", there.encrypt, KeyId=arn, Plaintext=b"a")
    assert max(seconds.values()) < SEEN_SECONDS, seconds


def test_a_revoked_grant_and_a_new_user_are_seen_on_the_other_node_within_a_second(pair):
    here, there = pair
    kms = kms_client(here)
    arn = key_arn(kms)
    credentials = here.create_access_key("anna")
    account = arn.split(":")[4]
    user = kms_client(there, credentials)
    request = {"KeyId": arn, "Plaintext": b"a"}
    wait_for(lambda: outcome(user.encrypt, **request) == "AccessDeniedException", SEEN_SECONDS, "the user")
    grant = kms.create_grant(
        KeyId=arn, GranteePrincipal=f"arn:aws:iam::{account}:user/anna", Operations=["Encrypt"]
    )
    wait_for(lambda: isinstance(outcome(user.encrypt, **request), dict), SEEN_SECONDS, "the grant")
    kms.revoke_grant(KeyId=arn, GrantId=grant["GrantId"])
    wait_for(lambda: outcome(user.encrypt, **request) == "AccessDeniedException", SEEN_SECONDS, "its end")


def test_a_change_of_a_secret_is_seen_on_the_other_node_within_a_second(pair):
    """What the other node reads lies in its memory: values, policies, keys and labels."""
    here, there = (secrets_client(server, pair[0].root) for server in pair)
    user = secrets_client(pair[1], pair[0].create_access_key("anna"))
    kms = kms_client(pair[0])
    key, name = key_arn(kms), new_name("shared")
    arn = here.create_secret(Name=name, SecretString="one", KmsKeyId=key)["ARN"]
    account = arn.split(":")[4]
    anna = {"AWS": f"arn:aws:iam::{account}:user/anna"}
    seconds = {}

    def seen(what, expected, client=there, **more):
        def is_seen():
            found = outcome(client.get_secret_value, SecretId=name, **more)
            return (found if isinstance(found, str) else found["SecretString"]) == expected

        seconds[what] = wait_for(is_seen, 5, what)

    seen("a new secret", "one")
    for _ in range(3):
        here.put_secret_value(SecretId=name, SecretString="two")
        seen("a new value", "two")
        seen("a moved label", "one", VersionStage="AWSPREVIOUS")
        kms.disable_key(KeyId=key)
        seen("a disabled key", "DecryptionFailure")
        kms.enable_key(KeyId=key)
        seen("an enabled key", "two")
        seen("no policy", "AccessDeniedException", user)
        allow = statement(action="secretsmanager:GetSecretValue", Principal=anna)
        here.put_resource_policy(SecretId=name, ResourcePolicy=policy(allow))
        root = statement(Principal={"AWS": account})
        decrypt = statement(action="kms:Decrypt", Principal=anna)
        kms.put_key_policy(KeyId=key, Policy=policy(root, decrypt))
        seen("policies", "two", user)
        here.delete_resource_policy(SecretId=name)
        seen("a policy's end", "AccessDeniedException", user)
        here.delete_secret(SecretId=name)
        seen("a deletion", "InvalidRequestException")
        here.restore_secret(SecretId=name)
        seen("a restored secret", "two")
        versions = here.describe_secret(SecretId=name)["VersionIdsToStages"]
        (current,) = (version for version, stages in versions.items() if stages == ["AWSCURRENT"])
        (first,) = (version for version, stages in versions.items() if stages == ["AWSPREVIOUS"])
        here.update_secret_version_stage(
            SecretId=name,
            VersionStage="AWSCURRENT",
            MoveToVersionId=first,
            RemoveFromVersionId=current,
        )
        seen("a label moved back", "one")
    assert max(seconds.values()) < SEEN_SECONDS, seconds


def test_of_writers_on_both_nodes_one_wins(pair):
    """The same name, or the same version, at the same moment."""
    name, version = new_name("raced"), token()
    calls = {
        "create_secret": {"Name": name},
        "put_secret_value": {"SecretId": name, "ClientRequestToken": version},
    }
    for call, members in calls.items():
        barrier = threading.Barrier(8)

        def write(number, call=call, members=members, barrier=barrier):
            client = secrets_client(pair[number % 2], pair[0].root)
            barrier.wait()
            return outcome(getattr(client, call), SecretString=f"by {number}", **members)

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(write, range(8)))
        winners = [number for number, answer in enumerate(found) if not isinstance(answer, str)]
        assert len(winners) == 1 and found.count("ResourceExistsException") == 7, found
        for server in pair:
            client = secrets_client(server, pair[0].root)

            def is_seen(client=client, kept=f"by {winners[0]}"):
                answer = outcome(client.get_secret_value, SecretId=name)
                return not isinstance(answer, str) and answer["SecretString"] == kept

            wait_for(is_seen, SEEN_SECONDS, "the winner's value is not seen")


def test_what_is_due_is_done_by_one_node_only_and_told_once(start, postgresql, database, tmp_path):
    """Two nodes come up 91 days later, when twenty keys are to be deleted and ten to be rotated."""
    address = postgresql.address(database)
    first, second = start(address), start(address)
    kms = kms_client(first)
    doomed = [key_arn(kms) for _ in range(20)]
    turning = [key_arn(kms) for _ in range(10)]
    for arn in doomed:
        kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    for arn in turning:
        kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=90)
    for server in (first, second):
        assert server.stop() == 0
        server.environment.update(shifted_clock(tmp_path, days=91))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: server.start(), (first, second)))
    done = {"DeleteKey": doomed, "RotateKey": turning}

    def told():
        return [
            event
            for server in (first, second)
            for event in events(server)
            if event["eventName"] in done and event["eventType"] == "AwsServiceEvent"
        ]

    wait_for(lambda: len(told()) >= 30, 40, "what is due is not done")
    time.sleep(1)
    for name, arns in done.items():
        named = [event["resources"][0]["ARN"] for event in told() if event["eventName"] == name]
        assert sorted(named) == sorted(arns), name


def test_a_secret_whose_window_opens_is_rotated_by_one_node_only(start, postgresql, database, tmp_path):
    """Two nodes come up a month later, when ten secrets are to be rotated."""
    address = postgresql.address(database)
    nodes = [start(address), start(address)]
    secrets = secrets_client(nodes[0])
    template = ("--template", "v_{{hex:16}}")
    rotator = nodes[0].command("rotator", "add", "template", *template).stdout.strip()
    names = [new_name("due") for _ in range(10)]
    arns = [secrets.create_secret(Name=name, SecretString="first")["ARN"] for name in names]
    for number, name in enumerate(names):
        # Both nodes hear of rotations that they did not begin.
        client = secrets_client(nodes[number % 2], nodes[0].root)
        client.rotate_secret(
            SecretId=name, RotationLambdaARN=rotator, RotationRules={"AutomaticallyAfterDays": 30}
        )

    def told(name):
        """The secrets that events of a name are about, from all nodes' trails."""
        return sorted(
            resource["ARN"]
            for server in nodes
            for event in events(server)
            for resource in event.get("resources", [])
            if event["eventName"] == name and resource.get("ARN") in arns
        )

    wait_for(lambda: len(told("RotationSucceeded")) >= len(arns), 30, "the rotations do not end")
    values = {name: secrets.get_secret_value(SecretId=name)["SecretString"] for name in names}
    assert len(set(values.values())) == len(names) and "first" not in values.values()
    for server in nodes:
        assert server.stop() == 0
        server.environment.update(shifted_clock(tmp_path, days=31))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: server.start(), nodes))
    wait_for(lambda: len(told("RotationSucceeded")) >= 2 * len(arns), 30, "what is due is not rotated")
    time.sleep(1)
    for name in ("RotationStarted", "PutSecretValue", "UpdateSecretVersionStage", "RotationSucceeded"):
        assert told(name) == sorted(2 * arns), name


def test_a_rotation_whose_node_is_killed_is_finished_by_the_other(pair):
    """The function has set the password, and nobody is there any more to whom it could say so."""
    here, there = pair
    assert there.stop() == 0
    function_database, runtime = rotating(here, "one")
    with runtime:
        options = ("--lambda-endpoint", runtime.endpoint)
        rotator = here.command("rotator", "add", "function", *options).stdout.strip()
        name = new_name("moving")
        secrets = secrets_client(here)
        secrets.create_secret(Name=name, SecretString="one")
        runtime.hold("setSecret", "after")
        version = secrets.rotate_secret(SecretId=name, RotationLambdaARN=rotator)["VersionId"]
        assert runtime.reached.wait(30)
        there.start()
        secrets = secrets_client(there, here.root)
        runtime.handler.client = secrets
        here.kill()
        runtime.let_go()
        assert secrets.get_secret_value(SecretId=name)["SecretString"] == "one"

        def is_done():
            return secrets.describe_secret(SecretId=name)["VersionIdsToStages"][version] == ["AWSCURRENT"]

        wait_for(is_done, 30, "the other node does not finish the rotation")
        value = secrets.get_secret_value(SecretId=name)["SecretString"]
        assert value == function_database.password != "one"
        assert runtime.steps == ["createSecret", "setSecret", "setSecret", "testSecret", "finishSecret"]
        here.start()
        named = [event["eventName"] for server in pair for event in events(server)]
        wait_for(lambda: "RotationSucceeded" in named, 1, "no trail tells")
        assert named.count("RotationStarted") == named.count("RotationSucceeded") == 1


class Load:
    """Clients that make keys, name them and encrypt with them, and remember what was acknowledged."""

    def __init__(self, servers, threads=4):
        self.kept, self.failures, self.slowest = [], [], 0
        self.ends = threading.Event()
        self.threads = [
            threading.Thread(target=self.work, args=(servers[number % len(servers)],))
            for number in range(threads)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def work(self, server):
        kms = kms_client(server)
        while not self.ends.is_set():
            started = time.monotonic()
            try:
                arn = key_arn(kms)
                alias = f"alias/{key_id(arn)}"
                kms.create_alias(AliasName=alias, TargetKeyId=arn)
                blob = kms.encrypt(KeyId=alias, Plaintext=alias.encode())["CiphertextBlob"]
                self.kept.append((alias, arn, blob))
            except ClientError as error:
                self.failures.append(error.response)
                time.sleep(0.02)
            except BotoCoreError as error:
                self.failures.append(repr(error))
            self.slowest = max(self.slowest, time.monotonic() - started)

    def check(self, *clients, at_least):
        """All that was acknowledged is there, whichever node is asked; what failed can be tried again."""
        for failure in self.failures:
            assert failure["ResponseMetadata"]["HTTPStatusCode"] >= 500, failure
        assert len(self.kept) >= at_least
        for (alias, arn, blob), kms in zip(self.kept, itertools.cycle(clients), strict=False):
            assert kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == arn
            assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == alias.encode()


def warm(clients, arn):
    """Brings a key into the memory of nodes, after they have heard of its creation."""
    time.sleep(SEEN_SECONDS)
    for kms in clients:
        kms.encrypt(KeyId=arn, Plaintext=b"in memory")


def test_a_database_that_stops_and_comes_back_under_load_loses_nothing(start, running, database):
    address = running.address(database)
    nodes = [start(address), start(address)]
    clients = [kms_client(server) for server in nodes]
    arn = key_arn(clients[0])
    warm(clients, arn)
    strange = key_arn(clients[0])
    with Load(nodes) as load:
        time.sleep(1)
        running.stop(signal.SIGQUIT)
        wait_for(lambda: readiness(nodes[0]) == 503 == readiness(nodes[1]), 10, "it still says it is ready")
        ends = time.monotonic() + 4
        while time.monotonic() < ends:
            for kms in clients:
                kms.encrypt(KeyId=arn, Plaintext=b"still")
            started = time.monotonic()
            for refusal in (
                outcome(clients[1].describe_key, KeyId=strange),
                outcome(clients[0].disable_key, KeyId=arn),
            ):
                assert refusal == "KMSInternalException"
            assert time.monotonic() - started < ANSWER_SECONDS
        running.start()
        wait_for(lambda: readiness(nodes[0]) == 200 == readiness(nodes[1]), 10, "it is not ready again")
        time.sleep(1)
    assert load.slowest < 2 * ANSWER_SECONDS
    load.check(*clients, at_least=10)
    for kms, server in zip(clients, nodes, strict=True):
        assert kms.describe_key(KeyId=strange)["KeyMetadata"]["Arn"] == strange
        assert logged(server, "contact with the store is lost") == 1
        assert logged(server, "contact with the store is regained") == 1
        server.command("trail", "verify")


def test_a_database_that_restarts_quickly_is_not_missed(start, running, database):
    server = start(running.address(database))
    with Load([server], threads=2) as load:
        for _ in range(3):
            time.sleep(0.5)
            running.stop(signal.SIGINT)
            running.start()
    load.check(kms_client(server), at_least=3)


def test_requests_are_refused_when_the_store_is_away_for_too_long(start, running, database):
    server = start(running.address(database), settings={"store-outage-max": "2"})
    kms = kms_client(server)
    arn = key_arn(kms)
    warm([kms], arn)
    running.stop()
    started = time.monotonic()
    assert isinstance(outcome(kms.encrypt, KeyId=arn, Plaintext=b"a"), dict)
    took = wait_for(
        lambda: outcome(kms.encrypt, KeyId=arn, Plaintext=b"a") == "ServiceUnavailableException",
        10,
        "it goes on",
    )
    assert took > 1
    assert outcome(kms.list_keys) == "ServiceUnavailableException"
    with pytest.raises(ClientError) as caught:
        kms.encrypt(KeyId=arn, Plaintext=b"a")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert time.monotonic() - started < 15
    running.start()
    wait_for(
        lambda: isinstance(outcome(kms.encrypt, KeyId=arn, Plaintext=b"a"), dict), 10, "it does not recover"
    )
    for said in (
        "is lost: what is in memory is used for up to 2 s",
        "requests are refused until",
        "is regained after",
    ):
        assert logged(server, said) == 1, said


@pytest.mark.parametrize("how", ["by the server", "by the network"])
def test_connections_cut_in_the_middle_of_commits_lose_nothing(start, postgresql, database, how):
    proxy = CuttingProxy(postgresql.port, bytes_max=60_000 if how == "by the network" else None)
    server = start(postgresql.address(database, port=proxy.port))
    with Load([server], threads=6) as load:
        ends = time.monotonic() + 5
        cuts = 0
        while time.monotonic() < ends:
            if how == "by the server":
                cuts += postgresql.cut_connections()
            time.sleep(0.05)
    proxy.bytes_max = None
    wait_for(lambda: readiness(server) == 200, 10, "it is not ready again")
    assert max(cuts, proxy.cuts) > 10
    kms = kms_client(server)
    wait_for(lambda: isinstance(outcome(kms.list_keys), dict), 10, "it does not recover")
    load.check(kms, at_least=20)
    proxy.close()


def test_a_network_that_goes_silent_is_told_within_seconds(start, postgresql, database):
    proxy = CuttingProxy(postgresql.port)
    server = start(postgresql.address(database, port=proxy.port))
    kms = kms_client(server)
    arn, strange = key_arn(kms), key_arn(kms)
    warm([kms], arn)
    proxy.stall()
    with ThreadPoolExecutor(20) as pool:
        started = time.monotonic()
        waiting = [
            pool.submit(outcome, kms.describe_key, KeyId=strange[:-1] + digit) for digit in "0123456789"
        ]
        waiting += [pool.submit(outcome, kms.create_key) for _ in range(10)]
        assert isinstance(outcome(kms.encrypt, KeyId=arn, Plaintext=b"still"), dict)
        assert time.monotonic() - started < 2
        for answer in waiting:
            assert answer.result() == "KMSInternalException"
        assert time.monotonic() - started < ANSWER_SECONDS + 4
    assert readiness(server) == 503
    proxy.flow()
    wait_for(lambda: readiness(server) == 200, 15, "it is not ready again")
    wait_for(lambda: isinstance(outcome(kms.create_key), dict), 10, "it does not recover")
    assert logged(server, "contact with the store is lost") == 1
    proxy.close()


def test_the_database_is_spoken_to_over_tls_with_its_name_verified(start, tmp_path):
    authority = make_authority(tmp_path, "database.test", hosts=["localhost"])
    stranger = make_authority(tmp_path, "stranger.test", hosts=["localhost"])
    postgresql = PostgreSQL({"ssl": "on"})
    try:
        postgresql.adopt("server.crt", authority.certificate)
        postgresql.adopt("server.key", authority.key)
        (postgresql.data / "pg_hba.conf").write_text("hostssl all all all scram-sha-256\n")
        postgresql.start()
        base = postgresql.address().replace("127.0.0.1", "localhost")
        trusting = f"?sslmode=verify-full&sslrootcert={authority.root}"
        for address, reason in (
            (f"{base}?sslmode=verify-full&sslrootcert={stranger.root}", "certificate verify failed"),
            (f"{postgresql.address()}{trusting}", "does not match host name"),
            (f"{base}?sslmode=disable", "no encryption"),
        ):
            done = refused_start(tmp_path / "refused", address)
            assert reason in done.stderr and "store" in done.stderr, done.stderr
        kms = kms_client(start(base + trusting))
        assert kms.encrypt(KeyId=key_arn(kms), Plaintext=b"a")
        spoken = postgresql.sql(
            "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
            "WHERE application_name = 'strongroom'"
        )
        assert len(spoken) >= 2 and {row[0] for row in spoken} == {"t"}
    finally:
        postgresql.remove()


def refused_start(data, address):
    """A start that cannot succeed: it says why in one line, without the password."""
    started = time.monotonic()
    done = subprocess.run(
        [BINARY, "serve", "--data", data, "--aws-address", "127.0.0.1:0", "--console-address", "off"],
        capture_output=True,
        text=True,
        timeout=60,
        env=clean_environment(STRONGROOM_STORE=address),
    )
    assert done.returncode not in (0, -4, -6, -11), done
    assert "Fatal error" not in done.stderr and PASSWORD not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert time.monotonic() - started < 20
    return done


def test_a_database_that_is_not_there_or_is_something_else_ends_the_start(tmp_path, postgresql):
    nobody = postgresql.address(port=1)
    assert "refused" in refused_start(tmp_path / "a", nobody).stderr
    assert "does not exist" in refused_start(tmp_path / "b", postgresql.address("nowhere")).stderr
    wrong = postgresql.address().replace(PASSWORD, PASSWORD[:-1])
    assert "password authentication failed" in refused_start(tmp_path / "c", wrong).stderr
    noise = random.Random(7)
    for _ in range(4):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            answer = bytes([noise.choice(b"RNSE"), 0, 0, 0, noise.randrange(4, 90)]) + noise.randbytes(500)
            threading.Thread(target=babble, args=(listener, answer), daemon=True).start()
            refused_start(tmp_path / "d", postgresql.address(port=listener.getsockname()[1]))


def babble(listener, answer):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(1024)
            connection.sendall(answer)


class Front:
    """What a client needs to know of the proxy."""

    def __init__(self, port, root):
        self.endpoint, self.root = f"http://127.0.0.1:{port}", root


def answers(kms):
    """Whether anything answers."""
    try:
        kms.list_keys()
    except (BotoCoreError, ClientError):
        return False
    return True


def test_behind_haproxy_a_node_may_come_and_go(pair, tmp_path):
    """The example's configuration, with the ports of this test."""
    text = (ROOT / "examples" / "haproxy.cfg").read_text()
    front = free_port()
    text = text.replace("bind :7370", f"bind 127.0.0.1:{front}")
    for number, server in enumerate(pair, 1):
        console = server.settings["console-address"].split(":")[1]
        example = f"node{number}.internal:7370 port 7378"
        assert example in text
        text = text.replace(example, f"127.0.0.1:{server.port} port {console}")
    (tmp_path / "haproxy.cfg").write_text(text)
    haproxy = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    assert haproxy, "HAProxy is not installed: run scripts/install-system"
    process = subprocess.Popen([haproxy, "-db", "-f", tmp_path / "haproxy.cfg"], stderr=subprocess.DEVNULL)
    try:
        kms = kms_client(Front(front, pair[0].root))
        wait_for(lambda: answers(kms), 10, "HAProxy does not serve")
        arn = key_arn(kms)
        for server in pair:
            for _ in range(20):
                assert kms.encrypt(KeyId=arn, Plaintext=b"a")
            assert server.stop() == 0
            wait_for(lambda: answers(kms), 10, "the other one is not used")
            server.start()
            wait_for(lambda server=server: readiness(server) == 200, 10, "the node is not ready")
            time.sleep(2.5)
        served = [any(event["eventName"] == "Encrypt" for event in events(server)) for server in pair]
        assert served == [True, True]
    finally:
        process.terminate()
        process.wait(10)
