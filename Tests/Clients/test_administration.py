"""The strongroom command beside a running server, TLS, health, and settings by variable and file."""

import datetime
import http.client
import os
import pty
import re
import subprocess

import pytest

from support.clients import key_arn, kms_client, outcome, wait_until_known
from support.server import BINARY, Server, clean_environment, free_port, read_profile
from support.tls import self_signed


def test_accounts_and_access_keys_are_listed(own_server):
    server = own_server
    account = server.create_account()
    credentials = server.create_access_key("carol", account)
    assert account in server.command("account", "list").stdout
    listed = server.command("access-key", "list").stdout
    assert server.root.access_key in listed and server.root.secret_key not in listed
    assert credentials.access_key not in listed
    listed = server.command("access-key", "list", "--account", account).stdout
    assert credentials.access_key in listed and "carol" in listed and credentials.secret_key not in listed


def test_the_first_start_shows_the_root_credentials_on_a_terminal_alone(tmp_path):
    (tmp_path / "log").mkdir()
    server = Server(tmp_path / "log").start()
    server.stop()
    said = server.output.read_text() + server.log.read_text()
    assert str(server.data / "credentials") in said and server.root.secret_key not in said
    controller, terminal = pty.openpty()
    data = tmp_path / "screen"
    shown = subprocess.Popen(
        [
            BINARY,
            "serve",
            "--data",
            data,
            "--aws-address",
            f"127.0.0.1:{free_port()}",
            "--console-address",
            "off",
        ],
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    os.close(terminal)
    said = b""
    while said.count(b"\n") < 4:
        said += os.read(controller, 4096)
    shown.terminate()
    shown.wait(30)
    os.close(controller)
    assert read_profile((data / "credentials").read_text()).secret_key in said.decode()


def test_a_deleted_access_key_is_unknown(own_server):
    server = own_server
    credentials = server.create_access_key("dave")
    client = wait_until_known(kms_client(server, credentials))
    server.command("access-key", "delete", credentials.access_key)
    deadline = datetime.datetime.now() + datetime.timedelta(seconds=5)
    while outcome(client.list_keys) != "UnrecognizedClientException":
        assert datetime.datetime.now() < deadline, "a deleted key works on"
    assert credentials.access_key not in server.command("access-key", "list").stdout


def test_a_policy_that_is_none_makes_no_user(own_server, tmp_path):
    (tmp_path / "broken.json").write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}')
    done = own_server.command(
        "access-key", "create", "--user", "erin", "--policy", tmp_path / "broken.json", check=False
    )
    assert done.returncode != 0 and done.stderr and not done.stdout
    assert "erin" not in own_server.command("access-key", "list").stdout


def test_the_seal_is_told(own_server):
    said = own_server.command("seal", "status").stdout
    assert str(own_server.data / "seal.key") in said and "root key 1" in said


@pytest.mark.parametrize(
    "arguments", [["account", "list"], ["seal", "status"], ["trail", "verify"], ["access-key", "create"]]
)
def test_a_command_on_no_deployment_makes_none(tmp_path, arguments):
    done = subprocess.run(
        [BINARY, *arguments, "--data", tmp_path / "nothing"],
        capture_output=True,
        text=True,
        timeout=30,
        env=clean_environment(),
    )
    assert done.returncode != 0 and done.stderr.count("\n") == 1 and not (tmp_path / "nothing").exists()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_console_tells_that_it_is_ready(tmp_path):
    port = free_port()
    server = Server(tmp_path, {"console-address": f"127.0.0.1:{port}"}).start()
    try:
        assert (get(port, "/healthz"), get(port, "/readyz"), get(port, "/secrets")) == (200, 200, 404)
    finally:
        assert server.stop() == 0


def test_settings_come_from_flags_then_variables_then_the_file(tmp_path):
    (tmp_path / "settings.yaml").write_text("regions: eu-central-1\naccount: '111122223333'\n")
    settings = {"config": tmp_path / "settings.yaml", "regions": None}
    server = Server(tmp_path, settings, {"STRONGROOM_REGIONS": "ap-south-1"}).start()
    try:
        assert key_arn(kms_client(server, region="ap-south-1")).startswith(
            "arn:aws:kms:ap-south-1:111122223333:"
        )
        assert outcome(kms_client(server, region="eu-central-1").list_keys) == "InvalidSignatureException"
    finally:
        server.kill()


def test_the_door_speaks_tls(tmp_path):
    certificate, key = self_signed(tmp_path)
    server = Server(tmp_path, {"tls-certificate": certificate, "tls-key": key}).start()
    try:
        arn = key_arn(kms_client(server, verify=str(certificate)))
        shown = server.command("trail", "show").stdout
        assert arn in shown and re.search(r'"tlsVersion":"TLSv1\.[23]"', shown)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            get(server.port, "/")
        assert key_arn(kms_client(server, verify=str(certificate)))
    finally:
        assert server.stop() == 0
