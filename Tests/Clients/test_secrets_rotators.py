"""Rotation by the built-in rotators, at a real PostgreSQL and a real Redis."""

import itertools
import json
import subprocess
import threading
import time

import pytest

from support.cli import CLI
from support.clients import refused
from support.nodes import events, logged, wait_for
from support.postgresql import PASSWORD, USER, PostgreSQL, program
from support.redis import ADMINISTRATOR, Redis
from support.redis import PASSWORD as REDIS_PASSWORD
from support.secrets import new_name, secrets_client
from support.server import Server
from support.tls import self_signed

SECONDS = 30
INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def postgresql(tls):
    """A server with TLS that writes every statement into its log."""
    settings = {"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"}
    server = PostgreSQL({**settings, "log_statement": "all"})
    for name, path in zip(("server.crt", "server.key"), tls, strict=True):
        server.adopt(name, path)
    server.start()
    server.sql("CREATE TABLE greetings (text text)")
    server.sql("INSERT INTO greetings VALUES ('hello')")
    yield server
    server.remove()


@pytest.fixture(scope="module")
def redis(tls):
    server = Redis(*tls).start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def secrets(server):
    return secrets_client(server)


def new_user(postgresql):
    """A user who may read the table, and its password."""
    user = new_name("user").replace("/", "-")
    postgresql.sql(f"CREATE ROLE \"{user}\" LOGIN PASSWORD 'first'")
    postgresql.sql(f'GRANT SELECT ON greetings TO "{user}"')
    return user, "first"


def database_value(postgresql, user, password, **more):
    place = {"engine": "postgres", "host": "127.0.0.1", "port": postgresql.port, "dbname": "postgres"}
    return json.dumps({**place, "username": user, "password": password, "note": "kept", **more})


def greeting(value, tls):
    """What a client reads whose secret has this value; it raises where it is not let in."""
    done = subprocess.run(
        [program("psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--command"]
        + ["SELECT text FROM greetings"],
        env={
            "PGHOST": value["host"],
            "PGPORT": str(value["port"]),
            "PGDATABASE": value["dbname"],
            "PGUSER": value["username"],
            "PGPASSWORD": value["password"],
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(tls[0]),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def opens(value, tls):
    try:
        return greeting(value, tls) == "hello"
    except AssertionError:
        return False


def value_of(secrets, name, stage="AWSCURRENT"):
    return json.loads(secrets.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"])


def new_rotator(server, *options):
    name = new_name("rotator").replace("/", "-")
    return server.command("rotator", "add", name, *options).stdout.strip()


def postgresql_rotator(server, tls, users, *options):
    settings = ("--set", "hosts=127.0.0.1", "--set", f"ca-file={tls[0]}")
    return new_rotator(server, "--postgresql", users, *settings, *options)


def new_master(secrets, postgresql):
    """The secret of the superuser."""
    value = database_value(postgresql, USER, PASSWORD)
    return secrets.create_secret(Name=new_name("master"), SecretString=value)["ARN"]


def is_current(secrets, name, version):
    return secrets.describe_secret(SecretId=name)["VersionIdsToStages"].get(version) == ["AWSCURRENT"]


def rotate(secrets, name, rotator):
    version = secrets.rotate_secret(SecretId=name, RotationLambdaARN=rotator)["VersionId"]
    wait_for(lambda: is_current(secrets, name, version), SECONDS, "the rotation does not end")


class Application:
    """A client that reads its secret and connects with it, over and over, in a thread."""

    def __init__(self, server, name, tls):
        self.secrets = secrets_client(server)
        self.name, self.tls = name, tls
        self.users, self.failures = [], []
        self.is_over = False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over:
            try:
                value = value_of(self.secrets, self.name)
                assert greeting(value, self.tls) == "hello"
                self.users.append(value["username"])
            except Exception as error:
                self.failures.append(error)

    def wait_for_visits(self, count):
        until = len(self.users) + count
        wait_for(lambda: len(self.users) >= until or self.failures, SECONDS, "the client does not connect")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()


def test_alternating_users_leave_no_client_outside(server, secrets, postgresql, tls, tmp_path):
    """The proof that the issue asks for: with the AWS CLI, while a client connects without one failure."""
    user, password = new_user(postgresql)
    master = new_master(secrets, postgresql)
    rotator = postgresql_rotator(server, tls, "alternating", "--may-read", master)
    cli = CLI(server, tmp_path)
    cli.add_profile("root", server.root.access_key, server.root.secret_key)
    name = new_name("application")
    value = database_value(postgresql, user, password, masterarn=master)
    cli.run("root", "secretsmanager", "create-secret", "--name", name, "--secret-string", value)
    with Application(server, name, tls) as application:
        for _ in range(3):
            application.wait_for_visits(3)
            words = ("rotate-secret", "--secret-id", name, "--rotation-lambda-arn", rotator)
            version = cli.run("root", "secretsmanager", *words)["VersionId"]
            wait_for(lambda v=version: is_current(secrets, name, v), SECONDS, "the rotation does not end")
        application.wait_for_visits(3)
    assert application.failures == []
    turns = [user for user, _ in itertools.groupby(application.users)]
    assert turns == [user, f"{user}_clone", user, f"{user}_clone"]
    last = value_of(secrets, name)
    assert last["note"] == "kept" and last["masterarn"] == master
    assert opens(value_of(secrets, name, "AWSPREVIOUS"), tls)


def test_a_single_user_and_no_password_in_any_log(server, secrets, postgresql, tls):
    user, password = new_user(postgresql)
    rotator = postgresql_rotator(server, tls, "single", "--set", "password-length=40")
    name = new_name("single")
    secrets.create_secret(Name=name, SecretString=database_value(postgresql, user, password, ssl=True))
    seen = []
    for _ in range(2):
        rotate(secrets, name, rotator)
        value = value_of(secrets, name)
        assert greeting(value, tls) == "hello" and len(value["password"]) == 40
        assert not opens(value_of(secrets, name, "AWSPREVIOUS"), tls)
        seen.append(value["password"])
    told = postgresql.log.read_text()
    assert "ALTER ROLE" in told and "SCRAM-SHA-256" in told
    told += server.log.read_text() + json.dumps(events(server))
    assert not any(password in told for password in seen)


@pytest.mark.parametrize("users", ["single", "alternating"])
def test_a_rotation_survives_kills_at_any_moment(tmp_path, postgresql, tls, users):
    server = Server(tmp_path).start()
    try:
        secrets = secrets_client(server)
        user, password = new_user(postgresql)
        master = new_master(secrets, postgresql)
        rotator = postgresql_rotator(server, tls, users, "--may-read", master)
        name = new_name("killed")
        more = {"masterarn": master} if users == "alternating" else {}
        secrets.create_secret(Name=name, SecretString=database_value(postgresql, user, password, **more))
        secrets.rotate_secret(
            SecretId=name,
            RotationLambdaARN=rotator,
            RotateImmediately=False,
            RotationRules={"AutomaticallyAfterDays": 30},
        )

        def stages():
            return list(secrets.describe_secret(SecretId=name)["VersionIdsToStages"].values())

        wait_for(lambda: stages() == [["AWSCURRENT"]], SECONDS, "the test does not end")
        unfinished = 0
        for delay in (0, 0.04, 0.08, 0.12, 0.18, 0.3):
            version = secrets.rotate_secret(SecretId=name)["VersionId"]
            time.sleep(delay)
            server.kill()
            server.start()
            unfinished += not is_current(secrets, name, version)
            if users == "alternating":
                assert opens(value_of(secrets, name), tls)
            wait_for(lambda v=version: is_current(secrets, name, v), SECONDS, "the rotation does not end")
            assert opens(value_of(secrets, name), tls)
        assert unfinished > 0
        assert logged(server, "a step of a rotation failed") == 0
    finally:
        server.kill()


def test_redis_takes_both_passwords_while_they_change(server, secrets, redis, tls):
    redis.ask(ADMINISTRATOR, REDIS_PASSWORD, "ACL", "SETUSER", "app", "on", ">first", "~*", "+get")
    place = {"engine": "redis", "host": "127.0.0.1", "port": str(redis.port), "ssl": True}
    master = secrets.create_secret(
        Name=new_name("redis-master"),
        SecretString=json.dumps({**place, "username": ADMINISTRATOR, "password": REDIS_PASSWORD}),
    )["ARN"]
    name = new_name("redis")
    value = {**place, "username": "app", "password": "first", "masterarn": master}
    secrets.create_secret(Name=name, SecretString=json.dumps(value))
    settings = ("--set", f"hosts=127.0.0.1:{redis.port}", "--set", f"ca-file={tls[0]}")
    rotator = new_rotator(server, "--redis", "--may-read", master, *settings)
    passwords = ["first"]
    for _ in range(2):
        rotate(secrets, name, rotator)
        passwords.append(value_of(secrets, name)["password"])
        answers = [redis.ask("app", password, "GET", "x") for password in passwords]
        # The current one and the one before it.
        assert [answer == "" for answer in answers] == [False] * (len(passwords) - 2) + [True, True]
    redis.stop()
    redis.start()
    assert redis.ask("app", passwords[-1], "GET", "x") == ""


def test_a_value_after_a_template(server, secrets):
    rotator = new_rotator(
        server,
        *("--template", '{"api-key": "k_{{hex:16}}", "password": "{{password}}"}'),
        *("--set", "password-length=20", "--set", "exclude-punctuation=true"),
    )
    name = new_name("template")
    secrets.create_secret(Name=name, SecretString='{"user": "u", "api-key": "old"}')
    rotate(secrets, name, rotator)
    value = value_of(secrets, name)
    assert list(value) == ["user", "api-key", "password"] and value["user"] == "u"
    assert len(value["api-key"]) == 34 and value["password"].isalnum() and len(value["password"]) == 20
    assert value_of(secrets, name, "AWSPREVIOUS")["api-key"] == "old"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--postgresql", "both"], "single or alternating"),
        (["--redis", "--set", "password-length=1"], "No password of 1"),
        (["--redis", "--set", "colour=red"], "no setting colour"),
        (["--template", "nothing"], "generates nothing"),
        (["--template", '{"a": "{{password}}"'], "JSON"),
    ],
)
def test_wrong_settings_are_refused_when_a_rotator_is_registered(server, options, reason):
    done = server.command("rotator", "add", "never", *options, check=False)
    assert done.returncode != 0 and reason in done.stderr
    assert "never" not in server.command("rotator", "list").stdout


def told(server, arn, text):
    """The lines of the log on a secret that have a text."""
    return [line for line in server.log.read_text().splitlines() if arn in line and text in line]


@pytest.mark.parametrize("fault", ["host", "metadata", "master", "password-less", "trust", "clone"])
def test_what_a_rotator_may_not_do_it_does_not(server, secrets, postgresql, tls, fault):
    """The log tells why; the password of the user and the value that clients read are as before."""
    user, password = new_user(postgresql)
    master = new_master(secrets, postgresql)
    value = database_value(postgresql, user, password, masterarn=master)
    may_read = ("--may-read", master)
    match fault:
        case "host":
            # Without a list of hosts, the machine itself is not called.
            rotator = new_rotator(server, "--postgresql", "single", "--set", f"ca-file={tls[0]}")
            reason = "the address is the machine's own"
        case "metadata":
            value = json.dumps({**json.loads(value), "host": "169.254.169.254"})
            rotator = new_rotator(server, "--postgresql", "single", "--set", "hosts=169.254.169.254")
            reason = "the address is link-local"
        case "master":
            rotator = postgresql_rotator(server, tls, "alternating")
            reason = "AccessDeniedException"
        case "password-less":
            rotator = postgresql_rotator(server, tls, "alternating", *may_read)
            value = json.dumps({**json.loads(value), "password": ""})
            reason = "has no password"
        case "trust":
            # A server that does not ask for the password.
            rules = postgresql.data / "pg_hba.conf"
            rules.write_text(f'host all "{user}" 127.0.0.1/32 trust\n{rules.read_text()}')
            postgresql.sql("SELECT pg_reload_conf()")
            rotator = postgresql_rotator(server, tls, "single")
            reason = "without asking for the password"
        case "clone":
            # Somebody's user that is only called like a clone.
            postgresql.sql(f"CREATE ROLE \"{user}_clone\" LOGIN PASSWORD 'other'")
            rotator = postgresql_rotator(server, tls, "alternating", *may_read)
            reason = "is no member"
    name = new_name("refused")
    arn = secrets.create_secret(Name=name, SecretString=value)["ARN"]
    before = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    secrets.rotate_secret(SecretId=name, RotationLambdaARN=rotator)
    wait_for(lambda: told(server, arn, "result=failed"), SECONDS, "the rotation does not fail")
    assert reason in told(server, arn, "a step of a rotation failed")[0]
    assert opens(json.loads(database_value(postgresql, user, password)), tls)
    current = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert {version: current[version] for version in before} == before
    assert json.loads(secrets.get_secret_value(SecretId=name)["SecretString"]) == json.loads(value)


class HeldRoles:
    """As long as it lasts, whoever would change a role waits in the server; logging in goes on."""

    def __init__(self, postgresql):
        self.postgresql = postgresql
        self.holder = None

    def __enter__(self):
        self.holder = subprocess.Popen(
            [program("psql"), "--no-psqlrc", "--quiet", self.postgresql.address()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.holder.stdin.write("BEGIN; LOCK TABLE pg_authid IN SHARE MODE;\n")
        self.holder.stdin.flush()
        wait_for(lambda: self.count("granted") == 1, SECONDS, "nobody has the lock")
        return self

    def count(self, state):
        """How many hold the lock, or wait for it."""
        which = "mode = 'ShareLock' AND granted" if state == "granted" else "NOT granted"
        (row,) = self.postgresql.sql(
            f"SELECT count(*) FROM pg_locks WHERE relation = 'pg_authid'::regclass AND {which}"
        )
        return int(row[0])

    def wait_for_change(self, count=1):
        wait_for(lambda: self.count("waiting") == count, SECONDS, "no role is to be changed")

    def __exit__(self, *_):
        self.holder.stdin.close()
        self.holder.wait(SECONDS)


class SingleUser:
    """A secret of one user of the database, and a rotator for it."""

    def __init__(self, server, secrets, postgresql, tls):
        self.secrets, self.postgresql, self.tls = secrets, postgresql, tls
        self.user, self.password = new_user(postgresql)
        self.name = new_name("restored")
        value = database_value(postgresql, self.user, self.password)
        self.arn = secrets.create_secret(Name=self.name, SecretString=value)["ARN"]
        self.rotator = postgresql_rotator(server, tls, "single")

    def rotate(self):
        return self.secrets.rotate_secret(SecretId=self.name, RotationLambdaARN=self.rotator)["VersionId"]

    def cancel(self):
        return self.secrets.cancel_rotate_secret(SecretId=self.name)["VersionId"]

    def opens(self, stage="AWSCURRENT"):
        return opens(value_of(self.secrets, self.name, stage), self.tls)

    @property
    def changes(self):
        """How often the user's password was to be changed."""
        return self.postgresql.log.read_text().count(f'ALTER ROLE "{self.user}" PASSWORD')

    def require_restored(self, server, pending):
        wait_for(lambda: told(server, self.arn, "result=restored"), SECONDS, "nothing is restored")
        assert self.opens() and value_of(self.secrets, self.name)["password"] == self.password
        assert not self.opens("AWSPENDING")
        described = self.secrets.describe_secret(SecretId=self.name)
        assert described["RotationEnabled"] is False
        assert described["VersionIdsToStages"][pending] == ["AWSPENDING"]


def test_cancelling_a_single_user_gives_the_current_password_back(server, secrets, postgresql, tls):
    scene = SingleUser(server, secrets, postgresql, tls)
    with HeldRoles(postgresql) as roles:
        pending = scene.rotate()
        roles.wait_for_change()
        assert scene.cancel() == pending
        # The pending password comes into force once the lock is gone.
    scene.require_restored(server, pending)
    assert scene.changes == 2

    def restorations():
        return [
            event["serviceEventDetails"]
            for event in events(server)
            if event["eventName"] == "RotationRestored" and event["resources"][0]["ARN"] == scene.arn
        ]

    wait_for(restorations, SECONDS, "the trail does not tell")
    assert restorations() == [{"secretId": scene.arn, "versionId": pending}]
    secrets.update_secret_version_stage(
        SecretId=scene.name, VersionStage="AWSPENDING", RemoveFromVersionId=pending
    )
    rotate(secrets, scene.name, scene.rotator)
    assert scene.opens() and value_of(secrets, scene.name)["password"] != scene.password


def test_a_cancelled_rotation_waits_for_the_database(server, secrets, postgresql, tls):
    """The user is let in no more when its new password is to be tested; meanwhile nothing new begins."""
    scene = SingleUser(server, secrets, postgresql, tls)
    rules = postgresql.data / "pg_hba.conf"
    before = rules.read_text()
    with HeldRoles(postgresql) as roles:
        pending = scene.rotate()
        roles.wait_for_change()
        rules.write_text(f'host all "{scene.user}" all reject\n{before}')
        postgresql.sql("SELECT pg_reload_conf()")
        wait_for(lambda: not scene.opens(), SECONDS, "the user is let in")
    wait_for(lambda: told(server, scene.arn, "step=testSecret"), SECONDS, "the test does not fail")
    assert scene.cancel() == pending
    secrets.update_secret_version_stage(
        SecretId=scene.name, VersionStage="AWSPENDING", RemoveFromVersionId=pending
    )
    with refused("InvalidRequestException", INCOMPLETE):
        scene.rotate()
    failed = len(told(server, scene.arn, "a step of a rotation failed"))
    wait_for(
        lambda: len(told(server, scene.arn, "a step of a rotation failed")) > failed,
        SECONDS,
        "restoring does not fail",
    )
    rules.write_text(before)
    postgresql.sql("SELECT pg_reload_conf()")
    wait_for(lambda: told(server, scene.arn, "result=restored"), SECONDS, "nothing is restored")
    assert scene.opens()
    rotate(secrets, scene.name, scene.rotator)
    assert scene.opens()


def test_a_change_that_a_killed_node_left_in_the_database_does_not_outlive_cancelling(
    tmp_path, postgresql, tls
):
    server = Server(tmp_path).start()
    try:
        scene = SingleUser(server, secrets_client(server), postgresql, tls)
        with HeldRoles(postgresql) as roles:
            pending = scene.rotate()
            roles.wait_for_change()
            server.kill()
            # The dead node's change waits in the database still, ahead of the one that takes it back.
            server.start()
            scene.cancel()
            roles.wait_for_change(2)
        scene.require_restored(server, pending)
        server.command("trail", "verify")
    finally:
        server.kill()
