"""Sessions of roles, as boto3 and the AWS CLI have them: each does what it may and nothing else."""

import datetime
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from support.clients import key_arn
from support.iam import code_of, refused, service_client, statement, trust, wait_for
from support.server import REGION, clean_environment
from support.sessions import ANYTHING, assume, name_of, new_role, new_user, session_client

USES = statement(action=["kms:Encrypt", "kms:Decrypt"])


@pytest.fixture(scope="module")
def iam(server):
    return service_client(server, "iam")


@pytest.fixture(scope="module")
def alice(server, iam):
    """A user who may do everything with STS."""
    return new_user(server, iam, statement(action="sts:*"))[1]


def test_a_session_does_what_its_role_may(server, iam, account, alice, kms, key):
    role = new_role(iam, account, statement(action=["kms:Encrypt", "kms:Decrypt"], resource=key))
    answer = alice.assume_role(RoleArn=role, RoleSessionName="deploy-1")
    credentials = answer["Credentials"]
    assert re.fullmatch("ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    assert len(credentials["SecretAccessKey"]) == 40
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 3500 < left.total_seconds() <= 3600
    arn = f"arn:aws:sts::{account}:assumed-role/{name_of(role)}/deploy-1"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    role_id = iam.get_role(RoleName=name_of(role))["Role"]["RoleId"]
    assert answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role_id}:deploy-1"
    session = session_client(server, "kms", credentials)
    blob = session.encrypt(KeyId=key, Plaintext=b"plans")["CiphertextBlob"]
    assert session.decrypt(CiphertextBlob=blob)["Plaintext"] == b"plans"
    other = key_arn(kms)
    with refused("AccessDeniedException") as caught:
        session.encrypt(KeyId=other, Plaintext=b"plans")
    assert caught.value.response["Error"]["Message"] == (
        f"User: {arn} is not authorized to perform: kms:Encrypt on resource: {other} "
        "because no identity-based policy allows the kms:Encrypt action"
    )
    assert code_of(session.create_key) == "AccessDeniedException"
    who = session_client(server, "sts", credentials).get_caller_identity()
    assert (who["Arn"], who["UserId"], who["Account"]) == (arn, f"{role_id}:deploy-1", account)


def test_a_session_policy_narrows_the_session(server, iam, account, alice, key):
    role = new_role(iam, account, statement(action="kms:*"))
    policy = {"Version": "2012-10-17", "Statement": [statement(action=["kms:Encrypt", "s3:*"])]}
    answer = alice.assume_role(RoleArn=role, RoleSessionName="narrow", Policy=json.dumps(policy, indent=4))
    assert 0 < answer["PackedPolicySize"] < 10
    session = session_client(server, "kms", answer["Credentials"])
    blob = session.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
    with refused("AccessDeniedException"):
        session.decrypt(CiphertextBlob=blob)
    with refused("AccessDeniedException") as caught:
        session.describe_key(KeyId=key)
    assert caught.value.response["Error"]["Message"].endswith(
        "because no session policy allows the kms:DescribeKey action"
    )


def test_a_managed_policy_narrows_the_session_as_it_is_now(server, iam, account, alice, key):
    role = new_role(iam, account, statement(action="kms:*"))
    text = {"Version": "2012-10-17", "Statement": [statement(action="kms:DescribeKey")]}
    arn = iam.create_policy(PolicyName=f"session-{name_of(role)}", PolicyDocument=json.dumps(text))["Policy"][
        "Arn"
    ]
    session = session_client(server, "kms", assume(alice, role, PolicyArns=[{"arn": arn}]))
    session.describe_key(KeyId=key)
    assert code_of(session.list_aliases) == "AccessDeniedException"
    text["Statement"][0]["Action"] = "kms:ListAliases"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(text), SetAsDefault=True)
    wait_for(lambda: code_of(session.list_aliases) == "ok")
    assert code_of(session.describe_key, KeyId=key) == "AccessDeniedException"


def test_a_change_of_the_role_reaches_its_sessions_at_once(server, iam, account, alice, key):
    role = new_role(iam, account, USES)
    session = session_client(server, "kms", assume(alice, role))
    session.encrypt(KeyId=key, Plaintext=b"a")
    iam.delete_role_policy(RoleName=name_of(role), PolicyName="inline")
    assert code_of(session.encrypt, KeyId=key, Plaintext=b"a") == "AccessDeniedException"
    iam.attach_role_policy(RoleName=name_of(role), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert code_of(session.encrypt, KeyId=key, Plaintext=b"a") == "ok"


def test_sessions_are_revoked_by_the_time_they_were_issued(server, iam, account, alice, key):
    role = new_role(iam, account, USES)
    old = session_client(server, "kms", assume(alice, role))
    old.encrypt(KeyId=key, Plaintext=b"a")
    time.sleep(1.1)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    revocation = statement("Deny", Condition={"DateLessThan": {"aws:TokenIssueTime": now}})
    iam.put_role_policy(
        RoleName=name_of(role),
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [revocation]}),
    )
    with refused("AccessDeniedException") as caught:
        old.encrypt(KeyId=key, Plaintext=b"a")
    assert caught.value.response["Error"]["Message"].endswith(
        "with an explicit deny in an identity-based policy"
    )
    new = session_client(server, "kms", assume(alice, role))
    assert code_of(new.encrypt, KeyId=key, Plaintext=b"a") == "ok"


def test_sessions_end_with_their_role(server, iam, account, alice):
    role = new_role(iam, account, ANYTHING)
    credentials = assume(alice, role)
    session = session_client(server, "kms", credentials)
    session.list_keys()
    iam.delete_role_policy(RoleName=name_of(role), PolicyName="inline")
    iam.delete_role(RoleName=name_of(role))
    assert code_of(session.list_keys) == "UnrecognizedClientException"
    iam.create_role(RoleName=name_of(role), AssumeRolePolicyDocument=trust({"AWS": account}))
    iam.attach_role_policy(RoleName=name_of(role), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert code_of(session.list_keys) == "UnrecognizedClientException"
    assert code_of(session_client(server, "sts", credentials).get_caller_identity) == "InvalidClientTokenId"


def test_a_session_survives_a_restart(own_server):
    iam = service_client(own_server, "iam")
    account = service_client(own_server, "sts").get_caller_identity()["Account"]
    _, sts = new_user(own_server, iam, statement(action="sts:*"))
    role = new_role(iam, account, statement(action="kms:*"))
    session = session_client(own_server, "kms", assume(sts, role))
    key = session.create_key()["KeyMetadata"]["Arn"]
    own_server.kill()
    own_server.start()
    assert session.encrypt(KeyId=key, Plaintext=b"a")["KeyId"] == key
    own_server.stop()
    own_server.start()
    session.describe_key(KeyId=key)


def test_a_session_survives_a_rotation_of_the_root_key(own_server):
    iam = service_client(own_server, "iam")
    account = service_client(own_server, "sts").get_caller_identity()["Account"]
    _, sts = new_user(own_server, iam, statement(action="sts:*"))
    role = new_role(iam, account, statement(action="kms:*"))
    before = session_client(own_server, "kms", assume(sts, role))
    own_server.command("seal", "rotate")
    after = session_client(own_server, "kms", assume(sts, role))
    own_server.kill()
    own_server.start()
    for session in (before, after):
        session.list_keys()


def test_chains_of_roles_are_limited_to_an_hour(server, iam, account, alice):
    first = new_role(iam, account, ANYTHING, MaxSessionDuration=43200)
    second = new_role(iam, account, ANYTHING, MaxSessionDuration=43200)
    credentials = assume(alice, first, DurationSeconds=43200)
    chain = session_client(server, "sts", credentials)
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    ):
        assume(chain, second, DurationSeconds=3601)
    session_client(server, "kms", assume(chain, second, DurationSeconds=3600)).list_keys()


def test_a_session_is_not_longer_than_its_role_allows(iam, account, alice):
    role = new_role(iam, account)
    with refused(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    ):
        assume(alice, role, DurationSeconds=3601)


def test_transitive_tags_go_along_a_chain(server, iam, account, alice):
    first = new_role(iam, account, ANYTHING)
    condition = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    second = new_role(iam, account, ANYTHING)
    third = new_role(iam, account, trusts=trust({"AWS": account}, action="sts:*", Condition=condition))
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "once", "Value": "x"}]
    chain = session_client(server, "sts", assume(alice, first, Tags=tags, TransitiveTagKeys=["team"]))
    chain = session_client(server, "sts", assume(chain, second))
    assume(chain, third)
    with refused(
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag "
        "key from the calling session.",
    ):
        assume(chain, third, Tags=[{"Key": "Team", "Value": "red"}])
    plain = session_client(server, "sts", assume(alice, second))
    with refused("AccessDenied"):
        assume(plain, third)


def test_an_external_id_keeps_deputies_from_confusion(iam, account, alice):
    condition = {"StringEquals": {"sts:ExternalId": "customer-42"}}
    role = new_role(iam, account, trusts=trust({"AWS": account}, Condition=condition))
    assume(alice, role, ExternalId="customer-42")
    for more in ({}, {"ExternalId": "customer-43"}):
        with refused("AccessDenied") as caught:
            assume(alice, role, **more)
        assert re.fullmatch(
            rf"User: arn:aws:iam::{account}:user/\S+ is not authorized to perform: sts:AssumeRole "
            rf"on resource: {role}",
            caught.value.response["Error"]["Message"],
        )


def test_another_account_needs_both_sides(server, iam, account):
    other = server.create_account()
    theirs = service_client(server, "iam", server.create_access_key(account=other))
    wait_for(lambda: theirs.list_users())
    role = new_role(iam, account, statement(action="kms:*"), principal={"AWS": other})
    allowed = new_user(server, theirs, statement(action="sts:AssumeRole", resource=role))[1]
    bare = new_user(server, theirs)[1]
    session = session_client(server, "kms", assume(allowed, role))
    assert account in key_arn(session)
    assert code_of(bare.assume_role, RoleArn=role, RoleSessionName="x1") == "AccessDenied"
    closed = new_role(iam, account)
    anything = new_user(server, theirs, ANYTHING)[1]
    assert code_of(anything.assume_role, RoleArn=closed, RoleSessionName="x1") == "AccessDenied"


def test_root_cannot_assume_roles(server, iam, account):
    role = new_role(iam, account)
    with refused("AccessDenied", "Roles may not be assumed by root accounts."):
        assume(service_client(server, "sts"), role)


def test_key_policies_and_grants_name_sessions_and_roles(server, iam, account, alice, kms):
    role = new_role(iam, account)
    credentials, other = assume(alice, role, "one"), assume(alice, role, "two")
    one, two = (session_client(server, "kms", each) for each in (credentials, other))
    arn = f"arn:aws:sts::{account}:assumed-role/{name_of(role)}/one"
    own = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}
    for principal, reaches_two in ((arn, False), (role, True)):
        named = {**own, "Principal": {"AWS": principal}, "Action": "kms:Encrypt"}
        key = key_arn(kms, Policy=json.dumps({"Version": "2012-10-17", "Statement": [own, named]}))
        one.encrypt(KeyId=key, Plaintext=b"a")
        assert (code_of(two.encrypt, KeyId=key, Plaintext=b"a") == "ok") == reaches_two
    key = key_arn(kms)
    assert code_of(two.encrypt, KeyId=key, Plaintext=b"a") == "AccessDeniedException"
    kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Encrypt"])
    two.encrypt(KeyId=key, Plaintext=b"a")


def test_tokens_of_every_wrong_sort_are_refused(server, iam, account, alice):
    role = new_role(iam, account, ANYTHING)
    good, other = assume(alice, role), assume(alice, role)
    token = good["SessionToken"]
    middle = len(token) // 2
    flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    wrong = ["", "x", "garbage==", "a" * 5000, token[:-4], token + "AAAA", flipped, other["SessionToken"]]
    for bad in wrong:
        forged = {**good, "SessionToken": bad}
        if not bad:
            forged["SessionToken"] = None
        assert code_of(session_client(server, "kms", forged).list_keys) == "UnrecognizedClientException", bad
        sts = session_client(server, "sts", forged)
        assert code_of(sts.get_caller_identity) == "InvalidClientTokenId", bad
    stolen = {**good, "SecretAccessKey": other["SecretAccessKey"]}
    assert code_of(session_client(server, "kms", stolen).list_keys) == "InvalidSignatureException"
    session_client(server, "kms", good).list_keys()


def test_a_session_that_is_over_is_told_so(tmp_path):
    from support.clock import shifted_clock
    from support.server import Server

    server = Server(tmp_path).start()
    iam = service_client(server, "iam")
    account = service_client(server, "sts").get_caller_identity()["Account"]
    _, sts = new_user(server, iam, ANYTHING)
    credentials = assume(sts, new_role(iam, account, ANYTHING), DurationSeconds=900)
    server.stop()
    server.environment |= shifted_clock(tmp_path, 1)
    server.start()
    with later(days=1):
        kms = session_client(server, "kms", credentials)
        with refused("ExpiredTokenException", "The security token included in the request is expired"):
            kms.list_keys()
        sts = session_client(server, "sts", credentials)
        with refused("ExpiredToken", "The security token included in the request is expired", 403):
            sts.get_caller_identity()
    assert server.stop() == 0


class later:
    """Lets botocore sign as if it were another day."""

    def __init__(self, days):
        self.shift = datetime.timedelta(days=days)

    def __enter__(self):
        from botocore import auth

        now = auth.get_current_datetime
        self.patched, self.module = now, auth
        auth.get_current_datetime = lambda *arguments, **more: now(*arguments, **more) + self.shift

    def __exit__(self, *_):
        self.module.get_current_datetime = self.patched


def test_a_presigned_identity_works_as_clusters_use_it(server, iam, account, alice):
    """As EKS, Vault and Consul prove who calls them."""
    role = new_role(iam, account)
    sts = session_client(server, "sts", assume(alice, role, "node-1"))

    def add_header(request, **_):
        request.headers.add_header("x-k8s-aws-id", "cluster")

    sts.meta.events.register("before-sign.sts.GetCallerIdentity", add_header)
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    request = urllib.request.Request(url, headers={"x-k8s-aws-id": "cluster"})
    with urllib.request.urlopen(request) as answer:
        assert f"assumed-role/{name_of(role)}/node-1" in answer.read().decode()
    for headers in ({}, {"x-k8s-aws-id": "other"}):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(url, headers=headers))
        assert caught.value.code == 403


def test_users_have_sessions_of_their_own(server, iam, account):
    name, sts = new_user(server, iam, statement(action=["kms:ListKeys", "sts:*"]))
    credentials = sts.get_session_token(DurationSeconds=900)["Credentials"]
    session_client(server, "kms", credentials).list_keys()
    own = session_client(server, "sts", credentials)
    assert own.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/{name}"
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials"):
        own.get_session_token()
    assert code_of(session_client(server, "iam", credentials).list_users) == "InvalidClientTokenId"
    iam.delete_user_policy(UserName=name, PolicyName="inline")
    assert code_of(session_client(server, "kms", credentials).list_keys) == "AccessDeniedException"


def test_federated_users_have_what_user_and_policy_share(server, iam, account, kms, key):
    name, sts = new_user(server, iam, statement(action="kms:*"), statement(action="sts:*"))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement(action=["kms:Encrypt", "s3:*"])]})
    answer = sts.get_federation_token(Name="bob", Policy=policy)
    arn = f"arn:aws:sts::{account}:federated-user/bob"
    assert answer["FederatedUser"] == {"FederatedUserId": f"{account}:bob", "Arn": arn}
    bob = session_client(server, "kms", answer["Credentials"])
    blob = bob.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
    assert code_of(bob.decrypt, CiphertextBlob=blob) == "AccessDeniedException"
    own = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}
    named = {**own, "Principal": {"AWS": arn}, "Action": "kms:Decrypt"}
    kms.put_key_policy(
        KeyId=(mine := key_arn(kms)),
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [own, named]}),
    )
    blob = kms.encrypt(KeyId=mine, Plaintext=b"a")["CiphertextBlob"]
    assert bob.decrypt(CiphertextBlob=blob)["Plaintext"] == b"a"


def test_when_a_role_was_last_used_is_known(server, iam, account, alice):
    role = new_role(iam, account, ANYTHING)
    session_client(server, "kms", assume(alice, role)).list_keys()
    shown = iam.get_role(RoleName=name_of(role))["Role"].get("RoleLastUsed", {})
    assert shown.get("Region") in (None, REGION)


def test_the_cli_assumes_roles_by_its_own_configuration(server, iam, account, tmp_path):
    """`role_arn` and `source_profile`, as people have them in their files."""
    role = new_role(iam, account, statement(action="kms:*"))
    name = new_user(server, iam, statement(action="sts:AssumeRole"))[0]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    (tmp_path / "config").write_text(
        f"[profile base]\naws_access_key_id = {key['AccessKeyId']}\n"
        f"aws_secret_access_key = {key['SecretAccessKey']}\n"
        f"[profile app]\nrole_arn = {role}\nsource_profile = base\nrole_session_name = cli\n"
    )
    environment = clean_environment(
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"),
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=server.endpoint,
        AWS_PROFILE="app",
        HOME=str(tmp_path),
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )

    def run(*words):
        done = subprocess.run(["aws", *words], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    wait_for(lambda: run("sts", "get-caller-identity"))
    assert run("sts", "get-caller-identity")["Arn"].endswith(f"assumed-role/{name_of(role)}/cli")
    assert run("kms", "create-key")["KeyMetadata"]["Enabled"] is True


def test_what_is_not_offered_is_refused_by_name(server):
    sts = service_client(server, "sts")
    for call, parameters, code in (
        (
            sts.assume_root,
            {"TargetPrincipal": "111122223333", "TaskPolicyArn": {"arn": "a" * 20}},
            "AccessDenied",
        ),
        (sts.get_delegated_access_token, {"TradeInToken": "x"}, "UnsupportedOperation"),
        (
            sts.get_web_identity_token,
            {"Audience": ["x"], "SigningAlgorithm": "RS256"},
            "OutboundWebIdentityFederationDisabledException",
        ),
        (sts.decode_authorization_message, {"EncodedMessage": "x"}, "InvalidAuthorizationMessageException"),
    ):
        with pytest.raises(ClientError) as caught:
            call(**parameters)
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["Error"]["Message"]
    account = sts.get_access_key_info(AccessKeyId=server.root.access_key)["Account"]
    assert account == sts.get_caller_identity()["Account"]
    session = sts.get_session_token()["Credentials"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=session)["Account"] == account
