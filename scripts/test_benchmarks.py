"""That the benchmark computes and shows what was measured, and refuses what means nothing."""

import json

import pytest
from benchmarks import BenchmarkFailed, rounds
from benchmarks.load import Result, packed, read_report
from benchmarks.rounds import Entry, Summary, contest, summarize
from benchmarks.tables import Goal, figure, goals_table, speed_table, table

REPORT = {
    "requests": 1000,
    "unanswered": 0,
    "seconds": 2,
    "requests_per_second": 500.0,
    "latency": {"mean": 1500, "p50": 1000, "p90": 2000, "p99": 3000, "p999": 4000, "max": 5000},
    "errors": {},
    "server_microseconds_per_request": 12.5,
    "client_microseconds_per_request": 4.5,
}


def result(**changed):
    base = {"rate": 1, "p50": 1, "p99": 1, "cpu": 1, "client_cpu": 1, "requests": 1, "seconds": 1}
    return Result(**{**base, **changed})


def summary(cpu):
    return Summary(rate=1000, p50=0.5, p99=2.25, cpu=cpu, client_cpu=4, best_cpu=cpu / 2, best_p99=2)


def test_a_report_is_read_in_milliseconds_and_microseconds():
    found = read_report(json.dumps(REPORT))
    assert found == Result(
        rate=500.0, p50=1.0, p99=3.0, cpu=12.5, client_cpu=4.5, requests=1000, seconds=2, unanswered=0
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"errors": {"unexpected answer": 1}, "first_error": "unexpected answer: HTTP/1.1 400"},
        {"unanswered": 1},
        {"requests": 0},
    ],
)
def test_a_round_that_went_wrong_counts_for_nothing(changed):
    with pytest.raises(BenchmarkFailed):
        read_report(json.dumps({**REPORT, **changed}))


def test_requests_may_be_given_up_only_by_who_says_so():
    assert read_report(json.dumps({**REPORT, "unanswered": 7}), patient=True).unanswered == 7
    with pytest.raises(BenchmarkFailed):
        read_report(json.dumps({**REPORT, "errors": {"a": 1}, "first_error": "a"}), patient=True)


def test_requests_are_packed_behind_their_lengths():
    assert packed([b"ab", b"c"]) == b"\x02\x00\x00\x00ab\x01\x00\x00\x00c"


def test_rounds_are_summarized_column_by_column():
    found = summarize(
        [result(rate=3, cpu=9, p99=1), result(rate=1, cpu=8, p99=30), result(rate=2, cpu=7, p99=2)]
    )
    assert (found.rate, found.cpu, found.p99) == (2, 8, 2)
    assert (found.best_cpu, found.best_p99) == (7, 1)
    with pytest.raises(ValueError):
        summarize([])


def test_the_table_divides_the_right_way_round():
    summaries = {("Strongroom", "Encrypt"): summary(20), ("OpenBao", "Encrypt"): summary(160)}
    summaries["bare NIO", "Encrypt"] = summary(10)
    references = {"Encrypt": (("OpenBao", "Encrypt"), ("bare NIO", "Encrypt"))}
    lines = speed_table(summaries, references).splitlines()
    assert lines[2] == "| Encrypt | Strongroom | 1,000 | 0.50 | 2.25 | 20.0 (10.0) | 8.00 | 2.00 |"
    assert lines[3] == "| Encrypt | OpenBao | 1,000 | 0.50 | 2.25 | 160 (80.0) |  | 16.00 |"
    assert lines[4] == "| Encrypt | bare NIO | 1,000 | 0.50 | 2.25 | 10.0 (5.00) | 16.00 |  |"
    assert lines[1] == "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"


def test_a_table_without_its_references_has_blanks():
    lines = speed_table({("Strongroom", "Sign"): summary(20)}, {}).splitlines()
    assert lines[2].endswith("| 20.0 (10.0) |  |  |")


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError):
        table(["a", "b"], [["1"]])


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal("a", 1.6, 1.6), True),
        (Goal("a", 1.61, 1.6), False),
        (Goal("a", 8, 8, at_least=True), True),
        (Goal("a", 7.9, 8, at_least=True), False),
    ],
)
def test_a_goal_is_met_up_to_its_limit(goal, met):
    assert goal.is_met is met
    assert goals_table([goal]).endswith("| yes |" if met else "| NO |")


def test_figures_have_three_digits_that_matter():
    shown = [figure(number) for number in (0.1234, 9.876, 12.345, 123.45, 123456.7)]
    assert shown == ["0.12", "9.88", "12.3", "123", "123,457"]


def test_all_take_turns_in_every_round_and_what_is_done_after_it_comes_then(monkeypatch):
    happened = []

    class Played:
        def __init__(self, folder, target, requests, expect, seconds):
            happened.append((target, requests, expect, seconds))

        def wait(self):
            return result(cpu=len(happened))

        def cancel(self):
            pass

    monkeypatch.setattr(rounds, "Load", Played)
    entries = [Entry(name, "Sign", name, lambda: ["r"], "ok") for name in ("ours", "theirs")]
    found = contest(
        None, entries, 3, lambda text: None, after_round=lambda: happened.append("after"), seconds=2
    )
    turn = [("ours", ["r"], "ok", 2), ("theirs", ["r"], "ok", 2), "after"]
    assert happened == turn * 3
    assert found["ours", "Sign"].cpu == 4
    assert found["theirs", "Sign"].cpu == 5
