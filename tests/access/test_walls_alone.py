"""With every policy forced to say yes, the database still yields no foreign nominal row and no unreleased case."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.access.checks import declared_views, third_party
from accounts.access.guarded import GuardedQuerySet
from accounts.access.policy import Policy
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.roles import Role
from accounts.scopes import Scope
from cen.actions.record import record, submit
from cen.actions.release import preview, release
from cen.models import Case, Party, ReleasedCase
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, cigarettes
from tests.records import a_case, a_party

pytestmark = pytest.mark.django_db
CANARY = "canary-of-home"
STRANGERS = ("bob", "mallory", "ravi", "sam")
# Who is who is open to every seat; postings, invitations and credentials are read before anybody is signed in.
OPEN_DIRECTORY = {
    "accounts_apicredential",
    "accounts_invitation",
    "accounts_liaisonofficemembership",
    "accounts_office",
    "accounts_posting",
}
# Keys whose values we give ourselves: nobody can try a value of his own against them.
GIVEN_BY_US = {
    'cen_importrow (batch_id, "row")',
    "cen_releasedcase (reference, edition)",
    "cen_releasedcase (reference) WHERE ((state)::text = 'published'::text)",
    "cen_releasedcase (sequence)",
    "cen_case (reference)",
    "alerts_alert (number)",
    "cen_warningnotice (reference)",
    "cen_warningnotice (follows_id)",
    "cen_flash (reference, edition)",
    "cen_flash (follows_id)",
    "cen_flashescalation (addressee_id, step)",
}


@pytest.fixture
def at_home(cast: Cast) -> list[str]:
    """What must not be seen elsewhere: words and references of Alice's draft and of a version that waits."""
    draft = as_(cast.alice, record, cigarettes(narrative_public=f"{CANARY} in a draft"))[0]
    other = {
        "seizure_date": date(2026, 9, 1),
        "identifiers": [],
        "narrative_public": f"{CANARY} in a version that waits",
    }
    waiting = as_(cast.alice, record, cigarettes(**other))[0]
    as_(cast.alice, submit, waiting, revision=1)
    seen = as_(cast.amira, preview, waiting)
    as_(cast.amira, release, waiting, seen_hash=seen.content_hash)
    return [CANARY, draft.reference, waiting.reference]


@pytest.fixture
def forced_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy kernel returns everything and refuses nothing, as if each of its rules were wrong."""

    def all_rows(self: Policy[Any], actor: Actor, action: Any = None) -> GuardedQuerySet[Any]:
        rows: GuardedQuerySet[Any] = self.model.objects.all().cleared_by_policy()  # type: ignore[attr-defined]
        return rows

    monkeypatch.setattr(Policy, "visible_to", all_rows)
    monkeypatch.setattr(Policy, "refusal", lambda *args: None)
    monkeypatch.setattr(Policy, "require", lambda *args: None)
    monkeypatch.setattr(Policy, "allows", lambda *args: True)
    monkeypatch.setattr(Policy, "possible", lambda *args: None)


def addresses(keys: list[str]) -> list[str]:
    """Every address that shows something, with every key put where an object is named."""
    found = []
    for route, view, declaration in declared_views():
        if declaration is None or declaration.is_public or third_party(view) or "GET" not in declaration.actions:
            continue
        named = re.findall(r"<[^>]+>", route)
        found += [f"/{route}"] if not named else [f"/{re.sub(named[0], key, route)}" for key in keys]
    return [one for one in found if "<" not in one]


def everything_shown(client: Client, keys: list[str], **headers: str) -> tuple[str, int]:
    """The text of every address that answers, and how many did."""
    texts = []
    for path in addresses(keys):
        with transaction.atomic():
            answer = client.get(path, headers=headers)
            transaction.set_rollback(True)
        # A kernel that says yes to nonsense may run into errors; what counts is what is shown.
        texts.append(f"{path}\n{answer.content.decode(errors='replace')}" if answer.status_code == 200 else "")
    return "\n".join(texts), sum(1 for one in texts if one)


def test_no_page_shows_it_to_strangers(cast: Cast, at_home: list[str], forced_open: None) -> None:
    keys = keys_of(cast)
    for name in STRANGERS:
        client = signed_in(f"{name}@example.org")
        client.raise_request_exception = False
        text, answered = everything_shown(client, keys)
        assert answered > 5, name
        for word in at_home:
            # An address that was asked for may be repeated; what stands behind it may not be shown.
            assert word not in re.sub(r"(?m)^/.*$", "", text), (name, word)


def test_no_answer_of_the_api_shows_it_to_strangers(
    cast: Cast, at_home: list[str], request: pytest.FixtureRequest
) -> None:
    keys = keys_of(cast)
    nora, hugo = seat_person("nora", "NL", Role.NCP), seat_person("hugo", "AP", Role.LIAISON_HEAD)
    tokens = []
    for actor, scopes in ((nora, tuple(Scope)), (hugo, (Scope.PUBLISHED_READ, Scope.IDENTIFIERS_READ))):
        with transaction.atomic(), acting_as(actor):
            tokens.append(issue(actor, name="system", scopes=scopes)[1])
    request.getfixturevalue("forced_open")
    for token in tokens:
        client = Client(raise_request_exception=False)
        text, answered = everything_shown(client, keys, Authorization=f"Bearer {token}")
        assert answered >= 5
        for word in at_home:
            assert word not in re.sub(r"(?m)^/.*$", "", text)


def test_its_owner_sees_it_so_the_canary_is_no_phantom(cast: Cast, at_home: list[str], forced_open: None) -> None:
    client = signed_in("alice@example.org")
    client.raise_request_exception = False
    text, _ = everything_shown(client, keys_of(cast))
    for word in at_home:
        assert word in text


def test_no_row_of_a_case_or_a_party_comes_out(cast: Cast, at_home: list[str], forced_open: None) -> None:
    a_party(cast.alice)
    for name in (*STRANGERS, "rosa"):
        actor = cast.everybody()[name]
        with acting_as(actor):
            assert list(policy_for(Case).visible_to(actor)) == []
            assert list(policy_for(Party).visible_to(actor)) == []
            waiting = list(policy_for(ReleasedCase).visible_to(actor))
        assert len(waiting) == (1 if name == "rosa" else 0), name


def keys_of(cast: Cast) -> list[str]:
    with acting_as(cast.amira):
        cases = list(Case.unguarded.all())
        released = list(ReleasedCase.unguarded.all())
    return [str(one.pk) for one in (*cases, *released)] + [one.reference for one in cases]


class TestTrapsOfTheSecondWall:
    def test_a_view_of_ours_asks_with_the_rights_of_its_reader(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where n.nspname = 'public' and (c.relkind = 'm' or c.relkind = 'v'"
                " and not coalesce('security_invoker=true' = any(c.reloptions), false))"
            )
            assert cursor.fetchall() == []

    def test_every_table_with_an_administration_has_a_forced_wall(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
                " where c.relkind = 'r' and a.attname = 'administration_id' and not a.attisdropped"
                " and c.relnamespace = 'public'::regnamespace"
                " and not (c.relrowsecurity and c.relforcerowsecurity) order by 1"
            )
            bare = {name for (name,) in cursor.fetchall()}
        assert bare == OPEN_DIRECTORY

    def test_no_unique_key_tells_what_another_administration_has(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i"
                " join pg_class c on c.oid = i.indrelid"
                " where i.indisunique and not i.indisprimary and c.relrowsecurity"
                " and c.relnamespace = 'public'::regnamespace"
                # Admission alone writes these: no officer or client can try a key of his own choosing.
                " and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'insertable'"
                "   and pg_get_expr(p.polwithcheck, p.polrelid) like '%seat%= ''system''%'"
                "   and c.relname like 'comm\\_%')"
            )
            telling = {
                re.sub(r".* USING btree ", f"{table} ", definition)
                for table, definition in cursor.fetchall()
                if "administration_id" not in definition
            }
        assert telling == GIVEN_BY_US

    def test_the_identity_does_not_stay_on_a_pooled_connection(self, cast: Cast) -> None:
        a_case(cast.alice)
        with transaction.atomic(), acting_as(cast.alice):
            assert Case.unguarded.count() == 1
        with connection.cursor() as cursor:
            for name in ("seat", "administration", "officer"):
                cursor.execute("select nullif(current_setting(%s, true), '')", [f"opencen.{name}"])
                assert cursor.fetchone() == (None,)
        assert Case.unguarded.count() == 0

    def test_a_failed_request_leaves_no_identity_either(self, cast: Cast) -> None:
        a_case(cast.alice)
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting_as(cast.alice):
            raise ZeroDivisionError
        assert Case.unguarded.count() == 0
