"""Brings many rows of reference data into a table in few statements, and says what happened.

The rows travel as one JSON document a batch; PostgreSQL compares them with what stands there and writes only
what differs, so a second load of the same rows writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, LiteralString, cast

import orjson
from django.db import connection
from psycopg import sql

# Some ten bytes times ten columns times this stays under a megabyte or two on the way.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Target:
    """A table to merge into: `columns` maps names to SQL types; `key` is unique where `condition` holds.

    `only_where` (SQL about the alias `t`) protects rows from being overwritten.
    """

    table: str
    columns: dict[str, LiteralString]
    key: tuple[str, ...]
    condition: LiteralString = "true"
    only_where: LiteralString = "true"


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows were read, added, changed and closed."""

    read: int
    added: int
    changed: int
    closed: int = 0


def merge(target: Target, rows: Iterable[dict[str, Any]]) -> Merged:
    """Adds and updates by the target's key; rows closed before are opened again. A row comes once."""
    statement = _statement(target)
    read = added = changed = 0
    with connection.cursor() as cursor:
        for batch in batched(rows, BATCH, strict=False):
            read += len(batch)
            cursor.execute(cast(str, statement), [orjson.dumps(batch).decode()])
            new, other = cursor.fetchone() or (0, 0)
            added, changed = added + new, changed + other
    return Merged(read, added, changed)


def close_missing(table: str, key: str, seen: Sequence[str], where: LiteralString, values: Sequence[str] = ()) -> int:
    """Ends the open rows matching `where` whose key was not seen; returns how many."""
    statement = sql.SQL(
        "UPDATE {table} t SET valid_to = current_date WHERE t.valid_to IS NULL AND {where} "
        "AND NOT EXISTS (SELECT FROM unnest(%s::text[]) seen(code) WHERE seen.code = t.{key})"
    ).format(table=sql.Identifier(table), key=sql.Identifier(key), where=sql.SQL(where))
    with connection.cursor() as cursor:
        cursor.execute(cast(str, statement), [*values, list(seen)])
        return int(cursor.rowcount)


def _statement(target: Target) -> sql.Composed:
    names = list(target.columns)
    plain = [name for name in names if name not in target.key]
    return sql.SQL(
        """
        WITH given AS (
            SELECT {names} FROM jsonb_to_recordset(%s::jsonb) AS given ({typed})
        ), written AS (
            INSERT INTO {table} AS t ({names}) SELECT {names} FROM given
            ON CONFLICT ({key}) WHERE {condition} DO UPDATE SET {assignments}, valid_to = NULL
            WHERE {only_where} AND (t.valid_to IS NOT NULL OR ({old}) IS DISTINCT FROM ({new}))
            RETURNING (xmax = 0) AS is_new
        )
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
        """
    ).format(
        table=sql.Identifier(target.table),
        names=_list(names),
        typed=sql.SQL(", ").join(_typed(target)),
        key=_list(target.key),
        condition=sql.SQL(target.condition),
        only_where=sql.SQL(target.only_where),
        assignments=sql.SQL(", ").join(
            sql.SQL("{} = excluded.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in plain
        ),
        old=sql.SQL(", ").join(sql.Identifier("t", name) for name in plain),
        new=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in plain),
    )


def _typed(target: Target) -> Iterator[sql.Composed]:
    for name, kind in target.columns.items():
        yield sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))


def _list(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
