"""Roles for the bearers of OpenID Connect tokens, first of all Kubernetes service accounts."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.clients import key_arn
from support.iam import code_of, document, refused, service_client, statement, trust
from support.issuer import RSA_KEYS, Issuer, drip, fail, flood, hang, redirect
from support.server import REGION, Server, clean_environment
from support.sessions import name_of, new_role, session_client, unsigned_sts

SUBJECT = "system:serviceaccount:shop:orders"
CONFIGURATION = "/.well-known/openid-configuration"
KEYS = "/openid/v1/jwks"
PAUSE = 10.5


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, issuer):
    server = Server(tmp_path_factory.mktemp("federation"), {"oidc-insecure-hosts": issuer.authority}).start()
    server.command("oidc-provider", "create", "--url", issuer.url)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def account(server):
    return service_client(server, "sts").get_caller_identity()["Account"]


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture(scope="module")
def sts(server):
    return unsigned_sts(server)


def trusting(account, issuer, **conditions):
    """A trust policy for a service account of the provider's cluster."""
    return trust(
        {"Federated": f"arn:aws:iam::{account}:oidc-provider/{issuer.authority}"},
        action="sts:AssumeRoleWithWebIdentity",
        Condition=conditions
        or {
            "StringEquals": {
                f"{issuer.authority}:sub": SUBJECT,
                f"{issuer.authority}:aud": "sts.amazonaws.com",
            }
        },
    )


@pytest.fixture(scope="module")
def role(iam, account, issuer):
    return new_role(iam, account, statement(action="kms:*"), trusts=trusting(account, issuer))


def assume(sts, role, token, **more):
    return sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="orders-7d9c", WebIdentityToken=token, **more
    )


def test_a_service_account_has_the_role_that_trusts_it(server, sts, role, account, issuer):
    answer = assume(sts, role, issuer.token())
    provider = f"arn:aws:iam::{account}:oidc-provider/{issuer.authority}"
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert answer["Audience"] == "sts.amazonaws.com"
    assert answer["Provider"] == provider
    arn = f"arn:aws:sts::{account}:assumed-role/{name_of(role)}/orders-7d9c"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    kms = session_client(server, "kms", answer["Credentials"])
    key = key_arn(kms)
    blob = kms.encrypt(KeyId=key, Plaintext=b"order 1")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"order 1"
    assert code_of(session_client(server, "iam", answer["Credentials"]).list_users) == "AccessDenied"


def test_an_sdk_in_a_pod_finds_its_way_by_itself(server, role, issuer, tmp_path, account):
    """As the webhook of a cluster sets a pod up: a projected token, a role, an endpoint, and nothing else."""
    (tmp_path / "token").write_text(issuer.token())
    environment = clean_environment(
        AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"),
        AWS_ROLE_ARN=role,
        AWS_ROLE_SESSION_NAME="pod",
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=server.endpoint,
        HOME=str(tmp_path),
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )
    done = subprocess.run(
        ["aws", "kms", "create-key"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["KeyMetadata"]["AWSAccountId"] == account


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384"])
def test_every_algorithm_is_taken(sts, role, issuer, algorithm):
    kid = next(kid for kid, (name, _) in issuer.keys.items() if name == algorithm)
    assume(sts, role, issuer.token(kid))


def test_claims_decide(sts, role, iam, account, issuer):
    denied = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    with refused("AccessDenied", denied):
        assume(sts, role, issuer.token(sub="system:serviceaccount:shop:billing"))
    with refused("AccessDenied", denied):
        assume(sts, f"arn:aws:iam::{account}:role/nobody", issuer.token())
    with refused("AccessDenied", denied):
        assume(sts, new_role(iam, account), issuer.token())
    anyone = new_role(
        iam,
        account,
        trusts=trusting(
            account, issuer, StringLike={f"{issuer.authority}:sub": "system:serviceaccount:shop:*"}
        ),
    )
    assume(sts, anyone, issuer.token(sub="system:serviceaccount:shop:billing"))
    with refused("AccessDenied", denied):
        assume(sts, anyone, issuer.token(sub="system:serviceaccount:kube-system:default"))


def now():
    return int(time.time())


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"aud": "elsewhere"}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"aud": ["a", "b"]}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"aud": None}, "InvalidIdentityToken", "Missing a required claim: aud"),
        ({"azp": "elsewhere"}, "InvalidIdentityToken", "Incorrect token audience"),
        ({"exp": None}, "InvalidIdentityToken", "Missing a required claim: exp"),
        ({"exp": 1}, "ExpiredTokenException", None),
        ({"nbf": lambda: now() + 3000}, "InvalidIdentityToken", None),
        ({"iat": lambda: now() + 3000}, "InvalidIdentityToken", None),
        ({"sub": None}, "InvalidIdentityToken", "Missing a required claim: sub"),
        ({"sub": "a" * 256}, "InvalidIdentityToken", "The claim sub is not valid."),
        (
            {"iss": "https://evil.example.com"},
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://evil.example.com",
        ),
        ({"iss": None}, "InvalidIdentityToken", "Missing a required claim: iss"),
    ],
)
def test_tokens_with_wrong_claims_are_refused(sts, role, issuer, changes, code, message):
    claims = {name: value() if callable(value) else value for name, value in changes.items()}
    with refused(code) as caught:
        assume(sts, role, issuer.token(**claims))
    if message:
        assert caught.value.response["Error"]["Message"] == message


def forged(header, issuer, secret=None):
    """A token with a header of one's own choice, perhaps with an HMAC for a signature."""
    parts = issuer.token().split(".")
    signed = f"{encode(json.dumps(header).encode())}.{parts[1]}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signed}.{encode(signature)}"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_tokens_without_a_right_signature_are_refused(sts, role, issuer):
    public = RSA_KEYS[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    genuine = issuer.token()
    head, body, signature = genuine.split(".")
    other = issuer.token(sub="system:serviceaccount:kube-system:admin").split(".")[1]
    tokens = [
        forged({"alg": "none"}, issuer),
        forged({"alg": "None", "kid": "rsa"}, issuer),
        forged({"alg": "HS256", "kid": "rsa"}, issuer, public),
        forged({"alg": "HS256"}, issuer, b"secret"),
        forged({"alg": "RS256", "kid": "rsa"}, issuer),
        forged({"alg": "ES256", "kid": "rsa"}, issuer),
        forged({"alg": "RS256", "kid": "p256"}, issuer),
        forged({"alg": "RS256", "kid": "rsa", "crit": ["exp"]}, issuer),
        forged({"alg": "RS256", "kid": 1}, issuer),
        forged({"kid": "rsa"}, issuer),
        issuer.token(key=stranger),
        issuer.token("p256", key=issuer.keys["p256"][1], headers={"kid": "p384"}),
        issuer.token(headers={"jwk": {"kty": "oct", "k": "AAAA"}}, key=stranger),
        issuer.token(headers={"jku": "https://evil.example.com/keys"}, key=stranger),
        f"{head}.{other}.{signature}",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature}=",
        f"{head}.{body}",
        f"{head}.{body}.{signature}.x",
        "garbage",
        "a.b.c",
        "\x00\x00\x00\x00",
        "🔑.🔑.🔑",
    ]
    for token in tokens:
        assert (
            code_of(
                sts.assume_role_with_web_identity,
                RoleArn=role,
                RoleSessionName="session",
                WebIdentityToken=token,
            )
            == "InvalidIdentityToken"
        ), token
    assume(sts, role, genuine)


def test_a_token_is_20000_characters_at_most(server, role, issuer):
    sts = unsigned_sts(server)
    assume(sts, role, issuer.token(padding="x" * 12_000))
    with pytest.raises(sts.exceptions.ClientError) as caught:
        assume(sts, role, issuer.token(padding="x" * 20_000))
    assert "length less than or equal to 20000" in str(caught.value) or "Parameter validation" in str(
        caught.value
    )


def test_the_audit_names_the_service_account(server, sts, role, account, issuer):
    token = issuer.token()
    credentials = assume(sts, role, token)["Credentials"]
    session_client(server, "kms", credentials).list_keys()
    text = "".join(path.read_text() for path in (server.data / "trail").glob("*.log"))
    assert token not in text and credentials["SecretAccessKey"] not in text
    assert credentials["SessionToken"] not in text
    events = [json.loads(line.split(" ", 3)[3]) for line in text.splitlines() if line.startswith("E ")]
    provider = f"arn:aws:iam::{account}:oidc-provider/{issuer.authority}"
    # By its own credentials: the files of the trail are in no order, and other tests leave such events too.
    key = credentials["AccessKeyId"]
    (asked,) = [
        event
        for event in events
        if event["eventName"] == "AssumeRoleWithWebIdentity"
        and key in json.dumps(event.get("responseElements"))
    ]
    assert asked["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{SUBJECT}",
        "userName": SUBJECT,
        "identityProvider": provider,
    }
    assert asked["responseElements"]["credentials"].keys() == {"accessKeyId", "expiration"}
    identities = [event["userIdentity"] for event in events if event["eventName"] == "ListKeys"]
    (used,) = [identity for identity in identities if identity.get("accessKeyId") == key]
    assert used["type"] == "AssumedRole"
    context = used["sessionContext"]
    assert context["sessionIssuer"]["arn"] == role
    assert context["webIdFederationData"]["federatedProvider"] == provider
    assert context["webIdFederationData"]["attributes"][f"{issuer.authority}:sub"] == SUBJECT


LIES = {
    "hang": (hang, "IDPCommunicationError"),
    "drip": (drip, "IDPCommunicationError"),
    "flood": (flood, "InvalidIdentityToken"),
    "elsewhere": (redirect("http://localhost:1/keys"), "InvalidIdentityToken"),
    "metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "InvalidIdentityToken"),
    "loop": (redirect("/again"), "InvalidIdentityToken"),
    "absent": (fail(404), "InvalidIdentityToken"),
    "broken": (fail(500), "IDPCommunicationError"),
    "nonsense": (b"<html></html>", "InvalidIdentityToken"),
    "deep": (b"[" * 100_000, "InvalidIdentityToken"),
    "empty": (b"", "InvalidIdentityToken"),
}
FORBIDDEN = [
    "http://169.254.169.254/keys",
    "https://169.254.169.254/keys",
    "https://[fd00:ec2::254]/keys",
    "https://[::ffff:169.254.169.254]/keys",
    "https://0.0.0.0/keys",
    "http://localhost:1/keys",
    "https://127.0.0.1:1/keys",
    "https://user:password@127.0.0.1/keys",
    "file:///etc/passwd",
    "ftp://127.0.0.1/keys",
    "",
]


class World:
    """A server and many providers that it trusts, each with a role; a test takes a provider of its own."""

    def __init__(self, folder, count):
        self.issuers = [Issuer() for _ in range(count)]
        hosts = ",".join(issuer.authority for issuer in self.issuers)
        self.server = Server(folder, {"oidc-insecure-hosts": hosts}).start()
        self.account = service_client(self.server, "sts").get_caller_identity()["Account"]
        self.iam = service_client(self.server, "iam")
        self.sts = unsigned_sts(self.server)
        self.left = iter(self.issuers)

    def provider(self):
        issuer = next(self.left)
        self.server.command("oidc-provider", "create", "--url", issuer.url)
        return issuer, new_role(self.iam, self.account, trusts=trusting(self.account, issuer))

    def ask(self, role, issuer):
        """The refusal's code and text, and how long it took."""
        started = time.monotonic()
        with pytest.raises(ClientError) as caught:
            assume(self.sts, role, issuer.token())
        error = caught.value.response["Error"]
        return error["Code"], error["Message"], time.monotonic() - started

    def stop(self):
        assert self.server.stop() == 0
        for issuer in self.issuers:
            issuer.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"), 2 * len(LIES) + len(FORBIDDEN) + 3)
    yield world
    world.stop()


@pytest.mark.parametrize("path", [CONFIGURATION, KEYS])
def test_a_provider_that_fails_or_lies_costs_little_time(world, path):
    providers = {lie: world.provider() for lie in LIES}
    for lie, (issuer, _) in providers.items():
        issuer.answers = {path: LIES[lie][0], "/again": redirect("/again")}

    def ask(lie):
        issuer, role = providers[lie]
        first = world.ask(role, issuer)
        asked = len(issuer.asked)
        second = world.ask(role, issuer)
        return first, second, len(issuer.asked) - asked

    with ThreadPoolExecutor(len(LIES)) as pool:
        answers = dict(zip(LIES, pool.map(ask, LIES), strict=True))
    for lie, (first, second, asked) in answers.items():
        assert first[0] == second[0] == LIES[lie][1], (lie, first)
        assert "169.254" not in first[1] and "localhost" not in first[1]
        assert first[2] < 12, lie
        # It is not asked again at once.
        assert (asked, second[2] < 2) == (0, True), lie
    service_client(world.server, "kms").list_keys()


def test_keys_are_not_fetched_from_forbidden_places(world):
    for place in FORBIDDEN:
        issuer, role = world.provider()
        issuer.answers = {CONFIGURATION: {**issuer.documents()[CONFIGURATION], "jwks_uri": place}}
        code, _, seconds = world.ask(role, issuer)
        assert code in ("InvalidIdentityToken", "IDPCommunicationError"), place
        assert seconds < 2, place


def test_a_provider_of_another_name_is_refused(world):
    issuer, role = world.provider()
    configuration = issuer.documents()[CONFIGURATION]
    issuer.answers = {CONFIGURATION: {**configuration, "issuer": "https://evil.example.com"}}
    assert world.ask(role, issuer)[0] == "InvalidIdentityToken"


def test_a_provider_without_tls_is_refused_unless_it_is_allowed(own_server, issuer):
    own_server.command("oidc-provider", "create", "--url", issuer.url)
    sts = unsigned_sts(own_server)
    account = service_client(own_server, "sts").get_caller_identity()["Account"]
    asked = len(issuer.asked)
    with refused("InvalidIdentityToken"):
        assume(sts, f"arn:aws:iam::{account}:role/x", issuer.token())
    with refused("InvalidIdentityToken"):
        assume(sts, f"arn:aws:iam::{account}:role/x", issuer.token(iss=f"https://{issuer.authority}"))
    assert len(issuer.asked) == asked


def test_uploaded_keys_serve_clusters_without_a_network(own_server, issuer, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps(issuer.key_set()))
    url = "https://kubernetes.default.svc.cluster.local"
    own_server.command("oidc-provider", "create", "--url", url)
    own_server.command("oidc-provider", "set-keys", "--url", url, tmp_path / "keys.json")
    account = service_client(own_server, "sts").get_caller_identity()["Account"]
    iam, sts = service_client(own_server, "iam"), unsigned_sts(own_server)
    host = "kubernetes.default.svc.cluster.local"
    trusts = trust(
        {"Federated": f"arn:aws:iam::{account}:oidc-provider/{host}"},
        action="sts:AssumeRoleWithWebIdentity",
        Condition={"StringEquals": {f"{host}:sub": SUBJECT}},
    )
    role = new_role(iam, account, statement(action="kms:*"), trusts=trusts)
    asked = len(issuer.asked)
    credentials = assume(sts, role, issuer.token(iss=url))["Credentials"]
    session_client(own_server, "kms", credentials).list_keys()
    own_server.command("seal", "rotate")
    assume(sts, role, issuer.token(iss=url))
    with refused("InvalidIdentityToken"):
        assume(sts, role, issuer.token(iss=url, key=RSA_KEYS[1], kid="unknown"))
    assert len(issuer.asked) == asked
    shown = own_server.command("oidc-provider", "show-keys", "--url", url).stdout
    assert json.loads(shown) == issuer.key_set()
    for text in ("", "{}", '{"keys": []}', json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}]})):
        (tmp_path / "bad.json").write_text(text)
        done = own_server.command(
            "oidc-provider", "set-keys", "--url", url, tmp_path / "bad.json", check=False
        )
        assert done.returncode != 0
    assert own_server.command("oidc-provider", "show-keys", "--url", url).stdout == shown


def test_a_trust_policy_may_ask_for_more(server, sts, iam, account, issuer):
    condition = {
        "ForAnyValue:StringEquals": {f"{issuer.authority}:amr": "mfa"},
        "StringEquals": {
            "sts:RoleSessionName": "orders-7d9c",
            f"{issuer.authority}:aud": "sts.amazonaws.com",
        },
    }
    role = new_role(iam, account, trusts=trusting(account, issuer, **condition))
    assume(sts, role, issuer.token(amr=["pwd", "mfa"]))
    with refused("AccessDenied"):
        assume(sts, role, issuer.token(amr=["pwd"]))


def test_a_session_policy_narrows_what_a_pod_may_do(server, sts, iam, account, issuer):
    role = new_role(iam, account, statement(action="kms:*"), trusts=trusting(account, issuer))
    policy = document(statement(action="kms:ListKeys"))
    credentials = assume(sts, role, issuer.token(), Policy=policy, DurationSeconds=900)["Credentials"]
    kms = session_client(server, "kms", credentials)
    kms.list_keys()
    assert code_of(kms.create_key) == "AccessDeniedException"


def test_many_pods_that_start_together_ask_the_provider_once(world):
    issuer, role = world.provider()
    token = issuer.token()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: assume(world.sts, role, token), range(50)))
    assert len({answer["Credentials"]["AccessKeyId"] for answer in answers}) == 50
    assert len(issuer.asked) == 2


def test_keys_that_change_are_found_by_their_names(sts, role, issuer):
    assume(sts, role, issuer.token())
    issuer.keys["new"] = ("RS256", RSA_KEYS[1])
    time.sleep(max(0.0, issuer.asked_at + PAUSE - time.monotonic()))
    asked = len(issuer.asked)
    assume(sts, role, issuer.token("new"))
    assert len(issuer.asked) == asked + 2
    # Made-up names cost the provider nothing more.
    for index in range(20):
        with refused("InvalidIdentityToken"):
            assume(sts, role, issuer.token(key=RSA_KEYS[1], kid=f"made-up-{index}"))
    assert len(issuer.asked) == asked + 2
