"""That the scripts count tests as their runners do."""

import importlib.util
import sys
from pathlib import Path

import pytest


def load(name):
    """A script as a module; `test` alone is a module of Python's own."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", Path(__file__).with_name(f"{name}.py"))
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    return script


SCRIPT = load("test")
FUZZ = load("fuzz")

GOOD = [
    "◇ Test run started.\n",
    '✔ Test "a" passed after 0.001 seconds.\n',
    "✔ Test run with 12 tests in 3 suites passed after 0.4 seconds.\n",
]
BAD = [
    '✘ Test "is found" recorded an issue at A.swift:3:9: Expectation failed\n',
    '✘ Test "is found" failed after 0.002 seconds with 1 issue.\n',
    '✘ Test case passing 1 argument to "b" failed after 0.1 seconds with 1 issue.\n',
    '✘ Test "b" with 4 test cases failed after 0.004 seconds with 2 issues.\n',
    '➜ Test "c" skipped: "no vectors"\n',
    '✘ Suite "The source tree" failed after 0.02 seconds with 3 issues.\n',
    "✘ Test run with 12 tests in 3 suites failed after 0.5 seconds with 3 issues.\n",
]


@pytest.mark.parametrize(("lines", "counts"), [(GOOD, (12, 0, 0)), (BAD, (9, 2, 1)), ([], (0, 0, 0))])
def test_swift_tests_are_counted(lines, counts):
    assert SCRIPT.count_swift(lines) == counts


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("12 passed in 3.45s", (12, 0, 0)),
        ("1 failed, 11 passed, 2 skipped in 63.45s (0:01:03)", (11, 1, 2)),
        ("= 1 failed, 2 passed, 1 error in 0.12s =", (2, 2, 0)),
        ("3 passed, 2 errors in 1.00s", (3, 2, 0)),
        ("no tests ran in 0.01s", (0, 0, 0)),
    ],
)
def test_pytest_tests_are_counted(line, counts):
    assert SCRIPT.count_pytest(["some output\n", line + "\n"]) == counts


def test_the_report_names_what_failed_before_it_counts(capsys):
    pytest_says = ["FAILED Tests/Clients/test_x.py::test_y - assert 1 == 2\n", "1 failed, 3 passed in 0.1s\n"]
    stages = [
        SCRIPT.Stage("unit tests", 2, False, passed=9, failed=2, failures=SCRIPT.failures(BAD)),
        SCRIPT.Stage("real clients", 2, False, passed=3, failed=1, failures=SCRIPT.failures(pytest_says)),
        SCRIPT.Stage("fuzzing", 1, True, passed=5, failures=SCRIPT.failures(GOOD)),
    ]
    assert SCRIPT.report(stages) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[4] == 'unit tests: ✘ Test "is found" recorded an issue at A.swift:3:9: Expectation failed'
    assert said[-2] == "real clients: FAILED Tests/Clients/test_x.py::test_y - assert 1 == 2"
    assert said[-1] == "17 passed, 3 failed"


def test_a_stage_that_fails_without_a_test_counts_as_one(capsys):
    stages = [SCRIPT.Stage("format", 1, False), SCRIPT.Stage("unit tests", 2, True, passed=5)]
    assert SCRIPT.report(stages) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "5 passed, 1 failed"


def test_a_runner_that_ran_nothing_has_failed():
    assert not SCRIPT.run("nothing", ["true"], SCRIPT.count_pytest, {}).succeeded
    assert SCRIPT.run("something", ["echo", "1 passed in 0.01s"], SCRIPT.count_pytest, {}).succeeded


def test_the_input_that_broke_a_target_is_found():
    said = ["#2 INITED", "artifact_prefix='a/'; Test unit written to a/crash-1", "Base64: AA=="]
    assert FUZZ.finding(said) == "a/crash-1"
    assert FUZZ.finding(["Done 100 runs in 1 second(s)"]) is None


def test_a_broken_target_fails_the_run(capsys):
    good = FUZZ.Outcome("json", 1.0, True, ["#9 DONE cov: 12 ft: 3", "Done 9 runs in 0 second(s)"], None)
    bad = FUZZ.Outcome("der", 1.0, False, ["promise broken"], str(FUZZ.BUILD / "findings/der/crash-1"))
    assert good.summary == "json: ok in 1 s 9 inputs 12 edges"
    assert FUZZ.report([good, bad], 2.0) == 1
    said = capsys.readouterr().out.splitlines()
    assert "scripts/fuzz.py --target der --input .build-fuzz/findings/der/crash-1" in said
    assert SCRIPT.count_pytest(said) == (1, 1, 0)
    assert FUZZ.report([good], 2.0) == 0


def test_every_target_has_seeds_and_words():
    for folder in ("Corpus", "Dictionaries"):
        names = {path.name.removesuffix(".dict") for path in (FUZZ.FUZZING / folder).iterdir()}
        assert names == set(FUZZ.RUNS)
