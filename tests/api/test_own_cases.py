"""An administration's own system reads its cases and records drafts; nobody else's system reaches them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.roles import Role
from accounts.scopes import Scope
from cen.actions.record import record
from cen.actions.validate import Verdict, validate
from cen.models import Case
from cen.sheet_document import document_of, sheet_of_document
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded, released

pytestmark = pytest.mark.django_db
DOCUMENT = document_of(cigarettes())
# [null, null], as our own cursors are written.
NO_PLACE = "cursor=W251bGwsbnVsbF0"


def machine(actor: Actor, *scopes: Scope) -> Callable[..., Any]:
    """A client with a credential of the actor's seat: `ask(method, path, document?, **headers)`."""
    with transaction.atomic(), acting_as(actor):
        key = issue(actor, name="system", scopes=scopes)[1]

    def ask(method: str, path: str, document: Any = None, **headers: str) -> Any:
        data = document if isinstance(document, str) else json.dumps(document)
        return Client().generic(
            method,
            f"/api/v1/{path}",
            data if document is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", **headers},
        )

    return ask


@pytest.fixture
def ask(cast: Cast) -> Callable[..., Any]:
    return machine(cast.amira, Scope.OWN_READ, Scope.OWN_WRITE)


@pytest.fixture
def foreign(cast: Cast) -> Callable[..., Any]:
    return machine(seat_person("nora", "NL", Role.NCP), Scope.OWN_READ, Scope.OWN_WRITE)


def test_a_draft_goes_in_and_comes_out_the_same(ask: Callable[..., Any]) -> None:
    answer = ask("POST", "own/cases", DOCUMENT)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["state"] == "draft"
    again = ask("GET", answer["Location"].removeprefix("/api/v1/"))
    assert again.json()["content"] == DOCUMENT == made["content"]
    assert again["ETag"] == '"1"'


def test_a_change_names_the_revision_it_saw(ask: Callable[..., Any]) -> None:
    reference = ask("POST", "own/cases", DOCUMENT).json()["reference"]
    changed = {**DOCUMENT, "locode": "GHTKD"}
    path = f"own/cases/{reference}"
    assert ask("PUT", path, changed).status_code == 428
    assert ask("PUT", path, changed, **{"If-Match": '"7"'}).status_code == 412
    assert ask("GET", path).json()["content"]["locode"] == "GHTEM"
    done = ask("PUT", path, changed, **{"If-Match": '"1"'})
    assert (done.status_code, done["ETag"], done.json()["content"]["locode"]) == (200, '"2"', "GHTKD")


def test_a_stranger_finds_nothing_and_a_liaison_office_has_no_own_cases(
    cast: Cast, foreign: Callable[..., Any]
) -> None:
    reference = recorded(cast).reference
    assert foreign("GET", "own/cases").json()["results"] == []
    assert foreign("GET", f"own/cases/{reference}").status_code == 404
    assert foreign("PUT", f"own/cases/{reference}", DOCUMENT, **{"If-Match": '"1"'}).status_code == 404
    office = machine(seat_person("hilda", "WA", Role.LIAISON_HEAD), Scope.PUBLISHED_READ)
    assert office("GET", "own/cases").status_code == 403
    assert office("POST", "own/cases", DOCUMENT).status_code == 403


def test_reading_does_not_carry_writing(cast: Cast) -> None:
    reader = machine(cast.amira, Scope.OWN_READ)
    assert reader("GET", "own/cases").status_code == 200
    assert reader("POST", "own/cases", DOCUMENT).status_code == 403


def test_what_was_sent_on_is_no_longer_changed_by_a_machine(cast: Cast, ask: Callable[..., Any]) -> None:
    made = released(cast)
    answer = ask("PUT", f"own/cases/{made.reference}", DOCUMENT, **{"If-Match": '"1"'})
    assert answer.status_code == 403
    assert ask("GET", f"own/cases/{made.reference}").json()["state"] == "released"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "member_unknown"),
        ({"state": "published"}, "/state", "member_unknown"),
        ({"seizure_date": "19.10.2026"}, "/seizure_date", "value_unreadable"),
        ({"seizure_date": 20261019}, "/seizure_date", "value_unreadable"),
        ({"persons_count": True}, "/persons_count", "value_unreadable"),
        ({"persons_count": -1}, "/persons_count", "number_too_large"),
        ({"persons_count": 2**40}, "/persons_count", "number_too_large"),
        ({"place_name": "x" * 121}, "/place_name", "text_too_long"),
        ({"place_name": "a\x00b"}, "/place_name", "text_unreadable"),
        ({"place_name": "a\ud800b"}, "/place_name", "text_unreadable"),
        ({"unknown": {"route": "forgot"}}, "/unknown", "missing_reason_unknown"),
        ({"goods": [{"category": "TOB", "quantity": "much"}]}, "/goods/0/quantity", "value_unreadable"),
        ({"goods": [{"category": "TOB", "quantity": "1e30", "unit": "KGM"}]}, "/goods/0/quantity", "number_too_large"),
        ({"goods": [{"category": "TOB", "quantity": "NaN", "unit": "KGM"}]}, "/goods/0/quantity", "value_unreadable"),
        ({"goods": [{"category": "TOB", "quantity": -2, "unit": "KGM"}]}, "/goods/0/quantity", "quantity_not_positive"),
        ({"goods": {}}, "/goods", "value_unreadable"),
        ({"goods": [7]}, "/goods/0", "value_unreadable"),
        ({"goods": [{}] * 501}, "/goods", "too_many_lines"),
        ({"identifiers": [{"kind": "rocket", "raw": "1"}]}, "/identifiers/0/kind", "identifier_kind_unknown"),
        ({"identifiers": [{"kind": "plate", "raw": "GR 1"}]}, "/identifiers/0/kind", "nominal_identifier"),
        ({"detection_techniques": ["XRY", 4]}, "/detection_techniques/1", "value_unreadable"),
    ],
)
def test_garbage_gets_its_place_and_its_remedy_and_leaves_nothing(
    cast: Cast, ask: Callable[..., Any], change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = ask("POST", "own/cases", DOCUMENT | change)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in answer.json()["errors"]}
    assert ask("GET", "own/cases").json()["results"] == []


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"x"', "null"])
def test_what_is_no_object_is_refused(ask: Callable[..., Any], text: str) -> None:
    answer = ask("POST", "own/cases", text or " ")
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_the_list_follows_changes_page_by_page_and_reads_as_many_rows_as_it_shows(
    cast: Cast, ask: Callable[..., Any]
) -> None:
    references = [as_(cast.alice, record, cigarettes(confirmed=["duplicate"]))[0].reference for _ in range(5)]
    first = ask("GET", "own/cases?limit=2").json()
    with CaptureQueriesContext(connection) as few:
        ask("GET", "own/cases?limit=1")
    with CaptureQueriesContext(connection) as many:
        ask("GET", "own/cases?limit=5")
    assert len(many) == len(few)
    assert [one["reference"] for one in first["results"]] == references[:2]
    second = ask("GET", first["next"].split("/api/v1/")[1]).json()
    assert [one["reference"] for one in second["results"]] == references[2:4]
    assert ask("GET", "own/cases?state=published").json()["results"] == []
    assert ask("GET", "own/cases?state=draft,released&limit=1").json()["next"]


@pytest.mark.parametrize(
    "query", ["state=gone", "colour=red", "cursor=x", "limit=0", "cursor=WzEsMl0", "cursor=W251bGwsbnVsbF0"]
)
def test_an_unknown_parameter_of_the_list_is_a_problem(ask: Callable[..., Any], query: str) -> None:
    assert ask("GET", f"own/cases?{query}").status_code == 400


def test_a_key_that_only_writes_is_told_that_a_change_needs_reading_too(cast: Cast, ask: Callable[..., Any]) -> None:
    reference = ask("POST", "own/cases", DOCUMENT).json()["reference"]
    writer = machine(cast.amira, Scope.OWN_WRITE)
    answer = writer("PUT", f"own/cases/{reference}", DOCUMENT, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert Scope.OWN_READ.value in answer.json()["title"]
    assert ask("GET", f"own/cases/{reference}").json()["revision"] == 1


def test_a_new_draft_takes_no_parameter(ask: Callable[..., Any]) -> None:
    assert ask("POST", "own/cases?state=draft", DOCUMENT).status_code == 400
    assert ask("GET", "own/cases").json()["results"] == []


def test_a_document_and_a_sheet_are_the_same_thing() -> None:
    assert sheet_of_document(json.loads(json.dumps(DOCUMENT))) == cigarettes()


def test_the_machine_is_the_author_and_can_be_told_from_a_person(cast: Cast, ask: Callable[..., Any]) -> None:
    reference = ask("POST", "own/cases", DOCUMENT).json()["reference"]
    with acting_as(cast.alice):
        case = Case.unguarded.get(reference=reference)
    assert case.author_id is None
    assert case.author_client_id is not None


class TestIdentifiersByTheirPolicy:
    @pytest.fixture
    def reference(self, cast: Cast) -> str:
        made = released(cast)
        as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
        return made.reference

    SCOPES = (Scope.PUBLISHED_READ, Scope.IDENTIFIERS_READ)

    def test_the_office_in_charge_and_the_owner_find_a_container(self, cast: Cast, reference: str) -> None:
        for insider in (seat_person("hilda", "WA", Role.LIAISON_HEAD), cast.amira):
            ask = machine(insider, *self.SCOPES)
            found = ask("GET", "cases?identifier=container:TGHU+123456-7").json()["results"]
            assert [one["reference"] for one in found] == [reference]
            rows = ask("GET", f"cases/{reference}/identifiers").json()["results"]
            assert [one["normalised"] for one in rows] == ["TGHU1234567"]

    def test_others_find_the_case_but_not_by_its_container(self, cast: Cast, reference: str) -> None:
        for outsider in (seat_person("nora", "NL", Role.NCP), seat_person("hugo", "AP", Role.LIAISON_HEAD)):
            ask = machine(outsider, *self.SCOPES)
            assert ask("GET", "cases?identifier=container:TGHU1234567").json()["results"] == []
            assert ask("GET", f"cases/{reference}/identifiers").json()["results"] == []
            assert len(ask("GET", "cases?category=TOB").json()["results"]) == 1

    def test_without_the_scope_the_parameter_is_refused(self, cast: Cast, reference: str) -> None:
        ask = machine(cast.amira, Scope.PUBLISHED_READ)
        assert ask("GET", "cases?identifier=container:TGHU1234567").status_code == 403
        assert ask("GET", f"cases/{reference}/identifiers").status_code == 403

    @pytest.mark.parametrize("value", ["container", "rocket:1", "plate:GR1", "container:", ":TGHU1234567"])
    def test_an_identifier_that_means_nothing_is_a_problem(self, cast: Cast, value: str) -> None:
        ask = machine(cast.amira, *self.SCOPES)
        assert ask("GET", f"cases?identifier={value}").status_code == 400
