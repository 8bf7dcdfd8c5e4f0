"""The kes command line, as a new user meets it."""

import json
import re
import stat
import subprocess
import time

import pytest

from support.kes import KES, KESServer, b64, kes
from support.server import free_port

VECTORS = {
    "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw": (
        "0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb"
    ),
    "kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs": (
        "ea9826089311fe44d7590408ede9150f7c637b6cab0a91ee6fe1aa5d9fb366f6"
    ),
}


@pytest.mark.parametrize(("key", "identity"), VECTORS.items())
def test_api_keys_have_their_published_identities(key, identity):
    assert kes("identity", "of", key).stdout == identity


def test_the_walk_of_a_new_user(tmp_path):
    made = kes("identity", "new", "--key=client.key", "--cert=client.crt", "MyApp", cwd=tmp_path)
    assert made.returncode == 0
    api_key = re.search(r"kes:v1:\S+", made.stdout)[0]
    identity = kes("identity", "of", "client.crt", cwd=tmp_path).stdout
    assert re.fullmatch("[0-9a-f]{64}", identity) and identity in made.stdout
    assert kes("identity", "of", api_key).stdout == identity
    assert kes("identity", "client.key", cwd=tmp_path).stdout == api_key
    assert stat.S_IMODE((tmp_path / "client.key").stat().st_mode) == 0o600
    server = KESServer(
        tmp_path,
        """
admin: { identity: disabled }
policy:
  my-app:
    allow: [ /v1/key/create/my-key*, /v1/key/generate/my-key*, /v1/key/decrypt/my-key* ]
    identities: [ "${MY_APP}" ]
keystore: { fs: { path: ./keys } }
""".replace("${MY_APP}", identity),
        ["--auth", "off"],
    ).start()
    user = {
        "KES_SERVER": f"127.0.0.1:{server.port}",
        "KES_CLIENT_CERT": tmp_path / "client.crt",
        "KES_CLIENT_KEY": tmp_path / "client.key",
    }
    created = kes("key", "create", "-k", "my-key-1", **user)
    assert (created.returncode, created.stdout, created.stderr) == (0, "", "")
    made = json.loads(kes("key", "dek", "-k", "my-key-1", b64(b"a"), **user).stdout)
    opened = kes("key", "decrypt", "-k", "my-key-1", made["ciphertext"], b64(b"a"), **user)
    assert opened.stdout == json.dumps({"plaintext": made["plaintext"]}, separators=(",", ":"))
    denied = kes("key", "dek", "-k", "other", **user)
    assert (denied.returncode, denied.stdout) == (1, "")
    assert denied.stderr == "Error: not authorized: insufficient permissions\n"
    with_key = {"KES_SERVER": user["KES_SERVER"], "KES_API_KEY": api_key}
    assert kes("key", "dek", "--insecure", "my-key-1", **with_key).returncode == 0
    assert kes("key", "dek", "-k", "my-key-1", **user, KES_API_KEY=api_key).returncode == 1
    assert kes("key", "dek", "my-key-1", **with_key).returncode == 1
    assert server.stop() == 0


def test_the_admin_sees_everything(tmp_path):
    api_key = kes("identity").stdout
    identity = kes("identity", "of", api_key).stdout
    server = KESServer(
        tmp_path,
        f"admin: {{ identity: {identity} }}\nkeystore: {{ fs: {{ path: ./keys }} }}\n"
        f"policy: {{ app: {{ allow: [ /v1/status ], identities: [ {'a' * 64} ] }} }}",
    ).start()

    def admin(*arguments):
        return kes(*arguments, "-k", KES_SERVER=f"127.0.0.1:{server.port}", KES_API_KEY=api_key)

    assert admin("key", "import", "one", b64(bytes(32))).returncode == 0
    assert admin("key", "create", "two", "three").returncode == 0
    assert admin("key", "ls").stdout == "Key\none\nthree\ntwo"
    assert json.loads(admin("key", "ls", "t*", "--json").stdout) == ["three", "two"]
    assert admin("key", "rm", "three").returncode == 0
    assert admin("ls").stdout == "Key\none\ntwo"
    info = admin("key", "info", "one").stdout
    assert info.startswith("Name        one\nAlgorithm   AES256\n") and info.endswith(identity)
    assert json.loads(admin("key", "info", "one", "--json").stdout)["algorithm"] == "AES256"
    ciphertext = json.loads(admin("key", "encrypt", "one", "hello").stdout)["ciphertext"]
    assert json.loads(admin("key", "decrypt", "one", ciphertext).stdout) == {"plaintext": b64(b"hello")}
    assert admin("policy", "ls").stdout == "Policy\napp"
    assert json.loads(admin("policy", "show", "app").stdout)["allow"] == {"/v1/status": {}}
    assert "Admin" in admin("identity", "info").stdout
    assert admin("identity", "ls").stdout.split("\n")[0] == "Identity"
    assert f"● 127.0.0.1:{server.port}" in admin("status").stdout
    assert json.loads(admin("metric", "--count", "1").stdout)["kes_http_request_success"] > 5
    assert server.stop() == 0


def test_exit_codes(tmp_path):
    assert kes("nonsense").returncode == 2
    assert kes("key", "--help").returncode == 2
    assert kes("--version").returncode == 0
    assert kes("update").returncode == 1
    assert kes("identity", "of", "no-such-file").returncode == 1
    first = kes("identity", "new", "--key=k", "--cert=c", cwd=tmp_path)
    again = kes("identity", "new", "--key=k", "--cert=c", cwd=tmp_path)
    assert (first.returncode, again.returncode) == (0, 1) and "--force" in again.stderr
    assert kes("identity", "new", "--key=k", "--cert=c", "--force", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("admin: { identity: disabled }\nkeystore: { gcp: {} }\n", "keystore"),
        ("keystore: { fs: { path: ./keys } }\n", "admin"),
        ("admin: { identity: '${NO_SUCH}' }\nkeystore: { fs: { path: k } }\n", "NO_SUCH"),
        (
            "admin: { identity: disabled }\nkeystore: { fs: { path: k } }\napi: { /v1/nothing: {} }\n",
            "/v1/nothing",
        ),
    ],
)
def test_a_configuration_that_is_wrong_does_not_start(tmp_path, config, words):
    server = KESServer(tmp_path, config)
    ended = kes("server", "--config", "config.yml", cwd=server.folder)
    assert ended.returncode == 1
    assert words in ended.stderr


def test_a_server_to_try_out(tmp_path):
    assert kes("server", "--dev", "--config", "config.yml", cwd=tmp_path).returncode == 2
    port = free_port()
    output = tmp_path / "out.log"
    with open(output, "wb") as said:
        server = subprocess.Popen([KES, "server", "--dev", "--addr", f"127.0.0.1:{port}"], stdout=said)
    try:
        deadline = time.monotonic() + 20
        while "Server is up and running" not in output.read_text():
            assert time.monotonic() < deadline and server.poll() is None
            time.sleep(0.02)
        api_key = re.search(r"kes:v1:\S+", output.read_text())[0]
        user = {"KES_SERVER": f"127.0.0.1:{port}", "KES_API_KEY": api_key}
        assert kes("key", "create", "-k", "my-key", **user).returncode == 0
        assert kes("key", "dek", "-k", "my-key", **user).returncode == 0
    finally:
        server.terminate()
        assert server.wait(10) == 0
