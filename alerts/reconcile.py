"""Whether everything announced reached its inboxes, and every delivery an end: looked at, repaired, reported."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts import sources
from alerts.claims import give_up_old, let_go
from alerts.deliveries import hint_after_commit, missing_deliveries
from alerts.outgoing import limits
from alerts.retry import plan_lasts
from audit import trail
from audit.verbs import Verb

log = logging.getLogger("opencen.reconcile")
# What is open, due or leased for longer than this was forgotten by somebody.
OVERDUE = 600.0
# How far back missing rows are looked for: longer than any outage that people would not notice.
LOOKS_BACK = 7 * 24 * 3_600.0
_FIGURES = """
    select
        (select count(*) from alerts_announcement
         where done_at is null and quarantined_at is null
           and announced_at < statement_timestamp() - make_interval(secs => %(overdue)s)),
        (select count(*) from alerts_announcement where quarantined_at is not null),
        (select count(*) from alerts_announcement n
         where n.done_at > statement_timestamp() - make_interval(secs => %(back)s)
           and n.alerts_made is distinct from (select count(*) from alerts_alert a where a.announcement_id = n.id)),
        (select count(*) from alerts_delivery d join alerts_endpoint e on e.id = d.endpoint_id
         where d.state = 'waiting' and d.lease_token is null and e.disabled_at is null
           and greatest(d.next_at, coalesce(e.paused_until, d.next_at))
               < statement_timestamp() - make_interval(secs => %(overdue)s)
           and (d.channel = 'email' or e.failures < %(breaks_at)s)),
        (select count(*) from alerts_delivery
         where state = 'waiting' and lease_token is not null
           and next_at < statement_timestamp() - make_interval(secs => %(overdue)s)),
        (select count(*) from alerts_delivery where state = 'done' and attempts = 0),
        (select count(*) from alerts_delivery where state in ('dead', 'cancelled') and reason = '')
"""
_OLDEST = """
    select greatest(
        coalesce((select extract(epoch from clock_timestamp() - min(announced_at)) from alerts_announcement
                  where done_at is null and quarantined_at is null), 0),
        coalesce((select extract(epoch from clock_timestamp() - min(d.made_at)) from alerts_delivery d
                  join alerts_endpoint e on e.id = d.endpoint_id and e.disabled_at is null
                  where d.state = 'waiting' and d.channel = 'webhook'), 0),
        coalesce((select extract(epoch from clock_timestamp() - min(next_at)) from alerts_delivery
                  where state = 'waiting' and channel = 'email' and next_at < clock_timestamp()), 0)
    )::float8
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Each of `problems` is a number that must be 0; `repaired` was put right by this very look.

    states: deliveries by state and reason. oldest_undelivered: seconds, see `oldest_undelivered`.
    """

    problems: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    oldest_undelivered: float = 0.0

    @property
    def clean(self) -> bool:
        return not any(self.problems.values())

    def as_json(self) -> dict[str, Any]:
        return {"clean": self.clean, **asdict(self)}


def reconcile() -> Report:
    """Looks, repairs what can be repaired, and reports. Safe to run at any time and twice at once."""
    overdue = OVERDUE / settings.RETRY_SPEED
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        repaired = {
            "deliveries_made": missing_deliveries(LOOKS_BACK),
            "cancelled_behind_a_disabled_endpoint": let_go(),
            # The last attempt falls on the end of the plan and may take its time.
            "given_up_unattempted": give_up_old(plan_lasts() + overdue),
        }
        problems = _problems(overdue)
        states = _states()
        age = oldest_in_ledger()
        if any(repaired.values()):
            trail.record(system(SystemTask.DELIVERY).who(), Verb.LEDGER_REPAIRED, facts=repaired)
            hint_after_commit()
    report = Report(problems, repaired, states, age)
    if not report.clean:
        wrong = ", ".join(f"{name} {number}" for name, number in problems.items() if number)
        log.error("the ledger of alerts does not add up: %s; see `manage.py reconcile`", wrong)
    return report


def oldest_undelivered() -> float:
    """The age in seconds of the oldest thing that should have arrived: 0 where nothing waits.

    Counted from the announcement for one that is not fanned out, from its making for a webhook that is taking,
    from the moment it was due for a mail.
    """
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        return oldest_in_ledger()


def oldest_in_ledger() -> float:
    """The same, where the caller is a system task already."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        return round(float(cursor.fetchone()[0]), 3)


def _problems(overdue: float) -> dict[str, int]:
    names = (
        "announcements_open_too_long",
        "announcements_in_quarantine",
        "announcements_without_all_their_alerts",
        "deliveries_overdue",
        "deliveries_held_too_long",
        "deliveries_done_without_attempt",
        "deliveries_ended_without_reason",
    )
    facts = {"overdue": overdue, "back": LOOKS_BACK, "breaks_at": limits.BREAKS_AT}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, facts)
        found = dict(zip(names, map(int, cursor.fetchone()), strict=True))
    return found | {"unannounced": sum(_unannounced().values())}


def _unannounced() -> dict[str, int]:
    """By kind, what should have been announced and was not, as far as its source can tell."""
    known = {kind: sources.source_for(kind) for kind in sources.kinds()}
    return {
        kind: source.unannounced() for kind, source in known.items() if isinstance(source, sources.CountsUnannounced)
    }


def _states() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select state || case when reason = '' then '' else ':' || reason end, count(*)"
            " from alerts_delivery group by 1 order by 1"
        )
        return dict(cursor.fetchall())
