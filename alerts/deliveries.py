"""From alerts to delivery rows: one statement, in the transaction that made the alerts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.worker_hints import tell_worker

_COLUMNS = "alert_id, endpoint_id, channel, administration_id, liaison_office_id, secretariat, officer_id, publisher_id"
# Four joins by equality, since each of them can hash; a single one over all kinds of seats would compare every
# alert with every endpoint. `told` yields id, seat, officer, publisher and since (None: whenever it was made).
_INSERT = """
    with told as materialized ({told}),
    taking as materialized (select * from alerts_endpoint where disabled_at is null),
    pairs as (
        select t.id as alert, e.id as endpoint, t.publisher, t.since, e.enabled_at
        from told t join taking e on e.administration_id = t.administration_id where t.officer_id is null
        union all
        select t.id, e.id, t.publisher, t.since, e.enabled_at
        from told t join taking e on e.liaison_office_id = t.liaison_office_id where t.officer_id is null
        union all
        select t.id, e.id, t.publisher, t.since, e.enabled_at
        from told t join taking e on e.secretariat = t.secretariat where t.officer_id is null
        union all
        select t.id, e.id, t.publisher, t.since, e.enabled_at
        from told t join taking e on e.officer_id = t.officer_id
        where e.administration_id is not distinct from t.administration_id
          and e.liaison_office_id is not distinct from t.liaison_office_id
    )
    insert into alerts_delivery (id, {columns})
    select gen_random_uuid(), p.alert, e.id, e.channel, e.administration_id, e.liaison_office_id, e.secretariat,
           e.officer_id, p.publisher
    from pairs p join taking e on e.id = p.endpoint
    where p.since is null or p.since >= p.enabled_at
    on conflict do nothing
"""
_ALERT = """
    a.id, a.administration_id, a.liaison_office_id, a.secretariat, a.officer_id,
    (select p.id from accounts_administration p
     where p.id::text = a.headline ->> 'administration_id') as publisher
"""
_OF_ANNOUNCEMENT = f"""
    select {_ALERT}, null::timestamptz as since from alerts_alert a where a.announcement_id = %s
"""  # noqa: S608
_LATELY = f"""
    select {_ALERT}, n.done_at as since
    from alerts_announcement n join alerts_alert a on a.announcement_id = n.id
    where n.done_at > clock_timestamp() - make_interval(secs => %s)
"""  # noqa: S608


def deliveries_for(announcement: Any) -> int:
    """Writes the delivery rows of every alert of the announcement that was just fanned out; returns how many.

    Runs in the transaction that wrote the alerts, in the identity of a system task. Safe to repeat. After commit
    a worker is told to look.
    """
    key: UUID = announcement.pk
    made = _insert(_OF_ANNOUNCEMENT, [key])
    if made:
        hint_after_commit()
    return made


def missing_deliveries(seconds: float) -> int:
    """Writes what is missing for alerts fanned out within so many seconds; returns how many were.

    An endpoint gets what was fanned out while it was taking, which a fan-out that began before could not see.
    """
    return _insert(_LATELY, [seconds])


def hint_after_commit() -> None:
    """Lets workers look once the transaction is committed."""
    transaction.on_commit(hint)


def hint() -> None:
    """Tells workers to look now. A lost hint costs seconds: the sweeps look too."""
    tell_worker("alerts.channels.send_webhooks")
    tell_worker("alerts.mail.send_mails")


def _insert(told: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(told=told, columns=_COLUMNS), parameters)
        return int(cursor.rowcount)
