"""The Query protocol as such: forms, addresses, XML, errors, and input that is none of it."""

import random
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest
import urllib3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.iam import document, statement

FORM = "application/x-www-form-urlencoded; charset=utf-8"
SPACE = "{https://iam.amazonaws.com/doc/2010-05-08/}"
HTTP = urllib3.PoolManager(retries=False, timeout=10)


def ask(server, body=None, query="", service="iam", region="us-east-1", signed=True, content_type=FORM):
    """The status and the XML of the answer to a signed request."""
    credentials = Credentials(server.root.access_key, server.root.secret_key)
    url = f"{server.endpoint}/" + (f"?{query}" if query else "")
    headers = {"Content-Type": content_type} if body is not None else {}
    request = AWSRequest("GET" if body is None else "POST", url, headers, body)
    if signed:
        SigV4Auth(credentials, service, region).add_auth(request)
    prepared = request.prepare()
    answer = HTTP.request(prepared.method, prepared.url, body=prepared.body, headers=dict(prepared.headers))
    assert answer.headers["content-type"] == "text/xml", answer.data
    assert answer.headers["x-amzn-requestid"]
    return answer.status, ElementTree.fromstring(answer.data)


def error(answer):
    status, root = answer
    assert root.tag == f"{SPACE}ErrorResponse", ElementTree.tostring(root)
    assert root.find(f"{SPACE}RequestId").text
    fault = root.find(f"{SPACE}Error")
    message = fault.find(f"{SPACE}Message")
    return status, fault.find(f"{SPACE}Code").text, "" if message is None else message.text


def form(**parameters):
    return urllib.parse.urlencode({"Version": "2010-05-08", **parameters})


def test_an_answer_has_the_shape_of_the_protocol(server, account):
    status, root = ask(server, form(Action="GetUser"))
    assert (status, root.tag) == (200, f"{SPACE}GetUserResponse")
    assert root.find(f"{SPACE}GetUserResult/{SPACE}User/{SPACE}UserId").text == account
    assert len(root.find(f"{SPACE}ResponseMetadata/{SPACE}RequestId").text) == 36


def test_a_request_may_be_an_address(server):
    status, root = ask(server, query=form(Action="ListUsers", MaxItems="1"))
    assert (status, root.tag) == (200, f"{SPACE}ListUsersResponse")


def test_a_request_may_be_signed_in_its_address(server):
    request = AWSRequest("GET", f"{server.endpoint}/?{form(Action='GetUser')}")
    credentials = Credentials(server.root.access_key, server.root.secret_key)
    SigV4QueryAuth(credentials, "iam", "us-east-1", expires=60).add_auth(request)
    answer = HTTP.request("GET", request.prepare().url)
    assert answer.status == 200 and b"GetUserResult" in answer.data


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_signatures_of_either_region_are_taken(server, region):
    assert ask(server, form(Action="GetUser"), region=region)[0] == 200


def test_a_global_service_is_asked_in_us_east_1_where_that_is_not_served(tmp_path_factory):
    from support.server import Server

    server = Server(tmp_path_factory.mktemp("far"), {"regions": "eu-central-1"}).start()
    try:
        assert ask(server, form(Action="GetUser"))[0] == 200
        assert ask(server, form(Action="GetUser"), region="eu-central-1")[0] == 200
        status, code, _ = error(ask(server, form(Action="GetUser"), region="us-west-2"))
        assert (status, code) == (403, "SignatureDoesNotMatch")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("parameters", "status", "code", "message"),
    [
        (
            {"Action": "MakeUser"},
            400,
            "InvalidAction",
            "Could not find operation MakeUser for version 2010-05-08",
        ),
        ({"Action": "ListUsers", "MaxItems": "many"}, 400, "MalformedInput", None),
        ({"Action": "ListUsers", "MaxItems": "1.5"}, 400, "MalformedInput", None),
        ({"Action": "ListUsers", "MaxItems": "99999999999"}, 400, "MalformedInput", None),
        ({"Action": "ListPolicies", "OnlyAttached": "yes"}, 400, "MalformedInput", None),
        ({"Action": "TagUser", "UserName": "x", "Tags": "text"}, 400, "MalformedInput", None),
        ({"Action": "TagUser", "UserName": "x", "Tags.member.x.Key": "a"}, 400, "MalformedInput", None),
        ({"Action": "TagUser", "UserName": "x", "Tags.member.0.Key": "a"}, 400, "MalformedInput", None),
        ({"Action": "GetUser", "UserName.member.1": "x"}, 400, "MalformedInput", None),
        ({"Action": "GetUser", ".".join(["a"] * 17): "x"}, 400, "MalformedQueryString", None),
        ({"Action": "GetUser", "a..b": "x"}, 400, "MalformedQueryString", None),
        ({"Action": "CreateSAMLProvider"}, 400, "UnsupportedOperation", None),
        (
            {"Action": "ListUsers", "MaxItems": "0"},
            400,
            "ValidationError",
            "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
    ],
)
def test_wrong_requests_are_told_what_is_wrong(server, parameters, status, code, message):
    found = error(ask(server, form(**parameters)))
    assert found[:2] == (status, code)
    assert message is None or found[2] == message


def test_an_action_must_be_named(server):
    assert error_of_any(ask(server, "Version=2010-05-08"))[1] == "MissingAction"


def error_of_any(answer):
    status, root = answer
    return status, root.find(f"{SPACE}Error/{SPACE}Code").text


def test_unsigned_and_badly_signed_requests_are_refused(server):
    assert error(ask(server, form(Action="GetUser"), signed=False))[:2] == (403, "MissingAuthenticationToken")
    assert error(ask(server, form(Action="GetUser"), service="kms"))[:2] == (403, "SignatureDoesNotMatch")


def test_a_form_of_too_many_parameters_is_refused(server):
    body = form(Action="GetUser") + "".join(f"&p{number}=1" for number in range(5000))
    status, root = ask(server, body)
    assert status == 400 and "MalformedQueryString" in ElementTree.tostring(root, encoding="unicode")


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
WILDCARDS = document(statement(action="kms:" + "*?" * 1000 + "x", resource="arn:aws:kms:" + "*a" * 500))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'<!DOCTYPE x [<!ENTITY e0 "boom">{ENTITIES}]><x>&e29;</x>', "text/xml"),
        ("<x>" * 100_000, "application/xml"),
        (form(Action="CreateUser", UserName="x") + f"&Tags.member.{10**18}.Key=x", FORM),
        (form(Action="CreateUser", UserName="x") + "&Tags" + ".member.1" * 50_000 + "=x", FORM),
        (form(Action="GetUser", UserName="x") + "&" * 900_000, FORM),
        (form(Action="CreateUser", UserName="%41" * 300_000), FORM),
        (form(Action="GetUser", **{f"p{n}": n for n in range(80_000)}), FORM),
        (form(Action="SimulateCustomPolicy", **{"ActionNames.member.1": "kms:" + "x" * 100_000}), FORM),
        (form(Action="PutUserPolicy", UserName="x", PolicyName="x", PolicyDocument="[" * 900_000), FORM),
        (form(Action="PutUserPolicy", UserName="x", PolicyName="x", PolicyDocument='{"a":' * 150_000), FORM),
    ],
    ids=lambda value: value[:20] if len(value) > 80 else "",
)
def test_bombs_are_refused_and_cost_little(server, body, content_type):
    started = time.monotonic()
    status, root = ask(server, body, content_type=content_type)
    assert 400 <= status < 500, ElementTree.tostring(root)
    assert time.monotonic() - started < 2
    listed = ask(server, form(Action="ListUsers", MaxItems="1000"))[1]
    assert not [user for user in listed.iter(f"{SPACE}UserName") if user.text == "x"]


def test_wildcards_without_end_are_decided_in_little_time(server):
    parameters = {
        "PolicyInputList.member.1": WILDCARDS,
        "ActionNames.member.1": "kms:" + "a" * 100,
        "ResourceArns.member.1": "arn:aws:kms:" + "a" * 1000,
    }
    started = time.monotonic()
    status, root = ask(server, form(Action="SimulateCustomPolicy", **parameters))
    assert time.monotonic() - started < 2
    assert status < 500, ElementTree.tostring(root)
    assert "allowed" not in ElementTree.tostring(root, encoding="unicode")


def test_a_list_may_be_long_and_the_limit_is_told(server):
    tags = {f"Tags.member.{number}.Key": f"k{number}" for number in range(1, 1500)}
    tags |= {f"Tags.member.{number}.Value": "v" for number in range(1, 1500)}
    status, code, message = error(ask(server, form(Action="TagUser", UserName="x", **tags)))
    assert (status, code) == (400, "ValidationError")
    assert "Member must have length less than or equal to 50" in message


@pytest.mark.parametrize("seed", range(4))
def test_garbage_gets_an_error_and_changes_nothing(server, seed):
    generator = random.Random(seed)
    words = ["Action", "CreateUser", "UserName", "Tags", "member", "entry", "1", "2", "Key", "Value", "a", ""]
    for _ in range(60):
        names = [
            ".".join(generator.choices(words, k=generator.randint(1, 6)))
            for _ in range(generator.randint(1, 8))
        ]
        pairs = [f"{name}={generator.choice(['x', '', '%41', '%', '%zz', '+'])}" for name in names]
        body = "Version=2010-05-08&Action=CreateUser&" + "&".join(pairs)
        status, root = ask(server, body)
        assert 400 <= status < 500, ElementTree.tostring(root)
    listed = ask(server, form(Action="ListUsers", MaxItems="1000"))[1]
    assert not [user for user in listed.iter(f"{SPACE}UserName") if user.text in ("x", "A")]
