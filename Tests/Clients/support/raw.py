"""A client fast enough to load a server from Python: one HMAC a request, one socket a thread."""

import hashlib
import hmac
import json
import socket
import ssl
import time
from dataclasses import dataclass, field

from .server import REGION

SIGNED_HEADERS = "content-type;host;x-amz-date;x-amz-target"
CONTENT_TYPE = "application/x-amz-json-1.1"


class Unanswered(Exception):
    """The connection ended, and nothing of the answer had come."""


class Torn(Exception):
    """The connection ended in the middle of an answer."""


@dataclass
class RawAnswer:
    status: int
    request_id: str
    json: dict = field(repr=False)

    @property
    def code(self):
        """The error's code; None for success."""
        return self.json.get("__type", "").rsplit("#")[-1] or None


class Signer:
    """Makes whole signed requests for one access key."""

    def __init__(self, credentials, port, region=REGION):
        self.credentials = credentials
        self.host = f"127.0.0.1:{port}"
        self.region = region
        self.day = self.key = None

    def request(self, operation, body, **headers):
        """The bytes of a request; `headers` go unsigned."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        target = f"TrentService.{operation}"
        canonical = (
            f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{self.host}\nx-amz-date:{now}\n"
            f"x-amz-target:{target}\n\n{SIGNED_HEADERS}\n{hashlib.sha256(payload).hexdigest()}"
        )
        scope = f"{now[:8]}/{self.region}/kms/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._signing_key(now[:8]), text.encode(), hashlib.sha256).hexdigest()
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return (
            f"POST / HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"X-Amz-Date: {now}\r\nX-Amz-Target: {target}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={self.credentials.access_key}/{scope}, "
            f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}\r\n"
            f"{more}Content-Length: {len(payload)}\r\n\r\n"
        ).encode() + payload

    def _signing_key(self, day):
        if day != self.day:
            key = ("AWS4" + self.credentials.secret_key).encode()
            for part in (day, self.region, "kms", "aws4_request"):
                key = hmac.new(key, part.encode(), hashlib.sha256).digest()
            self.day, self.key = day, key
        return self.key


class RawClient:
    """One kept-alive connection to a server, for one thread."""

    def __init__(self, server, timeout=30):
        self.signer = Signer(server.root, server.port)
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.endpoint.startswith("https"):
            self.socket = trusting_anyone().wrap_socket(self.socket)
        self.buffer = b""

    def call(self, operation, **parameters):
        """Sends one request and reads its answer.

        Raises Unanswered when the server is gone before it said anything, Torn when it is after that.
        """
        try:
            self.socket.sendall(self.signer.request(operation, parameters))
        except OSError as error:
            raise Unanswered from error
        return self.read_answer()

    def read_answer(self):
        head = self._read_until(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            self._receive(Torn)
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return RawAnswer(
            int(lines[0].split()[1]), headers.get("x-amzn-requestid", ""), json.loads(body) if body else {}
        )

    def _read_until(self, end):
        while end not in self.buffer:
            self._receive(Torn if self.buffer else Unanswered)
        head, _, self.buffer = self.buffer.partition(end)
        return head

    def _receive(self, failure):
        try:
            part = self.socket.recv(1 << 16)
        except OSError as error:
            raise failure from error
        if not part:
            raise failure
        self.buffer += part

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def trusting_anyone():
    """TLS to a certificate that the test made itself."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
