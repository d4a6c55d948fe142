"""Warning notices by their pages and for machines."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue as issue_key
from accounts.actor import Actor
from accounts.roles import Role
from accounts.scopes import Scope
from alerts.models import Alert
from cen.actions import warn
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import fan_out_all
from tests.cast import Cast, seat_person
from tests.cen.warned import draft_to, issued, tomorrow
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def hidden_fields(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def test_from_the_form_to_the_acknowledgement_by_pages_alone(cast: Cast) -> None:
    rosa, bob = signed_in("rosa@example.org"), signed_in("bob@example.org")
    answers: dict[str, Any] = {
        "title": "Cartons <b>behind</b> tyres",
        "what": "Ask for kwame@example.org.",
        "urgency": "PRIORITY",
        "tlp": "AMBER",
        "categories": ["TOB"],
        "administrations": [str(cast.bob.administration_id), str(cast.mallory.administration_id)],
        "acknowledge_by": f"{tomorrow():%Y-%m-%dT%H:%M}",
        "act": "look",
    }
    wrong = rosa.post("/warnings/new", answers | {"hs_codes": "24x"})
    assert wrong.status_code == 422
    assert "HS headings have 2, 4 or 6 digits." in wrong.content.decode()
    assert "Ask for kwame" in wrong.content.decode()
    look = rosa.post("/warnings/new", answers).content.decode()
    assert "Cartons &lt;b&gt;behind" in look
    sent: dict[str, Any] = dict(hidden_fields(look))
    assert sent["categories"] == ["TOB"]
    back = rosa.post("/warnings/new", sent | {"act": "change"}).content.decode()
    assert "Ask for kwame" in back
    stopped = rosa.post("/warnings/new", sent | {"act": "issue"})
    assert stopped.status_code == 422
    assert "Take it out, or say in at least 10 characters why it may stay." in stopped.content.decode()
    place = re.search(r'name="(reason:[^"]+)"', look)
    assert place
    reason = {place[1]: "It is a mailbox of the office."}
    stale = rosa.post("/warnings/new", sent | reason | {"act": "issue", "title": "Other"})
    assert stale.status_code == 409
    assert "It changed since you looked" in stale.content.decode()
    assert rosa.post("/warnings/new", sent | reason | {"act": "issue"}).status_code == 302
    fan_out_all()
    key = re.search(r'href="/inbox/([^"]+)" class="unread"', bob.get("/inbox").content.decode())
    assert key
    page = bob.get(f"/inbox/{key[1]}", follow=True)
    address = page.redirect_chain[-1][0]
    assert "Please acknowledge it" in page.content.decode()
    assert "Who took note" not in page.content.decode()
    done = bob.post(f"{address}/acknowledge", follow=True).content.decode()
    assert "Acknowledged for our administration" in done
    shown = rosa.get(address).content.decode()
    assert "1 of 2" in shown
    assert "Bob," in shown
    assert "Cartons &lt;b&gt;behind" in rosa.get("/warnings").content.decode()


def test_the_list_shows_where_a_warning_stands_with_us(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.bob))
    bob = signed_in("bob@example.org")
    assert "To acknowledge" in bob.get("/warnings").content.decode()
    as_(cast.bob, warn.acknowledge, notice)
    assert "To acknowledge" not in bob.get("/warnings").content.decode()
    assert notice.reference not in bob.get("/warnings?show=issued").content.decode()
    assert bob.get("/warnings?show=all").status_code == 400


def machine(actor: Actor, *scopes: Scope) -> Any:
    with transaction.atomic(), acting_as(actor):
        key = issue_key(actor, name="system", scopes=scopes)[1]
    return lambda path: Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})


def test_machines_of_addressee_and_issuer_read_it_and_only_the_issuer_sees_for_whom(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.amira, cast.mallory))
    as_(cast.amira, warn.acknowledge, notice)
    hilda = seat_person("hilda", "WA", Role.LIAISON_HEAD)
    nora, binta = seat_person("nora", "NL", Role.NCP), seat_person("binta", "SN", Role.NCP)
    amira = machine(cast.amira, Scope.ALERTS_READ)
    first = amira("warnings").json()["results"][0]
    assert first["reference"] == notice.reference
    assert first["issuer"] == {"kind": "liaison_office", "code": "WA"}
    assert first["acknowledged_at"]
    assert first["addressees"] is None
    assert machine(nora, Scope.ALERTS_READ)("warnings").json()["results"][0]["acknowledged_at"] is None
    issuer = machine(hilda, Scope.ALERTS_READ)(f"warnings/{notice.reference}").json()
    assert [(one["administration"], bool(one["acknowledged_at"])) for one in issuer["addressees"]] == [
        ("GH", True),
        ("NL", False),
    ]
    stranger = machine(binta, Scope.ALERTS_READ)
    assert stranger("warnings").json() == {"results": [], "next": None}
    assert stranger(f"warnings/{notice.reference}").status_code == 404
    assert machine(cast.amira, Scope.REFERENCE_READ)("warnings").status_code == 403
    assert amira("warnings?colour=red").status_code == 400


def test_the_machines_list_pages_without_gap(cast: Cast) -> None:
    made = [issued(cast.rosa, draft_to(cast.amira, title=f"Cartons {n}")).reference for n in range(3)][::-1]
    ask, seen, path = machine(cast.amira, Scope.ALERTS_READ), [], "warnings?limit=2"
    while path:
        answer = ask(path).json()
        seen += [one["reference"] for one in answer["results"]]
        path = (answer["next"] or "").partition("/api/v1/")[2]
    assert seen == made
    assert ask("warnings?cursor=xyz").status_code == 400


def test_an_alert_of_a_warning_is_the_officers_own(cast: Cast) -> None:
    issued(cast.rosa, draft_to(cast.bob))
    fan_out_all()
    with transaction.atomic(), acting_as(cast.bob):
        assert set(Alert.unguarded.values_list("officer_id", flat=True)) == {cast.bob.officer_id}
