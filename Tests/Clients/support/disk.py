"""Small file systems that can be filled up and emptied, and the processes that see them."""

import contextlib
import os
import subprocess
import time
from pathlib import Path

PIECE = 4096


class Disks:
    """Mounts small file systems where only the test's own processes see them.

    As root by mounting them; otherwise in a user namespace of a process that does nothing else. A machine
    that allows neither fails the test: a skipped one would look like a passed one.
    """

    def __init__(self):
        self.mounted = []
        self.holder = None

    @property
    def prefix(self):
        """What a command begins with to see the disks."""
        if self.holder is None:
            return []
        return ["nsenter", "-t", str(self.holder.pid), "-U", "-m", "--preserve-credentials", "--"]

    def mount(self, path, kilobytes):
        # Perhaps on a disk that was mounted before, and that only the processes see.
        self.seen(path).mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", str(path)]
        if os.geteuid() != 0 and self.holder is None:
            self.holder = namespace()
        done = subprocess.run([*self.prefix, *command], capture_output=True, text=True)
        if done.returncode != 0 and self.holder is None:
            # Root without the right to mount, as in a container.
            self.holder = namespace()
            done = subprocess.run([*self.prefix, *command], capture_output=True, text=True)
        assert done.returncode == 0, f"a full disk cannot be tested here: {done.stderr}"
        if self.holder is None:
            self.mounted.append(path)
        return Disk(self.seen(path))

    def seen(self, path):
        """Where the test itself finds what its processes find at a path."""
        return Path(f"/proc/{self.holder.pid}/root{path}") if self.holder else path

    def close(self):
        for path in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", str(path)], check=True)
        if self.holder:
            self.holder.kill()
            self.holder.wait()


def namespace():
    """A process with mounts of its own."""
    holder = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "echo ready; exec sleep 3600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline(), f"a full disk cannot be tested here: {holder.stderr.read()}"
    return holder


class Disk:
    """One small file system."""

    def __init__(self, path):
        self.path = path
        self.ballast = path / "ballast"

    @property
    def free(self):
        """The bytes that are free."""
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill(self, leaving=0):
        """Takes all room but so many bytes, also what comes free while it does so."""
        with open(self.ballast, "ab") as ballast, contextlib.suppress(OSError):
            while self.free > leaving:
                ballast.write(bytes(PIECE))
                ballast.flush()

    def empty(self):
        self.ballast.unlink()

    @contextlib.contextmanager
    def full(self, leaving=0):
        self.fill(leaving)
        try:
            yield
        finally:
            self.empty()


def eventually(question, seconds=10):
    """Waits until a question is answered with yes."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
