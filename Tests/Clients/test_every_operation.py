"""That nothing of the service model is left out."""

import botocore.session
import pytest

from support.clients import CALLED, refused
from support.wire import send, signed

KEY_STORE = {"CustomKeyStoreId": "cks-1234567890abcdef0"}
MODEL = botocore.session.get_session().get_service_model("kms")


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_custom_key_store", {"CustomKeyStoreName": "store"}),
        ("connect_custom_key_store", KEY_STORE),
        ("disconnect_custom_key_store", KEY_STORE),
        ("update_custom_key_store", KEY_STORE),
        ("delete_custom_key_store", KEY_STORE),
        ("describe_custom_key_stores", {}),
    ],
)
def test_custom_key_stores_are_refused_in_a_plain_sentence(kms, operation, parameters):
    with refused("UnsupportedOperationException") as caught:
        getattr(kms, operation)(**parameters)
    assert caught.value.response["Error"]["Message"].endswith(".")


@pytest.mark.parametrize(
    "operation",
    sorted(
        name
        for name in MODEL.operation_names
        if MODEL.operation_model(name).input_shape.required_members and "CustomKeyStore" not in name
    ),
)
def test_every_required_member_is_required(server, operation):
    """An empty request names all that is missing, in AWS's words."""
    answer = send(server, signed(server, operation, b"{}"))
    missing = MODEL.operation_model(operation).input_shape.required_members
    assert (answer.status, answer.code) == (400, "ValidationException")
    noun = "error" if len(missing) == 1 else "errors"
    start, rest = answer.message.split(" detected: ")
    assert start == f"{len(missing)} validation {noun}"
    assert sorted(rest.split("; ")) == sorted(
        f"Value null at '{name[0].lower() + name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in missing
    )


@pytest.mark.last
def test_every_operation_of_the_model_was_called(request):
    """By the other tests of this run; when only some of them run, there is nothing to say."""
    here = {item.path for item in request.session.items}
    if request.config.option.keyword or here != set(request.path.parent.glob("test_*.py")):
        pytest.skip("only some of the tests run")
    assert set(MODEL.operation_names) - CALLED == set()
