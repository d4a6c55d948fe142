"""The pages of persons and companies, without JavaScript: purpose first, look up before typing, nothing lost."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.sign_in.finish import STEPPED_UP
from audit.models import Event
from cen.lifecycle import CaseState
from cen.models import Case, CaseParty, Party
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.nominal.people import COMPANY, KWABENA, WHY, as_, kwabena
from tests.records import a_case

pytestmark = pytest.mark.django_db
PURPOSE = {"code": WHY.code, "text": WHY.text}


def words(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def opened_for(name: str, case: Case) -> Client:
    """A browser of the person in which a purpose was stated for the case."""
    client, address = signed_in(f"{name}@example.org"), f"/cases/{case.pk}/parties"
    asked = client.get(address)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/purpose?about=case")
    answer = client.post("/purpose", PURPOSE | {"about": f"case:{case.pk}", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)
    return client


def test_a_purpose_is_asked_first_and_one_that_tells_or_says_nothing_is_not_taken(cast: Cast) -> None:
    case = a_case(cast.alice)
    client = signed_in("alice@example.org")
    for text in ("short", "Look at passport G4418802 again please"):
        page = client.post("/purpose", {"code": "RISK", "text": text, "about": f"case:{case.pk}"})
        assert page.status_code == 200
        assert 'aria-invalid="true"' in words(page)
        assert client.get(f"/cases/{case.pk}/parties").status_code == 302
    assert opened_for("alice", case).get(f"/cases/{case.pk}/parties").status_code == 200


def test_a_purpose_for_one_case_opens_no_other_and_no_other_persons(cast: Cast) -> None:
    one, other = a_case(cast.alice), a_case(cast.alice)
    client = opened_for("alice", one)
    assert client.get(f"/cases/{one.pk}/parties").status_code == 200
    assert client.get(f"/cases/{other.pk}/parties").status_code == 302
    assert signed_in("amira@example.org").get(f"/cases/{one.pk}/parties").status_code == 302


def test_a_purpose_that_names_the_person_is_asked_anew(cast: Cast) -> None:
    case = a_case(cast.alice)
    as_(cast.alice, link_one, case)
    client = signed_in("alice@example.org")
    client.post("/purpose", {"code": "RISK", "text": "About Ofosu and the lorry", "about": f"case:{case.pk}"})
    answer = client.get(f"/cases/{case.pk}/parties")
    assert answer.status_code == 302
    assert "names a person" in words(client.get(answer["Location"]))


def link_one(actor: Any, case: Case) -> CaseParty:
    from cen.actions.parties import link_party, record_party

    party = record_party(actor, "person", KWABENA, purpose=WHY)[0].party
    return link_party(actor, case, party, "DRIVER", purpose=WHY)


def test_look_up_then_record_then_the_next_case_finds_it_known(cast: Cast) -> None:
    first, second = a_case(cast.alice), a_case(cast.alice)
    client = opened_for("alice", first)
    look = {"step": "look", "kind": "person", "lookup": "name", "text": "Kwabena Ofosu-Mensah"}
    page = client.post(f"/cases/{first.pk}/parties/add", look)
    assert "Not known yet" in words(page)
    assert 'value="Kwabena Ofosu-Mensah"' in words(page)
    new = KWABENA | {"step": "new", "kind": "person", "role": "DRIVER"}
    assert client.post(f"/cases/{first.pk}/parties/add", new).status_code == 302
    shown = words(client.get(f"/cases/{first.pk}/parties"))
    for value in ("Kwabena Yaw Ofosu-Mensāh", "G 4418802", "12 Harbour Lane<br>Tema", "Driver", "Ghana", "Passport"):
        assert value in shown

    other = opened_for("amira", second)
    page = other.post(f"/cases/{second.pk}/parties/add", look)
    assert "Already known" in words(page)
    assert first.reference in words(page)
    party = re.search(r'name="party" value="([^"]+)"', words(page))
    assert party
    link = {"step": "link", "party": party[1], "role": "MULE"}
    assert other.post(f"/cases/{second.pk}/parties/add", link | {"role": ""}).status_code == 422
    assert other.post(f"/cases/{second.pk}/parties/add", link).status_code == 302
    with acting_as(cast.alice):
        assert Party.unguarded.count() == 1
        assert CaseParty.unguarded.count() == 2


def test_recording_the_same_person_again_is_noticed_and_needs_a_word(cast: Cast) -> None:
    case = a_case(cast.alice)
    kwabena(cast.alice)
    client, address = opened_for("alice", case), f"/cases/{case.pk}/parties/add"
    new = KWABENA | {"step": "new", "kind": "person", "role": "DRIVER", "family_name": "Boateng", "aliases": ""}
    page = client.post(address, new)
    assert "Nothing was saved yet" in words(page)
    assert "Boateng" in words(page)
    with acting_as(cast.alice):
        assert Party.unguarded.count() == 1
    assert client.post(address, new | {"anyway": "1"}).status_code == 302
    with acting_as(cast.alice):
        assert Party.unguarded.count() == 2


def test_wrong_answers_keep_what_was_typed(cast: Cast) -> None:
    case = a_case(cast.alice)
    client, address = opened_for("alice", case), f"/cases/{case.pk}/parties/add"
    new = COMPANY | {"step": "new", "kind": "company", "role": "CONSIGNEE"}
    for change in ({"name": ""}, {"role": ""}, {"registration_country": "Atlantis"}, {"note": "x" * 2001}):
        page = client.post(address, new | change)
        assert page.status_code == 422, change
        assert "Dock Road 7" in words(page)
        assert 'aria-invalid="true"' in words(page)
    for odd in ({}, {"step": "new", "kind": "ship"}, {"step": "nothing"}, {"step": "look"}):
        assert client.post(address, odd).status_code in {200, 422}
    for foreign in ("x", "0198f000-0000-7000-8000-000000000000", ""):
        assert client.post(address, {"step": "link", "party": foreign, "role": "MULE"}).status_code == 404
    with acting_as(cast.alice):
        assert Party.unguarded.count() == 0


def test_a_doubtful_number_is_kept_and_said_without_the_number(cast: Cast) -> None:
    case = a_case(cast.alice)
    client = opened_for("alice", case)
    new = COMPANY | {"step": "new", "kind": "company", "role": "CONSIGNEE", "accounts": "GB83 WEST 1234 5698 7654 32"}
    answer = client.post(f"/cases/{case.pk}/parties/add", new, follow=True)
    assert "Bank accounts (IBAN): kept as you wrote it" in words(answer)
    assert "The check digits are 83" in words(client.get(f"/cases/{case.pk}/parties"))


def test_with_a_wrong_installation_key_pages_say_so_and_nothing_leaves_unchecked(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    case = a_case(cast.alice, CaseState.SUBMITTED)
    as_(cast.alice, link_one, case)
    client = opened_for("amira", case)
    assert client.get(f"/cases/{case.pk}/release").status_code == 200
    other = tmp_path / "other.key"
    other.write_text(base64.b64encode(b"k" * 32).decode())
    settings.NOMINAL_KEY_FILE = other
    for address in (f"/cases/{case.pk}/parties", f"/cases/{case.pk}/release"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "of this installation does not fit it" in words(answer)
        assert "Ofosu" not in words(answer)
    assert client.post(f"/cases/{case.pk}/release", {"seen_hash": ""}).status_code == 503


def test_a_stale_edit_shows_what_stands_now_and_keeps_what_was_typed(cast: Cast) -> None:
    case = a_case(cast.alice)
    link = as_(cast.alice, link_one, case)
    client, address = opened_for("alice", case), f"/cases/{case.pk}/parties/{link.party_id}"
    assert 'name="revision" value="1"' in words(client.get(address))
    edit = KWABENA | {"revision": "1", "occupation": "Welder"}
    assert client.post(address, edit).status_code == 302
    stale = client.post(address, edit | {"occupation": "Docker"})
    assert stale.status_code == 409
    assert 'value="Docker"' in words(stale)
    assert "Welder" in words(stale)
    assert 'name="revision" value="2"' in words(stale)
    assert client.post(address, edit | {"occupation": "Docker", "revision": "2"}).status_code == 302
    assert "Docker" in words(client.get(f"/cases/{case.pk}/parties"))
    assert client.post(address, edit | {"revision": "many"}).status_code == 409


def test_identifiers_are_kept_warned_about_and_removed(cast: Cast) -> None:
    case = a_case(cast.alice)
    client, page = opened_for("alice", case), f"/cases/{case.pk}/parties"
    add = f"/cases/{case.pk}/identifiers"
    assert client.post(add, {"kind": "imei", "raw": "490154203237517"}).status_code == 302
    assert client.post(add, {"kind": "plate", "raw": ""}).status_code == 422
    assert client.post(add, {"kind": "container", "raw": "TGHU1234567"}).status_code == 422
    shown = words(client.get(page))
    assert "490154203237517" in shown
    assert "check-amber" in shown
    remove = re.search(rf'action="({add}/\d+/remove)"', shown)
    assert remove
    assert client.post(remove[1]).status_code == 302
    assert "490154203237517" not in words(client.get(page))
    assert client.post(remove[1]).status_code == 404


def test_the_search_page_finds_within_the_administration_and_remembers_why(cast: Cast) -> None:
    case = a_case(cast.alice)
    as_(cast.alice, link_one, case)
    client = signed_in("amira@example.org")
    search = {"lookup": "document", "text": "g4418802", "purpose-code": WHY.code, "purpose-text": WHY.text}
    found = client.post("/parties", search)
    assert "Ofosu-Mensāh" in words(found)
    assert case.reference in words(found)
    party = re.search(r'href="(/parties/[^"]+)"', words(found))
    assert party
    assert case.reference in words(client.get(party[1]))
    assert signed_in("alice@example.org").get(party[1]).status_code == 302
    assert "Not known" in words(signed_in("bob@example.org").post("/parties", search))
    for change in ({"text": ""}, {"text": "--"}, {"lookup": "shoe"}, {"purpose-text": ""}, {"purpose-code": "X"}):
        assert client.post("/parties", search | change).status_code == 422, change
    told = client.post("/parties", search | {"purpose-text": "Passport G4418802 was seen"})
    assert told.status_code == 422


def test_every_page_refuses_who_may_not_see_it(cast: Cast) -> None:
    case = a_case(cast.alice)
    link = as_(cast.alice, link_one, case)
    opened_for("alice", case).post(f"/cases/{case.pk}/identifiers", {"kind": "plate", "raw": "GR 4418-21"})
    home = f"/cases/{case.pk}"
    gets = [f"{home}/parties", f"{home}/parties/add", f"{home}/parties/{link.party_id}", f"/parties/{link.party_id}"]
    posts = [*gets, f"{home}/parties/{link.pk}/unlink", f"{home}/identifiers", f"{home}/identifiers/1/remove"]
    for stranger in ("mallory", "rosa", "ravi", "sam", "bob"):
        client = signed_in(f"{stranger}@example.org")
        assert {client.get(page).status_code for page in gets} == {404}, stranger
        assert {client.post(page).status_code for page in posts} <= {404, 405}, stranger
    dora = signed_in("dora@example.org")
    assert [dora.get(page).status_code for page in gets] == [403, 403, 403, 404]
    assert "Persons and companies" not in words(dora.get(home))
    assert "Persons and companies" in words(signed_in("alice@example.org").get(home))


def test_without_a_fresh_factor_every_page_leads_to_the_second_step(cast: Cast) -> None:
    case = a_case(cast.alice)
    client = signed_in("alice@example.org")
    session = client.session
    session[STEPPED_UP] = 0.0
    session.save()
    for page in (f"/cases/{case.pk}/parties", "/parties"):
        assert client.get(page)["Location"].startswith("/step-up"), page
    assert client.post("/parties", {})["Location"].startswith("/step-up")
    typed = KWABENA | {"step": "new", "kind": "person", "role": "DRIVER", "note": 'Said "yes" & <left>'}
    kept = client.post(f"/cases/{case.pk}/parties/add", typed)
    assert kept.status_code == 403
    form = words(kept)
    for value in (KWABENA["family_name"], KWABENA["document_number"], "Said &quot;yes&quot; &amp; &lt;left&gt;"):
        assert value in form
    assert f'action="/cases/{case.pk}/parties/add"' in form
    assert "12 Harbour Lane\nTema" in form
    with acting_as(cast.alice):
        assert not Event.unguarded.filter(verb__startswith="party.").exists()
