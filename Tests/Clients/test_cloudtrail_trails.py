"""Trails: without S3 there is no bucket to deliver to, and CloudTrail says so in its own errors."""

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import botocore
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)
from test_cloudtrail_lookup import cloudtrail

from support.clients import outcome, refused
from support.server import REGION

BUCKET = {"S3BucketName": "trail-bucket"}


@pytest.fixture(scope="module")
def trails(server):
    return cloudtrail(server, validate=False)


def arn(account, name="main"):
    return f"arn:aws:cloudtrail:{REGION}:{account}:trail/{name}"


def test_there_is_no_trail(trails):
    assert trails.describe_trails()["trailList"] == []
    assert trails.describe_trails(trailNameList=["main"])["trailList"] == []
    assert trails.list_trails()["Trails"] == []


def test_a_trail_cannot_be_made_without_its_bucket(trails):
    with refused("S3BucketDoesNotExistException", "S3 bucket trail-bucket does not exist!"):
        trails.create_trail(Name="main", **BUCKET)
    assert trails.list_trails()["Trails"] == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Name": "ab"}, "InvalidTrailNameException"),
        ({"Name": "a" * 129}, "InvalidTrailNameException"),
        ({"Name": "my__trail"}, "InvalidTrailNameException"),
        ({"Name": "-trail"}, "InvalidTrailNameException"),
        ({"Name": "my trail"}, "InvalidTrailNameException"),
        ({"Name": "192.168.5.4"}, "InvalidTrailNameException"),
        ({"Name": ""}, "InvalidTrailNameException"),
        ({"Name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"}, "InvalidTrailNameException"),
        ({"S3BucketName": "A"}, "InvalidS3BucketNameException"),
        ({"S3BucketName": "Upper-Case"}, "InvalidS3BucketNameException"),
        ({"S3KeyPrefix": "x" * 201}, "InvalidS3PrefixException"),
        ({"SnsTopicName": "x" * 257}, "InvalidSnsTopicNameException"),
        ({"IsOrganizationTrail": True}, "OrganizationsNotInUseException"),
        (
            {"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": False},
            "InvalidParameterCombinationException",
        ),
        ({"CloudWatchLogsLogGroupArn": "arn:x"}, "CloudWatchLogsDeliveryUnavailableException"),
        ({"TagsList": [{"Key": "a"}, {"Key": "a"}]}, "InvalidTagParameterException"),
        ({"TagsList": [{"Key": "aws:a"}]}, "InvalidTagParameterException"),
        ({"TagsList": [{"Key": str(number)} for number in range(51)]}, "TagsLimitExceededException"),
    ],
)
def test_what_create_trail_refuses(trails, parameters, code):
    with refused(code):
        trails.create_trail(**{"Name": "main", **BUCKET, **parameters})


NAMED = [
    ("update_trail", "Name", {}),
    ("delete_trail", "Name", {}),
    ("get_trail", "Name", {}),
    ("get_trail_status", "Name", {}),
    ("start_logging", "Name", {}),
    ("stop_logging", "Name", {}),
    ("get_event_selectors", "TrailName", {}),
    ("put_event_selectors", "TrailName", {"EventSelectors": [{"ReadWriteType": "All"}]}),
    ("get_insight_selectors", "TrailName", {}),
    ("put_insight_selectors", "TrailName", {"InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}]}),
]


@pytest.mark.parametrize(("operation", "member", "more"), NAMED)
def test_what_is_asked_of_a_trail_is_answered_with_its_absence(
    server, trails, account, new_user, operation, member, more
):
    call = getattr(trails, operation)
    for name in ["main", arn(account)]:
        with refused("TrailNotFoundException", f"Unknown trail: {arn(account)} for the user: {account}"):
            call(**{member: name}, **more)
    with refused("InvalidTrailNameException"):
        call(**{member: "x"}, **more)
    with refused("CloudTrailARNInvalidException"):
        call(**{member: "arn:aws:s3:::bucket"}, **more)
    nobody = getattr(cloudtrail(server, new_user().credentials), operation)
    with refused("AccessDeniedException"):
        nobody(**{member: "main"}, **more)


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("put_event_selectors", {}, "InvalidEventSelectorsException"),
        ("put_event_selectors", {"EventSelectors": [{}] * 6}, "InvalidEventSelectorsException"),
        ("put_insight_selectors", {"InsightSelectors": [{}]}, "InvalidInsightSelectorsException"),
        (
            "get_insight_selectors",
            {"EventDataStore": "arn:aws:cloudtrail:x"},
            "InvalidParameterCombinationException",
        ),
    ],
)
def test_what_selectors_refuse(trails, operation, parameters, code):
    with refused(code):
        getattr(trails, operation)(TrailName="main", **parameters)
    with refused("InvalidParameterException"):
        trails.get_insight_selectors()


def test_tags_are_those_of_trails(trails, account):
    tags = [{"Key": "team", "Value": "security"}]
    for call in [
        lambda name: trails.add_tags(ResourceId=name, TagsList=tags),
        lambda name: trails.remove_tags(ResourceId=name, TagsList=tags),
        lambda name: trails.list_tags(ResourceIdList=[name]),
    ]:
        with refused("ResourceNotFoundException"):
            call(arn(account))
        with refused("CloudTrailARNInvalidException"):
            call("main")
        with refused("InvalidTrailNameException"):
            call(arn(account, "x"))
        with refused("ResourceTypeNotSupportedException"):
            call(f"arn:aws:cloudtrail:{REGION}:{account}:eventdatastore/abc")
    with refused("InvalidTagParameterException"):
        trails.add_tags(ResourceId=arn(account), TagsList=tags + tags)
    with refused("TagsLimitExceededException"):
        trails.add_tags(ResourceId=arn(account), TagsList=[{"Key": f"{n}", "Value": "x"} for n in range(51)])
    with refused("InvalidTokenException"):
        trails.list_tags(ResourceIdList=[arn(account)], NextToken="x")


def test_the_public_key_verifies_the_published_head(server, trails):
    """With a library alone, as an auditor would who trusts none of our programs."""
    answer = trails.list_public_keys()
    (key,) = answer["PublicKeyList"]
    assert "NextToken" not in answer and "ValidityEndTime" not in key
    assert key["Fingerprint"] == hashlib.sha256(key["Value"]).hexdigest()
    assert key["ValidityStartTime"] <= datetime.now(UTC)
    head = server.command("trail", "head").stdout
    text, signature = head.rsplit("signature ", 1)
    assert text.startswith("strongroom trail head 1\n") and "\nlane 0 " in text
    public = load_der_public_key(key["Value"])
    public.verify(bytes.fromhex(signature), text.encode())
    with pytest.raises(InvalidSignature):
        public.verify(bytes.fromhex(signature), text.replace("lane 0", "lane 1").encode())
    kept = load_pem_public_key((server.data / "trail" / "public-key").read_bytes())
    assert kept.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == key["Value"]


def test_the_public_key_outlives_the_root_key_that_it_was_made_of(own_server):
    def keys():
        return cloudtrail(own_server).list_public_keys()["PublicKeyList"]

    before = keys()
    own_server.command("seal", "rotate")
    assert keys() == before
    own_server.stop()
    own_server.start()
    assert keys() == before


def test_public_keys_are_found_by_their_time(trails):
    (key,) = trails.list_public_keys()["PublicKeyList"]
    made = key["ValidityStartTime"]

    def found(**times):
        return trails.list_public_keys(**times)["PublicKeyList"]

    early, late = made - timedelta(days=2), made + timedelta(days=2)
    assert found(StartTime=early) == found(StartTime=early, EndTime=late) == [key]
    assert found(StartTime=early, EndTime=made) == found(EndTime=late) == [key]
    assert found(StartTime=late, EndTime=late) == [key]
    assert found(StartTime=early, EndTime=made - timedelta(seconds=1)) == []
    for times in ({"StartTime": late}, {"EndTime": early}, {"StartTime": late, "EndTime": early}):
        with refused("InvalidTimeRangeException"):
            found(**times)
    with refused("InvalidTokenException"):
        trails.list_public_keys(NextToken="x")


def test_every_operation_of_the_model_is_served_or_refused(trails):
    path = next(Path(botocore.__file__).parent.glob("data/cloudtrail/*/service-2.json.gz"))
    operations = json.loads(gzip.decompress(path.read_bytes()))["operations"]
    served = {
        "AddTags", "CreateTrail", "DeleteTrail", "DescribeTrails", "GetEventSelectors", "GetInsightSelectors",
        "GetTrail", "GetTrailStatus", "ListPublicKeys", "ListTags", "ListTrails", "LookupEvents",
        "PutEventSelectors", "PutInsightSelectors", "RemoveTags", "StartLogging", "StopLogging",
        "UpdateTrail",
    }  # fmt: skip
    for operation in sorted(set(operations) - served):
        call = getattr(trails, botocore.xform_name(operation))
        assert outcome(call) == "UnsupportedOperationException", operation
