"""An OpenID Connect provider: signs tokens with PyJWT and publishes its keys over HTTP, honestly or not."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}
RSA_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class Issuer:
    """A provider on a port of its own; `answers` holds what it says instead of the truth, by path."""

    def __init__(self):
        self.keys = {
            "rsa": ("RS256", RSA_KEYS[0]),
            "rsa384": ("RS384", RSA_KEYS[0]),
            "rsa512": ("RS512", RSA_KEYS[0]),
            "p256": ("ES256", ec.generate_private_key(CURVES["ES256"])),
            "p384": ("ES384", ec.generate_private_key(CURVES["ES384"])),
        }
        self.answers = {}
        self.asked = []
        self.asked_at = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def authority(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self):
        return f"http://{self.authority}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def stranger():
        """A key that no provider publishes."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_set(self):
        return {"keys": [jwk(algorithm, key, kid) for kid, (algorithm, key) in self.keys.items()]}

    def documents(self):
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/openid/v1/jwks",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/openid/v1/jwks": self.key_set(),
        }

    def token(self, kid="rsa", algorithm=None, key=None, headers=None, **changes):
        """A token in the form of a Kubernetes service account's; a claim that is None is left out."""
        now = int(time.time())
        claims = {
            "aud": ["sts.amazonaws.com"],
            "exp": now + 3600,
            "iat": now,
            "iss": self.url,
            "jti": "b5a1f6f6-4b0c-4c0e-9a51-3c8d0a8f3a51",
            "kubernetes.io": {
                "namespace": "shop",
                "node": {"name": "node-1", "uid": "5c8e6c6e-0c2a-4a57-9e5e-3b8f3d3f4c1d"},
                "pod": {"name": "orders-7d9c", "uid": "0d8f6b7e-9a43-4a8a-8a3f-0d5a7f0f9a11"},
                "serviceaccount": {"name": "orders", "uid": "8f1d2c3b-4a5e-4f6a-8b7c-9d0e1f2a3b4c"},
            },
            "nbf": now,
            "sub": "system:serviceaccount:shop:orders",
            **changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        usual = self.keys.get(kid, self.keys["rsa"])
        return jwt.encode(
            claims,
            usual[1] if key is None else key,
            algorithm=algorithm or usual[0],
            headers={"kid": kid, **(headers or {})},
        )

    def handler(self):
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                issuer.asked_at = time.monotonic()
                lie = issuer.answers.get(self.path)
                if callable(lie):
                    lie(self)
                    return
                document = lie if lie is not None else issuer.documents().get(self.path)
                if document is None:
                    self.send_error(404)
                    return
                body = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


def jwk(algorithm, key, kid):
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    public = json.loads(kind.to_jwk(key.public_key()))
    public.pop("key_ops", None)
    return {"use": "sig", "kid": kid, "alg": algorithm, **public}


# What a provider may do wrong, as handlers of its paths.


def hang(handler):
    time.sleep(20)


def flood(handler):
    """Answers without end."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass


def drip(handler):
    """Sends a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "60000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.3)
    except OSError:
        pass


def redirect(location):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def fail(status):
    def answer(handler):
        handler.send_error(status)

    return answer
