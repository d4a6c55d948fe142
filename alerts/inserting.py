"""Alerts as rows: all of an announcement by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from alerts.models import Alert, Announcement
from alerts.sources import Notice, Recipient

# Identifiers are of version 7 by the database's clock, as those of audit.uuid7 are by the process's: a random
# one of version 4, of which the first fifteen characters are put in place.
_INSERT = """
    with moment as (
        select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as hex
    ), start as (
        select substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-7' as of_id from moment
    ), made as (
        insert into alerts_alert (
            id, announcement_id, kind, subject_id, headline, made_at, read_at,
            administration_id, liaison_office_id, secretariat, officer_id,
            reasons, needs_me, needs_acknowledgement, acknowledge_by
        )
        select
            overlay(gen_random_uuid()::text placing start.of_id from 1)::uuid,
            %s, %s, %s, %s::jsonb, clock_timestamp(), null,
            new.administration, new.liaison_office, new.secretariat, new.officer,
            new.reasons::jsonb, new.needs_me, new.needs_acknowledgement, new.acknowledge_by
        from start, unnest(
            %s::bigint[], %s::bigint[], %s::boolean[], %s::uuid[],
            %s::text[], %s::boolean[], %s::boolean[], %s::timestamptz[]
        ) as new (
            administration, liaison_office, secretariat, officer,
            reasons, needs_me, needs_acknowledgement, acknowledge_by
        )
        on conflict do nothing
        returning number
    )
    select count(*), min(number) from made
"""


@dataclass(frozen=True, slots=True)
class Inserted:
    """How many rows are new, and the lowest of their numbers (None where there are none).

    The new alerts of the announcement are those from that number on.
    """

    count: int
    first: int | None


def reached(held: Announcement) -> set[Recipient]:
    """Who has an alert of the announcement already."""
    rows = Alert.unguarded.filter(announcement=held)
    return {Recipient(*seat) for seat in rows.values_list("administration", "liaison_office", "secretariat", "officer")}


def insert(held: Announcement, headline: dict[str, Any], notices: Sequence[Notice]) -> Inserted:
    """Writes an alert for each notice, numbered in their order; who has one already is passed over.

    Takes the lock of the numbers, which ends with the transaction: call it when the rest is worked out.
    """
    if not notices:
        return Inserted(0, None)
    seats = [one.recipient for one in notices]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                *(held.pk, held.kind, held.subject_id, orjson.dumps(headline).decode()),
                [one.administration_id for one in seats],
                [one.liaison_office_id for one in seats],
                [one.secretariat for one in seats],
                [one.officer_id for one in seats],
                [orjson.dumps([reason.as_json() for reason in one.reasons]).decode() for one in notices],
                [one.needs_me for one in notices],
                [one.needs_acknowledgement for one in notices],
                [one.acknowledge_by for one in notices],
            ],
        )
        count, first = cursor.fetchone()
    return Inserted(count, first)
