"""A TCP proxy that cuts, stalls and lets through what goes to a server."""

import contextlib
import random
import socket
import threading


class CuttingProxy:
    """Forwards connections to a port of this machine, and does to them what a bad network does."""

    def __init__(self, target_port, bytes_max=None, seed=1):
        """With `bytes_max`, each connection is cut after a random number of bytes up to it."""
        self.target_port = target_port
        self.bytes_max = bytes_max
        self.random = random.Random(seed)
        self.flowing = threading.Event()
        self.flowing.set()
        self.open = set()
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            except OSError:
                if self.listener.fileno() < 0:
                    return
                near.close()
                continue
            far.settimeout(None)
            budget = self.random.randrange(1, self.bytes_max) if self.bytes_max else None
            pair = Pair(near, far, budget)
            with self.lock:
                self.open.add(pair)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(pair, source, sink), daemon=True).start()

    def pump(self, pair, source, sink):
        with contextlib.suppress(OSError):
            while part := source.recv(4096):
                self.flowing.wait()
                part = part[: pair.take(len(part))]
                if part:
                    sink.sendall(part)
                if pair.is_spent:
                    self.cuts += 1
                    break
        pair.close()
        with self.lock:
            self.open.discard(pair)

    def cut(self):
        """Cuts all connections there are."""
        with self.lock:
            pairs = list(self.open)
        for pair in pairs:
            self.cuts += 1
            pair.close()

    def stall(self):
        """Lets nothing through any more, and tells nobody."""
        self.flowing.clear()

    def flow(self):
        self.flowing.set()

    def close(self):
        self.listener.close()
        self.flow()
        self.cut()


class Pair:
    """The two halves of a forwarded connection and what may still pass."""

    def __init__(self, near, far, budget):
        self.near, self.far, self.budget = near, far, budget
        self.lock = threading.Lock()

    def take(self, count):
        with self.lock:
            if self.budget is None:
                return count
            granted = min(count, self.budget)
            self.budget -= granted
            return granted

    @property
    def is_spent(self):
        return self.budget == 0

    def close(self):
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
