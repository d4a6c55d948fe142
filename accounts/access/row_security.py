"""The second wall: PostgreSQL row-level security, told who asks by transaction-local settings.

Context is set with `set_config(..., is_local => true)` inside the transaction of a request or task and taken
back at its end, never at session level (a pooled connection would carry it to the next asker) and never
nested (after RELEASE of a savepoint the inner identity would stay). Without context every policy yields no
row. The settings are a wall against forgotten filters, not against SQL injection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, migrations
from psycopg.pq import TransactionStatus

from accounts.actor import Actor, SystemTask, system

_SETTINGS = (
    "opencen.seat",
    "opencen.administration",
    "opencen.liaison_office",
    "opencen.secretariat",
    "opencen.officer",
)


class NestedIdentity(RuntimeError):
    """A second identity was to be taken inside the first."""


class OutsideTransaction(RuntimeError):
    """An identity was to be taken where it would end at once."""


def _values(actor: Actor) -> tuple[str, ...]:
    return (
        "system" if actor.is_system else "client" if actor.client_id else "officer",
        str(actor.administration_id or ""),
        str(actor.liaison_office_id or ""),
        "yes" if actor.secretariat else "",
        str(actor.officer_id or ""),
    )


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Tells the database who asks, until the block ends. Needs a transaction; refuses nesting."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("acting_as needs a transaction")
    if getattr(connection, "opencen_actor", None) is not None:
        raise NestedIdentity("acting_as inside acting_as")
    _set(_values(actor))
    connection.opencen_actor = actor  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.opencen_actor = None  # type: ignore[attr-defined]
        # A broken transaction takes nothing more, and its rollback takes the settings back anyway.
        if connection.in_atomic_block and not connection.needs_rollback and not _broken():
            _set(("",) * len(_SETTINGS))


@contextmanager
def handed_to(task: SystemTask) -> Iterator[None]:
    """Inside an identity, lets a named system task do what the actor's act entails, then hands back.

    For consequences in rows that the actor himself may not see: a liaison office's decision moves the
    owner's case. The actor's settings are put back even where the task fails; not to be nested.
    """
    actor: Actor | None = getattr(connection, "opencen_actor", None)
    if actor is None or actor.is_system:
        raise NestedIdentity("handed_to needs the identity of an officer or client")
    deputy = system(task)
    connection.opencen_actor = deputy  # type: ignore[attr-defined]
    _set(_values(deputy))
    try:
        yield
    finally:
        connection.opencen_actor = actor  # type: ignore[attr-defined]
        if not connection.needs_rollback and not _broken():
            _set(_values(actor))


def _broken() -> bool:
    raw = connection.connection
    return raw is None or raw.closed or raw.info.transaction_status == TransactionStatus.INERROR


def _set(values: tuple[str, ...]) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _ in _SETTINGS)
    pairs = [part for name, value in zip(_SETTINGS, values, strict=True) for part in (name, value)]
    with connection.cursor() as cursor:
        cursor.execute(f"select {calls}", pairs)


def setting(name: str, cast: str = "text") -> str:
    """SQL for a setting, as an uncorrelated sub-query so that it is read once a statement."""
    return f"(select nullif(current_setting('opencen.{name}', true), '')::{cast})"


OWN_ADMINISTRATION = f"administration_id = {setting('administration', 'bigint')}"
OWN_LIAISON_OFFICE = f"liaison_office_id = {setting('liaison_office', 'bigint')}"
SECRETARIAT = f"{setting('secretariat')} = 'yes'"
SYSTEM = f"{setting('seat')} = 'system'"
SOMEBODY = f"{setting('seat')} is not null"


def wall(table: str, *, read: str, write: str) -> migrations.RunSQL:
    """A migration step: row security on the table, forced for its owner too.

    read: SQL condition of rows that can be seen; write: of rows that can be inserted, updated to, or
    (together with read) updated and deleted.
    """
    return migrations.RunSQL(
        sql=f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy readable on {table} for select using ({read});
        create policy insertable on {table} for insert with check ({write});
        create policy changeable on {table} for update using ({write}) with check ({write});
        create policy removable on {table} for delete using ({write});
        """,
        reverse_sql=f"""
        drop policy readable on {table};
        drop policy insertable on {table};
        drop policy changeable on {table};
        drop policy removable on {table};
        alter table {table} no force row level security;
        alter table {table} disable row level security;
        """,
    )


def same_owner_as(table: str, parent: str, column: str) -> migrations.RunSQL:
    """A migration step: the row's (parent, administration) must be the parent's own pair.

    A plain foreign key would accept a row of another administration: PostgreSQL checks it past row security.
    """
    name = f"{table}_{column}_same_owner"
    return migrations.RunSQL(
        sql=f"""
        alter table {table} add constraint {name} foreign key ({column}, administration_id)
        references {parent} (id, administration_id) deferrable initially deferred;
        """,
        reverse_sql=f"alter table {table} drop constraint {name};",
    )
