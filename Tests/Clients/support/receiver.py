"""Receivers of notifications: an HTTP endpoint that checks signatures, and a mail server."""

import base64
import contextlib
import email
import email.policy
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from .server import free_port


class Receiver:
    """An HTTP endpoint that keeps what it is sent; it can go down and come up again at the same port."""

    def __init__(self):
        self.port = free_port()
        self.received = []
        self.status = 200
        self.location = None
        self.listener = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def up(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.received.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.listener = Listener(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()
        return self

    def down(self):
        if self.listener:
            self.listener.shutdown()
            self.listener.server_close()
            self.listener = None

    def messages(self, kind="Notification"):
        """The envelopes of a type, in the order they came."""
        found = []
        for _, body in list(self.received):
            with contextlib.suppress(ValueError):
                envelope = json.loads(body)
                if isinstance(envelope, dict) and envelope.get("Type") == kind:
                    found.append(envelope)
        return found

    def wait_for(self, count=1, kind="Notification", seconds=10.0, where=lambda _: True):
        """Waits for so many different envelopes of a type, and gives them."""
        deadline = time.monotonic() + seconds
        while True:
            found = {envelope["MessageId"]: envelope for envelope in self.messages(kind) if where(envelope)}
            if len(found) >= count:
                return list(found.values())
            assert time.monotonic() < deadline, f"{len(found)} of {count} {kind} came in {seconds} s"
            time.sleep(0.02)


def fetch(url):
    """The status and text of a GET without a signature."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


NAMES = {
    "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    "SubscriptionConfirmation": [
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ],
}


def verify(envelope):
    """Checks a signature as the SNS Developer Guide tells receivers to; raises where it is not good."""
    status, pem = fetch(envelope["SigningCertURL"])
    assert status == 200
    certificate = x509.load_pem_x509_certificate(pem.encode())
    text = "".join(
        f"{name}\n{envelope[name]}\n" for name in NAMES[envelope["Type"]] if envelope.get(name) is not None
    )
    algorithm = {"1": SHA1, "2": SHA256}[envelope["SignatureVersion"]]
    signature = base64.b64decode(envelope["Signature"])
    certificate.public_key().verify(signature, text.encode(), PKCS1v15(), algorithm())


class Mailbox:
    """A mail server that keeps what it takes."""

    def __init__(self, **options):
        self.mails = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **options)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def port(self):
        return self.controller.port

    def wait_for(self, count=1, seconds=15.0):
        deadline = time.monotonic() + seconds
        while len(self.mails) < count:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {count} mails came"
            time.sleep(0.05)
        return self.mails
