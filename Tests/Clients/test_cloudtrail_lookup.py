"""The event history: every call as a CloudTrail record, found by what CloudTrail finds events by."""

import datetime
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.clients import key_arn, kms_client, refused
from support.iam import fresh, service_client, trust
from support.server import OTHER_REGION, REGION, clean_environment

PLAINTEXT = b"attack at dawn, and tell nobody"


def cloudtrail(server, credentials=None, region=REGION, validate=True):
    credentials = credentials or server.root
    return boto3.session.Session(
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        region_name=region,
    ).client(
        "cloudtrail",
        endpoint_url=server.endpoint,
        config=Config(
            parameter_validation=validate,
            retries={"total_max_attempts": 1, "mode": "standard"},
            read_timeout=30,
        ),
    )


@pytest.fixture(scope="module")
def history(server):
    return cloudtrail(server)


def lookup(history, key=None, value=None, **parameters):
    """All events that an attribute finds, over all pages."""
    if key:
        parameters["LookupAttributes"] = [{"AttributeKey": key, "AttributeValue": value}]
    pages = history.get_paginator("lookup_events").paginate(**parameters)
    return [event for page in pages for event in page["Events"]]


def pause():
    """Events have whole seconds; within one their order is that of nothing."""
    time.sleep(1.1)


@pytest.fixture(scope="module")
def story(server, kms, new_user, account):
    """A key of its own with a few calls on it, by root and by a user."""
    arn = key_arn(kms, Description="of the event history")
    pause()
    blob = kms.encrypt(KeyId=arn, Plaintext=PLAINTEXT, EncryptionContext={"order": "4711"})["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=blob, EncryptionContext={"order": "4711"})
    pause()
    kms.disable_key(KeyId=arn)
    pause()
    with pytest.raises(ClientError):
        kms.encrypt(KeyId=arn, Plaintext=PLAINTEXT)
    pause()
    kms.enable_key(KeyId=arn)
    return arn


def test_events_of_a_key_are_found_by_its_arn_newest_first(history, story, account):
    events = lookup(history, "ResourceName", story)
    names = [event["EventName"] for event in events]
    assert names[:3] == ["EnableKey", "Encrypt", "DisableKey"]
    assert sorted(names[3:5]) == ["Decrypt", "Encrypt"]
    times = [event["EventTime"] for event in events]
    assert times == sorted(times, reverse=True)
    for event in events:
        record = json.loads(event["CloudTrailEvent"])
        assert event["EventId"] == record["eventID"] and event["EventName"] == record["eventName"]
        assert event["EventSource"] == record["eventSource"] == "kms.amazonaws.com"
        assert event["Username"] == "root" and record["userIdentity"]["type"] == "Root"
        assert event["AccessKeyId"] == record["userIdentity"]["accessKeyId"]
        assert event["ReadOnly"] == ("true" if record["readOnly"] else "false")
        assert {"ResourceType": "AWS::KMS::Key", "ResourceName": story} in event["Resources"]
        assert record["eventCategory"] == "Management" and record["managementEvent"] is True
        assert record["recipientAccountId"] == account and record["awsRegion"] == REGION


def test_an_event_shows_the_encryption_context_and_never_a_secret(history, story):
    events = [json.loads(event["CloudTrailEvent"]) for event in lookup(history, "ResourceName", story)]
    encrypted = [event for event in events if event["eventName"] == "Encrypt"]
    assert len(encrypted) == 2
    assert encrypted[-1]["requestParameters"]["encryptionContext"] == {"order": "4711"}
    assert encrypted[-1]["responseElements"] is None and encrypted[-1]["readOnly"] is True
    assert encrypted[0]["errorCode"] == "DisabledException"
    assert encrypted[0]["errorMessage"] == f"{story} is disabled."
    for event in events:
        text = json.dumps(event)
        assert "attack" not in text and "YXR0YWNr" not in text and "plaintext" not in text.lower()


@pytest.mark.parametrize(
    "key", ["EventId", "EventName", "ReadOnly", "Username", "ResourceType", "EventSource"]
)
def test_every_attribute_finds_the_event_and_nothing_else(history, story, key):
    wanted = next(
        event for event in lookup(history, "ResourceName", story) if event["EventName"] == "DisableKey"
    )
    value = {"ResourceType": "AWS::KMS::Key"}.get(key) or wanted[key]
    window = {"StartTime": wanted["EventTime"], "EndTime": wanted["EventTime"]}
    found = lookup(history, key, value, **window)
    assert wanted["EventId"] in [event["EventId"] for event in found]
    for event in found:
        if key == "ResourceType":
            assert value in [resource["ResourceType"] for resource in event["Resources"]]
        else:
            assert event[key] == value
        assert event["EventTime"] == wanted["EventTime"]


def test_a_user_is_found_by_name_and_by_access_key(server, history, new_user, account):
    user = new_user({"Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*"})
    user.kms.list_keys(Limit=1)
    pause()
    with pytest.raises(ClientError):
        user.kms.list_aliases(Limit=1)
    name = user.arn.rsplit("/", 1)[-1]
    by_name = lookup(history, "Username", name)
    by_key = lookup(history, "AccessKeyId", user.credentials.access_key)
    assert [event["EventId"] for event in by_name] == [event["EventId"] for event in by_key]
    assert [event["EventName"] for event in by_name][:2] == ["ListAliases", "ListKeys"]
    denied = json.loads(by_name[0]["CloudTrailEvent"])
    assert denied["errorCode"] == "AccessDeniedException" and "kms:ListAliases" in denied["errorMessage"]
    assert denied["userIdentity"]["type"] == "IAMUser" and denied["userIdentity"]["arn"] == user.arn


def test_what_was_made_is_named_once(server, history, new_user):
    user = new_user()
    iam = service_client(server, "iam")
    role = iam.create_role(
        RoleName=fresh("made"), AssumeRolePolicyDocument=trust({"AWS": user.arn}), Path="/made/"
    )["Role"]["Arn"]
    (event,) = lookup(history, "ResourceName", role)
    assert [resource["ResourceName"] for resource in event["Resources"]] == [role]


def test_pages_give_each_event_once(history, kms):
    for _ in range(12):
        kms.list_keys(Limit=1)
    first = history.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "ListKeys"}], MaxResults=5
    )
    assert len(first["Events"]) == 5
    seen = [event["EventId"] for event in first["Events"]]
    token = first["NextToken"]
    kms.list_keys(Limit=1)
    for _ in range(2):
        page = history.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "ListKeys"}],
            MaxResults=3,
            NextToken=token,
        )
        seen += [event["EventId"] for event in page["Events"]]
        token = page["NextToken"]
    assert len(seen) == len(set(seen)) == 11


def test_a_lookup_is_in_the_history_itself(history):
    request = history.lookup_events(MaxResults=1)["ResponseMetadata"]["RequestId"]
    newest = history.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "LookupEvents"}], MaxResults=20
    )["Events"]
    records = [json.loads(event["CloudTrailEvent"]) for event in newest]
    record = next(record for record in records if record["requestID"] == request)
    assert record["eventSource"] == "cloudtrail.amazonaws.com" and record["readOnly"] is True
    assert record["requestParameters"] == {"maxResults": 1}


def test_the_history_is_of_one_region_and_one_account(server, history, story, tmp_path):
    elsewhere = cloudtrail(server, region=OTHER_REGION)
    assert lookup(elsewhere, "ResourceName", story) == []
    kms_client(server, region=OTHER_REGION).list_keys(Limit=1)
    found = lookup(elsewhere, "EventName", "ListKeys", MaxResults=1)
    assert found and all(json.loads(event["CloudTrailEvent"])["awsRegion"] == OTHER_REGION for event in found)
    other = server.create_access_key(account=server.create_account())
    stranger = cloudtrail(server, other)
    for _ in range(100):
        try:
            events = stranger.lookup_events()["Events"]
            break
        except ClientError as error:
            assert error.response["Error"]["Code"] == "UnrecognizedClientException"
    assert all(
        json.loads(event["CloudTrailEvent"])["recipientAccountId"] != story.split(":")[4] for event in events
    )


def test_the_service_needs_its_permission(server, new_user):
    user = new_user()
    with refused("AccessDeniedException") as caught:
        cloudtrail(server, user.credentials).lookup_events()
    assert "cloudtrail:LookupEvents" in str(caught.value)
    with refused("AccessDeniedException"):
        cloudtrail(server, user.credentials).list_trails()


NAME = {"AttributeKey": "EventName", "AttributeValue": "Encrypt"}
MOMENT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"LookupAttributes": [NAME, NAME]}, "InvalidLookupAttributesException"),
        (
            {"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "maybe"}]},
            "InvalidLookupAttributesException",
        ),
        ({"LookupAttributes": [{"AttributeKey": "Planet", "AttributeValue": "Mars"}]}, "ValidationException"),
        ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": ""}]}, "ValidationException"),
        (
            {"StartTime": MOMENT, "EndTime": MOMENT - datetime.timedelta(seconds=1)},
            "InvalidTimeRangeException",
        ),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"MaxResults": 0}, "InvalidMaxResultsException"),
        ({"NextToken": "bm9uc2Vuc2U="}, "InvalidNextTokenException"),
        ({"NextToken": "?"}, "InvalidNextTokenException"),
        ({"EventCategory": "data"}, "ValidationException"),
    ],
)
def test_what_a_lookup_refuses(server, parameters, code):
    with refused(code):
        cloudtrail(server, validate=False).lookup_events(**parameters)


def test_a_token_belongs_to_its_lookup(history, kms):
    kms.list_keys(Limit=1)
    kms.list_keys(Limit=1)
    attribute = {"AttributeKey": "EventName", "AttributeValue": "ListKeys"}
    token = history.lookup_events(LookupAttributes=[attribute], MaxResults=1)["NextToken"]
    with refused("InvalidNextTokenException"):
        history.lookup_events(LookupAttributes=[NAME], NextToken=token)
    with refused("InvalidNextTokenException"):
        history.lookup_events(LookupAttributes=[attribute], EndTime=MOMENT, NextToken=token)


def test_there_are_no_insights(history):
    assert history.lookup_events(EventCategory="insight")["Events"] == []


def test_the_aws_cli_looks_events_up(server, story, tmp_path):
    environment = clean_environment(
        AWS_SHARED_CREDENTIALS_FILE=str(server.data / "credentials"),
        AWS_CONFIG_FILE=str(tmp_path / "no-config"),
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=server.endpoint,
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )
    done = subprocess.run(
        "aws cloudtrail lookup-events --lookup-attributes "
        f"AttributeKey=ResourceName,AttributeValue={story} --max-items 2 "
        "--query 'Events[].EventName' --output text",
        shell=True,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split()[:2] == ["EnableKey", "Encrypt"]


def test_the_history_outlives_the_server_and_its_index(own_server):
    kms = kms_client(own_server)
    arn = key_arn(kms)
    # Events of one second may be told in any order.
    pause()
    kms.disable_key(KeyId=arn)
    pause()
    assert own_server.stop() == 0
    own_server.start()
    assert lookup(cloudtrail(own_server), "ResourceName", arn)[0]["EventName"] == "DisableKey"
    kms_client(own_server).enable_key(KeyId=arn)
    assert own_server.stop() == 0
    indexes = list((own_server.data / "trail" / "index").glob("*.index"))
    assert indexes
    for index in indexes:
        index.write_bytes(index.read_bytes()[:9000])
    own_server.start()
    names = [event["EventName"] for event in lookup(cloudtrail(own_server), "ResourceName", arn)]
    assert names[:2] == ["EnableKey", "DisableKey"]
    assert "verified" in own_server.command("trail", "verify").stdout
