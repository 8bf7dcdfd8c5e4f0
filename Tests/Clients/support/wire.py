"""Requests below the level of an SDK: signed by botocore, then bent, and sent over a socket of our own."""

import http.client
import json
import socket
from dataclasses import dataclass, field

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from .server import REGION


@dataclass
class Answer:
    status: int
    headers: dict = field(repr=False)
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["__type"].rsplit("#")[-1]

    @property
    def message(self):
        return self.json.get("message", self.json.get("Message", ""))


def signed(
    server,
    operation="ListKeys",
    body=b"{}",
    *,
    credentials=None,
    region=REGION,
    service="kms",
    presign_seconds=None,
    before=None,
    headers=None,
):
    """A request, signed as an SDK signs it; `before` may change it ahead of the signature."""
    credentials = credentials or server.root
    request = AWSRequest(
        method="GET" if presign_seconds else "POST",
        url=server.endpoint + "/",
        data=b"" if presign_seconds else body,
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"TrentService.{operation}",
            **(headers or {}),
        },
    )
    if before:
        before(request)
    keys = BotocoreCredentials(credentials.access_key, credentials.secret_key)
    if presign_seconds:
        SigV4QueryAuth(keys, service, region, expires=presign_seconds).add_auth(request)
    else:
        SigV4Auth(keys, service, region).add_auth(request)
    return request.prepare()


def send(server, request, body=None):
    """Sends a prepared request, with another body if one is given, and reads the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=40)
    try:
        path = request.url[len(server.endpoint) :]
        try:
            connection.request(
                request.method,
                path,
                body=request.body if body is None else body,
                headers=dict(request.headers),
            )
        except (BrokenPipeError, ConnectionResetError):
            # The server may answer, and close, before it has read everything; its answer is still there.
            pass
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def connect(server, timeout=40):
    return socket.create_connection(("127.0.0.1", server.port), timeout=timeout)


def read_all(connection):
    """Everything until the server closes; what comes before a reset counts too."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
