"""The acts by their pages: offered to whom they belong, refused to others, with what was typed kept."""

from __future__ import annotations

import re

import pytest

from accounts.access.row_security import acting_as
from accounts.models import Administration
from accounts.roles import Role
from cen.models import Case, ReleasedCase
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person
from tests.journeys.test_portal_walk import ANSWERS, hidden, recorded

pytestmark = pytest.mark.django_db
ACTS = {"edit", "send", "check", "release", "send-back", "keep", "recall", "correct", "abandon", "withdraw", "discard"}


def offered(name: str, address: str) -> list[str]:
    """The acts that the case's page offers the person, by the last word of their addresses."""
    page = signed_in(f"{name}@example.org").get(address).content.decode()
    head = page[page.index("page-actions") : page.index("</main>")]
    acts = re.findall(rf'class="button[^"]*" href="{address}/([a-z-]+)"', head)
    return [act for act in acts if act in ACTS]


def sent(cast: Cast) -> str:
    alice = signed_in("alice@example.org")
    address = recorded(alice)
    assert alice.post(f"{address}/send", {"revision": "1"}).status_code == 302
    return address


def published(cast: Cast) -> str:
    address, amira, rosa = sent(cast), signed_in("amira@example.org"), signed_in("rosa@example.org")
    seen = hidden(amira.get(f"{address}/release"), "seen_hash")
    assert amira.post(f"{address}/release", {"seen_hash": seen}).status_code == 302
    with acting_as(cast.rosa):
        waiting = ReleasedCase.unguarded.get()
    answer = rosa.post(f"/validation/{waiting.pk}", {"seen_hash": seen, "verdict": "accepted"})
    assert answer.status_code == 302
    return address


def test_each_person_is_offered_what_the_state_and_the_role_allow(cast: Cast) -> None:
    address = recorded(signed_in("alice@example.org"))
    assert offered("alice", address) == ["edit", "send", "discard"]
    assert offered("dora", address) == []
    signed_in("alice@example.org").post(f"{address}/send", {"revision": "1"})
    assert offered("alice", address) == []
    assert offered("amira", address) == ["release", "send-back", "keep"]
    amira = signed_in("amira@example.org")
    seen = hidden(amira.get(f"{address}/release"), "seen_hash")
    amira.post(f"{address}/release", {"seen_hash": seen})
    assert offered("amira", address) == ["recall"]


def test_a_published_case_offers_correction_and_withdrawal(cast: Cast) -> None:
    address = published(cast)
    assert offered("alice", address) == ["correct"]
    assert offered("amira", address) == ["correct", "withdraw"]
    alice = signed_in("alice@example.org")
    refused = alice.post(f"{address}/correct", {"reason": ""})
    assert refused.status_code == 422
    assert "Choose a reason" in refused.content.decode()
    assert alice.post(f"{address}/correct", {"reason": "MORE"}).status_code == 302
    assert offered("alice", address) == ["edit", "send", "abandon"]
    assert alice.post(f"{address}/abandon", {"revision": "1"}).status_code == 302
    amira = signed_in("amira@example.org")
    assert amira.post(f"{address}/withdraw", {"reason": "NOOFFENCE"}).status_code == 302
    page = amira.get(address).content.decode()
    assert "No offence was found" in page
    assert offered("amira", address) == []


def test_the_note_of_a_case_sent_back_is_shown_to_the_officer(cast: Cast) -> None:
    address = sent(cast)
    amira = signed_in("amira@example.org")
    empty = amira.post(f"{address}/send-back", {"note": ""})
    assert empty.status_code == 422
    assert amira.post(f"{address}/send-back", {"note": "Weigh <b>again</b>."}).status_code == 302
    page = signed_in("alice@example.org").get(address).content.decode()
    assert "Weigh &lt;b&gt;again" in page
    assert "Sent back to the officer" in page


def test_a_returned_case_shows_the_reasons_and_words_of_the_liaison_office(cast: Cast) -> None:
    address, amira, rosa = sent(cast), signed_in("amira@example.org"), signed_in("rosa@example.org")
    seen = hidden(amira.get(f"{address}/release"), "seen_hash")
    amira.post(f"{address}/release", {"seen_hash": seen})
    with acting_as(cast.rosa):
        waiting = ReleasedCase.unguarded.get()
    answers = {"seen_hash": seen, "verdict": "returned", "reasons": ["route"], "text": "Which port of departure?"}
    assert rosa.post(f"/validation/{waiting.pk}", answers).status_code == 302
    page = signed_in("alice@example.org").get(address).content.decode()
    assert "Which port of departure?" in page
    assert "Unclear route" in page
    assert "Alice" in page
    assert "Rosa" not in page


def test_the_check_is_a_page_of_the_supervisor(cast: Cast) -> None:
    Administration.unguarded.filter(code="GH").update(requires_check=True)
    seat_person("sofia", "GH", Role.SUPERVISOR)
    address = sent(cast)
    assert offered("sofia", address) == ["check", "send-back"]
    assert signed_in("alice@example.org").get(f"{address}/check").status_code == 403
    sofia = signed_in("sofia@example.org")
    stale = sofia.post(f"{address}/check", {"revision": "7"})
    assert stale.status_code == 409
    page = sofia.get(f"{address}/check")
    assert sofia.post(f"{address}/check", {"revision": hidden(page, "revision")}).status_code == 302
    assert offered("amira", address) == ["release", "send-back", "keep"]


def test_a_leftover_is_asked_for_by_a_field_of_its_own(cast: Cast) -> None:
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    address = recorded(alice, narrative_public="Ask kwame@example.org.")
    alice.post(f"{address}/send", {"revision": "1"})
    page = amira.get(f"{address}/release")
    seen = hidden(page, "seen_hash")
    assert 'name="narrative_public@4"' in page.content.decode()
    refused = amira.post(f"{address}/release", {"seen_hash": seen, "narrative_public@4": "no"})
    assert refused.status_code == 422
    assert "Say why this may stay" in refused.content.decode()
    kept = amira.post(f"{address}/release", {"seen_hash": seen, "narrative_public@4": "A public address"})
    assert kept.status_code == 302
    assert "A public address" in alice.get(address).content.decode()


@pytest.mark.parametrize("act", ["check", "send-back", "keep", "recall", "correct", "abandon", "withdraw", "discard"])
def test_no_act_is_known_outside_the_administration(cast: Cast, act: str) -> None:
    address = recorded(signed_in("alice@example.org"))
    for stranger in ("mallory", "rosa", "sam", "bob"):
        client = signed_in(f"{stranger}@example.org")
        assert client.get(f"{address}/{act}").status_code == 404
        assert client.post(f"{address}/{act}").status_code == 404
    assert signed_in("dora@example.org").post(f"{address}/{act}").status_code == 403
    with acting_as(cast.alice):
        assert Case.unguarded.get().state == "draft"


def test_a_discarded_draft_asks_before_and_stays_readable(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = recorded(alice)
    assert "nobody can send it any more" in alice.get(f"{address}/discard").content.decode()
    assert alice.post(f"{address}/discard").status_code == 302
    assert alice.get(address).status_code == 200
    assert alice.post(f"{address}/edit", ANSWERS | {"revision": "1"}).status_code == 403


def test_the_list_of_own_cases_can_be_narrowed_to_a_state(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    reference = re.compile(r"GH-\d{4}-\d{6}")
    sent(cast)
    assert len(set(reference.findall(alice.get("/cases?state=submitted").content.decode()))) == 1
    assert not reference.findall(alice.get("/cases?state=draft").content.decode())
    assert len(set(reference.findall(alice.get("/cases?state=nonsense").content.decode()))) == 1
