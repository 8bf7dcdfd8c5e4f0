"""OpenID Connect providers of accounts."""

import datetime

import pytest

from support.iam import fresh, refused
from support.principals import iam_client

THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"


@pytest.fixture(scope="module")
def iam(server):
    return iam_client(server)


@pytest.fixture
def provider(iam):
    url = f"https://{fresh('idp')}.example.com/tenant"
    arn = iam.create_open_id_connect_provider(
        Url=url,
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=[THUMBPRINT],
        Tags=[{"Key": "team", "Value": "platform"}],
    )["OpenIDConnectProviderArn"]
    return arn


def test_a_provider_is_shown_as_it_was_made(iam, provider, account):
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    host = shown["Url"]
    assert provider == f"arn:aws:iam::{account}:oidc-provider/{host}" and host.endswith(".example.com/tenant")
    assert shown["ClientIDList"] == ["sts.amazonaws.com"] and shown["ThumbprintList"] == [THUMBPRINT]
    assert shown["Tags"] == [{"Key": "team", "Value": "platform"}]
    age = datetime.datetime.now(datetime.timezone.utc) - shown["CreateDate"]
    assert abs(age) < datetime.timedelta(minutes=5)
    assert {"Arn": provider} in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]


def test_audiences_thumbprints_and_tags_change(iam, provider):
    of = {"OpenIDConnectProviderArn": provider}
    iam.add_client_id_to_open_id_connect_provider(ClientID="second", **of)
    iam.add_client_id_to_open_id_connect_provider(ClientID="second", **of)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="sts.amazonaws.com", **of)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="never-there", **of)
    iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["a" * 40, "B" * 40], **of)
    iam.tag_open_id_connect_provider(Tags=[{"Key": "Team", "Value": "x"}, {"Key": "b", "Value": ""}], **of)
    shown = iam.get_open_id_connect_provider(**of)
    assert shown["ClientIDList"] == ["second"] and shown["ThumbprintList"] == ["a" * 40, "B" * 40]
    first = iam.list_open_id_connect_provider_tags(MaxItems=1, **of)
    assert first["IsTruncated"] and first["Tags"] == [{"Key": "Team", "Value": "x"}]
    rest = iam.list_open_id_connect_provider_tags(Marker=first["Marker"], **of)
    assert rest["Tags"] == [{"Key": "b", "Value": ""}] and not rest["IsTruncated"]
    iam.untag_open_id_connect_provider(TagKeys=["team"], **of)
    assert iam.list_open_id_connect_provider_tags(**of)["Tags"] == [{"Key": "b", "Value": ""}]


def test_a_deleted_provider_is_gone(iam, provider):
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {provider}"):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    with refused("NoSuchEntity"):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    assert {"Arn": provider} not in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]


@pytest.mark.parametrize(
    "call",
    [
        "get_open_id_connect_provider",
        "delete_open_id_connect_provider",
        "list_open_id_connect_provider_tags",
    ],
)
def test_what_is_no_provider_is_refused(iam, account, call):
    with refused("NoSuchEntity"):
        getattr(iam, call)(OpenIDConnectProviderArn=f"arn:aws:iam::{account}:oidc-provider/none.example.com")
    with refused("InvalidInput"):
        getattr(iam, call)(OpenIDConnectProviderArn=f"arn:aws:iam::{account}:user/somebody-there")


def test_a_provider_exists_once(iam, provider):
    url = "https://" + iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["Url"]
    with refused("EntityAlreadyExists", f"Provider with url {url} already exists."):
        iam.create_open_id_connect_provider(Url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example.com",
        "https://",
        "https://user:pass@idp.example.com",
        "https://idp.example.com/?query=1",
        "https://idp.example.com/a/../b",
        "ftp://idp.example.com",
        "idp.example.com",
    ],
)
def test_urls_that_no_provider_can_have(iam, url):
    before = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    with refused("InvalidInput"):
        iam.create_open_id_connect_provider(Url=url)
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == before


def test_limits_of_a_provider(iam, provider):
    of = {"OpenIDConnectProviderArn": provider}
    with refused("InvalidInput"):
        iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["a" * 40] * 6, **of)
    with refused("InvalidInput"):
        iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["x" * 40], **of)
    for number in range(99):
        iam.add_client_id_to_open_id_connect_provider(ClientID=f"client-{number}", **of)
    with refused("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"):
        iam.add_client_id_to_open_id_connect_provider(ClientID="one-more", **of)
    assert len(iam.get_open_id_connect_provider(**of)["ClientIDList"]) == 100


def test_others_may_not(new_user, server, iam, provider):
    user = new_user({"Effect": "Allow", "Action": "iam:ListOpenIDConnectProviders", "Resource": "*"})
    others = iam_client(server, user.credentials)
    assert {"Arn": provider} in others.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    for call, more in [
        ("get_open_id_connect_provider", {}),
        ("delete_open_id_connect_provider", {}),
        ("add_client_id_to_open_id_connect_provider", {"ClientID": "mine"}),
        ("remove_client_id_from_open_id_connect_provider", {"ClientID": "sts.amazonaws.com"}),
        ("update_open_id_connect_provider_thumbprint", {"ThumbprintList": []}),
        ("tag_open_id_connect_provider", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_open_id_connect_provider", {"TagKeys": ["team"]}),
    ]:
        with refused("AccessDenied"):
            getattr(others, call)(OpenIDConnectProviderArn=provider, **more)
    with refused("AccessDenied"):
        others.create_open_id_connect_provider(Url="https://mine.example.com")
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    assert shown["ClientIDList"] == ["sts.amazonaws.com"] and shown["Tags"]
