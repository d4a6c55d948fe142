"""The counting of the trial finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from config.chaos.plan import Fault, Plan, read
from config.chaos.report import Accepted, Report, counted, words

PLAN = Plan(2, 2, 0, 7)
BOTH = {"key one": "GH-1", "key two": "GH-2"}
SUBJECTS = {f"alert {ref} {adm}": ref for ref in ("GH-1", "GH-2") for adm in (1, 2)}
ALL = [Accepted(adm, f"id {ref} {adm}", f"alert {ref} {adm}") for ref in ("GH-1", "GH-2") for adm in (1, 2)]
INBOXES = [(ref, adm) for ref in ("GH-1", "GH-2") for adm in (1, 2)]


def report(**changes: Any) -> Report:
    facts: dict[str, Any] = {
        "promised": BOTH,
        "standing": ["GH-1", "GH-2"],
        "subjects": SUBJECTS,
        "inboxes": INBOXES,
        "accepted": ALL,
        "administrations": [1, 2],
        "quiet": 3.0,
        "took": 9.0,
        "faults": [],
        "ledger": {"clean": True},
    }
    return counted(PLAN, **facts | changes)


def test_all_that_was_promised_came_once() -> None:
    found = report()
    assert found.good
    assert (found.published, found.expected, found.delivered, found.lost, found.doubled) == (2, 4, 4, 0, 0)
    assert "lost" in words(found)


def test_a_delivery_that_never_came_is_lost() -> None:
    found = report(accepted=ALL[1:])
    assert (found.lost, found.delivered, found.good) == (1, 3, False)


def test_the_same_id_again_is_a_repeat_and_another_id_is_a_double() -> None:
    again = report(accepted=[*ALL, ALL[0], ALL[0]])
    assert (again.repeats, again.doubled, again.good) == (2, 0, True)
    twice = report(accepted=[*ALL, Accepted(1, "another id", "alert GH-1 1")])
    assert (twice.repeats, twice.doubled, twice.good) == (0, 1, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"standing": ["GH-1", "GH-2", "GH-3"]},
        {"standing": ["GH-1", "GH-2", "GH-2"]},
        {"promised": BOTH | {"key three": "GH-2"}},
    ],
)
def test_a_publication_that_was_made_twice_is_a_double(changes: dict[str, Any]) -> None:
    found = report(**changes)
    assert found.doubled == 1
    assert not found.good


def test_an_inbox_without_its_alert_or_with_two_is_found() -> None:
    assert report(inboxes=INBOXES[1:]).inbox_lost == 1
    assert report(inboxes=[*INBOXES, INBOXES[0]]).inbox_doubled == 1
    assert not report(inboxes=INBOXES[1:]).good


def test_what_does_not_come_to_rest_or_does_not_add_up_is_no_success() -> None:
    assert not report(quiet=None).good
    assert not report(quiet=61.0).good
    assert not report(ledger={"clean": False}).good


def test_every_kind_of_fault_comes_before_one_comes_again() -> None:
    kinds = len(Fault)
    chosen = Plan(1, 1, kinds + 3, 5).chosen()
    assert set(chosen[:kinds]) == set(Fault)
    assert len(chosen) == kinds + 3
    assert chosen == Plan(1, 1, kinds + 3, 5).chosen()


def test_the_command_line() -> None:
    assert read([]).administrations == 190
    assert read(["--alerts", "1000", "--faults", "50", "--json"]).as_json
    for wrong in (["--alerts", "0"], ["--alerts", "x"], ["--nonsense"]):
        with pytest.raises(SystemExit):
            read(wrong)
