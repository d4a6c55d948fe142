"""The ordered pull of alerts: complete, in order, one's own desk's only, and clear about what it can't read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.scopes import Scope
from tests.alerts.inboxes import an_alert
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def key_of(actor: Actor) -> str:
    with transaction.atomic(), acting_as(actor):
        return issue(actor, name="agent", scopes=(Scope.ALERTS_READ,))[1]


def ask(key: str, address: str = "/api/v1/alerts") -> Any:
    return Client().get(address, headers={"Authorization": f"Bearer {key}"})


def test_whoever_follows_the_pages_gets_every_alert_once_in_the_order_of_numbers(cast: Cast) -> None:
    made = []
    for _ in range(5):
        made.append(an_alert(cast.amira).number)
        an_alert(cast.bob)
        an_alert(cast.amira, personal=True)
    key, seen, address = key_of(cast.amira), [], "/api/v1/alerts?limit=2"
    while address:
        answer = ask(key, address)
        body = answer.json()
        seen += [one["number"] for one in body["results"]]
        assert body["after"] == seen[-1]
        assert answer.headers.get("Link") == (f'<{body["next"]}>; rel="next"' if body["next"] else None)
        address = body["next"]
    assert seen == made


def test_behind_the_last_one_there_is_nothing_and_the_place_is_kept(cast: Cast) -> None:
    last = an_alert(cast.amira).number
    assert ask(key_of(cast.amira), f"/api/v1/alerts?after={last}").json() == {
        "results": [],
        "after": last,
        "next": None,
    }


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=1.5", "after=%C2%B2", f"after={2**63}", "limit=0", "limit=501", "since=1"]
)
def test_what_can_not_be_read_is_refused_with_a_sentence(cast: Cast, query: str) -> None:
    answer = ask(key_of(cast.amira), f"/api/v1/alerts?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"parameter_unreadable", "parameter_unknown"}
