"""Watching for identifiers: enter one or many, try them out, end them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.identifiers.kinds import KINDS
from cen.identifiers.reading import read
from cen.lifecycle import ReleasedState
from cen.models import ReleasedIdentifier, WatchEntry
from cen.models.watch import HitPolicy

# A pasted list holds so many lines, and a seat watches for so many identifiers.
MOST_LINES, MOST = 5_000, 20_000
# Days looked back over, and hits in them from which on an entry tells too much to be read.
DAYS, TOO_MANY = 30, 20
LONGEST = 100
WATCHABLE = tuple(kind for kind in KINDS.values() if not kind.nominal)


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of a list: what it was read as, or why it is not watched for. hits: of the last 30 days."""

    line: int
    raw: str
    normalised: str = ""
    refused: str = ""
    doubt: str = ""
    hits: int = 0

    @property
    def too_many(self) -> bool:
        return self.hits >= TOO_MANY


@dataclass(frozen=True, slots=True)
class Watch:
    """What the entries of one list share."""

    kind: str
    reason: str
    action: str = ""
    hit_policy: str = HitPolicy.OWNER
    valid_from: date = field(default_factory=lambda: timezone.now().date())
    valid_until: date | None = None


def about(entry: WatchEntry) -> trail.What:
    """The entry as facts of the audit trail."""
    return trail.What("watch_entry", str(entry.pk), "", entry.administration_id)


def try_out(actor: Actor, watch: Watch, lines: str) -> list[Judged]:
    """Each line judged, with the hits that it would have had in the last 30 days; nothing is kept.

    A hit says that a published case holds the identifier, not which: one event tells that it was asked.
    """
    _checked(actor, watch)
    judged = _judged(actor, watch.kind, lines)
    wanted = [one.normalised for one in judged if not one.refused]
    hits = _hits(watch.kind, wanted)
    facts = {"kind": watch.kind, "identifiers": len(wanted), "hits": sum(hits.values())}
    trail.record(actor.who(), Verb.WATCH_TRIED, facts=facts)
    return [
        Judged(one.line, one.raw, one.normalised, one.refused, one.doubt, hits.get(one.normalised, 0)) for one in judged
    ]


def enter(actor: Actor, watch: Watch, lines: str) -> tuple[list[WatchEntry], list[Judged]]:
    """Watches for every line that can be read; returns the entries, and the lines that were refused with why."""
    new = _checked(actor, watch)
    judged = _judged(actor, watch.kind, lines)
    good = [one for one in judged if not one.refused]
    author: Any = actor.officer_id
    beside = _own(actor).filter(ended_at__isnull=True).count()
    if beside + len(good) > MOST:
        raise _broken("too_many_watched", _("A seat watches for at most %s identifiers. End some first.") % MOST)
    made = [
        WatchEntry(
            **_seat(new),
            kind=watch.kind,
            normalised=one.normalised,
            reason=new.reason,
            action=new.action,
            hit_policy=watch.hit_policy,
            valid_from=watch.valid_from,
            valid_until=watch.valid_until,
            entered_by_id=author,
        )
        for one in good
    ]
    WatchEntry.unguarded.bulk_create(made)
    trail.record_many(actor.who(), Verb.WATCH_ENTERED, [about(one) for one in made], facts={"kind": watch.kind})
    return made, [one for one in judged if one.refused]


def end(actor: Actor, entry: WatchEntry) -> None:
    """Stops watching; what it brought stays in the inbox."""
    policy_for(WatchEntry).require(actor, Action.DISCARD, entry)
    if entry.ended_at is not None:
        return
    entry.ended_at = timezone.now()
    entry.save(update_fields=["ended_at"])
    trail.record(actor.who(), Verb.WATCH_ENDED, about(entry))


def _checked(actor: Actor, watch: Watch) -> WatchEntry:
    """An entry of the actor's seat with everything but its identifier; raises a Refusal."""
    new = WatchEntry(
        **actor.seat, kind=watch.kind, reason=" ".join(watch.reason.split()), action=" ".join(watch.action.split())
    )
    policy_for(WatchEntry).require(actor, Action.CREATE, new)
    if watch.kind not in KINDS:
        raise _broken("kind_unknown", _("Choose what kind of identifier this is."), "kind")
    if KINDS[watch.kind].nominal:
        sentence = _("This kind points to a person. Look it up among your own cases; the network is not asked for it.")
        raise _broken("kind_nominal", sentence, "kind")
    if not new.reason or len(new.reason) > 200:
        raise _broken("reason_missing", _("Write why you watch for it, in at most 200 characters."), "reason")
    if len(new.action) > 200:
        raise _broken("action_too_long", _("Write what is to be done in at most 200 characters."), "action")
    if watch.hit_policy not in HitPolicy.values:
        raise _broken("hit_policy_unknown", _("Choose who is told of a hit."), "hit_policy")
    if watch.valid_until and watch.valid_until < max(watch.valid_from, timezone.now().date()):
        raise _broken("ends_before", _("The last day lies before the first, or in the past."), "valid_until")
    return new


def _judged(actor: Actor, kind: str, lines: str) -> list[Judged]:
    given = [(number, line.strip()) for number, line in enumerate(lines.splitlines(), start=1) if line.strip()]
    if not given:
        raise _broken("identifiers_missing", _("Write at least one identifier, one a line."), "lines")
    if len(given) > MOST_LINES:
        sentence = _("These are %(given)s lines; %(most)s can be entered at once.")
        raise _broken("too_many_lines", sentence % {"given": len(given), "most": MOST_LINES}, "lines")
    readings = [(number, raw, read(kind, raw)) for number, raw in given]
    values = [reading.normalised for _, _, reading in readings]
    known = set(
        _own(actor).filter(kind=kind, ended_at__isnull=True, normalised__in=values).values_list("normalised", flat=True)
    )
    judged, seen = [], set()
    for number, raw, reading in readings:
        value, why = reading.normalised, ""
        if not value or reading.finding in {"empty", "too_long", "illegible"} or "\0" in value:
            why = str(reading.sentence or _("This can't be read."))
        elif len(value) > LONGEST:
            why = _("This is too long for an identifier.")
        elif value in known:
            why = _("You watch for it already.")
        elif value in seen:
            why = _("It stands in the list twice.")
        seen.add(value)
        judged.append(Judged(number, raw, value, why, "" if why else str(reading.sentence or "")))
    return judged


def _hits(kind: str, values: Iterable[str]) -> dict[str, int]:
    """How many published cases of the last 30 days hold each value."""
    since = timezone.now() - timedelta(days=DAYS)
    counted: dict[str, int] = {}
    with handed_to(SystemTask.WATCH):
        rows = ReleasedIdentifier.unguarded.filter(
            kind=kind,
            normalised__in=list(values),
            released_case__state=ReleasedState.PUBLISHED,
            released_case__published_at__gte=since,
        )
        for value, _case in rows.values_list("normalised", "released_case_id").distinct():
            counted[value] = counted.get(value, 0) + 1
    return counted


def _own(actor: Actor) -> Any:
    return policy_for(WatchEntry).visible_to(actor, Action.LIST)


def _seat(entry: WatchEntry) -> dict[str, int | None]:
    return {"administration_id": entry.administration_id, "liaison_office_id": entry.liaison_office_id}


def _broken(code: str, sentence: str, pointer: str = "") -> RulesBroken:
    return RulesBroken([Finding(code, sentence, pointer)])
