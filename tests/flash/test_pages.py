"""Flashes by their pages, for machines, and the way from issuing to the all-clear."""

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
from cen.actions import flash as flashing
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person
from tests.flash.flashed import a_contact, draft_to, escalate_all, issued, time_passes
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def hidden_fields(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def machine(actor: Actor, *scopes: Scope) -> Any:
    with transaction.atomic(), acting_as(actor):
        key = issue_key(actor, name="system", scopes=scopes)[1]
    return lambda path: Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})


def test_from_issuing_over_escalation_and_update_to_the_all_clear_by_pages_alone(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    a_contact(ncp, 1, office_name="Operations room", phone="+221 33 800 0000")
    rosa, amira, bob = (signed_in(f"{name}@example.org") for name in ("rosa", "alice", "bob"))
    three = (cast.amira, cast.bob, cast.mallory)
    answers: dict[str, Any] = {
        "kind": "EXPLOSIVE",
        "title": "Device in a <b>toner</b> cartridge",
        "what": "Organic mass and a circuit.",
        "actions": ["DNL", "NOTOPEN"],
        "waybills": "125-12345675",
        "tlp": "AMBER",
        "acknowledge_within": "15",
        "administrations": [str(one.administration_id) for one in three],
        "act": "look",
    }
    wrong = rosa.post("/flashes/new", answers | {"what": "Sent by Golden Star Trading Ltd."})
    assert wrong.status_code == 422
    assert "send it as a sealed message" in wrong.content.decode()
    look = rosa.post("/flashes/new", answers).content.decode()
    assert "Device in a &lt;b&gt;toner" in look
    assert "Issue the flash" in look
    sent: dict[str, Any] = dict(hidden_fields(look))
    stale = rosa.post("/flashes/new", sent | {"act": "issue", "title": "Other"})
    assert stale.status_code == 409
    made = rosa.post("/flashes/new", sent | {"act": "issue"})
    assert made.status_code == 302
    address = made["Location"]

    key = re.search(r'href="/inbox/([^"]+)" class="unread"', amira.get("/inbox").content.decode())
    assert key
    opened = amira.get(f"/inbox/{key[1]}", follow=True)
    assert opened.redirect_chain[-1][0] == address
    assert "Acknowledge it now" in opened.content.decode()
    assert "Where it stands" not in opened.content.decode()
    assert "Acknowledged for our administration" in amira.post(f"{address}/acknowledge", follow=True).content.decode()
    bob.get(address)
    board = rosa.get(address).content.decode()
    for word in ("Acknowledged: <b>1</b>", "Seen: <b>1</b>", "Not opened: <b>1</b>"):
        assert word in board
    assert "+221 33 800 0000" not in board

    from cen.models import Flash

    with transaction.atomic(), acting_as(cast.rosa):
        flash = Flash.unguarded.get()
    time_passes(flash, 15)
    assert escalate_all() == 2
    board = rosa.get(address).content.decode()
    assert "Escalated: <b>2</b>" in board
    assert "Telephone list" in board
    assert re.search(r"\+221 33 800 0000</bdi> · \d\d:\d\d there now", board)
    late = bob.get(address).content.decode()
    assert "The time to acknowledge is over" in late
    assert "+221 33 800 0000" not in late

    form = rosa.get(f"{address}/update").content.decode()
    assert "A new edition of" in form
    update = answers | {"what": "Sister parcels are on their way."}
    look = rosa.post(f"{address}/update", update).content.decode()
    second = rosa.post(f"{address}/update", dict(hidden_fields(look)) | {"act": "issue"})["Location"]
    assert "There is a later edition" in bob.get(address).content.decode()
    assert "Acknowledge it now" in amira.get(second).content.decode()
    clear = {"kind": "EXPLOSIVE", "title": "Device in a toner cartridge", "what": "Harmless.", "tlp": "AMBER"}
    look = rosa.post(f"{second}/clear", clear | {"act": "look"}).content.decode()
    assert "Nothing is asked" in look
    last = rosa.post(f"{second}/clear", dict(hidden_fields(look)) | {"act": "issue"})["Location"]
    shown = bob.get(last).content.decode()
    assert "All clear" in shown
    assert "Acknowledge for our administration" not in shown
    assert "Told: <b>1</b>" not in rosa.get(last).content.decode()
    assert "Seen: <b>1</b>" in rosa.get(last).content.decode()
    assert rosa.get(f"{last}/update", follow=True).status_code in {200, 409}


def test_a_drill_is_called_one_on_every_page_and_in_every_document(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob, cast.amira, drill=True))
    bob = signed_in("bob@example.org")
    for path in (f"/flashes/{flash.pk}", "/flashes", "/inbox"):
        assert "DRILL: Device in a toner cartridge" in bob.get(path).content.decode(), path
    assert "nothing has happened" in bob.get(f"/flashes/{flash.pk}").content.decode()
    one = machine(cast.amira, Scope.ALERTS_READ)(f"flashes/{flash.reference}").json()
    assert (one["drill"], one["title"][:7], one["reference"][:6]) == (True, "DRILL: ", "DRILL-")
    real = issued(cast.rosa, draft_to(cast.bob))
    assert "DRILL" not in bob.get(f"/flashes/{real.pk}").content.decode()


def test_machines_read_the_standing_edition_and_the_issuer_alone_the_whole_board(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.amira, cast.mallory))
    as_(cast.amira, flashing.acknowledge, flash)
    hilda, nora = seat_person("hilda", "WA", Role.LIAISON_HEAD), seat_person("nora", "NL", Role.NCP)
    binta = seat_person("binta", "SN", Role.NCP)
    amira = machine(cast.amira, Scope.ALERTS_READ)
    [first] = amira("flashes").json()["results"]
    assert (first["reference"], bool(first["acknowledged_at"]), first["drill"]) == (flash.reference, True, False)
    whole = machine(hilda, Scope.ALERTS_READ)(f"flashes/{flash.reference}/board").json()
    assert whole["counts"]["acknowledged"] == 1
    assert {one["administration"]: one["standing"] for one in whole["results"]} == {
        "GH": "acknowledged",
        "NL": "open",
    }
    own = machine(nora, Scope.ALERTS_READ)(f"flashes/{flash.reference}/board").json()
    assert [one["administration"] for one in own["results"]] == ["NL"]
    stranger = machine(binta, Scope.ALERTS_READ)
    assert stranger("flashes").json() == {"results": [], "next": None}
    for path in (f"flashes/{flash.reference}", f"flashes/{flash.reference}/board"):
        assert stranger(path).status_code == 404
        assert machine(cast.amira, Scope.REFERENCE_READ)(path).status_code == 403
    assert amira("flashes?colour=red").status_code == 400


def test_whom_it_does_not_name_gets_404_and_who_may_not_issue_403(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob))
    for name in ("alice", "amira", "ravi", "sam", "dora", "mallory"):
        client = signed_in(f"{name}@example.org")
        assert client.get(f"/flashes/{flash.pk}").status_code == 404, name
        assert client.post(f"/flashes/{flash.pk}/acknowledge").status_code in {403, 404}, name
        assert client.get(f"/flashes/{flash.pk}/clear").status_code == 404, name
    assert signed_in("alice@example.org").get("/flashes/new").status_code == 403
    assert signed_in("amira@example.org").get("/flashes/new").status_code == 200


def test_the_contact_point_keeps_the_list_by_its_page(cast: Cast) -> None:
    amira, alice = signed_in("amira@example.org"), signed_in("alice@example.org")
    answers = {"office_name": "Operations room", "phone": "+233 30 200 0001", "time_zone": "Africa/Accra"}
    assert "Nobody is on the list" in amira.get("/flashes/contacts").content.decode()
    wrong = amira.post("/flashes/contacts", answers | {"phone": "call us"})
    assert wrong.status_code == 422
    assert "Write the number with +" in wrong.content.decode()
    assert amira.post("/flashes/contacts", answers).status_code == 302
    assert amira.post("/flashes/contacts", answers | {"office_name": "Airport"}).status_code == 302
    page = amira.get("/flashes/contacts").content.decode()
    up = re.search(r'action="(/flashes/contacts/\d+/up)"', page)
    assert up
    assert amira.post(up[1]).status_code == 302
    page = alice.get("/flashes/contacts").content.decode()
    assert page.index("Airport") < page.index("Operations room")
    assert "Add a contact" not in page
    assert alice.post(up[1]).status_code in {403, 404}
    assert signed_in("mallory@example.org").post(up[1]).status_code in {403, 404}
