"""That what `examples/` says of KES is what the server takes."""

import yaml

from support.kes import KESServer
from support.server import ROOT, free_port


def test_the_manifest_for_kubernetes_has_a_configuration(tmp_path, monkeypatch):
    documents = list(yaml.safe_load_all((ROOT / "examples" / "kes-kubernetes.yml").read_text()))
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
