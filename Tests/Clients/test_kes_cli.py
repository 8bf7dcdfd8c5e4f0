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


def run_with_lines(lines, *arguments, cwd=None):
    """The command line with lines on its standard input instead of a terminal."""
    return subprocess.run(
        [KES, *arguments],
        cwd=cwd,
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
    )


def test_a_private_key_may_have_a_password(tmp_path):
    new = ["identity", "new", "--encrypt", "--ip=127.0.0.1"]
    made = run_with_lines(["correct horse", "correct horse"], *new, "localhost", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert made.stderr == "Enter password: Confirm password: " and "horse" not in made.stdout
    key = (tmp_path / "private.key").read_text()
    # What KES, MinIO and OpenSSL read (RFC 1423).
    assert key.startswith("-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,")
    assert stat.S_IMODE((tmp_path / "private.key").stat().st_mode) == 0o600
    opened = subprocess.run(
        ["openssl", "pkey", "-in", "private.key", "-passin", "pass:correct horse"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert opened.returncode == 0, opened.stderr
    (tmp_path / "plain.key").write_text(opened.stdout)
    api_key = re.search(r"kes:v1:\S+", made.stdout)[0]
    assert kes("identity", "plain.key", cwd=tmp_path).stdout == api_key
    told = kes("identity", "of", "private.key", cwd=tmp_path)
    assert told.returncode == 1 and "a password protects it" in told.stderr
    differing = run_with_lines(["a", "b"], *new, "--force", cwd=tmp_path)
    assert (differing.returncode, (tmp_path / "private.key").read_text()) == (1, key)
    assert run_with_lines(["", ""], *new, "--force", cwd=tmp_path).returncode == 1
    assert run_with_lines(["a", "a"], "identity", "new", "--encrypt", cwd=tmp_path).returncode == 2


def test_a_server_opens_its_key_with_the_password(tmp_path):
    made = run_with_lines(
        ["correct horse"] * 2, "identity", "new", "--encrypt", "--ip=127.0.0.1", "localhost", cwd=tmp_path
    )
    api_key = re.search(r"kes:v1:\S+", made.stdout)[0]
    identity = kes("identity", "of", api_key).stdout
    config = f"admin: {{ identity: {identity} }}\nkeystore: {{ fs: {{ path: ./keys }} }}"
    server = KESServer(tmp_path, config)
    server.configure(config, "key: private.key\n  cert: public.crt\n  password: '${PASSWORD}'")
    for password in ("wrong", ""):
        ended = kes("server", "--config=config.yml", cwd=tmp_path, PASSWORD=password)
        assert ended.returncode == 1 and "private.key" in ended.stderr
        assert "wrong" not in ended.stderr
    server.configure(config, "key: private.key\n  cert: public.crt\n  password: correct horse")
    server.start()
    user = {
        "KES_SERVER": f"127.0.0.1:{server.port}",
        "KES_CLIENT_CERT": tmp_path / "public.crt",
        "KES_CLIENT_KEY": tmp_path / "private.key",
    }
    listed = kes("key", "ls", "-k", **user, MINIO_KMS_KES_KEY_PASSWORD="correct horse")
    assert listed.returncode == 0, listed.stderr
    refused = kes("key", "ls", "-k", **user, MINIO_KMS_KES_KEY_PASSWORD="wrong")
    assert refused.returncode == 1 and "does not open with this password" in refused.stderr
    assert server.stop() == 0


def test_a_self_signed_server_is_trusted_by_its_certificate(tmp_path):
    api_key = kes("identity").stdout
    identity = kes("identity", "of", api_key).stdout
    server = KESServer(
        tmp_path, f"admin: {{ identity: {identity} }}\nkeystore: {{ fs: {{ path: ./keys }} }}"
    ).start()
    user = {"KES_SERVER": f"127.0.0.1:{server.port}", "KES_API_KEY": api_key}
    trusting = {**user, "SSL_CERT_FILE": tmp_path / "public.crt"}
    assert kes("key", "create", "my-key", **trusting).returncode == 0
    assert json.loads(kes("key", "dek", "my-key", **trusting).stdout).keys() == {"plaintext", "ciphertext"}
    # Another name than the certificate has.
    named = {**trusting, "KES_SERVER": f"127.0.0.2:{server.port}"}
    assert kes("key", "ls", **named).returncode == 1
    refused = kes("key", "ls", **user)
    assert refused.returncode == 1
    assert "SSL_CERT_FILE=public.crt" in refused.stderr and "-k" in refused.stderr
    assert server.stop() == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell):
    script = kes("--auto-completion", shell)
    assert (script.returncode, script.stderr) == (0, "")
    assert "migrate" in script.stdout and "identity" in script.stdout
    assert kes("--generate-completion-script", shell).stdout == script.stdout
    assert kes("--auto-completion", SHELL=f"/usr/bin/{shell}").stdout == script.stdout
    if shell == "bash":
        checked = subprocess.run(["bash", "-n"], input=script.stdout, capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_a_shell_that_nobody_knows_is_refused():
    refused = kes("--auto-completion", "csh")
    assert (refused.returncode, refused.stdout) == (1, "")
