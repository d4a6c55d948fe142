"""Asking, granting, reading and ending by the portal's pages, without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.access.row_security import acting_as
from alerts.fanout import fan_out_next
from cen.models import Disclosure
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.nominal.people import KWABENA, WHY
from tests.nominal.test_disclosures import WISH, a_published_case, granted

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def test_from_the_published_case_to_the_granted_fields_and_their_end(cast: Cast) -> None:
    released = a_published_case(cast)
    bob, amira = signed_in("bob@example.org"), signed_in("amira@example.org")
    published = f"/published/{released.reference}"
    answer = bob.post(f"{published}/ask", WISH)
    assert answer.status_code == 302, words(answer)
    address = answer["Location"]
    while fan_out_next():
        pass
    opened = re.search(r'href="(/inbox/[^"]+)"', words(amira.get("/inbox?show=needs")))
    assert opened
    assert amira.get(opened[1])["Location"] == address
    assert "Read what was granted" not in words(bob.get(address))

    page = words(amira.get(f"{address}/answer"))
    assert "same lorry" in page
    assert re.search(r"Number of the document: G 4418802(?! \(asked)", page)
    keys = re.findall(r'value="((?:p|i)\.[^"]+)"', page)
    names = [key for key in keys if key.endswith(("family_name", "given_names"))]
    until = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    give = {"step": "grant", "chosen": names, "until": until, "conditions": "For this lorry only"}
    wrongs: list[dict[str, Any]] = [
        *({"chosen": []}, {"until": "soon"}, {"chosen": ["p.1.shoe"]}, {"until": "2020-01-01"}),
    ]
    for change in wrongs:
        wrong = amira.post(f"{address}/answer", give | change)
        assert wrong.status_code == 422, change
        assert "For this lorry only" in words(wrong)
    assert amira.post(f"{address}/answer", give).status_code == 302

    assert "Read what was granted" in words(bob.get(address))
    asked = bob.get(f"{address}/content")
    assert asked["Location"].startswith("/purpose?about=disclosure")
    disclosure_id = address.rpartition("/")[2]
    why = {"code": WHY.code, "text": WHY.text, "about": f"disclosure:{disclosure_id}", "next": f"{address}/content"}
    content = words(bob.post("/purpose", why, follow=True))
    assert KWABENA["family_name"] in content
    assert "For this lorry only" in content
    assert "4418802" not in content
    assert WHY.text in words(amira.get(address))
    assert WHY.text in words(signed_in("dora@example.org").get(address))

    assert amira.post(f"{address}/revoke").status_code == 302
    assert bob.get(f"{address}/content").status_code == 403
    ended = words(bob.get(address))
    assert "The copy and its key were destroyed" in ended
    assert "Read what was granted" not in ended


def test_a_refusal_reaches_the_asker_with_its_sentence(cast: Cast) -> None:
    released = a_published_case(cast)
    rosa, amira = signed_in("rosa@example.org"), signed_in("amira@example.org")
    address = rosa.post(f"/published/{released.reference}/ask", WISH)["Location"]
    assert amira.post(f"{address}/answer", {"step": "refuse", "text": "no"}).status_code == 422
    told = amira.post(f"{address}/answer", {"step": "refuse", "text": "Ofosu is none of yours"})
    assert told.status_code == 422
    assert "is not sealed" in words(told)
    answer = {"step": "refuse", "text": "Ask <b>through</b> your court"}
    assert amira.post(f"{address}/answer", answer).status_code == 302
    assert "Ask &lt;b&gt;through&lt;/b&gt; your court" in words(rosa.get(address))
    assert amira.post(f"{address}/answer", answer).status_code == 403


def test_a_wrong_request_keeps_what_was_typed(cast: Cast) -> None:
    released = a_published_case(cast)
    bob = signed_in("bob@example.org")
    wrongs: list[dict[str, Any]] = [
        *({"purpose": ""}, {"legal_basis": "MAGIC"}, {"wanted": []}, {"wanted": ["shoes"]}, {"text": "no"}),
    ]
    for change in wrongs:
        page = bob.post(f"/published/{released.reference}/ask", WISH | change)
        assert page.status_code == 422, change
        if "text" not in change:
            assert WISH["text"] in words(page)
    with acting_as(cast.bob):
        assert Disclosure.unguarded.count() == 0


def test_every_page_is_absent_to_whom_it_does_not_concern(cast: Cast) -> None:
    disclosure = granted(cast)
    home = f"/disclosures/{disclosure.pk}"
    for stranger in ("alice", "rosa", "ravi", "sam", "mallory"):
        client = signed_in(f"{stranger}@example.org")
        for page in (home, f"{home}/answer", f"{home}/content"):
            assert client.get(page).status_code == 404, (stranger, page)
        for page in (f"{home}/answer", f"{home}/revoke"):
            assert client.post(page).status_code == 404, (stranger, page)
    for name, page in (("bob", "answer"), ("dora", "answer"), ("dora", "content"), ("amira", "content")):
        assert signed_in(f"{name}@example.org").get(f"{home}/{page}").status_code == 403, (name, page)
    for name in ("bob", "dora"):
        assert signed_in(f"{name}@example.org").post(f"{home}/revoke").status_code == 403
    with acting_as(cast.amira):
        reference = disclosure.released_case.reference
    assert signed_in("amira@example.org").get(f"/published/{reference}/ask").status_code == 403


def test_lists_lead_there(cast: Cast) -> None:
    disclosure = granted(cast)
    for name in ("amira", "dora", "bob"):
        assert str(disclosure.pk) in words(signed_in(f"{name}@example.org").get("/disclosures"))
    for name in ("alice", "rosa", "mallory"):
        assert str(disclosure.pk) not in words(signed_in(f"{name}@example.org").get("/disclosures"))
