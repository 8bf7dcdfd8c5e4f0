"""Who may do what with secrets: resource policies, tags, other accounts, batches, and the audit of it."""

import json

import pytest

from support.clients import key_arn, kms_client, policy, refused, statement, wait_until_known
from support.secrets import new_name, secrets_client, token
from support.server import OTHER_REGION


@pytest.fixture(scope="module")
def secrets(server):
    return secrets_client(server)


@pytest.fixture(scope="module")
def abroad(server):
    return secrets_client(server, region=OTHER_REGION)


@pytest.fixture
def secret(secrets):
    """The ARN of a new secret whose value is "one"."""
    return secrets.create_secret(Name=new_name(), SecretString="one")["ARN"]


def shared(principal, action="secretsmanager:GetSecretValue", **more):
    return policy(statement(Principal={"AWS": principal}, action=action, **more))


def test_a_resource_policy_lets_in_and_shuts_out(server, secrets, secret, new_user):
    user = new_user()
    reader = secrets_client(server, user.credentials)
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret} "
        "because no identity-based policy allows the secretsmanager:GetSecretValue action",
    ):
        reader.get_secret_value(SecretId=secret)
    secrets.put_resource_policy(SecretId=secret, ResourcePolicy=shared(user.arn))
    assert reader.get_secret_value(SecretId=secret)["SecretString"] == "one"
    with refused("AccessDeniedException"):
        reader.describe_secret(SecretId=secret)
    read = secrets.get_resource_policy(SecretId=secret)
    assert json.loads(read["ResourcePolicy"]) == json.loads(shared(user.arn))
    secrets.delete_resource_policy(SecretId=secret)
    with refused("AccessDeniedException"):
        reader.get_secret_value(SecretId=secret)
    assert "ResourcePolicy" not in secrets.get_resource_policy(SecretId=secret)


def test_broad_policies_are_blocked_and_found(secrets, secret):
    everyone = policy(statement(Principal="*", action="secretsmanager:*"))
    with refused("PublicPolicyException"):
        secrets.put_resource_policy(SecretId=secret, ResourcePolicy=everyone, BlockPublicPolicy=True)
    assert "ResourcePolicy" not in secrets.get_resource_policy(SecretId=secret)
    found = secrets.validate_resource_policy(SecretId=secret, ResourcePolicy=everyone)
    assert found["PolicyValidationPassed"] is False
    assert [error["CheckName"] for error in found["ValidationErrors"]] == ["BLOCK_PUBLIC_POLICY"]
    for text in ("{", policy(statement(Principal={"AWS": "999999999999"}))):
        with refused("MalformedPolicyDocumentException"):
            secrets.put_resource_policy(SecretId=secret, ResourcePolicy=text)


def test_another_account_reads_with_a_key_that_is_shared_too(server, secrets, kms, account):
    neighbour = server.create_account()
    root = server.create_access_key(account=neighbour)
    wait_until_known(kms_client(server, root))
    theirs = secrets_client(server, root)
    key = key_arn(kms)
    arn = secrets.create_secret(Name=new_name(), SecretString="one", KmsKeyId=key)["ARN"]
    default = secrets.create_secret(Name=new_name(), SecretString="two")["ARN"]
    for each in (arn, default):
        with refused("AccessDeniedException"):
            theirs.get_secret_value(SecretId=each)
        secrets.put_resource_policy(SecretId=each, ResourcePolicy=shared(neighbour))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        theirs.get_secret_value(SecretId=arn)
    own = statement(Principal={"AWS": f"arn:aws:iam::{account}:root"}, action="kms:*")
    key_policy = policy(own, statement(Principal={"AWS": neighbour}, action="kms:Decrypt"))
    kms.put_key_policy(KeyId=key, Policy=key_policy)
    assert theirs.get_secret_value(SecretId=arn)["SecretString"] == "one"
    with refused(
        "InvalidRequestException",
        "You can't access a secret from a different AWS account if you encrypt the secret with the default "
        "KMS service key.",
    ):
        theirs.get_secret_value(SecretId=default)


def test_tags_decide_and_nobody_locks_himself_out(server, secrets, new_user):
    name = new_name()
    secrets.create_secret(Name=name, SecretString="one")
    blue = new_user(
        statement(action="secretsmanager:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}})
    )
    client = secrets_client(server, blue.credentials)
    with refused("AccessDeniedException"):
        client.get_secret_value(SecretId=name)
    secrets.tag_resource(SecretId=name, Tags=[{"Key": "team", "Value": "blue"}])
    assert client.get_secret_value(SecretId=name)["SecretString"] == "one"
    with refused("AccessDeniedException"):
        client.untag_resource(SecretId=name, TagKeys=["team"])
    with refused("AccessDeniedException"):
        client.tag_resource(SecretId=name, Tags=[{"Key": "team", "Value": "red"}])
    client.tag_resource(SecretId=name, Tags=[{"Key": "more", "Value": ""}])
    secrets.untag_resource(SecretId=name, TagKeys=["team", "absent"])
    with refused("AccessDeniedException"):
        client.get_secret_value(SecretId=name)
    assert secrets.describe_secret(SecretId=name)["Tags"] == [{"Key": "more", "Value": ""}]
    for tags in (
        [{"Key": "aws:mine", "Value": "x"}],
        [{"Key": "a", "Value": "x"}, {"Key": "a", "Value": "y"}],
        [{"Key": f"k{number}", "Value": "x"} for number in range(51)],
        [{"Key": "a"}],
    ):
        with refused("InvalidParameterException"):
            secrets.tag_resource(SecretId=name, Tags=tags)


def test_a_batch_tells_of_each_secret(secrets):
    prefix = new_name("batch")
    names = [f"{prefix}/{number}" for number in range(25)]
    for name in names:
        secrets.create_secret(Name=name, SecretString=name)
    secrets.delete_secret(SecretId=names[1])
    answer = secrets.batch_get_secret_value(SecretIdList=[names[0], names[1], "nothing"])
    assert [value["SecretString"] for value in answer["SecretValues"]] == [names[0]]
    assert [error["ErrorCode"] for error in answer["Errors"]] == [
        "InvalidRequestException",
        "ResourceNotFoundException",
    ]
    filters, found, more = [{"Key": "name", "Values": [prefix]}], [], {}
    while True:
        page = secrets.batch_get_secret_value(Filters=filters, MaxResults=10, **more)
        found += [value["Name"] for value in page["SecretValues"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert sorted(found) == sorted(set(names) - {names[1]})
    either = "Either 'SecretIdList' or 'Filters' must be provided, but not both."
    for members in ({}, {"SecretIdList": ["a"], "Filters": filters}):
        with refused("InvalidParameterException", either):
            secrets.batch_get_secret_value(**members)
    with refused(
        "InvalidParameterException",
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    ):
        secrets.batch_get_secret_value(SecretIdList=["a"], MaxResults=3)


def test_secrets_are_listed_in_order_and_by_filters(secrets):
    prefix = new_name("list")
    names = [f"{prefix}/{letter}" for letter in "cab"]
    for name in names:
        secrets.create_secret(Name=name, Description=f"of {name}")
    filters = [{"Key": "name", "Values": [prefix]}]

    def listed(**members):
        pages = secrets.get_paginator("list_secrets").paginate(
            Filters=filters, PaginationConfig={"PageSize": 2}, **members
        )
        return [entry["Name"] for page in pages for entry in page["SecretList"]]

    assert listed() == names
    assert listed(SortBy="name") == sorted(names)
    assert listed(SortBy="name", SortOrder="desc") == sorted(names, reverse=True)
    secrets.update_secret(SecretId=names[0], Description="changed")
    assert listed(SortBy="last-changed-date", SortOrder="desc")[0] == names[0]
    secrets.delete_secret(SecretId=names[1])
    assert listed() == [names[0], names[2]]
    assert listed(IncludePlannedDeletion=True) == names
    with refused("InvalidNextTokenException"):
        secrets.list_secrets(NextToken="nonsense")


def test_replicas_follow_and_are_promoted(secrets, abroad):
    name = new_name()
    arn = secrets.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": OTHER_REGION}])[
        "ARN"
    ]
    replica = arn.replace("us-east-1", OTHER_REGION)
    assert abroad.get_secret_value(SecretId=replica)["SecretString"] == "one"
    secrets.put_secret_value(SecretId=name, SecretString="two")
    assert abroad.get_secret_value(SecretId=name)["SecretString"] == "two"
    assert abroad.describe_secret(SecretId=name)["PrimaryRegion"] == "us-east-1"
    status = secrets.describe_secret(SecretId=name)["ReplicationStatus"]
    assert [(entry["Region"], entry["Status"]) for entry in status] == [(OTHER_REGION, "InSync")]
    with refused(
        "InvalidRequestException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    ):
        abroad.put_secret_value(SecretId=name, SecretString="x")
    with refused(
        "InvalidParameterException",
        f"You can't delete secret {name} that still has replica regions [{OTHER_REGION}]",
    ):
        secrets.delete_secret(SecretId=name)
    with refused("InvalidParameterException", "Invalid replica region."):
        secrets.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": "mars-1"}])
    abroad.stop_replication_to_replica(SecretId=name)
    abroad.put_secret_value(SecretId=name, SecretString="own")
    failed = secrets.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": OTHER_REGION}])[
        "ReplicationStatus"
    ][0]
    assert failed["Status"] == "Failed" and "already exists in region" in failed["StatusMessage"]
    assert abroad.get_secret_value(SecretId=name)["SecretString"] == "own"
    secrets.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=[OTHER_REGION])
    assert abroad.get_secret_value(SecretId=name)["SecretString"] == "own"
    assert "ReplicationStatus" not in secrets.describe_secret(SecretId=name)


def test_every_call_is_in_the_trail_and_no_value_is(own_server):
    secrets, value = secrets_client(own_server), "never-to-be-seen"
    made = secrets.create_secret(Name="audited", SecretString=value, ClientRequestToken=token())
    secrets.get_secret_value(SecretId="audited")
    secrets.put_secret_value(SecretId="audited", SecretBinary=value.encode())
    with refused("ResourceNotFoundException"):
        secrets.get_secret_value(SecretId="nothing")
    lines = [
        line
        for path in sorted((own_server.data / "trail").glob("*.log"))
        for line in path.read_text().splitlines()
    ]
    assert not any(value in line for line in lines)
    events = [json.loads(line[line.index("{") :]) for line in lines if line.startswith("E ")]
    reads = [event for event in events if event["eventName"] == "GetSecretValue"]
    assert {event.get("errorCode") for event in reads} == {None, "ResourceNotFoundException"}
    # Which event loop or task answered decides in which file an event stands.
    answered = next(event for event in reads if "errorCode" not in event)
    assert answered["requestParameters"] == {"secretId": "audited"} and answered["readOnly"] is True
    created = next(event for event in events if event["eventName"] == "CreateSecret")
    assert (
        created["responseElements"]["aRN" if "aRN" in created["responseElements"] else "arn"] == made["ARN"]
    )
    keys = [event for event in events if event["eventName"] in ("GenerateDataKey", "Decrypt")]
    assert keys and all(
        event["userIdentity"]["invokedBy"] == "secretsmanager.amazonaws.com"
        and event["requestParameters"]["encryptionContext"]["SecretARN"] == made["ARN"]
        for event in keys
    )
