"""The bytes of requests: signed for Strongroom as botocore signs them, with a token for OpenBao."""

import base64
import http.client
import json
import os
import ssl
import uuid

from support.wire import signed

from . import BenchmarkFailed

# Different requests of one operation in a round.
DIFFERENT = 1000


def post(address, path, headers, body):
    """A request with the fewest headers: `headers` are the ones that it needs."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {address}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(address, path, headers):
    """A request without a body."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {address}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


# RFC 7541, appendix A.
STATIC_NAMES = {
    ":authority": 1,
    ":path": 4,
    "accept-encoding": 16,
    "content-length": 28,
    "content-type": 31,
    "user-agent": 58,
}


def frames(address, path, headers, body):
    """The same as frames of HTTP/2, on stream 0 until the generator sends them (RFC 9113, RFC 7541)."""
    # POST and https are whole entries of the static table. Names are of it too, and values are literals that
    # enter no table: no request depends on an earlier one.
    block = b"\x83\x87"
    fields = {":authority": address, ":path": path, "content-length": str(len(body))}
    for name, value in (fields | headers).items():
        number = STATIC_NAMES[name.lower()]
        block += bytes([number] if number < 15 else [15, number - 15]) + literal(value.encode())
    end_headers, end_stream = 4, 1
    return frame(1, end_headers, block) + frame(0, end_stream, body)


def literal(text):
    """A string without Huffman's code; its length as an integer with a prefix of 7 bits."""
    if len(text) < 127:
        return bytes([len(text)]) + text
    rest, digits = len(text) - 127, b"\x7f"
    while rest >= 128:
        digits, rest = digits + bytes([rest % 128 | 128]), rest // 128
    return digits + bytes([rest]) + text


def frame(kind, flags, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags, 0, 0, 0, 0]) + payload


def aws_request(server, credentials, operation, body, distinct=False, service="kms"):
    """A signed request. `distinct` adds the id of the call that SDKs send, so that no two are alike."""
    headers = {"amz-sdk-invocation-id": str(uuid.uuid4())} if distinct else {}
    if service == "secretsmanager":
        headers["X-Amz-Target"] = f"secretsmanager.{operation}"
    request = signed(
        server,
        operation,
        json.dumps(body).encode(),
        credentials=credentials,
        headers=headers,
        service=service,
    )
    kept = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    return post(f"127.0.0.1:{server.port}", "/", kept, request.body)


def plaintexts(size):
    """Different plaintexts of so many bytes, in base64."""
    return [base64.b64encode(os.urandom(size)).decode() for _ in range(DIFFERENT)]


class Connection:
    """One kept-alive connection for what is prepared ahead of a round."""

    def __init__(self, address, authorities=None, identity=None):
        host, port = address.split(":")
        if authorities:
            context = ssl.create_default_context(cafile=authorities)
            if identity:
                context.load_cert_chain(*identity)
            self.connection = http.client.HTTPSConnection(host, int(port), timeout=30, context=context)
        else:
            self.connection = http.client.HTTPConnection(host, int(port), timeout=30)

    def send(self, request):
        """Sends the bytes of a request; gives the answer's JSON, {} for an empty one."""
        if self.connection.sock is None:
            self.connection.connect()
        self.connection.sock.sendall(request)
        response = http.client.HTTPResponse(self.connection.sock, method="POST")
        response.begin()
        body = response.read()
        if response.status >= 300:
            raise BenchmarkFailed(f"{request[:60]!r} was refused: {response.status} {body[:600]!r}")
        return json.loads(body) if body else {}

    def close(self):
        self.connection.close()
