"""What scripts/bench.py is made of: servers, loads, rounds and tables."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BenchmarkFailed(Exception):
    """A measurement that would mean nothing, and why."""
