"""The KES server as it is run in earnest: keys in files, a client in a policy, every request audited."""

import json

from support.kes import KESServer

from .load import Target
from .wire import DIFFERENT, Connection, frames, post

CONFIGURATION = """
admin: {{ identity: disabled }}
policy:
  benchmark:
    allow: [ /v1/key/create/bench*, /v1/key/generate/bench*, /v1/key/encrypt/bench*, /v1/key/decrypt/bench*,
      /v1/key/list/* ]
    deny: [ /v1/key/*/bench-internal* ]
    identities: [ {identity} ]
log: {{ error: on, audit: on }}
keystore: {{ fs: {{ path: ./keys }} }}
"""

KEY = "bench-key"
# What clients in Go send.
HEADERS = {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip", "Content-Type": "application/json"}


class KES:
    name = "kes"

    def __init__(self, folder, certificate, files, identity):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "keys").mkdir(exist_ok=True)
        # There as soon as somebody looks, so that no other pair is made.
        (folder / "private.key").write_bytes(certificate[1].read_bytes())
        (folder / "public.crt").write_bytes(certificate[0].read_bytes())
        self.server = KESServer(folder, CONFIGURATION.format(identity=identity)).start()
        self.target = Target(
            f"127.0.0.1:{self.server.port}", (self.server.process.pid,), certificate[0], files
        )
        self.call("create", None)

    def connection(self):
        return Connection(self.target.address, self.target.authorities, self.target.identity)

    def call(self, route, body):
        return self.call_all(route, [body])[0]

    def call_all(self, route, bodies):
        """Answers of calls over one connection."""
        connection = self.connection()
        try:
            return [connection.send(request) for request in self.requests(route, bodies)]
        finally:
            connection.close()

    def requests(self, route, bodies, is_http2=False):
        make = frames if is_http2 else post
        return [
            make(
                self.target.address,
                f"/v1/key/{route}/{KEY}",
                HEADERS,
                b"" if body is None else json.dumps(body).encode(),
            )
            for body in bodies
        ]

    def repeated(self, route, body, is_http2=False):
        return self.requests(route, [body] * DIFFERENT, is_http2)

    def stop(self):
        self.server.stop()
