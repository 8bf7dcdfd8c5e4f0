"""Who does not sign, or not well, is refused: SigV4 in headers and in the query."""

import datetime as dates
import re
import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import botocore.auth
import pytest

from support.clients import outcome
from support.server import Credentials, OTHER_REGION
from support.wire import send, signed

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


def refusal(answer, code, message=None):
    assert (answer.status, answer.code) == (400, code), answer
    assert answer.headers["x-amzn-ErrorType"] == code and answer.headers["x-amzn-RequestId"]
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert message is None or answer.message == message


def signed_at(moment, *arguments, **parameters):
    """A request signed as if by a clock that shows another time."""
    naive = moment.replace(tzinfo=None)
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: naive):
        return signed(*arguments, **parameters)


def now():
    return dates.datetime.now(dates.timezone.utc)


def test_a_good_signature_is_accepted(server):
    answer = send(server, signed(server))
    assert answer.status == 200 and "Keys" in answer.json
    assert (
        answer.headers["Content-Type"] == "application/x-amz-json-1.1" and answer.headers["x-amzn-RequestId"]
    )


def test_an_operation_without_output_answers_with_nothing(server, key):
    answer = send(server, signed(server, "EnableKey", b'{"KeyId":"%s"}' % key.encode()))
    assert (answer.status, answer.body) == (200, b"")


def test_a_presigned_get_is_accepted(server):
    request = signed(server, presign_seconds=60)
    answer = send(server, request)
    assert answer.status == 200 and "Keys" in answer.json
    changed = signed(server, presign_seconds=60)
    changed.url = changed.url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    refusal(send(server, changed), "InvalidSignatureException", MISMATCH)


def test_a_presigned_get_expires(server):
    request = signed_at(now() - dates.timedelta(minutes=2), server, presign_seconds=60)
    answer = send(server, request)
    refusal(answer, "InvalidSignatureException")
    assert answer.message.startswith("Signature expired: ")


def test_an_unsigned_request_is_refused(server):
    request = signed(server)
    del request.headers["Authorization"]
    refusal(
        send(server, request),
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token",
    )


def test_a_wrong_secret_is_refused(server):
    wrong = Credentials(server.root.access_key, "A" * 40)
    refusal(send(server, signed(server, credentials=wrong)), "InvalidSignatureException", MISMATCH)


def test_an_unknown_key_is_refused(server):
    unknown = Credentials("AKIA" + "Q" * 16, server.root.secret_key)
    refusal(
        send(server, signed(server, credentials=unknown)),
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_a_token_with_a_long_term_key_is_refused(server):
    request = signed(server, headers={"X-Amz-Security-Token": "made up"})
    refusal(
        send(server, request),
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_a_little_off_is_accepted(server, minutes):
    assert send(server, signed_at(now() + dates.timedelta(minutes=minutes), server)).status == 200


@pytest.mark.parametrize(
    ("minutes", "form"),
    [
        (-6, r"Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)"),
        (
            6,
            r"Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z "
            r"\(\d{8}T\d{6}Z \+ 5 min\.\)",
        ),
    ],
)
def test_a_clock_that_is_far_off_is_refused(server, minutes, form):
    answer = send(server, signed_at(now() + dates.timedelta(minutes=minutes), server))
    refusal(answer, "InvalidSignatureException")
    assert re.fullmatch(form, answer.message), answer.message


def test_a_region_that_is_not_served_is_refused(server):
    assert send(server, signed(server, region=OTHER_REGION)).status == 200
    refusal(
        send(server, signed(server, region="ap-south-1")),
        "InvalidSignatureException",
        "Credential should be scoped to a valid region.",
    )


def test_a_signature_for_another_service_is_refused(server):
    refusal(
        send(server, signed(server, service="secretsmanager")),
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'kms'.",
    )


def test_a_body_that_was_changed_is_refused(server):
    request = signed(server, body=b'{"Limit": 1}')
    refusal(send(server, request, body=b'{"Limit": 2}'), "InvalidSignatureException", MISMATCH)


@pytest.mark.parametrize("name", ["X-Amz-Target", "X-Amz-Date", "Content-Type"])
def test_a_signed_header_that_was_changed_is_refused(server, name):
    request = signed(server)
    changed = {"X-Amz-Target": "TrentService.ListAliases", "Content-Type": "application/x-amz-json-1.0"}
    request.headers[name] = changed.get(name, now().strftime("%Y%m%dT000000Z"))
    answer = send(server, request)
    assert answer.status == 400 and answer.code == "InvalidSignatureException"


def test_every_digit_of_the_signature_counts(server):
    for position in (0, 31, 63):
        request = signed(server)
        head, signature = request.headers["Authorization"].rsplit("=", 1)
        digit = "0" if signature[position] != "0" else "1"
        request.headers["Authorization"] = f"{head}={signature[:position]}{digit}{signature[position + 1 :]}"
        refusal(send(server, request), "InvalidSignatureException", MISMATCH)


def test_guessing_is_slowed_for_the_key_that_is_guessed_at_and_shuts_nobody_out(server, new_user):
    user, other = (new_user({"Effect": "Allow", "Action": "kms:*", "Resource": "*"}) for _ in range(2))
    wrong = Credentials(user.credentials.access_key, "a" * 40)

    def guess():
        """How long the refusal of a wrong signature takes."""
        started = time.monotonic()
        refusal(send(server, signed(server, credentials=wrong)), "InvalidSignatureException", MISMATCH)
        return time.monotonic() - started

    for _ in range(10):
        guess()
    first, second, third = guess(), guess(), guess()
    assert 0.1 <= first and 0.2 <= second and 0.4 <= third
    with ThreadPoolExecutor(8) as pool:
        guesses = [pool.submit(guess) for _ in range(8)]
        time.sleep(0.1)
        # Meanwhile the key's owner and everybody else are answered as ever.
        for credentials in (user.credentials, other.credentials):
            for operation in ("ListKeys", "GenerateRandom"):
                body = b'{"NumberOfBytes":8}' if operation == "GenerateRandom" else b"{}"
                started = time.monotonic()
                answer = send(server, signed(server, operation, body, credentials=credentials))
                assert answer.status == 200 and time.monotonic() - started < 0.5
        assert any(not each.done() for each in guesses)
        assert max(each.result() for each in guesses) < 5


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 nonsense",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00",
        "Bearer token",
        "AWS4-HMAC-SHA256 Credential=AKID/20200101/us-east-1/kms/aws4_request, SignedHeaders=host",
    ],
)
def test_a_header_that_is_no_signature_is_refused(server, header):
    request = signed(server)
    request.headers["Authorization"] = header
    answer = send(server, request)
    assert answer.status == 400
    assert answer.code in (
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
    )


def test_a_signature_cannot_be_used_for_another_body_later(server):
    """A request that was caught can be sent again within five minutes, but only as it was."""
    request = signed(server, "GenerateRandom", b'{"NumberOfBytes": 8}')
    assert send(server, request).status == 200
    request.headers["X-Amz-Target"] = "TrentService.CreateKey"
    refusal(send(server, request), "InvalidSignatureException", MISMATCH)


def test_a_key_that_is_deactivated_stops_working(server, new_user):
    user = new_user()
    assert outcome(user.kms.list_keys) == "AccessDeniedException"
    server.command("access-key", "deactivate", user.credentials.access_key)
    deadline = now() + dates.timedelta(seconds=5)
    while outcome(user.kms.list_keys) != "UnrecognizedClientException":
        assert now() < deadline, "a deactivated key works on"
    server.command("access-key", "activate", user.credentials.access_key)
    deadline = now() + dates.timedelta(seconds=5)
    while outcome(user.kms.list_keys) != "AccessDeniedException":
        assert now() < deadline, "an activated key does not work"


def test_an_operation_that_does_not_exist_is_refused_only_to_those_who_sign(server):
    answer = send(server, signed(server, "MakeCoffee"))
    assert (answer.status, answer.code) == (400, "UnknownOperationException")
    request = signed(server, "MakeCoffee")
    del request.headers["Authorization"]
    refusal(send(server, request), "MissingAuthenticationTokenException")
