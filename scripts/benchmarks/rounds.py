"""Rounds in which the contestants take turns, so that what disturbs the machine disturbs them alike."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from .load import Load, Target


@dataclass(frozen=True)
class Entry:
    """One contestant with one operation."""

    server: str
    operation: str
    target: Target
    # Called before every round: signatures live for five minutes.
    requests: Callable[[], list]
    expect: str
    options: dict = field(default_factory=dict)

    @property
    def key(self):
        return self.server, self.operation


@dataclass(frozen=True)
class Summary:
    """The medians over the rounds; each column on its own. `best_…` is the best round's."""

    rate: float
    p50: float
    p99: float
    cpu: float
    client_cpu: float
    best_cpu: float
    best_p99: float


def summarize(results):
    if not results:
        raise ValueError("there is nothing to summarize")

    def median(name):
        return statistics.median(getattr(result, name) for result in results)

    return Summary(
        rate=median("rate"),
        p50=median("p50"),
        p99=median("p99"),
        cpu=median("cpu"),
        client_cpu=median("client_cpu"),
        best_cpu=min(result.cpu for result in results),
        best_p99=min(result.p99 for result in results),
    )


def contest(folder, entries, rounds, progress, after_round=None, **options):
    """Runs all entries once a round, and what is to be done after each; gives {entry's key: Summary}."""
    results = {entry.key: [] for entry in entries}
    if len(results) != len(entries):
        raise ValueError("two entries have the same name")
    for number in range(1, rounds + 1):
        for entry in entries:
            progress(f"round {number}: {entry.server}, {entry.operation}")
            load = Load(
                folder, entry.target, entry.requests(), expect=entry.expect, **{**options, **entry.options}
            )
            try:
                results[entry.key].append(load.wait())
            finally:
                load.cancel()
        if after_round:
            after_round()
    return {key: summarize(rounds) for key, rounds in results.items()}
