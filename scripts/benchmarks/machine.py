"""What the figures belong to: machine, versions, date, command."""

import datetime
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

from . import ROOT


def description(directory, versions):
    """Markdown lines; `versions` are those of the servers, by name."""
    facts = {
        "command": shlex.join(["scripts/bench.py", *sys.argv[1:]]),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{cpu_model()}, {os.cpu_count()} cores shared with the load generator, "
        f"{memory_gigabytes():.0f} GB, {platform.machine()}, Linux {platform.release()}",
        "data directory": f"{directory}, {file_system(directory)}",
        "commit": output("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "load average at the start": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        **versions,
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def cpu_model():
    for text in Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith("model name"):
            return text.split(":", 1)[1].strip()
    return "unknown CPU"


def memory_gigabytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def file_system(directory):
    """Whether fsync reaches a disk is a question of the file system."""
    return output("findmnt", "--noheadings", "--output", "FSTYPE", "--target", directory)


def output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return (done.stdout or done.stderr).strip().split("\n")[0]


def resident_megabytes(pid):
    """Resident memory of a process (proc(5), VmRSS)."""
    for text in Path(f"/proc/{pid}/status").read_text().splitlines():
        if text.startswith("VmRSS:"):
            return int(text.split()[1]) / 1024
    raise LookupError(f"process {pid} has no memory")
