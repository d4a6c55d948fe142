"""Two acts at once on the same keys, with real commits: neither is lost, nothing stays under a key that is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.models import Administration
from cen.actions.nominal_key import key_keeper, rotate_key
from cen.actions.nominal_lookup import look_up
from cen.actions.parties import amend_party, read_party, record_party
from cen.models import NominalKey, Party
from tests.cast import seat_cast
from tests.nominal.people import KWABENA, WHY, as_, kwabena


def beside(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Starts the act in a thread with a connection of its own; its result or error comes into the list."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(act())
        except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
            came.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def waits_for_a_lock(seconds: float = 20) -> bool:
    """Whether another session of this database comes to wait for a lock, within so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            do $$ declare until timestamptz := clock_timestamp() + make_interval(secs => %s); begin
                loop
                    perform pg_stat_clear_snapshot();
                    if exists (select 1 from pg_stat_activity where datname = current_database()
                               and wait_event_type = 'Lock') then return; end if;
                    if clock_timestamp() > until then raise exception 'nobody waits'; end if;
                    perform pg_sleep(0.02);
                end loop;
            end $$
            """,
            [seconds],
        )
    return True


def test_a_rotation_waits_for_whoever_writes_and_takes_the_new_row_along(fresh_database: str) -> None:
    cast = seat_cast()
    party = kwabena(cast.alice).party
    with transaction.atomic(), acting_as(cast.alice):
        amend_party(cast.alice, party, KWABENA | {"occupation": "Welder"}, revision=1, purpose=WHY)
        thread, came = beside(lambda: call_command("rotate_nominal_key", "GH", stdout=StringIO()))
        assert waits_for_a_lock()
    thread.join(30)
    assert came == [None]
    assert as_(cast.amira, read_party, party, purpose=WHY).details["occupation"] == "Welder"
    with transaction.atomic(), acting_as(cast.alice):
        assert list(Party.unguarded.values_list("key_version", flat=True)) == [2]
        assert list(NominalKey.unguarded.values_list("version", flat=True)) == [2]


def test_who_comes_while_keys_rotate_waits_and_uses_the_new_one(fresh_database: str) -> None:
    cast = seat_cast()
    kwabena(cast.alice)
    with transaction.atomic(), acting_as(cast.alice):
        list(NominalKey.unguarded.select_for_update())
        thread, came = beside(lambda: kwabena(cast.amira, family_name="Boateng"))
        assert waits_for_a_lock()
        home = Administration.unguarded.get(pk=cast.alice.administration_id)
        assert rotate_key(key_keeper(home), home).version == 2
    thread.join(30)
    assert came[0].party.key_version == 2
    for name in ("Kwabena Ofosu-Mensah", "Kwabena Boateng"):
        assert len(as_(cast.alice, look_up, "name", name, purpose=WHY).parties) == 1, name


def test_two_who_seal_for_the_first_time_at_once_share_one_key(fresh_database: str) -> None:
    cast = seat_cast()
    with transaction.atomic(), acting_as(cast.alice):
        first = _kept(cast.alice, "Boateng")
        thread, came = beside(lambda: kwabena(cast.amira))
        assert waits_for_a_lock()
    thread.join(30)
    for party in (first, came[0].party):
        assert as_(cast.alice, read_party, party, purpose=WHY).details["given_names"] == KWABENA["given_names"]
    with transaction.atomic(), acting_as(cast.alice):
        assert NominalKey.unguarded.count() == 1


def _kept(actor: Any, family_name: str) -> Party:
    return record_party(actor, "person", KWABENA | {"family_name": family_name}, purpose=WHY)[0].party
