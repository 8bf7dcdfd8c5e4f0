"""The server as its operator sees it: metrics, health, log, stop."""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from support.clients import key_arn, kms_client, outcome, policy, statement, wait_until_known
from support.console import Metrics, ask, ready, wait_for
from support.secrets import secrets_client
from support.server import BINARY, ROOT, Server, clean_environment, free_port
from support.wire import send, signed
from test_administration import self_signed
from test_durability import forms

RESULTS = {"success", "denied", "invalid", "throttled", "failed"}


@pytest.fixture
def watched(tmp_path):
    """Makes servers with a console door: `watched(settings)` is started."""
    servers = []

    def start(settings=None, environment=None):
        console = free_port()
        server = Server(
            tmp_path, {"console-address": f"127.0.0.1:{console}", **(settings or {})}, environment
        )
        server.console = console
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        if server.is_running:
            server.kill()


# Metrics


def test_every_call_is_counted_once_with_its_result(watched):
    server = watched()
    kms = kms_client(server)
    arn = key_arn(kms)
    # The feed tells of the new key a moment later, and then it leaves memory once.
    time.sleep(0.6)
    kms.encrypt(KeyId=arn, Plaintext=b"text")
    before = Metrics(server.console)
    blobs = [kms.encrypt(KeyId=arn, Plaintext=b"text")["CiphertextBlob"] for _ in range(7)]
    for blob in blobs[:3]:
        kms.decrypt(CiphertextBlob=blob)
    assert outcome(kms.decrypt, CiphertextBlob=b"nonsense") == "InvalidCiphertextException"
    absent = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    for _ in range(2):
        assert outcome(kms.encrypt, KeyId=absent, Plaintext=b"text") == "NotFoundException"
    unchecked = kms_client(server, validate=False)
    assert outcome(unchecked.encrypt, KeyId=arn) == "ValidationException"
    after = Metrics(server.console)

    def moved(operation):
        new, old = after.requests(operation), before.requests(operation)
        assert set(new) == RESULTS
        return {result: new[result] - old[result] for result in new if new[result] != old[result]}

    assert moved("Encrypt") == {"success": 7, "invalid": 3}
    assert moved("Decrypt") == {"success": 3, "invalid": 1}
    assert moved("Sign") == {}
    total = after.value("strongroom_requests_total") - before.value("strongroom_requests_total")
    lanes = after.value("strongroom_lane_requests_total") - before.value("strongroom_lane_requests_total")
    # Every call is in the trail too, and nothing else is.
    events = after.value("strongroom_trail_events_total") - before.value("strongroom_trail_events_total")
    assert total == lanes == events == 14
    assert (
        after.value("strongroom_trail_bytes_total") - before.value("strongroom_trail_bytes_total") > 14 * 300
    )
    # The key was in memory for what named it, and the store was asked for the absent one.
    hits, misses = "strongroom_cache_hits_total", "strongroom_cache_misses_total"
    assert after.value(hits, cache="keys") - before.value(hits, cache="keys") == 10
    assert after.value(misses, cache="keys") - before.value(misses, cache="keys") == 2
    assert after.value("strongroom_cache_entries", cache="keys") == 1
    assert after.value(misses, cache="credentials") == 1
    assert after.value("strongroom_open_connections", door="aws") >= 1
    assert server.stop() == 0


def test_reads_of_secrets_are_found_in_memory(watched):
    server = watched()
    secrets = secrets_client(server)
    arn = secrets.create_secret(Name="counted", SecretString="one")["ARN"]
    # The feed tells of the new secret a moment later, and then it leaves memory once.
    time.sleep(0.6)
    secrets.get_secret_value(SecretId=arn)
    before = Metrics(server.console)
    for _ in range(5):
        secrets.get_secret_value(SecretId=arn)
    assert outcome(secrets.get_secret_value, SecretId="absent") == "ResourceNotFoundException"
    after = Metrics(server.console)
    for cache, absent in (("secrets", 1), ("secret-values", 0)):
        moved = {
            name: after.value(f"strongroom_cache_{name}_total", cache=cache)
            - before.value(f"strongroom_cache_{name}_total", cache=cache)
            for name in ("hits", "misses", "evictions")
        }
        assert moved == {"hits": 5, "misses": absent, "evictions": 0}, cache
        assert after.value("strongroom_cache_entries", cache=cache) == 1
    assert after.value("strongroom_cache_entries_limit", cache="secrets") == 20_000
    assert not after.samples("strongroom_cache_entries_limit", cache="secret-values")


def test_denials_are_told_from_mistakes(watched, tmp_path):
    server = watched()
    kms = kms_client(server)
    arn = key_arn(kms)
    path = tmp_path / "nothing.json"
    path.write_text(policy(statement(action="kms:ListKeys")))
    user = wait_until_known(kms_client(server, server.create_access_key("nobody", policies=[path])))
    before = Metrics(server.console)
    assert outcome(user.encrypt, KeyId=arn, Plaintext=b"text") == "AccessDeniedException"
    request = signed(server, "Encrypt", json.dumps({"KeyId": arn, "Plaintext": "YQ=="}).encode())
    assert (
        send(server, request, body=request.body.replace(b"YQ==", b"YR==")).code == "InvalidSignatureException"
    )
    request.headers["Authorization"] = request.headers["Authorization"].replace(
        server.root.access_key, "AKIA2345ABCD2345ABCD"
    )
    assert send(server, request).code == "UnrecognizedClientException"
    assert send(server, signed(server, "MadeUp")).code == "UnknownOperationException"
    after = Metrics(server.console)
    assert after.requests("Encrypt", "denied") - before.requests("Encrypt", "denied") == 3
    assert after.requests("unknown")["invalid"] - before.requests("unknown")["invalid"] == 1
    assert "MadeUp" not in after.text and len(after.text.splitlines()) < len(before.text.splitlines()) + 50


def test_the_page_is_what_prometheus_takes(watched):
    server = watched()
    kms = kms_client(server)
    for _ in range(20):
        kms.generate_random(NumberOfBytes=32)
    arn = key_arn(kms)
    metrics = Metrics(server.console)
    assert metrics.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert all(name.startswith("strongroom_") for name in metrics.families)
    assert all(family.documentation and family.type != "unknown" for family in metrics.families.values())
    buckets = metrics.samples("strongroom_request_duration_seconds_bucket", operation="GenerateRandom")
    counts = [sample.value for sample in buckets]
    bounds = [float(sample.labels["le"]) for sample in buckets]
    assert bounds == sorted(bounds) and bounds[0] == 0.00005 and bounds[-2:] == [10, float("inf")]
    assert counts == sorted(counts) and counts[-1] == 20
    labels = {"operation": "GenerateRandom"}
    assert metrics.value("strongroom_request_duration_seconds_count", **labels) == 20
    assert 0 < metrics.value("strongroom_request_duration_seconds_sum", **labels) < 20
    assert metrics.value("strongroom_store_commits_total") >= 2
    for name, low, high in (
        ("strongroom_process_resident_memory_bytes", 10e6, 1e9),
        ("strongroom_process_cpu_seconds_total", 0.001, 100),
        ("strongroom_process_open_fds", 5, 1000),
        ("strongroom_process_start_time_seconds", time.time() - 60, time.time()),
        ("strongroom_scheduler_last_run_timestamp_seconds", time.time() - 60, time.time()),
        ("strongroom_root_key_created_timestamp_seconds", time.time() - 60, time.time()),
        ("strongroom_root_key_version", 1, 1),
        ("strongroom_feed_age_seconds", 0, 5),
        ("strongroom_feed_position", 1, 1000),
        ("strongroom_trail_writable", 1, 1),
        ("strongroom_ready", 1, 1),
    ):
        assert low <= metrics.value(name) <= high, name
    # Labels never come from requests.
    account, key = arn.split(":")[4], arn.rsplit("/", 1)[1]
    for secret in (account, key, server.root.access_key, server.root.secret_key, str(server.data)):
        assert secret not in metrics.text


def test_what_examples_and_docs_say_of_metrics_is_there(watched):
    server = watched()
    kms_client(server).generate_random(NumberOfBytes=1)
    metrics = Metrics(server.console)
    there = {sample.name for family in metrics.families.values() for sample in family.samples}
    there |= {f"{line.split()[2]}" for line in metrics.text.splitlines() if line.startswith("# TYPE")}
    named = set(re.findall(r"\bstrongroom_\w+", (ROOT / "examples/prometheus-alerts.yml").read_text()))
    assert len(named) > 10 and named <= there, named - there
    written = set(re.findall(r"`(strongroom_\w+)", (ROOT / "docs/operations.md").read_text()))
    declared = {line.split()[2] for line in metrics.text.splitlines() if line.startswith("# TYPE")}
    assert declared == written, declared ^ written


def test_handshakes_that_fail_are_counted(watched, tmp_path):
    certificate, key = self_signed(tmp_path)
    server = watched({"tls-certificate": certificate, "tls-key": key, "console-address": "off"})
    server.stop()
    console = free_port()
    server.settings["console-address"] = f"127.0.0.1:{console}"
    server.start()
    trust = ssl.create_default_context(cafile=str(certificate))

    def page():
        with socket.create_connection(("127.0.0.1", console), timeout=10) as plain:
            with trust.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
                connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                parts = []
                while part := connection.recv(65536):
                    parts.append(part)
        return b"".join(parts).decode()

    def failed():
        return int(re.search(r'strongroom_tls_handshakes_failed_total\{door="aws"\} (\d+)', page())[1])

    assert failed() == 0
    assert key_arn(kms_client(server, verify=str(certificate)))
    assert failed() == 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        plain.recv(100)
    socket.create_connection(("127.0.0.1", server.port), timeout=10).close()
    wait_for(lambda: failed() == 2)
    done = health("--address", f"127.0.0.1:{console}", "--tls")
    assert (done.returncode, done.stdout) == (0, "ready\n")


# Health


def health(*arguments, **environment):
    return subprocess.run(
        [BINARY, "health", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env=clean_environment(**environment),
    )


def test_health_is_told_to_whom_asks(watched):
    server = watched()
    for path, text in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        assert ask(server.console, path)[::2] == (200, text)
        status, headers, body = ask(server.console, path, "HEAD")
        assert (status, headers["Content-Length"], body) == (200, str(len(text)), "")
    status, headers, body = ask(server.console, "/readyz?verbose")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {
        "status": "ready",
        "checks": {"trail": "ok", "store": "ok", "seal": "ok"},
    }
    assert ask(server.console, "/readyz", "POST")[0] == 405
    assert ask(server.console, "/metrics/../credentials")[0] == 404
    port = str(server.console)
    done = health("--address", f"127.0.0.1:{port}")
    assert (done.returncode, done.stdout) == (0, "ready\n")
    done = health("--alive", STRONGROOM_CONSOLE_ADDRESS=f"0.0.0.0:{port}")
    assert (done.returncode, done.stdout) == (0, "ok\n")
    done = health("--address", f"127.0.0.1:{free_port()}")
    assert done.returncode != 0 and "refused" in done.stderr and done.stderr.count("\n") == 1
    # A door that does not speak HTTP to strangers, and one that says nothing at all.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = health("--address", f"127.0.0.1:{silent.getsockname()[1]}")
        assert done.returncode != 0
    assert health("--address", "nonsense").returncode != 0


def test_a_storm_of_checks_is_no_load(watched):
    """Asking does not read the store: what is told was looked at before."""
    server = watched()

    def cpu():
        return Metrics(server.console).value("strongroom_process_cpu_seconds_total")

    before = cpu()
    for _ in range(500):
        assert ready(server.console)[0] == 200
    # 500 connections and answers; reading and opening a record each time would cost several times as much.
    assert cpu() - before < 1


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MB of its own."""
    path = tmp_path / "small"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=0700", "tmpfs", path], check=True)
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def fill(path):
    """Takes all the room that is left."""
    with open(path, "wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass


def test_readiness_ends_with_the_room_on_the_disk_and_comes_back(watched, small_disk):
    server = watched({"data": small_disk / "data"})
    server.data = small_disk / "data"
    kms = kms_client(server)
    key_arn(kms)
    assert ready(server.console) == (200, "ready")
    fill(small_disk / "filler")
    refusals = [answer for answer in (outcome(kms.create_key) for _ in range(20)) if isinstance(answer, str)]
    assert refusals, "the disk was not full"
    status, text = wait_for(lambda: (answer := ready(server.console))[0] == 503 and answer)
    assert "trail" in text or "store" in text
    assert str(small_disk) not in text
    metrics = Metrics(server.console)
    assert metrics.requests("CreateKey", "failed") > 0
    assert metrics.value("strongroom_ready") == 0
    failed = metrics.value("strongroom_trail_failures_total") + metrics.value(
        "strongroom_store_commit_failures_total", reason="full"
    )
    assert failed > 0
    (small_disk / "filler").unlink()
    # Nobody asks for anything but /readyz meanwhile: the server finds out by itself.
    wait_for(lambda: ready(server.console) == (200, "ready"))
    key_arn(kms)
    assert server.stop() == 0
    assert "requests can be served again" in server.log.read_text()


# The log


def test_the_log_is_json_when_asked_for(watched):
    server = watched({"log-format": "json", "log-level": "debug"})
    kms_client(server).list_keys()
    assert server.stop() == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {"ready", "stopped"} <= {line["message"] for line in lines}
    for line in lines:
        assert set(line) <= {"time", "level", "message", "metadata"}, line
        time_said = datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", line["time"])
        assert abs(time_said.timestamp() - time.time()) < 120
    (said,) = [line for line in lines if line["message"] == "ready"]
    assert said["level"] == "notice"
    assert said["metadata"] == {
        "aws": f"127.0.0.1:{server.port}",
        "console": f"127.0.0.1:{server.console}",
    }


@pytest.mark.parametrize("setting", [("log-format", "xml"), ("log-level", "loud"), ("drain-seconds", "-1")])
def test_settings_that_make_no_sense_end_the_start(tmp_path, setting):
    name, value = setting
    done = subprocess.run(
        [BINARY, "serve", "--data", tmp_path / "new", f"--{name}={value}"],
        capture_output=True,
        text=True,
        timeout=30,
        env=clean_environment(),
    )
    assert done.returncode != 0 and name in done.stderr and not (tmp_path / "new").exists()


def test_a_quiet_log_says_nothing_of_ordinary_things(watched, tmp_path):
    server = watched()
    server.stop()
    # Only the warnings of a new life: readiness cannot be awaited by reading the log.
    server.settings["log-level"] = "error"
    with open(tmp_path / "quiet.log", "wb") as log:
        flags = [part for name, value in server.settings.items() for part in (f"--{name}", str(value))]
        process = subprocess.Popen(
            [BINARY, "serve", *flags], stdout=subprocess.DEVNULL, stderr=log, env=clean_environment()
        )
        try:
            wait_for(lambda: outcome(ready_or_none, server.console) == 200)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    assert (tmp_path / "quiet.log").read_bytes() == b""


def ready_or_none(port):
    try:
        return ready(port)[0]
    except OSError:
        return None


def test_no_secret_is_in_the_log_however_much_is_logged(watched):
    """At the level trace, with every sort of secret and with failures, as text and as JSON."""
    for log_format in ("text", "json"):
        server = watched({"log-level": "trace", "log-format": log_format})
        kms = kms_client(server)
        arn = key_arn(kms)
        secrets = [os.urandom(40), b"a plaintext for nobody's log, " + log_format.encode()]
        blobs = [kms.encrypt(KeyId=arn, Plaintext=secret)["CiphertextBlob"] for secret in secrets]
        for blob in blobs:
            kms.decrypt(CiphertextBlob=blob)
            outcome(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"secret": "context of a request"})
        secrets.append(b"context of a request")
        secrets.append(kms.generate_data_key(KeyId=arn, KeySpec="AES_256")["Plaintext"])
        secrets.append(kms.generate_random(NumberOfBytes=32)["Plaintext"])
        mac = key_arn(kms, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        secrets.append(b"a message that is authenticated and not logged")
        tag = kms.generate_mac(KeyId=mac, Message=secrets[-1], MacAlgorithm="HMAC_SHA_256")["Mac"]
        secrets.append(tag)
        grant = kms.create_grant(
            KeyId=arn,
            GranteePrincipal=arn.replace("kms:us-east-1", "iam:").split("key/")[0] + "root",
            Operations=["Decrypt"],
        )
        secrets.append(grant["GrantToken"].encode())
        request = signed(server, "Encrypt", b"{")
        authorization = request.headers["Authorization"]
        send(server, request)
        secrets.append(re.search(r"Signature=(\w+)", str(authorization))[1].encode())
        secrets.append(server.root.secret_key.encode())
        user = server.create_access_key("logged")
        outcome(kms_client(server, user).encrypt, KeyId=arn, Plaintext=secrets[0])
        secrets.append(user.secret_key.encode())
        secrets.append((server.data / "seal.key").read_text().split("\n")[1].encode())
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(b"GET /?secret=" + secrets[1].replace(b" ", b"+") + b" HTTP/9.9\r\n\r\n")
            raw.recv(1000)
        secrets.append(secrets[1].replace(b" ", b"+"))
        assert server.stop() == 0
        log = server.log.read_bytes()
        assert re.search(rb'\btrace\b|"trace"', log) or re.search(rb"debug", log), "nothing more was logged"
        for number, secret in enumerate(secrets):
            for form in forms(secret):
                assert form not in log, f"secret {number} is in the log"
        server.log.unlink()
        shutil.rmtree(server.data)


# The end


def test_requests_are_served_while_balancers_move_on(watched):
    server = watched({"drain-seconds": "4"})
    arn = key_arn(kms_client(server))
    body = json.dumps({"KeyId": arn, "Plaintext": "YQ=="}).encode()
    assert ready(server.console)[0] == 200
    started = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    status, text = wait_for(lambda: (answer := ready(server.console))[0] == 503 and answer, 1)
    assert text == "the server is stopping"
    assert Metrics(server.console).value("strongroom_ready") == 0
    while time.monotonic() < started + 2:
        # New connections too.
        assert send(server, signed(server, "Encrypt", body)).status == 200
        assert ask(server.console, "/healthz")[0] == 200
    assert server.process.wait(30) == 0
    assert 4 <= time.monotonic() - started < 20
    server.process = None


def test_what_was_begun_is_finished_before_the_end(watched):
    server = watched()
    kms = kms_client(server)
    arn = key_arn(kms)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(kms.generate_data_key_pair, KeyId=arn, KeyPairSpec="RSA_4096")
        wait_for(lambda: Metrics(server.console).value("strongroom_requests_in_flight", door="aws") == 1)
        assert not answer.done()
        assert server.stop() == 0
        assert len(answer.result(30)["PrivateKeyPlaintext"]) > 2000
    shown = server.command("trail", "show").stdout
    assert shown.count('"eventName":"GenerateDataKeyPair"') == 1
    server.command("trail", "verify")


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_service_manager_hears_when_the_server_is_ready_and_when_it_stops(watched, tmp_path, kind):
    name = str(tmp_path / "notify.sock") if kind == "path" else f"@strongroom-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0"))
        manager.settimeout(10)
        server = watched(environment={"NOTIFY_SOCKET": name})
        assert manager.recv(100) == b"READY=1"
        assert ready(server.console)[0] == 200
        assert server.stop() == 0
        assert manager.recv(100) == b"STOPPING=1"


# The examples


def test_the_image_has_the_libraries_that_the_program_needs():
    """Every library that it links, the C library's aside, is in a package of the image."""
    listed = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
    assert "not found" not in listed
    linked = subprocess.run(["readelf", "-d", BINARY], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"NEEDED.*\[(\S+)\]", linked))
    paths = {path for name, path in re.findall(r"(\S+) => (/\S+)", listed) if name in needed}
    assert not [path for path in paths if "/swift/" in path], "the Swift runtime is to be in the program"
    owners = {owner(path) for path in paths} - {"libc6"}
    dockerfile = (ROOT / "examples/Dockerfile").read_text()
    image = set(dockerfile[dockerfile.rindex("\nFROM ") :].split())
    assert len(owners) >= 4 and owners <= image, owners - image


def owner(path):
    """The Debian package that a file is of, which may know it by its place before /lib became a link."""
    real = os.path.realpath(path)
    for known in (path, real, real.removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "--search", known], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise AssertionError(f"no package has {path}")


def test_the_unit_gives_flags_that_there_are():
    unit = (ROOT / "examples/strongroom.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    flags = re.findall(r"(?<=\s)--[\w-]+", command)
    described = subprocess.run([BINARY, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert len(flags) >= 3 and all(flag in described for flag in flags)
    dockerfile = (ROOT / "examples/Dockerfile").read_text()
    for variable in re.findall(r"STRONGROOM_([A-Z_]+)=", dockerfile):
        assert "--" + variable.lower().replace("_", "-") in described, variable
