"""The API as an analyst of a liaison office meets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import validate as conforms

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue, revoke
from accounts.actor import Actor
from accounts.models import ApiCredential, Posting
from accounts.refusals import Forbidden, StepUpNeeded
from accounts.roles import Role
from accounts.scopes import Scope
from audit.models import Event
from audit.verbs import Verb
from cen.actions.validate import Verdict, validate
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db
ALL = (Scope.PUBLISHED_READ, Scope.REFERENCE_READ, Scope.ALERTS_READ)

# [null, null], as our own cursors are written.
NO_PLACE = "cursor=W251bGwsbnVsbF0"


def key_of(actor: Actor, *scopes: Scope) -> str:
    with transaction.atomic(), acting_as(actor):
        return issue(actor, name="notebook", scopes=scopes or ALL)[1]


@pytest.fixture
def head(cast: Cast) -> Actor:
    return seat_person("hilda", "WA", Role.LIAISON_HEAD)


@pytest.fixture
def ask(head: Actor) -> Callable[..., Any]:
    key = key_of(head)
    return lambda path: Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})


def published(cast: Cast, **changes: Any) -> str:
    made = released(cast, **changes)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    return made.reference


def test_a_published_case_is_found_read_and_paged(cast: Cast, ask: Callable[..., Any]) -> None:
    references = [published(cast) for _ in range(3)]
    first = ask("cases?category=TOB&limit=2")
    assert first.status_code == 200
    page = first.json()
    assert [one["reference"] for one in page["results"]] == references[:0:-1]
    assert page["results"][0]["administration"] == "GH"
    assert first["Link"] == f'<{page["next"]}>; rel="next"'
    rest = ask(page["next"].split("/api/v1/")[1]).json()
    assert [one["reference"] for one in rest["results"]] == references[:1]
    assert rest["next"] is None
    assert ask(f"cases/{references[0]}").json()["goods"][0]["category"] == "TOB"


def test_what_waits_for_validation_is_not_in_the_list(cast: Cast, ask: Callable[..., Any]) -> None:
    waiting = released(cast)
    assert ask("cases").json()["results"] == []
    assert ask(f"cases/{waiting.reference}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "limit=0",
        "limit=1001",
        "limit=1000000000",
        "limit=²",
        "cursor=x",
        "cursor=bnVsbA",
        "cursor=W251bGwsbnVsbF0",
        "since=x",
    ],
)
def test_a_parameter_that_means_nothing_is_a_problem_document(ask: Callable[..., Any], query: str) -> None:
    answer = ask(f"cases?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "code"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer a.b", "Basic YTpi", "Bearer " + "x" * 5000])
def test_without_a_valid_key_there_is_nothing(cast: Cast, header: str) -> None:
    answer = Client().get("/api/v1/cases", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_key_opens_only_its_scopes(cast: Cast, head: Actor) -> None:
    key = key_of(head, Scope.REFERENCE_READ)
    header = {"Authorization": f"Bearer {key}"}
    assert Client().get("/api/v1/codelists/category", headers=header).status_code == 200
    answer = Client().get("/api/v1/cases", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_key_for_identifiers_alone_is_told_that_their_case_needs_a_scope_too(cast: Cast, head: Actor) -> None:
    header = {"Authorization": f"Bearer {key_of(head, Scope.IDENTIFIERS_READ)}"}
    for reference in (published(cast), "nothing"):
        answer = Client().get(f"/api/v1/cases/{reference}/identifiers", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert Scope.PUBLISHED_READ.value in answer.json()["title"]


@pytest.mark.parametrize("query", ["colour=red", "limit=1", "format=xml", "format=json"])
def test_an_address_of_one_thing_takes_no_parameter(cast: Cast, ask: Callable[..., Any], query: str) -> None:
    for path in (f"cases/{published(cast)}", "whoami", "codelists", "codelists/category"):
        answer = ask(f"{path}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter_unknown"), path


def test_no_parameter_is_answered_before_the_key_was_seen() -> None:
    assert Client().get("/api/v1/cases?format=xml").status_code == 401


def test_a_revoked_an_expired_and_a_suspended_issuers_key_are_dead(cast: Cast, head: Actor) -> None:
    with transaction.atomic(), acting_as(head):
        credential, key = issue(head, name="n", scopes=ALL)

    def status() -> int:
        return Client().get("/api/v1/whoami", headers={"Authorization": f"Bearer {key}"}).status_code

    assert status() == 200
    ApiCredential.unguarded.filter(pk=credential.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert status() == 401
    ApiCredential.unguarded.filter(pk=credential.pk).update(expires_at=timezone.now() + timedelta(days=1))
    credential.issued_by.is_active = False
    credential.issued_by.save()
    assert status() == 401
    credential.issued_by.is_active = True
    credential.issued_by.save()
    with transaction.atomic(), acting_as(head):
        revoke(head, credential)
    assert status() == 401


def test_a_key_ends_with_the_posting_of_whoever_made_it(cast: Cast, head: Actor) -> None:
    header = {"Authorization": f"Bearer {key_of(head)}"}
    assert Client().get("/api/v1/whoami", headers=header).status_code == 200
    Posting.unguarded.filter(officer_id=head.officer_id).update(until=timezone.now().date())
    assert Client().get("/api/v1/whoami", headers=header).status_code == 401


def test_an_officer_issues_no_key_and_nobody_without_a_fresh_factor(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        key_of(cast.alice)
    stale = seat_person("nora", "SN", Role.NCP)
    stale = type(stale)(**{name: getattr(stale, name) for name in stale.__slots__} | {"stepped_up_at": None})
    with pytest.raises(StepUpNeeded):
        key_of(stale)


def test_another_method_is_not_served(ask: Callable[..., Any], head: Actor) -> None:
    header = {"Authorization": f"Bearer {key_of(head)}"}
    assert Client().post("/api/v1/cases", headers=header).status_code == 405
    assert Client().delete("/api/v1/cases/x", headers=header).status_code == 405


def test_the_code_lists_and_the_description_are_there(ask: Callable[..., Any]) -> None:
    names = {one["name"] for one in ask("codelists").json()["results"]}
    assert {"category", "country", "unit"} <= names
    drugs = ask("codelists/category").json()["results"][0]
    assert drugs["names"]["es"].startswith("Drogas")
    assert ask("codelists/nothing").status_code == 404
    description = Client().get("/api/v1/openapi.json").json()
    assert description["openapi"] == "3.1.0"
    assert "/api/v1/cases" in description["paths"]


def test_the_description_names_every_document_and_holds_to_its_standard() -> None:
    description = Client().get("/api/v1/openapi.json").json()
    conforms(description)
    shown = description["components"]["schemas"]
    assert {"PublishedCase", "OwnCase", "Sheet", "Identifier", "Problem"} <= set(shown)
    parameters = {one["name"] for one in description["paths"]["/api/v1/cases"]["get"]["parameters"]}
    assert {"category", "text", "identifier", "cursor", "limit"} <= parameters


def test_what_is_served_has_exactly_the_members_that_are_described(cast: Cast, ask: Callable[..., Any]) -> None:
    reference = published(cast)
    described = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]["PublishedCase"]
    served = ask(f"cases/{reference}").json()
    assert set(served) == set(described["properties"])
    assert set(served["goods"][0]) == set(described["properties"]["goods"]["items"]["properties"])


def test_words_of_a_search_are_not_kept_in_clear(cast: Cast, ask: Callable[..., Any]) -> None:
    ask("cases?text=Kwame+Mensah&category=TOB")
    with acting_as(cast.rosa):
        facts = [event.facts for event in Event.unguarded.filter(verb=Verb.RELEASED_SEARCHED)]
    assert "Mensah" not in repr(facts)
    assert facts[-1]["criteria"]["category"] == "TOB"


@pytest.mark.parametrize("path", ["cases?text=%00", "cases?category=T%00B", "cases?locode=%00", "cases/%00"])
def test_a_character_that_no_text_can_hold_is_refused(ask: Callable[..., Any], path: str) -> None:
    assert ask(path).status_code in {400, 404}


def test_an_unforeseen_error_leaves_no_identity_behind(
    cast: Cast, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = {"Authorization": f"Bearer {key_of(head)}"}

    def broken(*args: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("cen.api.published.search", broken)
        client = Client(raise_request_exception=False)
        assert client.get("/api/v1/cases", headers=header).status_code == 500
    assert getattr(connection, "opencen_actor", None) is None
    assert Client().get("/api/v1/cases", headers=header).status_code == 200
