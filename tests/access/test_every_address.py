"""Every address with an object, asked by every person for every object of its kind, answers as its rule says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.access.checks import declared_views, third_party
from accounts.access.declaration import Declaration
from accounts.access.policy import Policy
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor
from tests.access.objects import one_of_each
from tests.access.test_urls import signed_in
from tests.cast import SEATS, Cast

pytestmark = pytest.mark.django_db
# A look is answered, or leads to what it needs first (a purpose, another form of the page).
SEEN = {200, 302}
# Done, or the empty form was refused with what is missing.
FINE = {200, 302, 400, 409, 422}


def pages_with_an_object() -> Iterator[tuple[str, Declaration]]:
    for route, view, declaration in declared_views():
        if declaration and declaration.load and not third_party(view):
            yield route, declaration


def address(route: str, declaration: Declaration, subject: Any) -> str | None:
    """The address that names the object; None where the route has a further part that only some objects have."""
    value = subject
    for name in declaration.by.split("__"):
        value = getattr(value, name)
    filled = re.sub(rf"<(\w+:)?{declaration.load}>", str(value), route)
    return None if "<" in filled else f"/{filled}"


def expected(actor: Actor, declaration: Declaration, subject: Any, method: str) -> set[int]:
    policy: Policy[Any] = policy_for(type(subject))
    with acting_as(actor):
        seen = policy.visible_to(actor, declaration.within).filter(pk=subject.pk).exists()
    if not seen:
        return {404}
    refusal = policy.refusal(actor, declaration.actions[method], subject)
    if refusal is None:
        return SEEN if method in {"GET", "HEAD"} else FINE
    # To change it the row is locked first, and the second wall locks no row that its reader may not change.
    return {refusal.status} if method in {"GET", "HEAD"} else {refusal.status, 404}


@pytest.mark.parametrize("name", SEATS)
def test_every_person_gets_for_every_object_what_the_rule_says(cast: Cast, name: str) -> None:
    table, client, actor = one_of_each(cast), signed_in(f"{name}@example.org"), cast.everybody()[name]
    wrong, asked = [], 0
    for route, declaration in pages_with_an_object():
        assert declaration.object in table, f"/{route}: tests/access/objects.py has no {declaration.object}"
        for subject in table[declaration.object]:
            path = address(route, declaration, subject)
            for method in declaration.actions if path else ():
                wanted = expected(actor, declaration, subject, method)
                answer = ask(client, method, str(path))
                # A page that takes no form, or nothing else, says so before it looks for anything.
                if answer != 405 and answer not in wanted:
                    wrong.append((method, path, answer, wanted))
                asked += 1
    assert wrong == []
    assert asked > 60


def ask(client: Client, method: str, path: str) -> int:
    """The status of the answer; what it changed is taken back."""
    with transaction.atomic():
        status = client.generic(method, path, b"", content_type="application/x-www-form-urlencoded").status_code
        transaction.set_rollback(True)
    return int(status)


def test_nobody_signed_out_gets_past_the_sign_in_page(cast: Cast) -> None:
    table = one_of_each(cast)
    for route, declaration in pages_with_an_object():
        for subject in table[declaration.object][:1]:  # type: ignore[index]
            if path := address(route, declaration, subject):
                answer = Client().get(path)
                assert answer.status_code == 302
                assert answer["Location"].startswith(reverse("sign_in"))
