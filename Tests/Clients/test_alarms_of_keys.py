"""What KMS itself tells of keys, days after it was asked: of material that expired and keys that are gone."""

import json
import os
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from support.clients import key_arn, kms_client
from support.clock import shifted_clock
from support.iam import service_client
from support.receiver import Receiver, fetch
from support.server import Server

DELETION, EXPIRATION = "KMS CMK Deletion", "KMS Imported Key Material Expiration"


@pytest.fixture
def receiver():
    receiver = Receiver().up()
    yield receiver
    receiver.down()


def imported_key(kms, valid_to):
    """The ARN of a key whose material expires."""
    arn = key_arn(kms, Origin="EXTERNAL")
    answer = kms.get_parameters_for_import(
        KeyId=arn, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    kms.import_key_material(
        KeyId=arn,
        ImportToken=answer["ImportToken"],
        EncryptedKeyMaterial=load_der_public_key(answer["PublicKey"]).encrypt(os.urandom(32), oaep),
        ExpirationModel="KEY_MATERIAL_EXPIRES",
        ValidTo=valid_to,
    )
    return arn


def test_kms_tells_of_deletions_and_expiries(tmp_path, receiver):
    server = Server(tmp_path, environment={"STRONGROOM_SNS_ALLOW_LOOPBACK": "true"}).start()
    kms, sns, events = (
        kms_client(server),
        service_client(server, "sns"),
        service_client(server, "events"),
    )
    topic = sns.create_topic(Name="keys")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    [asked] = receiver.wait_for(kind="SubscriptionConfirmation")
    assert fetch(asked["SubscribeURL"])[0] == 200
    pattern = {"source": ["aws.kms"], "detail-type": [DELETION, EXPIRATION]}
    events.put_rule(Name="keys", EventPattern=json.dumps(pattern))
    assert events.put_targets(Rule="keys", Targets=[{"Id": "1", "Arn": topic}])["FailedEntryCount"] == 0
    deleted, kept = key_arn(kms), key_arn(kms)
    expiring = imported_key(kms, datetime.now(timezone.utc) + timedelta(days=2))
    kms.schedule_key_deletion(KeyId=deleted, PendingWindowInDays=7)
    assert not receiver.messages()
    assert server.stop() == 0
    server.environment |= shifted_clock(tmp_path, days=8)
    server.start()
    told = [json.loads(message["Message"]) for message in receiver.wait_for(2, seconds=30)]
    assert {event["detail-type"]: event["resources"] for event in told} == {
        DELETION: [deleted],
        EXPIRATION: [expiring],
    }
    for event in told:
        assert event["detail"] == {"key-id": event["resources"][0].rsplit("/", 1)[1]}
    assert kept not in json.dumps(told)
    assert server.stop() == 0
