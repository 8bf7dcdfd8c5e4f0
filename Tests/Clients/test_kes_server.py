"""The REST API of the KES server, asked by a plain HTTPS client."""

import json
import re
import subprocess
import threading
import time

import pytest

from support.kes import KESServer, b64, kes, make_client

MINIO = """
    - /v1/key/create/minio*
    - /v1/key/generate/minio*
    - /v1/key/decrypt/minio*
    - /v1/key/bulk/decrypt/minio*
    - /v1/key/hmac/minio*
    - /v1/key/describe/minio*
    - /v1/key/list/*
    - /v1/key/list
    - /v1/status
    - /v1/metrics
    - /v1/api"""


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    return {name: make_client(folder, name)[0] for name in ("admin", "minio", "nobody", "proxy")}


def configuration(clients, more=""):
    return f"""
admin: {{ identity: {clients["admin"].identity} }}
policy:
  minio:
    allow:{MINIO}
    deny: [ "/v1/key/*/minio-internal*" ]
    identities: [ {clients["minio"].identity} ]
keystore: {{ fs: {{ path: ./keys }} }}
keys: [ {{ name: made-at-start }} ]
{more}"""


@pytest.fixture(scope="module")
def server(clients, tmp_path_factory):
    server = KESServer(tmp_path_factory.mktemp("kes"), configuration(clients)).start()
    yield server
    assert server.stop() == 0


def test_minio_calls_as_it_starts_and_works(server, clients):
    minio = clients["minio"]
    context = b64(b"{}")
    body = {"context": context}
    missing = server.call(minio, "POST", "/v1/key/generate/minio-default", body)
    assert (missing.status, missing.body) == (404, b'{"message":"key does not exist"\n}')
    assert missing.headers["Content-Length"] == "33"
    created = server.call(minio, "POST", "/v1/key/create/minio-default")
    assert (created.status, created.body, created.headers["Content-Length"]) == (200, b"", "0")
    assert "Content-Type" not in created.headers
    again = server.call(minio, "PUT", "/v1/key/create/minio-default")
    assert (again.status, again.message) == (400, "key already exists")
    made = server.call(minio, "POST", "/v1/key/generate/minio-default", body).json
    ciphertext = {"ciphertext": made["ciphertext"], "context": context}
    opened = server.call(minio, "POST", "/v1/key/decrypt/minio-default", ciphertext)
    assert opened.json == {"plaintext": made["plaintext"]}
    assert opened.headers["Content-Type"] == "application/json"
    other = server.call(
        minio, "POST", "/v1/key/decrypt/minio-default", {**ciphertext, "context": b64(b"{}x")}
    )
    assert (other.status, other.message) == (400, "decryption failed: ciphertext is not authentic")
    bulk = server.call(minio, "POST", "/v1/key/bulk/decrypt/minio-default", [ciphertext, ciphertext])
    assert bulk.json == [{"plaintext": made["plaintext"]}] * 2
    codes = {
        server.call(minio, "PUT", "/v1/key/hmac/minio-default", {"message": b64(text)}).json["hmac"]
        for text in (b"root access key", b"root access key", b"root secret key")
    }
    assert len(codes) == 2
    described = server.call(minio, "GET", "/v1/key/describe/minio-default").json
    assert (described["name"], described["algorithm"]) == ("minio-default", "AES256")
    assert described["created_by"] == minio.identity
    for path in ("/v1/key/list", "/v1/key/list/", "/v1/key/list/minio", "/v1/key/list/minio*"):
        assert "minio-default" in server.call(minio, "GET", path).json["names"]
    status = server.call(minio, "GET", "/v1/status").json
    assert status["keystore_latency"] >= 1 and status["os"] == "linux"
    paths = {route["path"]: route for route in server.call(minio, "GET", "/v1/api").json}
    assert paths["/v1/key/decrypt/"]["max_body"] == 1_000_000
    assert paths["/v1/key/decrypt/"]["timeout"] == 15


def test_keys_of_the_configuration_are_there(server, clients):
    assert server.call(clients["admin"], "GET", "/v1/key/describe/made-at-start").status == 200


def test_what_no_rule_allows_is_refused_and_changes_nothing(server, clients):
    for client in (clients["minio"], clients["nobody"]):
        denied = server.call(client, "POST", "/v1/key/create/other")
        assert (denied.status, denied.message) == (403, "not authorized: insufficient permissions")
    assert server.call(clients["admin"], "GET", "/v1/key/describe/other").status == 404
    assert not (server.folder / "keys" / "other").exists()
    log = (server.folder / "err.log").read_text()
    assert "has no rule that allows /v1/key/create/other" in log
    assert "is in no policy" in log


def test_a_deny_with_an_inner_star_wins(server, clients):
    denied = server.call(clients["minio"], "POST", "/v1/key/generate/minio-internal-1", {})
    assert denied.status == 403


@pytest.mark.parametrize("name", ["my.key", "-a", "a-", "_", "a" * 81, "a%2Fb", "%C3%A4", "..%2Fescape"])
def test_names_that_are_none_are_refused(server, clients, name):
    refused = server.call(clients["admin"], "POST", f"/v1/key/create/{name}")
    assert refused.status == 400
    assert refused.message.endswith("is empty, too long or contains invalid characters")


def test_wrong_methods_and_paths(server, clients):
    wrong = server.call(clients["admin"], "GET", "/v1/key/create/x")
    assert (wrong.status, wrong.body) == (405, b"{\"message\":\"received method 'GET' expected 'PUT'\"\n}")
    assert wrong.headers["Accept"] == "PUT"
    lost = server.call(clients["admin"], "GET", "/v2/nothing")
    assert (lost.status, lost.body) == (404, b"404 page not found\n")
    assert lost.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"plaintext":1}', '{"plaintext":"*"}', "\x00"])
def test_bodies_that_make_no_sense_are_refused(server, clients, body):
    server.call(clients["admin"], "POST", "/v1/key/create/bodies")
    refused = server.call(clients["admin"], "POST", "/v1/key/encrypt/bodies", body)
    assert (refused.status, refused.body) == (400, b'{"message":"invalid request body"\n}')


def test_bodies_have_a_limit(server, clients):
    server.call(clients["admin"], "POST", "/v1/key/create/bodies")
    text = '{"plaintext":"' + "A" * 999_984 + '"}'
    assert len(text) == 1_000_000
    assert server.call(clients["admin"], "POST", "/v1/key/encrypt/bodies", text).status == 200
    refused = server.call(clients["admin"], "POST", "/v1/key/encrypt/bodies", text + " ")
    assert (refused.status, refused.message) == (400, "invalid request body")
    assert "http: request body too large" in (server.folder / "err.log").read_text()


def test_keys_are_imported_and_removed(server, clients):
    admin = clients["admin"]
    key = {"key": b64(bytes(32)), "cipher": "AES256"}
    short = server.call(admin, "PUT", "/v1/key/import/imported", {**key, "key": b64(bytes(16))})
    assert (short.status, short.message) == (406, "invalid key size for 'AES256'")
    none = server.call(admin, "PUT", "/v1/key/import/imported", {"key": key["key"]})
    assert (none.status, none.message) == (406, "algorithm '' is not supported")
    assert server.call(admin, "PUT", "/v1/key/import/imported", key).status == 200
    old = "xLxIN3tSCkg2xMafuvwUwg=="
    text = (
        '{"aead":"AES-256-GCM-HMAC-SHA-256","iv":"' + old + '","nonce":"gu0mGwUkwcvMEoi5",'
        '"bytes":"WVgRjeIJm3w50C/l+y7y2i6mbNg5NCAqN1zvOYWZKmc="}'
    )
    opened = server.call(admin, "POST", "/v1/key/decrypt/imported", {"ciphertext": b64(text.encode())})
    assert opened.json == {"plaintext": b64(bytes(16))}
    assert server.call(admin, "DELETE", "/v1/key/delete/imported").status == 200
    assert server.call(admin, "DELETE", "/v1/key/delete/imported").status == 404


def test_policies_and_identities_are_described(server, clients):
    admin, minio = clients["admin"], clients["minio"]
    me = server.call(minio, "GET", "/v1/identity/self/describe").json
    assert (me["identity"], me["policy"]) == (minio.identity, "minio")
    assert me["allow"]["/v1/key/create/minio*"] == {} and "/v1/key/*/minio-internal*" in me["deny"]
    root = server.call(admin, "GET", "/v1/identity/self/describe").json
    assert root["admin"] is True
    unknown = server.call(clients["nobody"], "GET", "/v1/identity/self/describe")
    assert (unknown.status, unknown.message) == (404, "identity does not exist")
    assert server.call(admin, "GET", "/v1/policy/list/").json == {"names": ["minio"], "continue_at": ""}
    assert server.call(admin, "GET", "/v1/policy/read/minio").json["allow"]["/v1/status"] == {}
    assert server.call(admin, "GET", "/v1/policy/describe/none").message == "policy does not exist"
    listed = server.call(admin, "GET", "/v1/identity/list").json["identities"]
    assert listed == sorted([admin.identity, minio.identity])
    shown = server.call(admin, "GET", f"/v1/identity/describe/{minio.identity}").json
    assert shown["policy"] == "minio"


def test_old_clients_get_lines(server, clients):
    lines = server.call(clients["admin"], "GET", "/v1/key/list/", headers={"Accept": "application/x-ndjson"})
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert {"name": "made-at-start"} in [json.loads(line) for line in lines.body.splitlines()]


def test_a_long_listing_has_pages(server, clients):
    admin = clients["admin"]
    link = server.connect(admin)
    for number in range(1100):
        made = server.call(admin, "POST", f"/v1/key/create/page-{number:04}", connection=link)
        assert made.status == 200
    page = server.call(admin, "GET", "/v1/key/list/page-").json
    assert len(page["names"]) == 1024
    rest = server.call(admin, "GET", f"/v1/key/list/{page['continue_at']}").json
    assert page["names"] + rest["names"] == [f"page-{number:04}" for number in range(1100)]
    assert "continue_at" not in rest


def test_metrics_have_their_names(server, clients):
    page = server.call(clients["minio"], "GET", "/v1/metrics")
    assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    names = set(re.findall(r"^# TYPE (\S+)", page.body.decode(), re.M))
    assert names == {
        "kes_http_request_success",
        "kes_http_request_error",
        "kes_http_request_failure",
        "kes_http_request_active",
        "kes_http_response_time",
        "kes_log_audit_events",
        "kes_log_error_events",
        "kes_system_up_time",
        "kes_system_num_cpu",
        "kes_system_num_cpu_used",
        "kes_system_num_threads",
        "kes_system_mem_heap_used",
        "kes_system_mem_heap_objects",
        "kes_system_mem_stack_used",
    }


@pytest.mark.parametrize(("path", "member"), [("/v1/log/audit", "request"), ("/v1/log/error", "message")])
def test_logs_deliver(server, clients, path, member):
    link = server.connect(clients["admin"])
    link.request("GET", path)
    response = link.getresponse()
    assert (response.status, response.getheader("Content-Type")) == (200, "application/x-ndjson")
    late = threading.Timer(0.3, server.call, [clients["nobody"], "POST", "/v1/key/create/denied"])
    late.start()
    event = json.loads(response.readline())
    late.join()
    link.close()
    if member == "request":
        assert event["request"]["path"] == "/v1/key/create/denied"
        assert event["request"]["identity"] == clients["nobody"].identity
        assert event["response"]["code"] == 403 and event["response"]["time"] > 0
    else:
        assert "request refused" in event["message"]


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_curl_speaks_both_versions(server, clients, version):
    admin = clients["admin"]
    url = f"https://127.0.0.1:{server.port}"
    pair = ["--cert", admin.certificate, "--key", admin.key]
    for call in (["-XPOST", f"{url}/v1/key/create/curl-{len(version)}"], [f"{url}/v1/key/list/curl"]):
        said = subprocess.run(
            ["curl", "-sk", "-m", "10", version, "-w", "\n%{http_version} %{http_code}", *pair, *call],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert said.splitlines()[-1] == ("2 200" if version == "--http2" else "1.1 200")


def test_a_head_that_does_not_come_is_cut_off(server, clients):
    link = server.connect(clients["admin"], timeout=20)
    link.connect()
    link.sock.sendall(b"GET /v1/status HTTP/1.1\r\nHost:")
    begin = time.monotonic()
    assert link.sock.recv(1) == b""
    assert 4 < time.monotonic() - begin < 10


def test_a_reload_keeps_connections(clients, tmp_path):
    server = KESServer(tmp_path, configuration(clients)).start()
    nobody, link = clients["nobody"], server.connect(clients["nobody"])
    assert server.call(nobody, "GET", "/v1/key/list/", connection=link).status == 403
    more = configuration(clients).replace(
        "policy:", f"policy:\n  new:\n    allow: [ /v1/key/list/* ]\n    identities: [ {nobody.identity} ]"
    )
    server.configure(more)
    server.reload()
    socket = link.sock
    assert server.call(nobody, "GET", "/v1/key/list/", connection=link).status == 200
    server.configure("nonsense: [")
    server.reload()
    assert server.call(nobody, "GET", "/v1/key/list/", connection=link).status == 200
    assert link.sock is socket and socket is not None
    assert "not reloaded" in (tmp_path / "err.log").read_text()
    assert server.stop() == 0


def test_keys_outlive_a_restart_and_migrate(clients, tmp_path):
    server = KESServer(tmp_path, configuration(clients)).start()
    admin = clients["admin"]
    server.call(admin, "POST", "/v1/key/create/kept")
    made = server.call(admin, "POST", "/v1/key/generate/kept", {}).json
    assert server.stop() == 0
    (tmp_path / "to.yml").write_text((tmp_path / "config.yml").read_text().replace("./keys", "./copies"))
    moved = kes("migrate", "--from", "config.yml", "--to", "to.yml", cwd=tmp_path)
    assert (moved.returncode, moved.stdout) == (0, "Migrated      2 keys successfully!\n")
    refused = kes("migrate", "--from", "config.yml", "--to", "to.yml", cwd=tmp_path)
    assert refused.returncode == 1 and "--merge" in refused.stderr
    assert (tmp_path / "copies" / "kept").read_bytes() == (tmp_path / "keys" / "kept").read_bytes()
    server.configure(configuration(clients).replace("./keys", "./copies"))
    server.start()
    body = {"ciphertext": made["ciphertext"]}
    assert server.call(admin, "POST", "/v1/key/decrypt/kept", body).json["plaintext"] == made["plaintext"]
    assert server.stop() == 0
