"""The second wall: what PostgreSQL itself refuses, with every policy of ours out of the way."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.access.row_security import NestedIdentity, acting_as
from cen.lifecycle import ReleasedState
from cen.models import Case, Goods, Party, ReleasedCase
from tests.cast import Cast
from tests.records import a_case, a_party, a_released_case

pytestmark = pytest.mark.django_db


def seen_by(actor: Any, model: Any) -> set[Any]:
    """What a query without any filter of ours yields to the actor."""
    with acting_as(actor):
        return set(model.unguarded.values_list("pk", flat=True))


def test_foreign_nominal_rows_and_unreleased_cases_stay_hidden_without_any_policy(cast: Cast) -> None:
    case, party = a_case(cast.alice), a_party(cast.alice)
    assert seen_by(cast.alice, Case) == {case.pk}
    assert seen_by(cast.alice, Party) == {party.pk}
    for stranger in (cast.bob, cast.rosa, cast.ravi, cast.sam, cast.mallory):
        assert seen_by(stranger, Case) == set()
        assert seen_by(stranger, Party) == set()


def test_a_waiting_version_is_seen_by_its_owner_and_the_office_in_charge_alone(cast: Cast) -> None:
    waiting = a_released_case(cast.amira, cast.rosa.liaison_office_id)
    published = a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    for insider in (cast.alice, cast.amira, cast.rosa):
        assert seen_by(insider, ReleasedCase) == {waiting.pk, published.pk}
    for outsider in (cast.bob, cast.ravi, cast.sam, cast.mallory):
        assert seen_by(outsider, ReleasedCase) == {published.pk}


def test_the_secretariat_sees_what_no_liaison_office_is_in_charge_of(cast: Cast) -> None:
    waiting = a_released_case(cast.mallory, None)
    assert seen_by(cast.sam, ReleasedCase) == {waiting.pk}
    assert seen_by(cast.rosa, ReleasedCase) == set()


def test_without_an_actor_nothing_is_seen(cast: Cast) -> None:
    a_case(cast.alice)
    assert Case.unguarded.count() == 0


def test_a_row_for_another_administration_can_not_be_written(cast: Cast) -> None:
    with acting_as(cast.mallory), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Case.unguarded.create(reference="X", administration_id=cast.alice.administration_id)


def test_a_part_can_not_be_hung_on_a_foreign_case(cast: Cast) -> None:
    case = a_case(cast.alice)

    def hang_on() -> None:
        with acting_as(cast.mallory):
            Goods.unguarded.create(case_id=case.pk, administration_id=cast.mallory.administration_id)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")

    with pytest.raises(IntegrityError), transaction.atomic():
        hang_on()


def test_the_identity_ends_with_its_block_and_never_nests(cast: Cast) -> None:
    a_case(cast.alice)
    with acting_as(cast.alice):
        with pytest.raises(NestedIdentity), acting_as(cast.mallory):
            pass
        assert Case.unguarded.count() == 1
    assert Case.unguarded.count() == 0


def test_a_released_version_is_never_rewritten_nor_deleted(cast: Cast) -> None:
    waiting = a_released_case(cast.amira, cast.rosa.liaison_office_id)
    for change in (
        lambda: ReleasedCase.unguarded.filter(pk=waiting.pk).update(body={"other": 1}),
        lambda: ReleasedCase.unguarded.filter(pk=waiting.pk).delete(),
    ):
        with acting_as(cast.amira), pytest.raises(DatabaseError), transaction.atomic():
            change()
    with acting_as(cast.amira):
        assert ReleasedCase.unguarded.filter(pk=waiting.pk).update(state=ReleasedState.RECALLED) == 1


def test_the_application_role_owns_nothing_and_can_not_pass_the_walls() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("select count(*) from pg_class where pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)


def test_every_table_with_an_administration_stands_behind_a_forced_wall() -> None:
    # The directory is open to all seats, and a key or an invitation is looked up before anybody is known.
    open_by_rule = {
        "accounts_apicredential",
        "accounts_invitation",
        "accounts_liaisonofficemembership",
        "accounts_office",
        "accounts_posting",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind = 'r' and a.attname = 'administration_id' and not a.attisdropped"
            " and not (c.relrowsecurity and c.relforcerowsecurity)"
        )
        assert {name for (name,) in cursor.fetchall()} == open_by_rule


def test_even_the_owner_role_is_behind_the_wall(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    assert owner_connection.execute("select count(*) from cen_case").fetchone() == (0,)
    assert owner_connection.execute(
        "select relforcerowsecurity from pg_class where relname = 'cen_case'"
    ).fetchone() == (True,)
