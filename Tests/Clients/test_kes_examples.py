"""That what examples/ holds for KES is well-formed, and names flags, routes and settings that there are."""

import subprocess
from pathlib import Path

import pytest
import yaml

from support.kes import KESServer, b64, kes, make_client
from support.server import free_port

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
IDENTITY = "ab" * 32


def started(folder, configuration, **environment):
    """What the server says to a configuration; it ends because it cannot have the address."""
    (folder / "config.yml").write_text(yaml.safe_dump(configuration))
    return kes("server", "--config=config.yml", "--addr=192.0.2.1:1", cwd=folder, **environment).stderr


def test_minio_may_call_all_that_it_needs(tmp_path):
    policy = yaml.safe_load((EXAMPLES / "minio-kes-policy.yml").read_text())
    minio, _ = make_client(tmp_path, "minio")
    config = {"admin": {"identity": "disabled"}, "keystore": {"fs": {"path": "./keys"}}, **policy}
    text = yaml.safe_dump(config).replace("${MINIO_KES_IDENTITY}", minio.identity)
    server = KESServer(tmp_path, text).start()
    context = b64(b"{}")

    def call(method, path, body=None):
        return server.call(minio, method, path, body)

    # A new MinIO, root access disabled, then an object written and read, the console and mc.
    assert call("POST", "/v1/key/generate/minio-default", {"context": context}).status == 404
    assert call("POST", "/v1/key/create/minio-default").status == 200
    assert call("POST", "/v1/key/create/minio-default").message == "key already exists"
    assert call("GET", "/v1/key/describe/minio-default").json["algorithm"] == "AES256"
    macs = [
        call("PUT", "/v1/key/hmac/minio-default", {"message": b64(message)}).json["hmac"]
        for message in (b"root access key", b"root secret key", b"root access key")
    ]
    assert macs[0] == macs[2] != macs[1]
    context = b64(b'{"bucket":"bucket/object"}')
    made = call("POST", "/v1/key/generate/minio-default", {"context": context}).json
    sealed = {"ciphertext": made["ciphertext"], "context": context}
    assert call("POST", "/v1/key/decrypt/minio-default", sealed).json == {"plaintext": made["plaintext"]}
    bulk = call("POST", "/v1/key/bulk/decrypt/minio-default", [sealed, sealed])
    assert bulk.json == [{"plaintext": made["plaintext"]}] * 2
    for path in ("/v1/key/list", "/v1/key/list/minio-", "/v1/status", "/v1/metrics", "/v1/api", "/version"):
        assert call("GET", path).status == 200, path
    assert call("POST", "/v1/key/generate/other", {}).status == 403
    assert call("DELETE", "/v1/key/delete/minio-default").status == 403
    assert server.stop() == 0


def test_the_kubernetes_manifest_holds_a_configuration_that_is_taken(tmp_path):
    documents = list(yaml.safe_load_all((EXAMPLES / "kes-kubernetes.yml").read_text()))
    kinds = {document["kind"]: document for document in documents}
    assert set(kinds) == {"ConfigMap", "Service", "Deployment"}
    configuration = yaml.safe_load(kinds["ConfigMap"]["data"]["config.yml"])
    assert kes("identity", "new", "--dns=kes.kes.svc.cluster.local", "kes", cwd=tmp_path).returncode == 0
    assert configuration["tls"] == {"key": "/tls/private.key", "cert": "/tls/public.crt"}
    configuration["tls"] = {"key": "private.key", "cert": "public.crt"}
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    variables = {variable["name"]: variable.get("value", "secret") for variable in container["env"]}
    assert "cannot listen on" in started(tmp_path, configuration, **variables)
    missing = {name: value for name, value in variables.items() if name != "KES_STORE_SECRET_KEY"}
    assert "KES_STORE_SECRET_KEY" in started(tmp_path, configuration, **missing)
    # Names that must agree.
    assert container["command"][1:] == ["server", "--config", "/config/config.yml"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"config": "/config", "tls": "/tls"}
    assert {volume["name"] for volume in pod["volumes"]} == set(mounts)
    labels = kinds["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kinds["Service"]["spec"]["selector"] == labels
    assert kinds["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {kinds["Service"]["spec"]["ports"][0]["targetPort"]: 7373}
    probe = container["readinessProbe"]["httpGet"]
    assert probe["path"] in configuration["api"] and configuration["api"][probe["path"]]["skip_auth"]


@pytest.mark.parametrize("program", ["kes", "strongroom"])
def test_systemd_takes_the_unit(tmp_path, program):
    unit = (EXAMPLES / f"{program}.service").read_text().replace(f"/usr/local/bin/{program}", "/bin/true")
    (tmp_path / f"{program}.service").write_text(unit)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / f"{program}.service"],
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_unit_starts_what_there_is(tmp_path):
    lines = (EXAMPLES / "kes.service").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith(("#", "[")))
    command = settings["ExecStart"].split()
    assert command[0].endswith("/kes") and command[1:3] == ["server", "--config"]
    # All of its flags are known: what is complained of is the file.
    flags = [flag for flag in command[1:] if not flag.startswith("${")]
    (tmp_path / "config.yml").write_text("nonsense: [")
    said = kes(*flags[:2], "config.yml", *flags[2:], cwd=tmp_path)
    assert said.returncode == 1 and "the file is no YAML" in said.stderr


def test_the_manifest_for_kubernetes_has_a_configuration(tmp_path, monkeypatch):
    documents = list(yaml.safe_load_all((EXAMPLES / "kes-kubernetes.yml").read_text()))
    text = next(part for part in documents if part["kind"] == "ConfigMap")["data"]["config.yml"]
    config = yaml.safe_load(text)
    server = KESServer(tmp_path, "")
    config["address"] = f"127.0.0.1:{server.port}"
    config["tls"] = {"key": "private.key", "cert": "public.crt"}
    # Nobody answers there.
    config["keystore"]["aws"]["secretsmanager"]["endpoint"] = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config))
    container = next(part for part in documents if part["kind"] == "Deployment")["spec"]["template"]["spec"]
    for variable in container["containers"][0]["env"]:
        monkeypatch.setenv(variable["name"], variable.get("value", "x"))
    server.start()
    assert "WARN" not in (tmp_path / "err.log").read_text()
    # The kubelet asks without a certificate, and nobody else may.
    assert server.call(None, "GET", "/v1/ready").status == 504
    assert server.call(None, "GET", "/v1/status").status == 400
    assert server.stop() == 0
