"""Alarms: rules on the audit trail, topics, and messages at the endpoints, as a user sets them up."""

import json
import os
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from aiosmtpd.smtp import AuthResult
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature

from support.certificates import make_authority
from support.clients import account_of, key_arn, kms_client, outcome, policy, statement, wait_until_known
from support.receiver import Mailbox, Receiver, fetch, verify
from support.server import OTHER_REGION, REGION, Server, clean_environment

LOOPBACK = {"STRONGROOM_SNS_ALLOW_LOOPBACK": "true"}
PATTERN = {
    "source": ["aws.kms"],
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {"eventSource": ["kms.amazonaws.com"], "eventName": ["ScheduleKeyDeletion", "DisableKey"]},
}


def client(server, service, credentials=None, region=REGION):
    credentials = credentials or server.root
    return boto3.session.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=region,
    ).client(
        service,
        endpoint_url=server.endpoint,
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=30),
    )


@pytest.fixture(scope="module")
def alarmed(tmp_path_factory):
    """A server that may notify receivers of this machine."""
    server = Server(tmp_path_factory.mktemp("alarms"), environment=LOOPBACK).start()
    yield server
    assert server.stop() == 0, f"see {server.log}"


@pytest.fixture
def receiver():
    receiver = Receiver().up()
    yield receiver
    receiver.down()


@pytest.fixture(scope="module")
def sns(alarmed):
    return client(alarmed, "sns")


@pytest.fixture(scope="module")
def events(alarmed):
    return client(alarmed, "events")


@pytest.fixture(scope="module")
def keys(alarmed):
    return kms_client(alarmed)


def subscribed(sns, receiver, name, **attributes):
    """The ARNs of a new topic and of a confirmed subscription of the receiver."""
    topic = sns.create_topic(Name=name)["TopicArn"]
    answer = sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=receiver.url,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    confirm(receiver, topic)
    return topic, answer["SubscriptionArn"]


def confirm(receiver, topic):
    [asked] = receiver.wait_for(kind="SubscriptionConfirmation", where=lambda e: e["TopicArn"] == topic)
    status, text = fetch(asked["SubscribeURL"])
    assert status == 200, text
    return asked


def rule(events, name, topic, pattern=PATTERN, **target):
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    answer = events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": topic, **target}])
    assert answer["FailedEntryCount"] == 0


def remove(events, name):
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    if targets:
        events.remove_targets(Rule=name, Ids=[target["Id"] for target in targets])
    events.delete_rule(Name=name)


def test_the_classic_alarm_takes_four_commands(alarmed, receiver, keys, tmp_path):
    environment = clean_environment(
        AWS_SHARED_CREDENTIALS_FILE=str(alarmed.data / "credentials"),
        AWS_CONFIG_FILE=str(tmp_path / "no-config"),
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=alarmed.endpoint,
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )

    def aws(*arguments):
        done = subprocess.run(
            ["aws", *arguments], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    topic = aws("sns", "create-topic", "--name", "key-alarm")["TopicArn"]
    asked = aws(
        "sns",
        "subscribe",
        *("--topic-arn", topic),
        *("--protocol", "http"),
        *("--notification-endpoint", receiver.url),
    )
    assert asked["SubscriptionArn"] == "pending confirmation"
    aws("events", "put-rule", "--name", "key-alarm", "--event-pattern", json.dumps(PATTERN))
    put = aws("events", "put-targets", "--rule", "key-alarm", "--targets", f"Id=1,Arn={topic}")
    assert put["FailedEntryCount"] == 0

    confirmation = confirm(receiver, topic)
    verify(confirmation)

    key = key_arn(keys)
    keys.encrypt(KeyId=key, Plaintext=b"not an alarm")
    keys.enable_key_rotation(KeyId=key)
    started = time.monotonic()
    keys.disable_key(KeyId=key)
    [message] = receiver.wait_for(seconds=2)
    assert time.monotonic() - started < 2
    verify(message)
    event = json.loads(message["Message"])
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert (event["source"], event["region"], event["account"]) == ("aws.kms", REGION, account_of(key))
    assert event["detail"]["eventName"] == "DisableKey"
    assert event["detail"]["resources"][0]["ARN"] == key
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    messages = receiver.wait_for(2, seconds=2)
    names = sorted(json.loads(message["Message"])["detail"]["eventName"] for message in messages)
    assert names == ["DisableKey", "ScheduleKeyDeletion"]
    headers = {name.lower(): value for name, value in receiver.received[-1][0].items()}
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["x-amz-sns-topic-arn"] == topic
    assert headers["x-amz-sns-message-id"] in {message["MessageId"] for message in messages}


def test_a_receiver_that_is_down_and_a_server_that_crashes_lose_nothing(tmp_path):
    server = Server(tmp_path, environment=LOOPBACK).start()
    receiver = Receiver().up()
    try:
        sns, events, keys = client(server, "sns"), client(server, "events"), kms_client(server)
        topic, _ = subscribed(sns, receiver, "alarm")
        rule(events, "alarm", topic)
        receiver.down()
        made = [key_arn(keys) for _ in range(3)]
        for key in made:
            keys.disable_key(KeyId=key)
        sns.publish(TopicArn=topic, Message="by hand")
        server.kill()
        server.start()
        keys.disable_key(KeyId=key_arn(keys))
        time.sleep(0.5)
        assert not receiver.messages()
        server.kill()
        server.start()
        receiver.up()
        texts = [message["Message"] for message in receiver.wait_for(5, seconds=40)]
        assert texts.count("by hand") == 1
        alarms = [json.loads(text)["detail"] for text in texts if text != "by hand"]
        assert {key for key in made} < {alarm["resources"][0]["ARN"] for alarm in alarms}
        assert server.stop() == 0
    finally:
        receiver.down()
        if server.is_running:
            server.kill()


def test_an_endpoint_that_refuses_is_asked_again(sns, receiver):
    topic, _ = subscribed(sns, receiver, "refusing")
    receiver.status = 503
    sns.publish(TopicArn=topic, Message="again")
    receiver.wait_for()
    receiver.status = 200
    deadline = time.monotonic() + 10
    while sum("again" == message["Message"] for message in receiver.messages()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_redirects_are_not_followed(sns, receiver):
    topic, subscription = subscribed(sns, receiver, "redirecting")
    elsewhere = Receiver().up()
    try:
        receiver.status, receiver.location = 307, elsewhere.url
        sns.publish(TopicArn=topic, Message="stay")
        receiver.wait_for()
        time.sleep(0.5)
        assert not elsewhere.received
    finally:
        elsewhere.down()
        sns.unsubscribe(SubscriptionArn=subscription)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/",
        "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0:7370/",
        "http://[::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://user:password@192.0.2.1/",
        "https://192.0.2.1/",
        "gopher://192.0.2.1/",
        "http://",
        "http://192.0.2.1:99999/",
        "nothing",
    ],
)
def test_addresses_that_must_not_be_reached_are_refused(sns, endpoint):
    topic = sns.create_topic(Name="refused-endpoints")["TopicArn"]
    with pytest.raises(ClientError) as caught:
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    assert not sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


def test_loopback_is_refused_unless_it_is_allowed(server):
    sns = client(server, "sns")
    topic = sns.create_topic(Name="loopback")["TopicArn"]
    for endpoint in ("http://127.0.0.1:80/", "http://[::1]/", "http://localhost/", "http://127.1.2.3/"):
        assert (
            outcome(sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=endpoint) == "InvalidParameter"
        )
    assert not sns.list_subscriptions()["Subscriptions"]


def test_a_name_is_looked_at_when_it_is_resolved(tmp_path):
    """A name of this machine passes at first sight, and is never connected to."""
    server = Server(tmp_path, environment={"STRONGROOM_LOG_LEVEL": "debug"}).start()
    receiver = Receiver().up()
    try:
        sns = client(server, "sns")
        topic = sns.create_topic(Name="names")["TopicArn"]
        # Every name below localhost is this machine (RFC 6761); the resolver of the C library knows it.
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://ip6-loopback:{receiver.port}/")
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://a.localhost:{receiver.port}/")
        deadline = time.monotonic() + 10
        while not re.search(r"own|no address", server.log.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not receiver.received
    finally:
        receiver.down()
        server.kill()


def test_tokens_that_were_changed_confirm_nothing(sns, receiver):
    topic = sns.create_topic(Name="tokens")["TopicArn"]
    other = sns.create_topic(Name="tokens-other")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    [asked] = receiver.wait_for(kind="SubscriptionConfirmation", where=lambda e: e["TopicArn"] == topic)
    token = asked["Token"]
    changed = token[:-1] + ("0" if token[-1] != "0" else "1")
    for bad in (changed, token[:40], "", "zz", "0" * len(token), token + "00", "é"):
        assert outcome(sns.confirm_subscription, TopicArn=topic, Token=bad) == "InvalidParameter", bad
    assert outcome(sns.confirm_subscription, TopicArn=other, Token=token) == "InvalidParameter"
    status, _ = fetch(asked["SubscribeURL"].replace(token, changed))
    assert status == 400
    sns.publish(TopicArn=topic, Message="too early")
    [pending] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert pending["SubscriptionArn"] == "PendingConfirmation"
    answer = sns.confirm_subscription(TopicArn=topic, Token=token)
    assert answer["SubscriptionArn"].startswith(topic + ":")
    time.sleep(0.3)
    assert not receiver.messages()


def test_an_unsubscribe_url_ends_the_subscription(sns, receiver):
    topic, subscription = subscribed(sns, receiver, "leaving")
    sns.publish(TopicArn=topic, Subject="Hello", Message="goodbye")
    [message] = receiver.wait_for()
    assert message["Subject"] == "Hello"
    verify(message)
    url = message["UnsubscribeURL"]
    without = re.sub("&Token=[0-9a-f]+", "", url)
    tampered = url[:-1] + ("0" if url[-1] != "0" else "1")
    for bad in (without, tampered):
        status, text = fetch(bad)
        assert status == 403, text
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    status, text = fetch(url)
    assert status == 200, text
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    receiver.wait_for(kind="UnsubscribeConfirmation")
    sns.publish(TopicArn=topic, Message="nobody hears")
    time.sleep(0.3)
    assert len(receiver.messages()) == 1
    assert outcome(sns.get_subscription_attributes, SubscriptionArn=subscription) == "NotFound"


def test_only_a_signed_call_ends_what_was_confirmed_so(sns, receiver):
    topic = sns.create_topic(Name="bound")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    [asked] = receiver.wait_for(kind="SubscriptionConfirmation", where=lambda e: e["TopicArn"] == topic)
    arn = sns.confirm_subscription(TopicArn=topic, Token=asked["Token"], AuthenticateOnUnsubscribe="true")[
        "SubscriptionArn"
    ]
    sns.publish(TopicArn=topic, Message="stay")
    [message] = receiver.wait_for()
    assert fetch(message["UnsubscribeURL"])[0] == 403
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_messages_are_filtered_and_raw_on_demand(sns, receiver):
    topic, arn = subscribed(sns, receiver, "filtered", FilterPolicy='{"severity":["high"]}')
    sns.publish(TopicArn=topic, Message="no attributes")
    attribute = {"DataType": "String", "StringValue": "low"}
    sns.publish(TopicArn=topic, Message="low", MessageAttributes={"severity": attribute})
    high = {"DataType": "String", "StringValue": "high"}
    sns.publish(TopicArn=topic, Message="high", MessageAttributes={"severity": high})
    [message] = receiver.wait_for()
    assert message["Message"] == "high"
    assert message["MessageAttributes"] == {"severity": {"Type": "String", "Value": "high"}}
    for name, value in (
        ("FilterPolicyScope", "MessageBody"),
        ("FilterPolicy", '{"level":[{"numeric":[">",3]}]}'),
        ("RawMessageDelivery", "true"),
    ):
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    receiver.received.clear()
    sns.publish(TopicArn=topic, Message='{"level":2}')
    sns.publish(TopicArn=topic, Message='{"level":4}')
    deadline = time.monotonic() + 5
    while not receiver.received:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)
    [(headers, body)] = receiver.received
    assert body == b'{"level":4}'
    assert {name.lower(): value for name, value in headers.items()}["x-amz-sns-rawdelivery"] == "true"


def test_signatures_of_the_second_version(sns, receiver):
    topic, _ = subscribed(sns, receiver, "second-version")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    sns.publish(TopicArn=topic, Message="é\n<&>")
    [message] = receiver.wait_for()
    assert message["SignatureVersion"] == "2"
    verify(message)
    message["Message"] += " changed"
    with pytest.raises(InvalidSignature):
        verify(message)


def test_targets_shape_what_they_get(sns, events, keys, receiver):
    topic, _ = subscribed(sns, receiver, "shaped")
    transformer = {
        "InputPathsMap": {"name": "$.detail.eventName", "who": "$.detail.userIdentity"},
        "InputTemplate": '{"what":"<name> happened","who":<who>,"rule":"<aws.events.rule-name>"}',
    }
    rule(events, "shaped", topic, InputTransformer=transformer)
    events.put_targets(
        Rule="shaped",
        Targets=[
            {"Id": "2", "Arn": topic, "InputPath": "$.detail.requestParameters"},
            {"Id": "3", "Arn": topic, "Input": '"constant"'},
        ],
    )
    key = key_arn(keys)
    keys.disable_key(KeyId=key)
    texts = [json.loads(message["Message"]) for message in receiver.wait_for(3, seconds=5)]
    assert {"keyId": key} in texts and "constant" in texts
    [shaped] = [text for text in texts if isinstance(text, dict) and "what" in text]
    assert (shaped["what"], shaped["rule"]) == ("DisableKey happened", "shaped")
    assert shaped["who"]["type"] == "Root"
    remove(events, "shaped")


def test_custom_events_and_disabled_rules(sns, events, receiver):
    topic, _ = subscribed(sns, receiver, "custom")
    rule(events, "custom", topic, {"source": ["shop"], "detail": {"total": [{"numeric": [">=", 100]}]}})

    def put(total, source="shop"):
        entry = {"Source": source, "DetailType": "Order", "Detail": json.dumps({"total": total})}
        return events.put_events(Entries=[entry])

    assert put(5)["FailedEntryCount"] == 0
    put(100)
    [message] = receiver.wait_for()
    assert json.loads(message["Message"])["detail"] == {"total": 100}
    assert put(100, "aws.kms")["FailedEntryCount"] == 1
    events.disable_rule(Name="custom")
    put(200)
    events.enable_rule(Name="custom")
    put(300)
    receiver.wait_for(2)
    time.sleep(0.2)
    totals = [json.loads(message["Message"])["detail"]["total"] for message in receiver.messages()]
    assert totals == [100, 300]
    remove(events, "custom")


def test_reading_calls_are_seen_only_on_demand(sns, events, keys, receiver):
    topic, _ = subscribed(sns, receiver, "readers")
    pattern = {"detail": {"eventName": ["DescribeKey"]}}
    rule(events, "readers", topic, pattern)
    key = key_arn(keys)
    keys.describe_key(KeyId=key)
    time.sleep(0.6)
    events.put_rule(
        Name="readers",
        EventPattern=json.dumps(pattern),
        State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    )
    time.sleep(0.3)
    keys.describe_key(KeyId=key)
    [message] = receiver.wait_for(seconds=5)
    assert json.loads(message["Message"])["detail"]["eventName"] == "DescribeKey"
    remove(events, "readers")


def test_kms_tells_of_rotations(sns, events, keys, receiver):
    topic, _ = subscribed(sns, receiver, "rotations")
    rule(events, "rotations", topic, {"source": ["aws.kms"], "detail-type": ["KMS CMK Rotation"]})
    key = key_arn(keys)
    keys.rotate_key_on_demand(KeyId=key)
    # Service events are written to the trail within ten seconds.
    [message] = receiver.wait_for(seconds=15)
    event = json.loads(message["Message"])
    assert event["resources"] == [key]
    assert event["detail"] == {"key-id": key.rsplit("/", 1)[1]}
    remove(events, "rotations")


def test_a_topic_policy_decides_about_rules(sns, events, keys, receiver, alarmed):
    topic, _ = subscribed(sns, receiver, "policed")
    rule(events, "policed", topic)
    owner = f"arn:aws:iam::{account_of(topic)}:root"
    only_owner = {"Effect": "Allow", "Principal": {"AWS": owner}, "Action": "sns:*", "Resource": topic}
    sns.set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [only_owner]}),
    )
    keys.disable_key(KeyId=key_arn(keys))
    deadline = time.monotonic() + 5
    while "did not get to its target" not in alarmed.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not receiver.messages()
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"ArnEquals": {"aws:SourceArn": events.describe_rule(Name="policed")["Arn"]}},
    }
    sns.set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [only_owner, service]}),
    )
    keys.disable_key(KeyId=key_arn(keys))
    receiver.wait_for(1, seconds=5)
    remove(events, "policed")


def test_mail_comes_through_the_configured_server(tmp_path):
    authority = make_authority(tmp_path, "mail", ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate, authority.key)
    logins = []

    def authenticate(server, session, envelope, mechanism, data):
        logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"a secret of the mail server")

    options = dict(tls_context=context, authenticator=authenticate, auth_required=True, auth_require_tls=True)
    with Mailbox(**options) as mailbox:
        server = Server(
            tmp_path,
            environment={
                "STRONGROOM_SMTP_URL": f"smtp://localhost:{mailbox.port}",
                "STRONGROOM_SMTP_FROM": "alarms@example.com",
                "STRONGROOM_SMTP_USER": "strongroom",
                "STRONGROOM_SMTP_PASSWORD": "a secret of the mail server",
                "STRONGROOM_SMTP_CA_FILE": str(authority.root),
            },
        ).start()
        sns = client(server, "sns")
        topic = sns.create_topic(Name="mail")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
        [(recipients, mail)] = mailbox.wait_for()
        assert recipients == ["ops@example.com"] and mail["From"] == "alarms@example.com"
        url = re.search(r"http://\S+", mail.get_content()).group()
        assert fetch(url)[0] == 200
        sns.publish(TopicArn=topic, Subject="Schlüssel gelöscht", Message="Zeile 1\n.\nZeile 3 é")
        _, mail = mailbox.wait_for(2)[1]
        assert mail["Subject"] == "Schlüssel gelöscht"
        assert mail.get_content().replace("\r\n", "\n").startswith("Zeile 1\n.\nZeile 3 é\n")
        assert set(logins) == {(b"strongroom", b"a secret of the mail server")}
        assert "a secret of the mail server" not in server.log.read_text()
        assert server.stop() == 0


def test_mail_is_refused_without_a_server(sns):
    topic = sns.create_topic(Name="no-mail")["TopicArn"]
    answer = outcome(sns.subscribe, TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    assert answer == "InvalidParameter"


def test_topics_and_their_attributes(sns):
    topic = sns.create_topic(Name="attributes", Tags=[{"Key": "team", "Value": "a"}])["TopicArn"]
    assert sns.create_topic(Name="attributes")["TopicArn"] == topic
    assert (
        outcome(sns.create_topic, Name="attributes", Tags=[{"Key": "b", "Value": "c"}]) == "InvalidParameter"
    )
    assert outcome(sns.create_topic, Name="attributes", Attributes={"DisplayName": "x"}) == "InvalidParameter"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Alarms")
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["DisplayName"], attributes["Owner"]) == ("Alarms", account_of(topic))
    assert json.loads(attributes["Policy"])["Id"] == "__default_policy_ID"
    assert (
        json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"]
        == 50
    )
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": ""}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["x"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "team", "Value": "b"}]
    for name, attribute, value in (
        ("unknown", "Unknown", "x"),
        ("policy", "Policy", "{"),
        ("policy", "Policy", '{"Version":"2012-10-17"}'),
        ("delivery", "DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1000}}}'),
        ("delivery", "DeliveryPolicy", "[]"),
        ("version", "SignatureVersion", "3"),
        ("key", "KmsMasterKeyId", "alias/aws/sns"),
    ):
        parameters = {"TopicArn": topic, "AttributeName": attribute, "AttributeValue": value}
        assert outcome(sns.set_topic_attributes, **parameters) == "InvalidParameter", name
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "Alarms"
    sns.delete_topic(TopicArn=topic)
    assert outcome(sns.get_topic_attributes, TopicArn=topic) == "NotFound"
    assert outcome(sns.publish, TopicArn=topic, Message="x") == "NotFound"
    for name in ("", "a b", "a" * 257, "a.fifo"):
        assert outcome(sns.create_topic, Name=name) == "InvalidParameter"


def test_batches(sns, receiver):
    topic, _ = subscribed(sns, receiver, "batches")
    answer = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[
            {"Id": "one", "Message": "1"},
            {"Id": "two", "Message": "2", "Subject": "bad\nsubject"},
            {"Id": "three", "Message": "3"},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["one", "three"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("two", "InvalidParameter")]
    assert sorted(message["Message"] for message in receiver.wait_for(2)) == ["1", "3"]

    def batch(*entries):
        return outcome(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=list(entries))

    assert batch(*[{"Id": str(i), "Message": "x"} for i in range(11)]) == "TooManyEntriesInBatchRequest"
    assert batch({"Id": "a", "Message": "x"}, {"Id": "a", "Message": "y"}) == "BatchEntryIdsNotDistinct"
    assert batch({"Id": "a b", "Message": "x"}) == "InvalidBatchEntryId"
    big = "x" * 200_000
    assert batch({"Id": "a", "Message": big}, {"Id": "b", "Message": big}) == "BatchRequestTooLong"


def test_rules_and_their_refusals(events, sns):
    topic = sns.create_topic(Name="targets")["TopicArn"]
    assert outcome(events.put_rule, Name="r") == "ValidationException"
    assert outcome(events.put_rule, Name="r", ScheduleExpression="rate(1 day)") == "ValidationException"
    for pattern in (
        "{",
        "[]",
        "{}",
        '{"a":1}',
        '{"a":[]}',
        '{"a":[{"like":"b"}]}',
        '{"a":[{"wildcard":"**"}]}',
    ):
        assert outcome(events.put_rule, Name="r", EventPattern=pattern) == "InvalidEventPatternException", (
            pattern
        )
    assert outcome(events.describe_rule, Name="r") == "ResourceNotFoundException"
    arn = events.put_rule(Name="r", EventPattern='{"a":["b"]}', Tags=[{"Key": "k", "Value": "v"}])["RuleArn"]
    for target, code in (
        ("arn:aws:lambda:us-east-1:111122223333:function:f", "ValidationException"),
        (topic.replace(REGION, OTHER_REGION), "ValidationException"),
    ):
        answer = outcome(events.put_targets, Rule="r", Targets=[{"Id": "1", "Arn": target}])
        assert answer == code
    answer = outcome(events.put_targets, Rule="r", Targets=[{"Id": "1", "Arn": topic, "Input": "not json"}])
    assert answer == "ValidationException"
    many = [{"Id": str(number), "Arn": topic} for number in range(6)]
    assert outcome(events.put_targets, Rule="r", Targets=many) == "LimitExceededException"
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []
    events.put_targets(Rule="r", Targets=many[:5])
    assert outcome(events.delete_rule, Name="r") == "ValidationException"
    page = events.list_targets_by_rule(Rule="r", Limit=2)
    rest = events.list_targets_by_rule(Rule="r", NextToken=page["NextToken"])
    assert [target["Id"] for target in page["Targets"] + rest["Targets"]] == ["0", "1", "2", "3", "4"]
    assert "r" in events.list_rule_names_by_target(TargetArn=topic)["RuleNames"]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "k", "Value": "v"}]
    failed = events.remove_targets(Rule="r", Ids=["0", "1", "2", "3", "4", "none"])
    assert [entry["TargetId"] for entry in failed["FailedEntries"]] == ["none"]
    events.delete_rule(Name="r")
    events.delete_rule(Name="r")
    assert outcome(events.describe_event_bus, Name="other") == "ResourceNotFoundException"
    assert events.describe_event_bus()["Name"] == "default"
    assert outcome(events.create_event_bus, Name="other") == "UnsupportedOperationException"
    assert outcome(sns.list_platform_applications) == "UnsupportedOperation"


def test_a_pattern_can_be_tested(events):
    event = {
        "id": "1",
        "account": "111122223333",
        "source": "aws.kms",
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [],
        "detail-type": "x",
        "detail": {"ip": "10.1.2.3", "n": 5, "name": "DisableKey"},
    }
    for detail, expected in (
        ({"name": [{"prefix": "Dis"}]}, True),
        ({"name": [{"suffix": {"equals-ignore-case": "KEY"}}]}, True),
        ({"ip": [{"cidr": "10.0.0.0/8"}], "n": [{"numeric": [">", 0, "<=", 5]}]}, True),
        ({"name": [{"anything-but": ["EnableKey"]}], "other": [{"exists": False}]}, True),
        ({"$or": [{"n": [6]}, {"name": [{"wildcard": "*able*"}]}]}, True),
        ({"name": [{"anything-but": {"prefix": "Dis"}}]}, False),
    ):
        pattern = json.dumps({"detail": detail})
        answer = events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
        assert answer["Result"] is expected, detail


def test_others_need_permission(alarmed, sns, events, tmp_path):
    topic = sns.create_topic(Name="permitted")["TopicArn"]
    path = tmp_path / "policy.json"
    path.write_text(policy(statement(action=["sns:Publish", "kms:ListKeys"], resource="*")))
    credentials = alarmed.create_access_key("publisher", None, [path])
    wait_until_known(kms_client(alarmed, credentials))
    theirs = client(alarmed, "sns", credentials)
    assert theirs.publish(TopicArn=topic, Message="allowed")["MessageId"]
    for call, parameters in (
        (theirs.delete_topic, {"TopicArn": topic}),
        (theirs.subscribe, {"TopicArn": topic, "Protocol": "http", "Endpoint": "http://192.0.2.1/"}),
        (theirs.set_topic_attributes, {"TopicArn": topic, "AttributeName": "DisplayName"}),
        (theirs.create_topic, {"Name": "theirs"}),
    ):
        assert outcome(call, **parameters) == "AuthorizationError"
    refusal = outcome(client(alarmed, "events", credentials).put_rule, Name="x", EventPattern='{"a":[1]}')
    assert refusal == "AccessDeniedException"
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == ""
    assert not sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert outcome(events.describe_rule, Name="x") == "ResourceNotFoundException"


def test_addresses_that_let_in_who_knows_them_stay_out_of_trail_and_log(alarmed, sns):
    topic = sns.create_topic(Name="confidential")["TopicArn"]
    accepted = "http://192.0.2.1/hooks/T0-opensesame"
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=accepted)
    refused = {"TopicArn": topic, "Protocol": "https", "Endpoint": "https://user:opensesame@192.0.2.1/"}
    assert outcome(sns.subscribe, **refused) == "InvalidParameter"
    told = b"".join(file.read_bytes() for file in sorted((alarmed.data / "trail").glob("*.log")))
    assert told.count(b'"eventName":"Subscribe"') >= 2
    assert b"opensesame" not in told
    assert "opensesame" not in alarmed.log.read_text()
