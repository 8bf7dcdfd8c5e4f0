"""What was answered survives: stops, crashes, rotations. The trail tells all of it and no secret."""

import base64
import binascii
import json
import os
import shutil
import subprocess
import threading
import time

import pytest

from support.clients import ANY, kms_client, key_arn, key_id, outcome, refused, wait_until_known
from support.server import BINARY, OTHER_REGION, clean_environment
from test_rotation import rotate


@pytest.fixture(params=["stopped", "killed"])
def end(request):
    """Ends a server one way or the other."""

    def stop(server):
        assert server.stop() == 0, server.log.read_text()

    return {"stopped": stop, "killed": lambda server: server.kill()}[request.param]


def test_everything_is_there_after_a_restart(own_server, end):
    server, kms = own_server, kms_client(own_server)
    arn = key_arn(kms, Description="kept", Tags=[{"TagKey": "a", "TagValue": "b"}])
    kms.create_alias(AliasName="alias/kept", TargetKeyId=arn)
    kms.enable_key_rotation(KeyId=arn, RotationPeriodInDays=200)
    blobs = {}
    for number in range(3):
        blobs[kms.encrypt(KeyId=arn, Plaintext=b"p%d" % number)["CiphertextBlob"]] = b"p%d" % number
        rotate(kms, arn)
    account = arn.split(":")[4]
    grant = kms.create_grant(
        KeyId=arn, GranteePrincipal=f"arn:aws:iam::{account}:root", Operations=["Decrypt"], Name="kept"
    )
    sign, mac = (
        key_arn(kms, KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY"),
        key_arn(kms, KeySpec="HMAC_384", KeyUsage="GENERATE_VERIFY_MAC"),
    )
    signing = {"KeyId": sign, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_384"}
    macking = {"KeyId": mac, "Message": b"m", "MacAlgorithm": "HMAC_SHA_384"}
    signature, tag = kms.sign(**signing)["Signature"], kms.generate_mac(**macking)["Mac"]
    family = key_arn(kms, MultiRegion=True)
    kms.replicate_key(KeyId=family, ReplicaRegion=OTHER_REGION)
    disabled, doomed = key_arn(kms), key_arn(kms)
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)

    def view(client):
        return [
            client.describe_key(KeyId="alias/kept")["KeyMetadata"],
            client.get_key_rotation_status(KeyId=arn)["NextRotationDate"],
            client.list_key_rotations(KeyId=arn)["Rotations"],
            client.list_resource_tags(KeyId=arn)["Tags"],
            client.list_grants(KeyId=arn)["Grants"],
            client.get_key_policy(KeyId=arn)["Policy"],
            client.describe_key(KeyId=disabled)["KeyMetadata"],
            client.describe_key(KeyId=doomed)["KeyMetadata"],
            client.get_public_key(KeyId=sign)["PublicKey"],
            sorted(entry["KeyArn"] for entry in client.list_keys()["Keys"]),
        ]

    before = view(kms)
    end(server)
    server.start()
    kms = kms_client(server)
    assert view(kms) == before
    assert {blob: kms.decrypt(CiphertextBlob=blob)["Plaintext"] for blob in blobs} == blobs
    assert kms.verify(Signature=signature, **signing)["SignatureValid"]
    assert kms.verify_mac(Mac=tag, **macking)["MacValid"]
    opened = kms_client(server, region=OTHER_REGION).decrypt(
        CiphertextBlob=kms.encrypt(KeyId=family, Plaintext=b"f")["CiphertextBlob"]
    )
    assert opened["Plaintext"] == b"f"
    kms.retire_grant(GrantToken=grant["GrantToken"])
    server.command("trail", "verify")


def test_what_was_answered_before_a_kill_is_never_lost(own_server):
    """Four clients write as fast as they can; the server is killed three times in the middle of it."""
    server, kept = own_server, []
    kms_client(server).list_keys()
    for _ in range(3):
        threads = [threading.Thread(target=write_until_it_fails, args=(server, kept)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        server.kill()
        for thread in threads:
            thread.join()
        server.start()
    kms = kms_client(server)
    assert len(kept) > 20
    for alias, arn, blob in kept:
        assert kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == arn
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == alias.encode()
    report = server.command("trail", "verify")
    assert "verified" in report.stdout


def write_until_it_fails(server, kept):
    kms = kms_client(server)
    while True:
        try:
            arn = key_arn(kms)
            alias = f"alias/{key_id(arn)}"
            kms.create_alias(AliasName=alias, TargetKeyId=arn)
            kept.append((alias, arn, kms.encrypt(KeyId=alias, Plaintext=alias.encode())["CiphertextBlob"]))
        except Exception:  # The server is gone; which layer notices first does not matter.
            return


def test_two_servers_do_not_share_a_data_directory(own_server):
    done = subprocess.run(
        [
            BINARY,
            "serve",
            "--data",
            own_server.data,
            "--aws-address",
            "127.0.0.1:0",
            "--console-address",
            "off",
            "--kes-address",
            "off",
        ],
        capture_output=True,
        text=True,
        timeout=30,
        env=clean_environment(),
    )
    assert done.returncode != 0 and "Fatal error" not in done.stderr
    assert outcome(kms_client(own_server).list_keys)["Keys"] == []


def test_a_key_file_that_is_not_the_stores_ends_the_start(own_server, tmp_path):
    assert own_server.stop() == 0
    (own_server.data / "seal.key").rename(tmp_path / "seal.key")
    with pytest.raises(RuntimeError, match="exited with"):
        own_server.start()
    (tmp_path / "seal.key").rename(own_server.data / "seal.key")
    own_server.start()


def test_what_lies_on_disk_is_for_its_owner_alone(own_server):
    assert own_server.data.stat().st_mode & 0o077 == 0
    for name in ("credentials", "seal.key", "strongroom.sqlite"):
        assert (own_server.data / name).stat().st_mode & 0o077 == 0, name


def events(server):
    lines = server.command("trail", "show").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_the_trail_tells_who_did_what_and_how_it_ended(own_server, tmp_path):
    server, kms = own_server, kms_client(own_server)
    arn = key_arn(kms, Description="told")
    blob = kms.encrypt(KeyId=arn, Plaintext=b"a", EncryptionContext={"stage": "test"})
    kms.decrypt(CiphertextBlob=blob["CiphertextBlob"], EncryptionContext={"stage": "test"})
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=blob["CiphertextBlob"])
    (tmp_path / "p.json").write_text('{"Version":"2012-10-17","Statement":[]}')
    user = wait_until_known(kms_client(server, server.create_access_key("alice")))
    with refused("AccessDeniedException", ANY):
        user.encrypt(KeyId=arn, Plaintext=b"a")
    told = {event["requestID"]: event for event in events(server)}
    encrypt = told[blob["ResponseMetadata"]["RequestId"]]
    assert encrypt["eventName"] == "Encrypt" and encrypt["eventSource"] == "kms.amazonaws.com"
    assert encrypt["awsRegion"] == "us-east-1" and encrypt["sourceIPAddress"] == "127.0.0.1"
    assert encrypt["userIdentity"]["type"] == "Root" and encrypt["readOnly"] is True
    assert encrypt["requestParameters"]["encryptionContext"] == {"stage": "test"}
    assert [resource["ARN"] for resource in encrypt["resources"]] == [arn]
    assert "Boto3" in encrypt["userAgent"] and encrypt["eventType"] == "AwsApiCall"
    endings = [(event["eventName"], event.get("errorCode")) for event in told.values()]
    assert ("Decrypt", None) in endings and ("Decrypt", "InvalidCiphertextException") in endings
    denied = [
        event
        for event in told.values()
        if event.get("errorCode") == "AccessDeniedException" and event["eventName"] == "Encrypt"
    ]
    assert [event["userIdentity"]["type"] for event in denied] == ["IAMUser"]
    assert denied[0]["userIdentity"]["userName"] == "alice" and "alice" in denied[0]["errorMessage"]


def segments(data):
    return sorted((data / "trail").rglob("*.log"), key=lambda path: path.stat().st_size)


@pytest.fixture
def written(own_server, tmp_path):
    """Copies of a stopped server's data whose trail has a few dozen events."""
    kms = kms_client(own_server)
    arn = key_arn(kms)
    for _ in range(30):
        kms.encrypt(KeyId=arn, Plaintext=b"a")
    assert own_server.stop() == 0

    def copy(name):
        shutil.copytree(own_server.data, tmp_path / name)
        return tmp_path / name

    return own_server, copy


def test_a_trail_that_was_not_touched_verifies(written):
    server, copy = written
    assert server.command("trail", "verify", data=copy("same")).stdout.startswith("verified ")


def test_a_changed_byte_anywhere_in_the_trail_is_found(written):
    server, copy = written
    data = copy("flipped")
    largest = segments(data)[-1]
    good = largest.read_bytes()
    for position in range(5, len(good), max(1, len(good) // 12)):
        largest.write_bytes(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])
        done = server.command("trail", "verify", data=data, check=False)
        assert done.returncode != 0 and done.stderr, f"byte {position} of {len(good)}"
    largest.write_bytes(good)
    server.command("trail", "verify", data=data)


def test_a_dropped_moved_or_added_record_is_found(written):
    server, copy = written
    data = copy("edited")
    largest = segments(data)[-1]
    lines = largest.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    swapped = lines.copy()
    swapped[middle], swapped[middle + 1] = swapped[middle + 1], swapped[middle]
    for name, changed in (
        ("dropped", lines[:middle] + lines[middle + 1 :]),
        ("moved", swapped),
        ("added", lines[:middle] + [lines[middle]] + lines[middle:]),
        ("first dropped", lines[1:]),
    ):
        largest.write_bytes(b"".join(changed))
        assert server.command("trail", "verify", data=data, check=False).returncode != 0, name


def test_a_trail_that_was_cut_off_is_found_by_the_head_kept_elsewhere(written, tmp_path):
    server, copy = written
    data, head = copy("cut"), tmp_path / "head"
    head.write_text(server.command("trail", "head", data=data).stdout)
    server.command("trail", "verify", "--head", head, data=data)
    largest = segments(data)[-1]
    lines = largest.read_bytes().splitlines(keepends=True)
    for kept in (len(lines) // 2, len(lines) - 1):
        largest.write_bytes(b"".join(lines[:kept]))
        assert server.command("trail", "verify", "--head", head, data=data, check=False).returncode != 0, kept
    largest.unlink()
    assert server.command("trail", "verify", "--head", head, data=data, check=False).returncode != 0


def test_no_secret_lies_on_disk_or_in_the_log(own_server):
    """In none of the forms in which it could: as it is, in base64 (at each of its three offsets), in hex."""
    server, kms = own_server, kms_client(own_server)
    arn = key_arn(kms)
    secrets = [b"a plaintext that nobody else may read 1"]
    blob = kms.encrypt(KeyId=arn, Plaintext=secrets[0])["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=blob)
    secrets.append(kms.generate_data_key(KeyId=arn, KeySpec="AES_256")["Plaintext"])
    secrets.append(kms.generate_random(NumberOfBytes=48)["Plaintext"])
    pair = kms.generate_data_key_pair(KeyId=arn, KeyPairSpec="ECC_NIST_P256")
    secrets.append(pair["PrivateKeyPlaintext"][36:68])
    mac = key_arn(kms, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    secrets.append(b"a message to be authenticated, not told")
    kms.generate_mac(KeyId=mac, Message=secrets[-1], MacAlgorithm="HMAC_SHA_256")
    secrets.append(b"a message to be signed, and not be told")
    kms.sign(
        KeyId=key_arn(kms, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        Message=secrets[-1],
        SigningAlgorithm="RSASSA_PSS_SHA_256",
    )
    from test_import import import_material

    secrets.append(os.urandom(32))
    import_material(kms, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", secrets[-1])
    outcome(kms.encrypt, KeyId=arn, Plaintext=secrets[0], EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    assert server.stop() == 0
    files = [path for path in server.data.rglob("*") if path.is_file()] + [server.log]
    contents = {path: path.read_bytes() for path in files}
    root_secret = server.root.secret_key.encode()
    for path, content in contents.items():
        assert path.name == "credentials" or root_secret not in content, f"the root's secret key in {path}"
        for number, secret in enumerate(secrets):
            for form in forms(secret):
                assert form not in content, f"secret {number} in {path}"
    assert any(b'"eventName":"GenerateMac"' in content for content in contents.values()), (
        "the trail was searched"
    )


def forms(secret):
    yield secret
    yield binascii.hexlify(secret)
    yield binascii.hexlify(secret).upper()
    for offset in range(3):
        # Only the digits that depend on the secret alone.
        encoded = base64.b64encode(bytes(offset) + secret)
        yield encoded[4 if offset else 0 : -4]


def test_a_start_that_cannot_succeed_says_why_in_one_line(tmp_path, own_server):
    for arguments, word in (
        (["--aws-address", "nonsense"], "aws-address"),
        (["--store", "postgres://localhost/strongroom"], "postgres"),
        (["--regions", "Mars"], "regions"),
        (["--aws-address", f"127.0.0.1:{own_server.port}"], "address already in use"),
        (["--aws-address", "0.0.0.0:0"], "TLS"),
    ):
        done = subprocess.run(
            [
                BINARY,
                "serve",
                "--data",
                tmp_path / "new",
                "--console-address",
                "off",
                "--kes-address",
                "off",
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=30,
            env=clean_environment(),
        )
        assert done.returncode not in (0, -4, -6, -11), (arguments, done)
        assert word.lower() in done.stderr.lower(), (arguments, done.stderr)
