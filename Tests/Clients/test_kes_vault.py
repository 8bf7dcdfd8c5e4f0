"""KES with its keys in a Vault: a real OpenBao, with both versions of its key-value engine."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.kes import KESServer, b64, kes, make_client
from support.openbao import OpenBao
from support.tls import self_signed

CONFIGURATION = """
admin: { identity: IDENTITY }
cache: { expiry: EXPIRY }
keystore:
  vault:
"""
EXPIRY = "{ any: 5m, unused: 5m }"


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    return make_client(tmp_path_factory.mktemp("admin"), "admin")[0]


@pytest.fixture(scope="module")
def bao(tmp_path_factory):
    folder = tmp_path_factory.mktemp("openbao")
    client, _ = make_client(folder, "client", kind="ecdsa")
    certificate, key = self_signed(folder)
    bao = OpenBao(folder, {"certificate": certificate, "key": key, "client": client.certificate})
    bao.start()
    bao.approle = bao.prepare()
    bao.certificate, bao.client = certificate, client
    yield bao
    bao.stop()


@pytest.fixture
def own_bao(tmp_path_factory):
    """One that a test may seal and kill."""
    bao = OpenBao(tmp_path_factory.mktemp("openbao"), lasting=True).start()
    bao.approle = bao.prepare()
    yield bao
    bao.stop()


def approle(role, more=""):
    return f"approle: {{ id: {role['id']}, secret: {role['secret']}{more} }}"


def configuration(admin, *lines, expiry=EXPIRY):
    text = CONFIGURATION.replace("IDENTITY", admin.identity).replace("EXPIRY", expiry)
    return text + "".join(f"    {line}\n" for line in lines)


@pytest.fixture
def door(admin, tmp_path):
    """Makes servers: `door("endpoint: …", …)` is one that has started."""
    doors = []

    def make(*lines, expiry=EXPIRY):
        door = KESServer(tmp_path, configuration(admin, *lines, expiry=expiry)).start()
        doors.append(door)
        return door

    yield make
    for door in doors:
        if door.process.poll() is None:
            assert door.stop() == 0


def read(bao, path, name, **more):
    """What lies in the engine, as its other users see it."""
    data = bao.call("GET", path, **more)["data"]
    return (data["data"] if "metadata" in data else data)[name]


ENGINES = {"v2": ("kv/data/{}", "kv/metadata/{}"), "v1": ("kv1/{}", "kv1/{}")}


@pytest.mark.parametrize("transit", [False, True], ids=["plain", "transit"])
@pytest.mark.parametrize("version", ENGINES)
def test_keys_live_in_the_engine(bao, admin, door, version, transit, tmp_path):
    prefix = f"{version}-{transit}"
    lines = [
        f"endpoint: {bao.url}",
        f"engine: {'kv' if version == 'v2' else 'kv1'}",
        f"version: {version}",
        f"prefix: /{prefix}/keys/",
        approle(bao.approle),
        "transit: { key: kes }" if transit else "",
    ]
    server = door(*lines)
    assert f"Hashicorp Vault: {bao.url}" in (server.folder / "out.log").read_text()
    made = {}
    for name in ("one", "two", "One"):
        assert server.call(admin, "POST", f"/v1/key/create/{name}").status == 200
        made[name] = server.call(admin, "POST", f"/v1/key/generate/{name}", {}).json
    again = server.call(admin, "POST", "/v1/key/create/one")
    assert (again.status, again.message) == (400, "key already exists")
    assert server.call(admin, "GET", "/v1/key/describe/three").status == 404
    assert server.call(admin, "DELETE", "/v1/key/delete/three").status == 404
    assert server.call(admin, "GET", "/v1/key/list/").json["names"] == ["One", "one", "two"]
    assert server.call(admin, "GET", "/v1/key/list/o*").json["names"] == ["one"]

    # Others find KES's layout: one member of the key's name.
    data, listing = (path.format(f"{prefix}/keys") for path in ENGINES[version])
    stored = read(bao, f"{data}/one", "one")
    assert stored.startswith("vault:v1:" if transit else "CiQKI")
    assert sorted(bao.call("LIST", listing)["data"]["keys"]) == ["One", "one", "two"]

    # A server that starts anew has nothing in memory.
    assert server.stop() == 0
    server = door(*lines)
    for name, key in made.items():
        opened = server.call(admin, "POST", f"/v1/key/decrypt/{name}", {"ciphertext": key["ciphertext"]})
        assert opened.json == {"plaintext": key["plaintext"]}
    assert server.call(admin, "DELETE", "/v1/key/delete/two").status == 200
    assert server.call(admin, "GET", "/v1/key/list").json["names"] == ["One", "one"]
    with pytest.raises(AssertionError):
        bao.call("GET", f"{data}/two")
    assert server.call(admin, "POST", "/v1/key/create/two").status == 200


def test_keys_move_from_files_to_vault_and_back(bao, admin, door, tmp_path):
    server = KESServer(
        tmp_path, f"admin: {{ identity: {admin.identity} }}\nkeystore: {{ fs: {{ path: a }} }}"
    )
    server.start()
    assert server.call(admin, "POST", "/v1/key/create/moved").status == 200
    made = server.call(admin, "POST", "/v1/key/generate/moved", {}).json
    assert server.stop() == 0
    (tmp_path / "config.yml").rename(tmp_path / "files.yml")
    text = (tmp_path / "files.yml").read_text()
    (tmp_path / "back.yml").write_text(text.replace("path: a", "path: b"))
    lines = [
        f"endpoint: {bao.url}",
        "version: v2",
        "prefix: moved",
        approle(bao.approle),
        "transit: { key: kes }",
    ]
    server.configure(configuration(admin, *lines))

    for source, target in (("files.yml", "config.yml"), ("config.yml", "back.yml")):
        moved = kes("migrate", "--from", source, "--to", target, cwd=tmp_path)
        assert (moved.returncode, moved.stdout) == (0, "Migrated      1 keys successfully!\n"), moved.stderr
    assert (tmp_path / "a" / "moved").read_bytes() == (tmp_path / "b" / "moved").read_bytes()
    server.start()
    opened = server.call(admin, "POST", "/v1/key/decrypt/moved", {"ciphertext": made["ciphertext"]})
    assert opened.json == {"plaintext": made["plaintext"]}
    assert server.stop() == 0


def test_a_key_that_is_not_wrapped_is_refused_where_transit_is_set(bao, admin, door):
    lines = [f"endpoint: {bao.url}", "version: v2", "prefix: swapped", approle(bao.approle)]
    server = door(*lines)
    assert server.call(admin, "POST", "/v1/key/create/plain").status == 200
    assert server.stop() == 0
    server = door(*lines, "transit: { key: kes }")
    refused = server.call(admin, "POST", "/v1/key/generate/plain", {})
    assert (refused.status, refused.message) == (502, "failed to read key")
    assert "is not wrapped by the transit engine" in (server.folder / "err.log").read_text()


def test_all_of_many_keys_are_listed(bao, admin, door):
    for number in range(1_100):
        body = {"data": {f"key-{number}": "x"}, "options": {"cas": 0}}
        bao.call("POST", f"kv/data/many/key-{number}", body)
    bao.call("POST", "kv/data/many/folder/key", {"data": {"key": "x"}})
    server = door(f"endpoint: {bao.url}", "version: v2", "prefix: many", approle(bao.approle))
    first = server.call(admin, "GET", "/v1/key/list/").json
    rest = server.call(admin, "GET", f"/v1/key/list/{first['continue_at']}").json
    assert first["names"] + rest["names"] == sorted(f"key-{number}" for number in range(1_100))


def test_keys_of_a_namespace_stay_in_it(bao, admin, door):
    bao.call("POST", "sys/namespaces/team", {})
    role = bao.prepare(namespace="team")
    server = door(f"endpoint: {bao.url}", "version: v2", "namespace: team", approle(role))
    assert server.call(admin, "POST", "/v1/key/create/ours").status == 200
    assert read(bao, "kv/data/ours", "ours", namespace="team")
    with pytest.raises(AssertionError):
        bao.call("GET", "kv/data/ours")


def test_tls_with_an_authority_and_a_certificate_of_its_own(bao, admin, door):
    endpoint = f"endpoint: https://127.0.0.1:{bao.tls_port}"
    own = f"key: {bao.client.key}, cert: {bao.client.certificate}"
    for tls, status in (
        (f"{{ ca: {bao.certificate}, {own} }}", 200),
        (f"{{ ca: {bao.certificate} }}", 502),
        (f"{{ {own} }}", 502),
    ):
        server = door(endpoint, "version: v2", "prefix: tls", approle(bao.approle), f"tls: {tls}")
        assert server.call(admin, "POST", "/v1/key/create/over-tls").status == status, tls
        assert server.stop() == 0


def test_a_token_that_is_revoked_is_replaced_and_a_login_that_is_revoked_is_told(bao, admin, door):
    role = bao.role("revoked")
    server = door(
        f"endpoint: {bao.url}", "version: v2", "prefix: revoked", approle(role), "status: { ping: 1s }"
    )
    assert server.call(admin, "POST", "/v1/key/create/cached").status == 200
    time.sleep(1.1)
    bao.call("POST", "sys/leases/revoke-prefix/auth/approle/login", {})
    assert server.call(admin, "POST", "/v1/key/create/after").status == 200

    bao.call(
        "POST",
        "auth/approle/role/revoked/secret-id-accessor/destroy",
        {"secret_id_accessor": role["accessor"]},
    )
    time.sleep(1.1)
    bao.call("POST", "sys/leases/revoke-prefix/auth/approle/login", {})
    refused = server.call(admin, "POST", "/v1/key/create/never")
    assert (refused.status, refused.message) == (502, "failed to create key")
    log = (server.folder / "err.log").read_text()
    assert "refuses the login at 'auth/approle'" in log and role["secret"] not in log
    # The server behind is there all the same, and what is in memory serves.
    assert server.call(admin, "GET", "/v1/ready").status == 200
    assert server.call(admin, "POST", "/v1/key/generate/cached", {}).status == 200


def test_an_outage_and_a_seal_are_told_truly_and_cached_keys_serve(own_bao, admin, door):
    server = door(
        f"endpoint: {own_bao.url}",
        "version: v2",
        approle(own_bao.approle),
        "status: { ping: 1s }",
        expiry="{ any: 1s, unused: 1s, offline: 1h }",
    )
    assert server.call(admin, "POST", "/v1/key/create/cached").status == 200
    assert server.call(admin, "GET", "/v1/ready").status == 200
    own_bao.stop()
    time.sleep(1.5)
    assert server.call(admin, "POST", "/v1/key/generate/cached", {}).status == 200
    assert server.call(admin, "POST", "/v1/key/create/other").status == 502
    down = server.call(admin, "GET", "/v1/ready")
    assert (down.status, down.message) == (504, "key store is not reachable")
    assert server.call(admin, "GET", "/v1/status").json["keystore_unreachable"] is True

    own_bao.start()
    wait_for(lambda: server.call(admin, "GET", "/v1/ready").status == 200)
    assert server.call(admin, "POST", "/v1/key/create/other").status == 200
    own_bao.seal()
    sealed = server.call(admin, "GET", "/v1/ready")
    assert (sealed.status, sealed.message) == (502, "key store is unavailable")
    assert server.call(admin, "POST", "/v1/key/create/third").status == 502
    assert "is sealed" in (server.folder / "err.log").read_text()
    own_bao.unseal()
    wait_for(lambda: server.call(admin, "POST", "/v1/key/create/third").status == 200)


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def cluster():
    """Plays the one call of Kubernetes that the auth method makes: it knows the tokens in `valid`."""
    valid = set()

    class Reviews(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            user = {"username": "system:serviceaccount:storage:kes", "uid": "1", "groups": []}
            good = body["spec"]["token"] in valid
            status = {"authenticated": True, "user": user} if good else {"error": "not valid"}
            answer = json.dumps(body | {"status": status}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    reviews = ThreadingHTTPServer(("127.0.0.1", 0), Reviews)
    threading.Thread(target=reviews.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{reviews.server_port}", valid
    reviews.shutdown()
    reviews.server_close()


def account_token(number):
    account = {"name": "kes", "uid": "1"}
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:storage:kes",
        "jti": str(number),
        "iat": int(time.time()) - 10,
        "nbf": int(time.time()) - 10,
        "exp": int(time.time()) + 3600,
        "kubernetes.io": {"namespace": "storage", "serviceaccount": account},
    }
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")


def test_a_service_account_of_kubernetes_logs_in_with_the_token_of_the_moment(
    bao, admin, door, cluster, tmp_path
):
    host, valid = cluster
    bao.call("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
    settings = {
        "kubernetes_host": host,
        "kubernetes_ca_cert": bao.certificate.read_text(),
        "disable_local_ca_jwt": True,
        "token_reviewer_jwt": "reviewer",
    }
    bao.call("POST", "auth/kubernetes/config", settings)
    role = {
        "bound_service_account_names": "kes",
        "bound_service_account_namespaces": "storage",
        "token_policies": "kes",
        "token_ttl": "20m",
    }
    bao.call("POST", "auth/kubernetes/role/kes", role)
    first, second = account_token(1), account_token(2)
    file = tmp_path / "token"
    file.write_text(first + "\n")
    valid.add(first)
    lines = ["version: v2", "prefix: kubernetes", f"kubernetes: {{ role: kes, jwt: {file} }}"]
    server = door(f"endpoint: {bao.url}", *lines)
    assert server.call(admin, "POST", "/v1/key/create/first").status == 200
    # Kubernetes renews the file; the next login reads it.
    valid.clear()
    valid.add(second)
    file.write_text(second + "\n")
    time.sleep(1.1)
    bao.call("POST", "sys/leases/revoke-prefix/auth/kubernetes/login", {})
    assert server.call(admin, "POST", "/v1/key/create/second").status == 200
    assert server.call(admin, "POST", "/v1/key/generate/first", {"context": b64(b"a")}).status == 200
