"""SIGTERM under load: what was begun is finished, what was answered is told, and nobody holds up the end."""

import contextlib
import threading
import time


from support.raw import RawClient, Signer, Torn, Unanswered
from test_survival_connections import Crowd, client_hello
from test_survival_kill import told_requests


class Asking(threading.Thread):
    """A client that asks until the server ends, and notes how."""

    def __init__(self, server, operation, **parameters):
        super().__init__()
        self.client = RawClient(server)
        self.operation, self.parameters = operation, parameters
        self.told = []
        self.ending = None

    def run(self):
        try:
            while True:
                answer = self.client.call(self.operation, **self.parameters)
                assert answer.status == 200, answer.json
                self.told.append(answer.request_id)
        except (Unanswered, Torn, AssertionError) as error:
            self.ending = type(error).__name__
        finally:
            self.client.close()


def test_a_stop_finishes_what_was_begun(door):
    server = door
    with RawClient(server) as client:
        key = client.call("CreateKey").json["KeyMetadata"]["Arn"]
    clients = [Asking(server, "Encrypt", KeyId=key, Plaintext="YWJj") for _ in range(6)]
    clients += [Asking(server, "CreateKey", Description="d" * 2000) for _ in range(6)]
    clients += [Asking(server, "GenerateDataKeyPair", KeyId=key, KeyPairSpec="RSA_2048") for _ in range(3)]
    clients += [Asking(server, "ListKeys", Limit=1000) for _ in range(3)]
    crowd = Crowd(server)
    crowd.connect(50)
    for client in clients:
        client.start()
    time.sleep(1.5)
    began = time.monotonic()
    code = server.stop()
    seconds = time.monotonic() - began
    for client in clients:
        client.join()
    crowd.close()
    assert code == 0 and seconds < 15, (code, seconds, server.log.read_text())
    assert {client.ending for client in clients} == {"Unanswered"}
    told = told_requests(server.data)
    for client in clients:
        assert client.told and told.issuperset(client.told), client.operation
    assert "stopped" in server.log.read_text().splitlines()[-1]
    server.command("trail", "verify")


def test_a_stop_answers_whole_what_was_sent_ahead(own_server):
    server = own_server
    clients = [RawClient(server) for _ in range(20)]
    for client in clients:
        client.socket.sendall(client.signer.request("ListKeys", {}) * 50)
    threading.Timer(0.02, server.process.terminate).start()
    answers = []
    for client in clients:
        with contextlib.suppress(Unanswered):
            while True:
                answers.append(client.read_answer())
        client.close()
    assert answers and all(answer.status == 200 for answer in answers)
    assert server.process.wait(20) == 0
    server.process = None
    assert told_requests(server.data).issuperset(answer.request_id for answer in answers)


def test_a_stop_does_not_wait_long_for_those_who_dawdle(door):
    """A request that does not come whole, answers that nobody takes, a handshake that is not finished."""
    server = door
    if server.endpoint.startswith("https"):
        sockets = Crowd(server).connect(3)
        sockets[0].send(client_hello())
        sockets[1].send(client_hello()[:50])
    else:
        request = Signer(server.root, server.port).request("ListKeys", {})
        sockets = Crowd(server).connect(3, receive_buffer=4096)
        sockets[0].send(request[:-1])
        sockets[1].send(b"POST")
        sockets[2].setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                sockets[2].send(request * 10)
    time.sleep(0.5)
    began = time.monotonic()
    assert server.stop() == 0, server.log.read_text()
    assert time.monotonic() - began < 15
    for each in sockets:
        each.close()
    server.command("trail", "verify")
