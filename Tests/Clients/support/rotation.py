"""A rotation function of the published shape, and what invokes it: the runtime of Lambda, played by us."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .secrets import secrets_client
from .server import free_port

INVOKE = "/2015-03-31/functions/function/invocations"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Database:
    """Something with one password."""

    def __init__(self, password):
        self.password = password

    def login(self, password):
        if password != self.password:
            raise PermissionError("the password is wrong")


class Function:
    """The handler of a rotation function for a `Database`; it knows the service by a boto3 client alone."""

    def __init__(self, client, database):
        self.client = client
        self.database = database

    def __call__(self, event):
        arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
        metadata = self.client.describe_secret(SecretId=arn)
        if not metadata["RotationEnabled"]:
            raise ValueError("rotation is not turned on")
        labels = metadata["VersionIdsToStages"]
        if token not in labels:
            raise ValueError("the version is not one of the secret")
        if "AWSCURRENT" in labels[token]:
            return
        if "AWSPENDING" not in labels[token]:
            raise ValueError("the version is not pending")
        getattr(self, step)(arn, token, labels)

    def value(self, arn, stage, token=None):
        version = {"VersionId": token} if token else {}
        return self.client.get_secret_value(SecretId=arn, VersionStage=stage, **version)["SecretString"]

    def createSecret(self, arn, token, labels):
        self.value(arn, "AWSCURRENT")
        try:
            self.value(arn, "AWSPENDING", token)
        except self.client.exceptions.ResourceNotFoundException:
            password = self.client.get_random_password(ExcludeCharacters="/@\"'\\")["RandomPassword"]
            self.client.put_secret_value(
                SecretId=arn, ClientRequestToken=token, SecretString=password, VersionStages=["AWSPENDING"]
            )

    def setSecret(self, arn, token, labels):
        pending = self.value(arn, "AWSPENDING", token)
        if self.database.password == pending:
            return
        self.database.login(self.value(arn, "AWSCURRENT"))
        self.database.password = pending

    def testSecret(self, arn, token, labels):
        self.database.login(self.value(arn, "AWSPENDING", token))

    def finishSecret(self, arn, token, labels):
        (current,) = [version for version, stages in labels.items() if "AWSCURRENT" in stages]
        self.client.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
        )


class Runtime:
    """An endpoint that speaks Lambda's invoke API and runs a function; tests can hold it and have it fail."""

    def __init__(self, handler):
        self.handler = handler
        self.events = []
        self.port = free_port()
        # What to answer instead of running the function, first to last; None runs it.
        self.answers = []
        # Steps at which an invocation waits for `gate`, before or after the function has run.
        self.held = {}
        self.reached = threading.Event()
        self.gate = threading.Event()
        self.listener = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def steps(self):
        return [event["Step"] for event in self.events]

    def hold(self, step, moment):
        self.reached.clear()
        self.gate.clear()
        self.held = {step: moment}

    def let_go(self):
        self.held = {}
        self.gate.set()

    def answer(self, event):
        """The status, headers and body for an event."""
        self.events.append(event)
        scripted = self.answers.pop(0) if self.answers else None
        if scripted is not None:
            return scripted
        if self.held.get(event["Step"]) == "before":
            self.wait()
        try:
            self.handler(event)
        except Exception as error:
            # As the runtime emulator does it: the body alone says so.
            return 200, {}, {"errorMessage": str(error), "errorType": type(error).__name__}
        if self.held.get(event["Step"]) == "after":
            self.wait()
        return 200, {}, None

    def wait(self):
        self.reached.set()
        self.gate.wait(30)

    def __enter__(self):
        runtime = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path != INVOKE:
                    return self.send_error(404)
                status, headers, answer = runtime.answer(json.loads(body))
                payload = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except OSError:
                    # Whoever invoked it is gone.
                    return None

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True

        self.listener = Listener(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.gate.set()
        self.listener.shutdown()
        self.listener.server_close()


def rotating(server, password, credentials=None):
    """A database, and the runtime of a function that rotates its password."""
    database = Database(password)
    return database, Runtime(Function(secrets_client(server, credentials), database))
