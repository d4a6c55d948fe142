"""Bob and Rosa ask for nominal detail of A; Amira grants chosen fields until a day; everything is seen and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, ActorKind
from accounts.models import Officer
from accounts.refusals import Absent, Forbidden, PurposeNeeded, Refusal, RulesBroken, StepUpNeeded, WrongState
from accounts.roles import Role
from accounts.scopes import Scope
from alerts.fanout import fan_out_next
from alerts.models import Alert
from audit.models import Event
from cen.actions import disclosures
from cen.actions.correct import withdraw
from cen.actions.disclosures import ask, expire_due, grant, offered, read_disclosed, refuse, revoke
from cen.actions.nominal_identifiers import record_identifier
from cen.actions.nominal_key import key_keeper, rotate_key
from cen.actions.parties import amend_party, link_party, read_party, record_party
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, CaseParty, Disclosure, DisclosureUserObjectPermission, ReleasedCase
from cen.nominal.purpose import Purpose
from cen.nominal.seal import SealBroken
from cen.queries.disclosures import disclosures_of, readings
from tests.cast import Cast, seat_person
from tests.nominal.people import KWABENA, WHY, as_, kwabena
from tests.records import a_released_case

pytestmark = pytest.mark.django_db
WISH: dict[str, Any] = {
    "purpose": "INVESTIGATION",
    "text": "The same lorry was stopped with us last week",
    "legal_basis": "BILATERAL",
    "wanted": ["person.name", "identifier.vehicle"],
}


def a_published_case(cast: Cast) -> ReleasedCase:
    """A published case of A with Kwabena as driver and a plate."""
    released = a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    with acting_as(cast.alice):
        case = Case.unguarded.get(pk=released.case_id)
    as_(cast.alice, link_party, case, kwabena(cast.alice).party, "DRIVER", purpose=WHY)
    as_(cast.alice, record_identifier, case, "plate", "GR 4418-21", purpose=WHY)
    return released


def asked(cast: Cast, actor: Actor | None = None) -> Disclosure:
    disclosure: Disclosure = as_(actor or cast.bob, ask, a_published_case(cast), **WISH)
    return disclosure


def granted(cast: Cast, actor: Actor | None = None, days: int = 30) -> Disclosure:
    """Granted: family and given names, and the plate."""
    disclosure = asked(cast, actor)
    items = as_(cast.amira, offered, disclosure)
    chosen = [one.key for one in items if one.field in {"family_name", "given_names", "plate"}]
    until = datetime.now(UTC).date() + timedelta(days=days)
    as_(cast.amira, grant, disclosure, chosen=chosen, until=until, conditions="For this investigation only")
    return seen(cast.amira, disclosure)


def seen(actor: Actor, disclosure: Disclosure) -> Disclosure:
    with acting_as(actor):
        row: Disclosure = Disclosure.unguarded.select_related("asked_by").get(pk=disclosure.pk)
        return row


def inbox(actor: Actor) -> list[Alert]:
    while fan_out_next():
        pass
    with acting_as(actor):
        return list(Alert.unguarded.filter(officer=actor.officer_id))


@pytest.mark.parametrize("name", ["bob", "rosa", "mallory", "ravi", "sam"])
def test_exactly_the_chosen_fields_reach_the_asker_and_he_alone_reads_them(cast: Cast, name: str) -> None:
    asker = cast.everybody()[name]
    disclosure = granted(cast, asker)
    items = as_(asker, read_disclosed, seen(asker, disclosure), purpose=WHY)
    assert [(one.name, one.value) for one in items] == [
        ("1.family_name", KWABENA["family_name"]),
        ("1.given_names", KWABENA["given_names"]),
        ("n1.plate", "GR 4418-21"),
    ]
    colleague = replace(asker, officer_id=seat_person("colleague", "SN", Role.NCP).officer_id)
    others = [one for other, one in cast.everybody().items() if other != name]
    for other in (*others, colleague):
        with pytest.raises((Absent, Forbidden)):
            as_(other, read_disclosed, disclosure, purpose=WHY)


def test_a_person_who_asks_for_his_own_or_may_not_ask_is_refused(cast: Cast) -> None:
    published = a_published_case(cast)
    waiting = a_released_case(cast.amira, cast.rosa.liaison_office_id)
    machine = replace(cast.bob, kind=ActorKind.CLIENT, roles=frozenset({Role.API_CLIENT}), scopes=frozenset(Scope))
    watcher = seat_person("watcher", "SN", Role.DATA_PROTECTION)
    for actor, case, refusal in (
        (cast.alice, published, Forbidden),
        (cast.amira, published, Forbidden),
        (cast.dora, published, Forbidden),
        (watcher, published, Forbidden),
        (machine, published, Forbidden),
        (cast.bob, waiting, Absent),
        (cast.rosa, waiting, Forbidden),
    ):
        with pytest.raises(refusal):
            as_(actor, ask, case, **WISH)
    assert as_(cast.bob, ask, published, **WISH).reference.startswith("D-GH-")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "FUN"}, "code_unknown"),
        ({"legal_basis": ""}, "code_unknown"),
        ({"text": "because"}, "text_missing"),
        ({"text": "x" * 501}, "text_missing"),
        ({"wanted": []}, "wanted_missing"),
        ({"wanted": ["person.shoes"]}, "wanted_missing"),
        ({"text": "About somebody@example.org in the lorry"}, "text_tells"),
    ],
)
def test_a_request_without_reason_basis_or_wish_is_refused(cast: Cast, change: Any, code: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.bob, ask, a_published_case(cast), **WISH | change)
    assert [one.code for one in caught.value.findings] == [code]


def test_asking_twice_before_an_answer_is_refused(cast: Cast) -> None:
    first = asked(cast)
    with pytest.raises(RulesBroken, match="attention"):
        as_(cast.bob, ask, first.released_case, **WISH)
    as_(cast.amira, refuse, seen(cast.amira, first), text="Ask through the bilateral channel")
    assert as_(cast.bob, ask, first.released_case, **WISH)


def test_contact_points_are_told_and_then_the_asker(cast: Cast) -> None:
    disclosure = asked(cast)
    mine = inbox(cast.amira)
    assert [(one.kind, one.needs_me) for one in mine] == [("disclosure.asked", True)]
    assert mine[0].headline["reference"] == disclosure.reference
    for other in (cast.alice, cast.dora, cast.bob, cast.rosa, cast.mallory):
        assert inbox(other) == []
    as_(cast.amira, refuse, seen(cast.amira, disclosure), text="Ask through the bilateral channel")
    assert [one.kind for one in inbox(cast.bob)] == ["disclosure.answered"]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("alice", Absent), ("dora", Forbidden), ("bob", Forbidden), ("rosa", Absent), ("mallory", Absent)],
)
def test_only_a_contact_point_of_the_owner_answers_or_revokes(cast: Cast, name: str, refusal: type[Refusal]) -> None:
    actor, disclosure = cast.everybody()[name], asked(cast)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    for act in (
        lambda: as_(actor, offered, disclosure),
        lambda: as_(actor, grant, disclosure, chosen=["x"], until=tomorrow),
        lambda: as_(actor, refuse, disclosure, text="No, this is not possible"),
    ):
        with pytest.raises(refusal):
            act()
    items = as_(cast.amira, offered, disclosure)
    as_(cast.amira, grant, disclosure, chosen=[items[0].key], until=tomorrow)
    with pytest.raises(refusal):
        as_(actor, revoke, disclosure)
    as_(cast.amira, revoke, disclosure)


def test_answering_and_reading_need_a_fresh_factor_and_reading_a_purpose(cast: Cast) -> None:
    disclosure = asked(cast)
    tired, chosen = replace(cast.amira, stepped_up_at=None), datetime.now(UTC).date()
    with pytest.raises(StepUpNeeded):
        as_(tired, offered, disclosure)
    with pytest.raises(StepUpNeeded):
        as_(tired, refuse, disclosure, text="No, this is not possible")
    items = as_(cast.amira, offered, disclosure)
    as_(cast.amira, grant, disclosure, chosen=[one.key for one in items], until=chosen)
    with pytest.raises(StepUpNeeded):
        as_(replace(cast.bob, stepped_up_at=None), read_disclosed, disclosure, purpose=WHY)
    for purpose in (None, Purpose("INVESTIGATION", "no"), Purpose("RISK", "Who is Kwabena Ofosu really")):
        with pytest.raises(PurposeNeeded):
            as_(cast.bob, read_disclosed, disclosure, purpose=purpose)
    assert len(as_(cast.bob, read_disclosed, disclosure, purpose=WHY)) == len(items)


def test_a_company_named_like_a_word_of_ours_does_not_stop_the_answer(cast: Cast) -> None:
    disclosure = asked(cast)
    with acting_as(cast.alice):
        case = Case.unguarded.get(pk=disclosure.released_case.case_id)
    firm = as_(cast.alice, record_party, "company", {"name": "Answering Request Ltd"}, purpose=WHY)[0].party
    as_(cast.alice, link_party, case, firm, "CONSIGNEE", purpose=WHY)
    assert "Answering Request Ltd" in {one.value for one in as_(cast.amira, offered, disclosure)}


def test_the_owner_sees_each_reading_and_the_asker_his_own(cast: Cast) -> None:
    disclosure = granted(cast)
    as_(cast.bob, read_disclosed, disclosure, purpose=WHY)
    as_(cast.bob, read_disclosed, disclosure, purpose=WHY)
    for actor in (cast.amira, cast.dora, cast.bob):
        assert [one.purpose_text for one in as_(actor, readings, disclosure)] == [WHY.text] * 2
    for actor in (cast.alice, cast.rosa, cast.mallory):
        with pytest.raises(Absent):
            as_(actor, readings, disclosure)


def test_lists_show_what_concerns_one(cast: Cast) -> None:
    disclosure = asked(cast)
    for name, (ours, mine) in {
        "amira": (1, 0),
        "dora": (1, 0),
        "bob": (0, 1),
        "alice": (0, 0),
        "rosa": (0, 0),
        "mallory": (0, 0),
        "sam": (0, 0),
    }.items():
        shown = as_(cast.everybody()[name], disclosures_of)
        assert (len(shown.asked_of_us), len(shown.asked_by_me)) == (ours, mine), name
    assert disclosure.state == "asked"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"chosen": []}, "chosen_missing"),
        ({"chosen": ["p.0.family_name"]}, "chosen_changed"),
        ({"until": date(2020, 1, 1)}, "until_wrong"),
        ({"until": datetime.now(UTC).date() + timedelta(days=400)}, "until_wrong"),
        ({"conditions": "Not to be shown to Ofosu himself"}, "text_tells"),
    ],
)
def test_a_grant_that_can_not_be_is_refused(cast: Cast, change: Any, code: str) -> None:
    disclosure = asked(cast)
    items = as_(cast.amira, offered, disclosure)
    given = {"chosen": [items[0].key], "until": datetime.now(UTC).date()}
    with pytest.raises(RulesBroken) as caught:
        as_(cast.amira, grant, disclosure, **given | change)
    assert [one.code for one in caught.value.findings] == [code]
    assert seen(cast.amira, disclosure).state == "asked"


def test_an_answer_is_given_once(cast: Cast) -> None:
    disclosure = asked(cast)
    stale = seen(cast.amira, disclosure)
    with pytest.raises(RulesBroken):
        as_(cast.amira, refuse, disclosure, text="no")
    as_(cast.amira, refuse, disclosure, text="Ask through the bilateral channel")
    with pytest.raises(WrongState):
        as_(cast.amira, refuse, stale, text="Ask through the bilateral channel")
    with pytest.raises(Forbidden):
        as_(cast.bob, read_disclosed, seen(cast.bob, disclosure), purpose=WHY)


def is_destroyed(cast: Cast, disclosure: Disclosure, state: str) -> None:
    row = seen(cast.amira, disclosure)
    assert (row.state, row.sealed, row.wrapped_key) == (state, None, None)
    assert row.ended_at is not None
    assert DisclosureUserObjectPermission.objects.count() == 0
    with pytest.raises(Forbidden):
        as_(cast.bob, read_disclosed, seen(cast.bob, disclosure), purpose=WHY)


def test_revoking_destroys_copy_key_and_grant(cast: Cast) -> None:
    disclosure = granted(cast)
    stale = seen(cast.bob, disclosure)
    as_(cast.amira, revoke, disclosure)
    is_destroyed(cast, disclosure, "revoked")
    # Also for one who had the row in hand before.
    with pytest.raises((Forbidden, WrongState)):
        as_(cast.bob, read_disclosed, stale, purpose=WHY)
    assert {one.kind for one in inbox(cast.bob)} == {"disclosure.answered", "disclosure.revoked"}


def test_a_party_in_two_roles_can_be_granted_and_a_value_that_changed_meanwhile_can_not(cast: Cast) -> None:
    disclosure = asked(cast)
    with acting_as(cast.alice):
        case = Case.unguarded.get(pk=disclosure.released_case.case_id)
        party = CaseParty.unguarded.get(case=case).party
    as_(cast.alice, link_party, case, party, "CONSIGNEE", purpose=WHY)
    shown = [one.key for one in as_(cast.amira, offered, disclosure) if one.field == "note"]
    assert len(shown) == 2
    opened = as_(cast.alice, read_party, party, purpose=WHY)
    changed = opened.details | {"note": "Now says something else"}
    as_(cast.alice, amend_party, party, changed, revision=party.revision, purpose=WHY)
    until = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(RulesBroken):
        as_(cast.amira, grant, disclosure, chosen=shown, until=until)
    again = [one.key for one in as_(cast.amira, offered, disclosure) if one.field == "note"]
    as_(cast.amira, grant, disclosure, chosen=again, until=until)
    assert seen(cast.amira, disclosure).state == "granted"


def test_who_may_read_a_granted_disclosure_is_its_asker_alone(cast: Cast) -> None:
    disclosure = granted(cast)
    audience = policy_for(Disclosure).audience(disclosure, Action.READ_NOMINAL)
    assert [one.officer_id for one in audience] == [cast.bob.officer_id]
    as_(cast.amira, revoke, disclosure)
    assert not policy_for(Disclosure).audience(seen(cast.amira, disclosure), Action.READ_NOMINAL)


def test_withdrawing_the_case_ends_what_was_granted_of_it(cast: Cast) -> None:
    disclosure = granted(cast)
    with acting_as(cast.amira):
        Case.unguarded.filter(pk=disclosure.released_case.case_id).update(state=CaseState.PUBLISHED)
        case = Case.unguarded.get(pk=disclosure.released_case.case_id)
    as_(cast.amira, withdraw, case, reason="OTHER")
    ended = seen(cast.amira, disclosure)
    assert (ended.state, ended.sealed, ended.wrapped_key) == ("revoked", None, None)
    with pytest.raises((Absent, Forbidden)):
        as_(cast.bob, read_disclosed, ended, purpose=WHY)
    assert "disclosure.revoked" in {one.kind for one in inbox(cast.bob)}


def test_a_grant_ends_by_the_databases_clock_and_the_task_destroys_it(cast: Cast) -> None:
    disclosure = granted(cast)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=60), tick=False):
        # A worker whose own clock is ahead ends nothing.
        assert expire_due() == 0
    with acting_as(cast.amira), connection.cursor() as cursor:
        cursor.execute("update cen_disclosure set until = clock_timestamp() - interval '1 second'")
    with time_machine.travel(datetime.now(UTC) - timedelta(days=60), tick=False):
        # Nor does a clock that is behind let anybody read on.
        late = replace(cast.bob, stepped_up_at=datetime.now(UTC))
        with pytest.raises(WrongState):
            as_(late, read_disclosed, seen(cast.bob, disclosure), purpose=WHY)
    assert expire_due() == 1
    assert expire_due() == 0
    is_destroyed(cast, disclosure, "expired")
    with acting_as(cast.amira):
        assert Event.unguarded.filter(verb="disclosure.expired", actor_kind="system").count() == 1


def test_who_left_his_seat_or_was_suspended_reads_no_more(cast: Cast) -> None:
    disclosure = granted(cast)
    elsewhere = replace(cast.bob, administration_id=cast.mallory.administration_id)
    with pytest.raises(Absent):
        as_(elsewhere, read_disclosed, disclosure, purpose=WHY)
    Officer.unguarded.filter(pk__in=[cast.bob.officer_id]).update(is_active=False)
    with pytest.raises(Forbidden):
        as_(cast.bob, read_disclosed, disclosure, purpose=WHY)


def test_the_copy_does_not_follow_the_owners_key_and_no_other_copy_opens_in_its_place(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    disclosure = granted(cast)
    home = disclosure.administration
    as_(key_keeper(home), rotate_key, home)
    assert as_(cast.bob, read_disclosed, seen(cast.bob, disclosure), purpose=WHY)
    other = granted(cast, cast.mallory)
    with acting_as(cast.amira):
        Disclosure.unguarded.filter(pk=disclosure.pk).update(sealed=other.sealed, wrapped_key=other.wrapped_key)
    with pytest.raises(SealBroken):
        as_(cast.bob, read_disclosed, seen(cast.bob, disclosure), purpose=WHY)


def test_the_asker_reaches_the_disclosure_by_plain_sql_and_nothing_nominal_behind_it(cast: Cast) -> None:
    disclosure = granted(cast)
    tables = ("cen_party", "cen_partylookup", "cen_caseparty", "cen_nominalidentifier", "cen_nominalkey", "cen_case")
    for actor, sees in ((cast.bob, 1), (cast.amira, 1), (cast.rosa, 0), (cast.mallory, 0), (cast.sam, 0)):
        with transaction.atomic(), acting_as(actor), connection.cursor() as cursor:
            cursor.execute("select count(*) from cen_disclosure where id = %s", [disclosure.pk])
            assert cursor.fetchone() == (sees,), actor.display_name
            for table in tables:
                cursor.execute(f"select count(*) from {table}")  # noqa: S608  (names from the line above)
                assert (cursor.fetchone() == (0,)) is (actor is not cast.amira), (actor.display_name, table)


def test_events_of_a_disclosure_hold_fields_and_never_values(cast: Cast) -> None:
    disclosure = granted(cast)
    as_(cast.bob, read_disclosed, disclosure, purpose=WHY)
    with acting_as(cast.amira):
        events = list(Event.unguarded.filter(object_kind="disclosure").order_by("id"))
    assert [one.verb for one in events] == ["disclosure.asked", "disclosure.granted", "disclosure.read"]
    assert events[1].facts["fields"] == ["1.family_name", "1.given_names", "n1.plate"]
    for one in events:
        for value in ("Ofosu", "Kwabena", "4418"):
            assert value not in bytes(one.canonical).decode()
    assert disclosures.PERMISSION == "read_disclosed"
