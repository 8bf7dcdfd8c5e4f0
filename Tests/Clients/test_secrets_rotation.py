"""Rotation of secrets by a function of the published shape behind Lambda's invoke API."""

import json

import pytest
from test_secrets_access import shared

from support.clients import policy, refused, statement
from support.nodes import events, wait_for
from support.rotation import STEPS, rotating
from support.secrets import new_name, secrets_client, token

SECONDS = 20


@pytest.fixture(scope="module")
def secrets(server):
    return secrets_client(server)


class Scene:
    """A secret, the database that its value opens, and the function that rotates it."""

    def __init__(self, server, name, credentials=None):
        self.server = server
        self.secrets = secrets_client(server)
        self.name = new_name(name)
        self.database, self.runtime = rotating(server, "one", credentials)
        self.arn = self.secrets.create_secret(Name=self.name, SecretString="one")["ARN"]
        self.rotator = None

    def __enter__(self):
        self.runtime.__enter__()
        name = self.name.replace("/", "-")
        done = self.server.command("rotator", "add", name, "--lambda-endpoint", self.runtime.endpoint)
        self.rotator = done.stdout.strip()
        return self

    def __exit__(self, *arguments):
        self.runtime.__exit__(*arguments)

    def rotate(self, **more):
        return self.secrets.rotate_secret(SecretId=self.name, RotationLambdaARN=self.rotator, **more)

    def describe(self):
        described = self.secrets.describe_secret(SecretId=self.name)
        del described["ResponseMetadata"]
        return described

    def value(self, stage="AWSCURRENT"):
        return self.secrets.get_secret_value(SecretId=self.name, VersionStage=stage)["SecretString"]

    @property
    def is_rotated(self):
        return "LastRotatedDate" in self.describe()

    def wait_until_rotated(self):
        wait_for(lambda: self.is_rotated, SECONDS, "the rotation does not end")
        assert self.value() == self.database.password != "one"
        assert self.value("AWSPREVIOUS") == "one"
        with refused("ResourceNotFoundException"):
            self.value("AWSPENDING")

    def stages(self):
        return self.describe()["VersionIdsToStages"]


@pytest.fixture
def scene(server):
    with Scene(server, "rotated") as scene:
        yield scene


def test_a_published_function_rotates_unmodified(server, scene):
    version = scene.rotate(RotationRules={"AutomaticallyAfterDays": 7})["VersionId"]
    scene.wait_until_rotated()
    assert tuple(scene.runtime.steps) == STEPS
    for event in scene.runtime.events:
        assert event["SecretId"] == scene.arn and event["ClientRequestToken"] == version
        assert len(event["RotationToken"]) == 36
    described = scene.describe()
    assert described["RotationEnabled"] and described["RotationLambdaARN"] == scene.rotator
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 7}
    days = (described["NextRotationDate"].date() - described["LastRotatedDate"].date()).days
    assert days == 7 and described["NextRotationDate"].strftime("%H:%M:%S")[-5:] == "59:59"
    (listed,) = scene.secrets.list_secrets(Filters=[{"Key": "name", "Values": [scene.name]}])["SecretList"]
    assert listed["RotationRules"] == described["RotationRules"]
    assert listed["LastRotatedDate"] == described["LastRotatedDate"]

    def told():
        return [
            event["eventName"]
            for event in events(server)
            if event["eventType"] == "AwsServiceEvent"
            and event.get("serviceEventDetails", {}).get("secretId") == scene.arn
        ]

    wait_for(lambda: len(told()) == 2, SECONDS, "the trail does not tell of the rotation")
    assert sorted(told()) == ["RotationStarted", "RotationSucceeded"]
    written = server.log.read_text() + json.dumps(events(server))
    assert scene.database.password not in written
    assert scene.runtime.events[0]["RotationToken"] not in written


def test_a_function_with_rights_of_its_own(server, new_user):
    user = new_user(
        statement(action=["secretsmanager:*"]),
        statement(action=["kms:Decrypt", "kms:GenerateDataKey"]),
    )
    with Scene(server, "of-a-user", user.credentials) as scene:
        scene.rotate()
        scene.wait_until_rotated()
        named = [
            event["userIdentity"].get("userName")
            for event in events(server)
            if event["eventName"] == "PutSecretValue" and scene.arn in json.dumps(event.get("resources"))
        ]
        assert named == [user.arn.rsplit("/", 1)[1]]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"X-Amz-Function-Error": "Unhandled"}, {"errorMessage": "hunter2", "errorType": "ValueError"}),
        (200, {}, {"errorMessage": "hunter2", "errorType": "hunter2 " * 40}),
        (502, {}, None),
    ],
    ids=["header", "body", "status"],
)
def test_a_failed_invocation_is_tried_again(server, scene, answer):
    scene.runtime.answers = [None, answer]
    scene.rotate()
    scene.wait_until_rotated()
    assert scene.runtime.steps == ["createSecret", "setSecret", *STEPS]
    assert "hunter2" not in server.log.read_text()


def test_a_rotation_under_way_is_not_begun_twice(server, scene):
    scene.runtime.hold("setSecret", "before")
    first = token()
    scene.rotate(ClientRequestToken=first)
    assert scene.runtime.reached.wait(SECONDS)
    before = scene.describe()
    with refused(
        "InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted."
    ):
        scene.rotate(RotationRules={"AutomaticallyAfterDays": 7})
    assert scene.describe() == before
    assert scene.rotate(ClientRequestToken=first)["VersionId"] == first
    scene.runtime.let_go()
    scene.wait_until_rotated()
    assert scene.rotate(ClientRequestToken=first)["VersionId"] == first
    assert scene.describe()["VersionIdsToStages"][first] == ["AWSCURRENT"]
    with refused("InvalidRequestException"):
        (old,) = [version for version, stages in scene.stages().items() if stages == ["AWSPREVIOUS"]]
        scene.rotate(ClientRequestToken=old)


def test_cancelling_leaves_the_pending_version(scene):
    scene.runtime.hold("setSecret", "after")
    version = scene.rotate(RotationRules={"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "2h"})
    assert scene.runtime.reached.wait(SECONDS)
    assert scene.secrets.cancel_rotate_secret(SecretId=scene.name)["VersionId"] == version["VersionId"]
    scene.runtime.let_go()
    described = scene.describe()
    assert described["RotationEnabled"] is False and described["RotationLambdaARN"] == scene.rotator
    rules = {"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "2h"}
    assert described["RotationRules"].items() >= rules.items()
    assert "NextRotationDate" not in described
    assert scene.stages()[version["VersionId"]] == ["AWSPENDING"]
    assert scene.value() == "one" and scene.value("AWSPENDING") == scene.database.password
    with refused("InvalidRequestException"):
        scene.rotate()
    scene.secrets.update_secret_version_stage(
        SecretId=scene.name, VersionStage="AWSPENDING", RemoveFromVersionId=version["VersionId"]
    )
    scene.database.password = "one"
    scene.rotate()
    scene.wait_until_rotated()


def test_a_test_does_not_rotate(scene):
    scene.rotate(RotateImmediately=False, RotationRules={"ScheduleExpression": "rate(10 days)"})
    wait_for(lambda: scene.runtime.steps == ["testSecret"], SECONDS, "the test does not begin")
    wait_for(lambda: list(scene.stages().values()) == [["AWSCURRENT"]], SECONDS, "the test does not end")
    assert scene.value() == "one" == scene.database.password
    described = scene.describe()
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 10, "ScheduleExpression": "rate(10 days)"}
    assert described["RotationEnabled"] and "LastRotatedDate" not in described


def test_a_new_value_ends_a_rotation(scene):
    scene.runtime.hold("setSecret", "before")
    pending = scene.rotate()["VersionId"]
    assert scene.runtime.reached.wait(SECONDS)
    scene.secrets.put_secret_value(SecretId=scene.name, SecretString="by hand")
    scene.runtime.let_go()
    assert pending not in scene.stages()
    assert scene.value() == "by hand"
    scene.database.password = "by hand"
    assert scene.rotate()["VersionId"] != pending
    wait_for(lambda: scene.is_rotated, SECONDS, "the rotation does not end")
    assert scene.value() == scene.database.password != "by hand"


def test_only_the_function_of_a_rotation_has_its_token(scene):
    scene.runtime.hold("createSecret", "before")
    version = scene.rotate()["VersionId"]
    assert scene.runtime.reached.wait(SECONDS)
    own = scene.runtime.events[0]["RotationToken"]
    attempt = {"SecretId": scene.name, "VersionStages": ["AWSPENDING"], "SecretString": "two"}
    for rotation, target in [("0" * 36, version), (own, token())]:
        with refused(
            "InvalidParameterException", "The RotationToken is not one of a rotation of this secret."
        ):
            scene.secrets.put_secret_value(**attempt, ClientRequestToken=target, RotationToken=rotation)
    scene.secrets.put_secret_value(**attempt, ClientRequestToken=version, RotationToken=own)
    scene.runtime.let_go()
    scene.wait_until_rotated()
    assert scene.value() == "two"


def test_refusals_change_nothing(server, secrets, scene):
    before = scene.describe()
    no_rules = {"RotationRules": {"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"}}
    other = scene.rotator.replace("us-east-1", "eu-west-1")
    cannot = (
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
        "access to the principal secretsmanager.amazonaws.com."
    )
    for code, message, arguments in [
        (
            "InvalidRequestException",
            "No Lambda rotation function ARN is associated with this secret.",
            {"RotationRules": {"AutomaticallyAfterDays": 1}},
        ),
        ("AccessDeniedException", cannot, {"RotationLambdaARN": scene.rotator + "x"}),
        ("AccessDeniedException", cannot, {"RotationLambdaARN": other}),
        ("InvalidParameterException", None, {"RotationLambdaARN": "function"}),
        (
            "InvalidParameterException",
            "You cannot specify both rotation frequency and schedule expression together.",
            no_rules,
        ),
        ("InvalidParameterException", None, {"RotationRules": {"ScheduleExpression": "rate(1 hour)"}}),
        ("InvalidParameterException", None, {"RotationRules": {"ScheduleExpression": "every day"}}),
        (
            "InvalidParameterException",
            "The rotation window must not extend into the next UTC day or into the next rotation window.",
            {"RotationRules": {"ScheduleExpression": "cron(0 20 * * ? *)", "Duration": "5h"}},
        ),
        ("InvalidParameterException", None, {"RotationRules": {"Duration": "5h"}}),
        ("InvalidParameterException", None, {"ExternalSecretRotationRoleArn": "arn:aws:iam::1:role/x"}),
    ]:
        with refused(code, *([message] if message else [])):
            secrets.rotate_secret(SecretId=scene.name, **arguments)
        assert scene.describe() == before
    with refused(
        "InvalidRequestException", "No Lambda rotation function ARN is associated with this secret."
    ):
        secrets.cancel_rotate_secret(SecretId=scene.name)
    unchecked = secrets_client(server, validate=False)
    with refused("ValidationException"):
        scene_rules = {"AutomaticallyAfterDays": 1001, "Duration": "1d"}
        unchecked.rotate_secret(SecretId=scene.name, RotationRules=scene_rules)
    assert scene.describe() == before and not scene.runtime.events


def test_what_cannot_be_rotated(secrets, scene):
    empty, gone = new_name(), new_name()
    secrets.create_secret(Name=empty)
    secrets.create_secret(Name=gone, SecretString="one")
    secrets.delete_secret(SecretId=gone)
    for code, message, name in [
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            empty,
        ),
        (
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
            gone,
        ),
        ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", "nothing"),
    ]:
        with refused(code, message):
            secrets.rotate_secret(SecretId=name, RotationLambdaARN=scene.rotator)
    for name in (gone, "nothing"):
        with refused("ResourceNotFoundException" if name == "nothing" else "InvalidRequestException"):
            secrets.cancel_rotate_secret(SecretId=name)


def test_replicas_follow_and_are_not_rotated(server, scene):
    abroad = secrets_client(server, region="eu-west-1")
    scene.secrets.replicate_secret_to_regions(
        SecretId=scene.name, AddReplicaRegions=[{"Region": "eu-west-1"}]
    )
    for call in (abroad.rotate_secret, abroad.cancel_rotate_secret):
        with refused(
            "InvalidRequestException",
            "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
        ):
            call(SecretId=scene.name)
    scene.rotate()
    scene.wait_until_rotated()
    assert abroad.get_secret_value(SecretId=scene.name)["SecretString"] == scene.database.password
    assert scene.describe()["ReplicationStatus"][0]["Status"] == "InSync"


def test_who_may_rotate(server, scene, new_user):
    own = statement(action="secretsmanager:RotateSecret", resource=scene.arn)
    invoke = statement(action="lambda:InvokeFunction", resource=scene.rotator)
    unlike = statement(
        effect="Deny",
        action="secretsmanager:RotateSecret",
        Condition={"Bool": {"secretsmanager:RotateImmediately": "true"}},
    )
    other = statement(
        effect="Deny",
        action="secretsmanager:RotateSecret",
        Condition={"ArnNotEquals": {"secretsmanager:RotationLambdaARN": scene.rotator}},
    )
    often = statement(
        effect="Deny",
        action="secretsmanager:RotateSecret",
        Condition={"NumericLessThan": {"secretsmanager:AutomaticallyRotateAfterDays": "30"}},
    )
    before = scene.describe()
    for statements in [(own,), (invoke,), (own, invoke, unlike)]:
        with refused("AccessDeniedException"):
            secrets_client(server, new_user(*statements).credentials).rotate_secret(
                SecretId=scene.name, RotationLambdaARN=scene.rotator
            )
    limited = secrets_client(server, new_user(own, invoke, other, often).credentials)
    rules = {"AutomaticallyAfterDays": 7}
    with refused("AccessDeniedException"):
        limited.rotate_secret(SecretId=scene.name, RotationLambdaARN=scene.rotator, RotationRules=rules)
    assert scene.describe() == before
    limited.rotate_secret(SecretId=scene.name, RotationLambdaARN=scene.rotator)
    scene.wait_until_rotated()
    bound = policy(
        json.loads(shared("*"))["Statement"][0]
        | {
            "Effect": "Deny",
            "Condition": {"ArnLike": {"secretsmanager:resource/AllowRotationLambdaArn": "*"}},
        }
    )
    scene.secrets.put_resource_policy(SecretId=scene.name, ResourcePolicy=bound)
    with refused("AccessDeniedException"):
        scene.value()
    scene.secrets.delete_resource_policy(SecretId=scene.name)


def test_rotators_are_listed_and_removed(server, scene):
    name = scene.rotator.rsplit(":", 1)[1]
    lines = server.command("rotator", "list").stdout.splitlines()
    assert f"{scene.rotator}\tlambda\tendpoint={scene.runtime.endpoint}" in lines
    again = ("rotator", "add", name, "--lambda-endpoint", "http://127.0.0.1:1")
    assert "--replace" in server.command(*again, check=False).stderr
    assert server.command(*again, "--replace").stdout.strip() == scene.rotator
    server.command("rotator", "remove", name)
    assert server.command("rotator", "remove", name, check=False).returncode != 0
    with refused("AccessDeniedException"):
        scene.rotate()


def test_registering_and_removing_a_rotator_is_in_the_trail(own_server):
    """Commands run beside the server, who holds the trail: their events wait for its scheduler."""
    server, secrets = own_server, secrets_client(own_server)
    name = new_name("audited").replace("/", "-")
    endpoint = "http://127.0.0.1:1/hooks/hunter2"
    master = secrets.create_secret(Name=new_name("master"), SecretString="x")["ARN"]
    arn = server.command("rotator", "add", name, "--lambda-endpoint", endpoint).stdout.strip()
    assert server.command("rotator", "add", name, "--template", "x-{{hex:8}}", check=False).returncode != 0
    more = ("--set", "password-length=20", "--may-read", master, "--replace")
    server.command("rotator", "add", name, "--template", "hunter2-{{hex:8}}", *more)
    server.command("rotator", "remove", name)
    assert server.command("rotator", "remove", name, check=False).returncode != 0
    # It looks when it starts, and then every ten seconds.
    assert server.stop() == 0
    server.start()

    def told():
        return [
            event
            for event in events(server)
            if event["eventSource"] == "strongroom" and event["resources"][0]["ARN"] == arn
        ]

    wait_for(lambda: len(told()) >= 3, SECONDS, "the trail does not tell of the rotator")
    # Lanes of the trail have no order among each other.
    first, second, third = sorted(
        told(), key=lambda event: (event["eventName"], "replaced" in event["serviceEventDetails"])
    )
    assert (first["eventName"], third["eventName"]) == ("RegisterRotator", "RemoveRotator")
    kept = {"kind": "lambda", "settings": "endpoint=http://127.0.0.1:1"}
    assert first["serviceEventDetails"] == {"rotatorArn": arn, **kept}
    kept = {"kind": "template", "settings": "password-length=20, template", "mayRead": master}
    assert second["serviceEventDetails"] == {"rotatorArn": arn, **kept, "replaced": "true"}
    assert third["serviceEventDetails"] == {"rotatorArn": arn}
    for event in (first, second, third):
        assert event["eventSource"] == "strongroom" and event["userAgent"] == "strongroom rotator"
        assert event["recipientAccountId"] == arn.split(":")[4] and event["awsRegion"] == "us-east-1"
    assert "hunter2" not in json.dumps(told()) and "hunter2" not in server.log.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lambda-endpoint", "http://169.254.169.254"),
        ("--lambda-endpoint", "http://[fd00:ec2::254]/"),
        ("--lambda-endpoint", "ftp://127.0.0.1"),
        ("--lambda-endpoint", "http://user@127.0.0.1"),
        ("--lambda-endpoint", "http://127.0.0.1", "--set", "colour=red"),
        ("--lambda-endpoint", "http://127.0.0.1", "--set", "timeout-seconds=0"),
        ("--lambda-endpoint", "http://127.0.0.1", "--may-read", "arn:aws:s3:::bucket"),
        ("--lambda-endpoint", "http://127.0.0.1", "--redis"),
        (),
    ],
)
def test_rotators_that_cannot_be(server, arguments):
    before = server.command("rotator", "list").stdout
    done = server.command("rotator", "add", "nothing", *arguments, check=False)
    assert done.returncode != 0 and done.stderr
    assert server.command("rotator", "list").stdout == before


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_step_leaves_a_working_password(own_server, moment):
    with Scene(own_server, "crashing") as scene:
        password = "one"
        for step in STEPS:
            scene.runtime.hold(step, moment)
            version = scene.rotate()["VersionId"]
            assert scene.runtime.reached.wait(SECONDS)
            own_server.kill()
            # What the function does after the crash is what a slow one would do.
            scene.runtime.let_go()
            own_server.start()
            assert scene.database.password in readable(scene)

            def is_done(version=version):
                return scene.stages().get(version) == ["AWSCURRENT"]

            wait_for(is_done, SECONDS, f"the rotation that crashed in {step} does not end")
            assert scene.value() == scene.database.password != password
            password = scene.value()
    own_server.command("trail", "verify")


def test_a_stop_in_the_middle_of_a_step_is_no_failure(own_server):
    with Scene(own_server, "stopping") as scene:
        scene.runtime.hold("setSecret", "before")
        scene.rotate()
        assert scene.runtime.reached.wait(SECONDS)
        assert own_server.stop() == 0
        scene.runtime.let_go()
        own_server.start()
        scene.wait_until_rotated()
    assert "a step of a rotation failed" not in own_server.log.read_text()


def readable(scene):
    """The values that a client can read: the current and the pending one."""
    values = [scene.value()]
    try:
        return [*values, scene.value("AWSPENDING")]
    except scene.secrets.exceptions.ResourceNotFoundException:
        return values
