"""From one announcement to the inboxes: one transaction, claimed by a lease, safe to repeat."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts.actions.starting import start_desks
from alerts.deliveries import deliveries_for
from alerts.following import followers
from alerts.inserting import insert, reached
from alerts.models import Alert, Announcement
from alerts.sources import AlertSource, Notice, Recipient, followed, source_for
from audit import trail
from audit.verbs import Verb

# One fan-out takes well under a second; a worker that holds a lease for longer is frozen or dead.
LEASE_SECONDS = 30
# An announcement that was claimed so often without an end kills its workers: people must look at it.
CLAIMS = 5
_CLAIM = """
    update alerts_announcement set
        lease_token = %s, lease_until = clock_timestamp() + make_interval(secs => %s), attempts = attempts + 1,
        quarantined_at = case when attempts + 1 > %s then clock_timestamp() end
    where id = (
        select id from alerts_announcement
        where done_at is null and quarantined_at is null
          and (lease_until is null or lease_until < clock_timestamp())
        order by sequence limit 1 for update skip locked
    )
    returning id, quarantined_at is null
"""


def fan_out_next() -> bool:
    """Claims the oldest open announcement and delivers it; False where nothing is open."""
    token = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE_SECONDS, CLAIMS])
        row = cursor.fetchone()
    if row is None:
        return False
    if row[1]:
        deliver(row[0], token)
    return True


def deliver(announcement_id: uuid.UUID, token: uuid.UUID) -> int:
    """Writes the alerts of one claimed announcement and closes it; returns how many were new.

    What an earlier, interrupted or repeated delivery wrote is neither doubled nor counted again; the
    announcement's `alerts_made` is all there are. Where the lease was lost meanwhile nothing is written: its
    new holder does the work.
    """
    actor = system(SystemTask.FAN_OUT)
    with transaction.atomic(), acting_as(actor):
        # Administrations that came since the last time begin here; in a transaction of its own, because
        # the fan-out matches what is committed.
        for kind in Announcement.unguarded.filter(pk=announcement_id).values_list("kind", flat=True):
            if followed(kind):
                start_desks(kind)
    with transaction.atomic(), acting_as(actor):
        held = (
            Announcement.unguarded.select_for_update()
            .filter(pk=announcement_id, lease_token=token, done_at__isnull=True)
            .first()
        )
        if held is None:
            return 0
        # The locked announcement keeps every other delivery of it waiting, so what is there stays as it is.
        before = Alert.unguarded.filter(announcement=held).count()
        made = write(held, source_for(held.kind), before > 0)
        Announcement.unguarded.filter(pk=held.pk).update(done_at=Now(), alerts_made=before + made)
        trail.record(
            actor.who(),
            Verb.ALERTS_FANNED_OUT,
            trail.What("announcement", str(held.pk)),
            facts={"kind": held.kind, "alerts": made},
        )
        return made


def write(held: Announcement, source: AlertSource, begun: bool) -> int:
    """Writes what is missing; begun: an earlier delivery left alerts. Returns how many are new."""
    subject = source.subject(held.subject_id)
    followed_by = followed(held.kind)
    following = followers(followed_by, subject) if followed_by else []
    notices = _merged([*source.pointed(subject), *following])
    entitled = source.entitled(subject, notices)
    told = reached(held) if begun else set()
    headline = source.headline(subject)
    new = insert(held, headline, [one for seat, one in notices.items() if seat in entitled and seat not in told])
    deliveries_for(held)
    return new.count


def _merged(notices: Iterable[Notice]) -> dict[Recipient, Notice]:
    """One notice a recipient, with all its reasons."""
    by_recipient: dict[Recipient, Notice] = {}
    for one in notices:
        known = by_recipient.get(one.recipient)
        by_recipient[one.recipient] = one if known is None else known.joined(one)
    return by_recipient
