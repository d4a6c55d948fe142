"""How this room's announcements are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from alerts.sources import Notice, Reason, Recipient, Start, TryOut, register, register_subscribable
from cen.models import ReleasedCase
from cen.queries.criteria import Criteria

# A try-out counts so far, and shows so many.
COUNTED, SHOWN = 1_000, 10


def _subject(subject_id: str) -> ReleasedCase:
    return ReleasedCase.unguarded.get(pk=subject_id)


def _headline(released: ReleasedCase) -> dict[str, Any]:
    return {
        "reference": released.reference,
        "edition": released.edition,
        "state": released.state,
        "categories": released.category_codes,
        "seized_on": released.seized_on.isoformat() if released.seized_on else None,
        "place_country": released.place_country,
        "administration_id": released.administration_id,
    }


class Published:
    """A version was published: subscribers, and administrations that its route names."""

    kind = "case.published"
    subscribable = True

    def headline(self, subject_id: str) -> dict[str, Any]:
        return _headline(_subject(subject_id))

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _subject(subject_id)
        named = {
            "departure": released.departure_countries,
            "transit": released.transit_countries,
            "destination": released.destination_countries,
        }
        for role, countries in named.items():
            found = Administration.unguarded.filter(code__in=countries, active=True)
            for one in found.exclude(pk=released.administration_id):
                yield Notice(Recipient(administration_id=one.pk), (Reason("named_on_route", {"role": role}),))
        yield Notice(Recipient(administration_id=released.administration_id), (Reason("own_case_published"),))

    def matches(self, subject_id: str, criteria: str) -> bool:
        return Criteria.read(criteria).matches(_subject(subject_id))

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        """A published case is open to every seat; only what stopped being published reaches nobody."""
        return set(recipients) if _subject(subject_id).state == "published" else set()

    def check(self, criteria: str) -> str:
        """The criteria without blanks; raises BadCriteria for what no search knows."""
        Criteria.read(criteria)
        return urlencode(parse_qsl(criteria))

    def try_out(self, actor: Actor, criteria: str, since: date) -> TryOut:
        """The published cases of the days since then that the criteria match."""
        rows = policy_for(ReleasedCase).visible_to(actor, Action.LIST)
        rows = rows.filter(Criteria.read(criteria).as_filter(), published_at__date__gte=since)
        number = rows.order_by()[: COUNTED + 1].count()
        newest = tuple(_headline(one) for one in rows.order_by("-published_at")[:SHOWN])
        return TryOut(min(number, COUNTED), number > COUNTED, newest)

    def starts_with(self, administration: Administration) -> Start:
        """Cases whose route or place lies in the administration's region, itself included."""
        return Start("Our administration and its region", urlencode({"region": administration.region.code}))


class Decided:
    """A liaison office returned or rejected a version: its owner must act."""

    kind = "case.decided"
    subscribable = False

    def headline(self, subject_id: str) -> dict[str, Any]:
        released = _subject(subject_id)
        # Only the owner hears of a decision, so that the link to his own case is his to have.
        return _headline(released) | {"case_id": str(released.case_id)}

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _subject(subject_id)
        recipient = Recipient(administration_id=released.administration_id)
        yield Notice(recipient, (Reason("own_case_decided", {"state": released.state}),), needs_me=True)

    def matches(self, subject_id: str, criteria: str) -> bool:
        return False

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        owner = _subject(subject_id).administration_id
        return {one for one in recipients if one.administration_id == owner}


register_subscribable(Published())
register(Decided())
