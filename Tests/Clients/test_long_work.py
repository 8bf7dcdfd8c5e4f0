"""Work that leaves the event loop: what is asked together is answered in order, and nothing begun is lost."""

import base64
import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.console import Metrics, wait_for
from support.raw import RawClient, Unanswered
from support.server import Server, free_port

MESSAGE = base64.b64encode(b"a message").decode()


def key_of(client, **parameters):
    """A new key that is in memory, as its caller is."""
    key = client.call("CreateKey", **parameters).json["KeyMetadata"]["Arn"]
    assert client.call("DescribeKey", KeyId=key).status == 200
    return key


def signing_key(client, spec="RSA_2048"):
    return key_of(client, KeySpec=spec, KeyUsage="SIGN_VERIFY")


def signature_of(key):
    return {"KeyId": key, "Message": MESSAGE, "SigningAlgorithm": "RSASSA_PSS_SHA_256"}


def events_of(server, operation):
    """How many events of an operation lie in the trail's files."""
    mark = f'"eventName":"{operation}"'.encode()
    return sum(path.read_bytes().count(mark) for path in (server.data / "trail").glob("*.log"))


def lanes(console):
    """How many requests each lane has answered."""
    samples = Metrics(console).samples("strongroom_lane_requests_total")
    return {sample.labels["lane"]: sample.value for sample in samples}


def test_long_and_short_requests_in_a_row_are_answered_in_their_order(door):
    with RawClient(door) as client:
        key, symmetric = signing_key(client), key_of(client)
        asked = [
            ("Sign", signature_of(key)),
            ("DescribeKey", {"KeyId": symmetric}),
            ("Sign", signature_of(key)),
            ("Sign", {**signature_of(key), "SigningAlgorithm": "ECDSA_SHA_256"}),
            ("ListKeys", {}),
            ("Sign", signature_of(key)),
            ("GenerateDataKeyPair", {"KeyId": symmetric, "KeyPairSpec": "RSA_2048"}),
            ("GenerateRandom", {"NumberOfBytes": 4}),
        ] * 3
        members = {
            "Sign": "Signature",
            "DescribeKey": "KeyMetadata",
            "ListKeys": "Keys",
            "GenerateDataKeyPair": "PrivateKeyPlaintext",
            "GenerateRandom": "Plaintext",
        }
        client.socket.sendall(b"".join(client.signer.request(*each) for each in asked))
        for operation, parameters in asked:
            answer = client.read_answer()
            if parameters.get("SigningAlgorithm", "").startswith("ECDSA"):
                assert (answer.status, answer.json["__type"]) == (400, "InvalidKeyUsageException"), answer
            else:
                assert answer.status == 200 and members[operation] in answer.json, (operation, answer)
    assert door.stop() == 0
    assert events_of(door, "Sign") == 12
    door.command("trail", "verify")


def test_many_connections_with_all_kinds_of_work_get_each_answer_in_its_place(door):
    algorithms = {
        "RSA_2048": "RSASSA_PSS_SHA_256",
        "ECC_NIST_P384": "ECDSA_SHA_384",
        "ECC_NIST_P256": "ECDSA_SHA_256",
    }
    with RawClient(door) as client:
        symmetric = key_of(client)
        signatures = [
            ("Sign", {**signature_of(signing_key(client, spec)), "SigningAlgorithm": algorithm})
            for spec, algorithm in algorithms.items()
        ]
    encrypt = ("Encrypt", {"KeyId": symmetric, "Plaintext": MESSAGE})
    generate = ("GenerateRandom", {"NumberOfBytes": 4})
    asked = [encrypt, *signatures, generate, ("ListKeys", {}), signatures[2], encrypt, generate] * 4
    members = {
        "Encrypt": "CiphertextBlob",
        "Sign": "SigningAlgorithm",
        "ListKeys": "Keys",
        "GenerateRandom": "Plaintext",
    }

    def ask(number):
        """Gives how many answers came; each fourth connection ends before it has read them all."""
        turned = asked[number:] + asked[:number]
        with RawClient(door) as client:
            client.socket.sendall(b"".join(client.signer.request(*each) for each in turned))
            wanted = len(turned) if number % 4 else number
            for operation, parameters in turned[:wanted]:
                answer = client.read_answer()
                assert answer.status == 200 and members[operation] in answer.json, (operation, answer)
                name = parameters.get("SigningAlgorithm")
                assert answer.json.get("SigningAlgorithm") == name, (parameters, answer)
            return wanted

    with ThreadPoolExecutor(16) as pool:
        answered = sum(pool.map(ask, range(32)))
    assert door.stop() == 0, door.log.read_text()
    assert sum(events_of(door, operation) for operation in members) >= answered
    door.command("trail", "verify")


def test_whoever_closes_its_half_still_gets_long_answers(server):
    with RawClient(server) as client:
        key = signing_key(client, "RSA_4096")
        client.socket.sendall(client.signer.request("Sign", signature_of(key)) * 3)
        client.socket.shutdown(socket.SHUT_WR)
        answers = [client.read_answer() for _ in range(3)]
        assert [answer.status for answer in answers] == [200] * 3
        with pytest.raises(Unanswered):
            client.read_answer()


def test_what_nobody_waits_for_any_more_is_recorded_before_the_end(own_server):
    server = own_server
    clients = [RawClient(server) for _ in range(4)]
    key = key_of(clients[0])
    for client in clients:
        assert client.call("DescribeKey", KeyId=key).status == 200
        request = {"KeyId": key, "KeyPairSpec": "RSA_2048"}
        client.socket.sendall(client.signer.request("GenerateDataKeyPair", request))
    # Long enough for the requests to be read, not for all the keys to be made.
    time.sleep(0.05)
    for client in clients:
        client.close()
    assert server.stop() == 0, server.log.read_text()
    assert events_of(server, "GenerateDataKeyPair") == len(clients)
    server.command("trail", "verify")


def test_long_work_is_counted_in_the_lane_that_answers_it(tmp_path):
    console = free_port()
    server = Server(tmp_path, {"console-address": f"127.0.0.1:{console}"}).start()
    with contextlib.closing(RawClient(server)) as client:
        key = signing_key(client)
        before = lanes(console)
        for _ in range(5):
            assert client.call("Sign", **signature_of(key)).status == 200
        after = lanes(console)
        assert sum(after.values()) == sum(before.values()) + 5
        # The feed may name the new key once more, which then has to be read again.
        assert after["fast"] >= before["fast"] + 3
        # A client that is gone is counted all the same, and nothing stays in flight.
        client.socket.sendall(client.signer.request("Sign", signature_of(key)))
    wait_for(lambda: Metrics(console).value("strongroom_requests_total", operation="Sign") == 6)
    wait_for(lambda: Metrics(console).value("strongroom_requests_in_flight", door="aws") == 0)
    assert server.stop() == 0
