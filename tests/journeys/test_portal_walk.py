"""The main job by the portal's pages, without JavaScript: forms and links only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.access.row_security import acting_as
from alerts.fanout import fan_out_next
from cen.models import Case, ReleasedCase
from tests.access.test_urls import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ANSWERS = {
    "seizure_date": "2026-10-19",
    "location_type": "SP",
    "locode": "ghtem",
    "direction": "IM",
    "category": "TOB",
    "goods_type": "CIG-W",
    "quantity": "500",
    "unit": "PACK20",
    "departure": "NL",
    "destination": "GH",
    "container": "TGHU 123456-7",
    "narrative_public": "Behind <script>tyres</script>.",
}


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, name
    return found[1]


def recorded(client: Client, **changes: str) -> str:
    answer = client.post("/cases/new", ANSWERS | changes)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_from_the_officers_form_to_the_other_inbox(cast: Cast) -> None:
    alice, amira, rosa, mallory = (signed_in(f"{n}@example.org") for n in ("alice", "amira", "rosa", "mallory"))
    address = recorded(alice)
    read = alice.get(address)
    assert "Behind &lt;script&gt;tyres" in read.content.decode()
    send = alice.get(f"{address}/send")
    assert alice.post(f"{address}/send", {"revision": hidden(send, "revision")}).status_code == 302
    look = amira.get(f"{address}/release")
    assert amira.post(f"{address}/release", {"seen_hash": hidden(look, "seen_hash")}).status_code == 302
    queue = rosa.get("/validation").content.decode()
    decide = re.search(r'href="(/validation/[^"]+)"', queue)
    assert decide
    seen = hidden(rosa.get(decide[1]), "seen_hash")
    assert rosa.post(decide[1], {"seen_hash": seen, "verdict": "accepted"}).status_code == 302
    while fan_out_next():
        pass
    inbox = mallory.get("/inbox").content.decode()
    reference = re.search(r'href="/inbox/([^"]+)" class="unread"><bdi dir="auto">GH-\d{4}-\d{6}', inbox)
    assert reference
    assert "it departed from you" in inbox
    assert mallory.post(f"/inbox/{reference[1]}/read").status_code == 302
    page = mallory.get(f"/inbox/{reference[1]}", follow=True)
    assert page.status_code == 200
    assert "TGHU" not in page.content.decode()
    assert "19 Oct 2026" in page.content.decode()
    assert "Mark as read" not in mallory.get("/inbox").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": "-5"}, "less than zero"),
        ({"quantity": "1e999"}, "too large"),
        ({"goods_type": "COC"}, "another category"),
        ({"unit": ""}, "Choose the unit"),
        ({"seizure_date": "2026-02-30"}, "valid date"),
        ({"category": "<b>"}, "valid choice"),
    ],
)
def test_a_wrong_answer_is_shown_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    answer = signed_in("alice@example.org").post("/cases/new", ANSWERS | changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert "TGHU 123456-7" in page
    with acting_as(cast.alice):
        assert Case.unguarded.count() == 0


def test_a_stale_form_is_told_and_does_not_overwrite(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = recorded(alice)
    revision = hidden(alice.get(f"{address}/edit"), "revision")
    assert alice.post(f"{address}/edit", ANSWERS | {"revision": revision, "locode": "GHTKD"}).status_code == 302
    stale = alice.post(f"{address}/edit", ANSWERS | {"revision": revision, "locode": "GHACC"})
    assert stale.status_code == 409
    with acting_as(cast.alice):
        assert Case.unguarded.get().locode == "GHTKD"


def test_what_belongs_to_others_is_absent_and_what_is_not_ones_office_is_refused(cast: Cast) -> None:
    address = recorded(signed_in("alice@example.org"))
    for stranger in ("mallory", "rosa", "sam", "bob"):
        client = signed_in(f"{stranger}@example.org")
        for page in (address, f"{address}/edit", f"{address}/send", f"{address}/release"):
            assert client.get(page).status_code == 404, (stranger, page)
            assert client.post(page).status_code in {404, 405}, (stranger, page)
    assert signed_in("alice@example.org").get(f"{address}/release").status_code == 403
    assert signed_in("dora@example.org").get("/cases/new").status_code == 403


def test_a_waiting_version_can_not_be_reached_by_the_published_address(cast: Cast) -> None:
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    address = recorded(alice)
    alice.post(f"{address}/send", {"revision": "1"})
    look = amira.get(f"{address}/release")
    amira.post(f"{address}/release", {"seen_hash": hidden(look, "seen_hash")})
    with acting_as(cast.amira):
        reference = ReleasedCase.unguarded.get().reference
    for person in ("mallory", "alice", "rosa"):
        assert signed_in(f"{person}@example.org").get(f"/published/{reference}").status_code == 404
    assert signed_in("mallory@example.org").get("/published?category=TOB").status_code == 200
    assert signed_in("mallory@example.org").get("/published?colour=red").status_code == 400


def test_browsers_send_their_origin_with_our_own_forms() -> None:
    # Under "no-referrer" they send `Origin: null`, and every form of ours would be refused.
    assert Client().get("/sign-in")["Referrer-Policy"] == "same-origin"
