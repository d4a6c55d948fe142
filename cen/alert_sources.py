"""How this room's announcements are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from alerts.matching import Compiled, Facts
from alerts.models import Alert, Announcement
from alerts.sources import Notice, Reason, Recipient, Start, TryOut, register, register_subscribable
from cen.lifecycle import ReleasedState
from cen.models import ReleasedCase
from cen.queries import compiled_criteria, watch_hits
from cen.queries.criteria import Criteria

# The kinds by which somebody hears that a version was published.
TELLING = ("case.published", "case.corrected")
# A try-out counts so far, and shows so many.
COUNTED, SHOWN = 1_000, 10


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


def _told_before(released: ReleasedCase) -> set[Recipient]:
    """Who was alerted about an earlier version of the case."""
    earlier = ReleasedCase.unguarded.filter(reference=released.reference, edition__lt=released.edition)
    return _told_of(earlier.values_list("pk", flat=True))


def _told_of(versions: Iterable[Any]) -> set[Recipient]:
    rows = Alert.unguarded.filter(
        announcement__kind__in=TELLING, announcement__subject_id__in=[str(key) for key in versions]
    )
    return {Recipient(*seat) for seat in rows.values_list("administration", "liaison_office", "secretariat", "officer")}


class _OfVersion:
    """What the sources of released versions share: no subscription of their own, their subject's headline."""

    def subject(self, subject_id: str) -> ReleasedCase:
        # Held until the alerts are written: a withdrawal comes after them and finds whom to tell.
        found: ReleasedCase = ReleasedCase.unguarded.select_for_update(no_key=True).get(pk=subject_id)
        return found

    def headline(self, released: ReleasedCase) -> dict[str, Any]:
        return _headline(released)


class Published(_OfVersion):
    """A version was published: subscribers, and administrations that its route names.

    Whoever heard of an earlier version hears of this one as its correction, and only once.
    """

    kind = "case.published"

    def pointed(self, released: ReleasedCase) -> Iterable[Notice]:
        named = {
            "departure": released.departure_countries,
            "transit": released.transit_countries,
            "destination": released.destination_countries,
        }
        codes = {code for countries in named.values() for code in countries}
        on_route = Administration.unguarded.filter(code__in=codes, active=True).exclude(pk=released.administration_id)
        places = dict(on_route.values_list("code", "pk"))
        for role, countries in named.items():
            for code in places.keys() & set(countries):
                yield Notice(Recipient(administration_id=places[code]), (Reason("named_on_route", {"role": role}),))
        yield Notice(Recipient(administration_id=released.administration_id), (Reason("own_case_published"),))
        yield from watch_hits.notices(released)

    def unannounced(self) -> int:
        """Published versions that no announcement speaks of."""
        spoken = Announcement.unguarded.filter(kind__in=TELLING, subject_id=Cast(OuterRef("pk"), CharField()))
        published = ReleasedCase.unguarded.filter(state=ReleasedState.PUBLISHED)
        number: int = published.filter(~Exists(spoken)).count()
        return number

    def entitled(self, released: ReleasedCase, recipients: Iterable[Recipient]) -> set[Recipient]:
        """A published case is open to every seat; only what stopped being published reaches nobody."""
        if released.state != ReleasedState.PUBLISHED:
            return set()
        return set(recipients) - (_told_before(released) if released.edition > 1 else set())

    def compiler(self) -> Callable[[str], Compiled]:
        return compiled_criteria.compiler()

    def facts(self, released: ReleasedCase, asked: Collection[str]) -> Facts:
        return compiled_criteria.facts(released, asked)

    def meeting(self, released: ReleasedCase, criteria: Sequence[str]) -> set[str]:
        return compiled_criteria.meeting(released, criteria)

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
        """Everything that is published: nobody misses what he did not know to ask for; the desk narrows it."""
        return Start("Everything that is published", "")


class Corrected(_OfVersion):
    """A version took the place of an earlier one: everybody who was alerted about that."""

    kind = "case.corrected"

    def pointed(self, released: ReleasedCase) -> Iterable[Notice]:
        told = _told_before(released)
        for recipient in told:
            yield Notice(recipient, (Reason("told_of_earlier", {"edition": released.edition}),))
        # Who watches and was not told before hears of it as published.
        yield from (one for one in watch_hits.notices(released) if one.recipient in told)

    def entitled(self, released: ReleasedCase, recipients: Iterable[Recipient]) -> set[Recipient]:
        published = released.state == ReleasedState.PUBLISHED
        return set(recipients) if published else set()


class Withdrawn(_OfVersion):
    """The owner took a published case back: everybody who was alerted about any version of it.

    Its content is closed to them now, so the headline says no more than that, and why.
    """

    kind = "case.withdrawn"

    def headline(self, released: ReleasedCase) -> dict[str, Any]:
        return {
            "reference": released.reference,
            "edition": released.edition,
            "state": released.state,
            "reason": released.end_reason,
            "administration_id": released.administration_id,
        }

    def pointed(self, released: ReleasedCase) -> Iterable[Notice]:
        every = ReleasedCase.unguarded.filter(reference=released.reference).values_list("pk", flat=True)
        for recipient in _told_of(every):
            yield Notice(recipient, (Reason("told_of_withdrawn", {"reason": released.end_reason}),))

    def entitled(self, released: ReleasedCase, recipients: Iterable[Recipient]) -> set[Recipient]:
        """That it is gone is for whom it had reached."""
        return set(recipients)


class Decided(_OfVersion):
    """A liaison office returned or rejected a version: its owner must act."""

    kind = "case.decided"

    def headline(self, released: ReleasedCase) -> dict[str, Any]:
        """No more than the desk needs to find its case: not everybody at it may read cases."""
        facts = {"reference": released.reference, "edition": released.edition, "state": released.state}
        return facts | {"case_id": str(released.case_id)}

    def pointed(self, released: ReleasedCase) -> Iterable[Notice]:
        recipient = Recipient(administration_id=released.administration_id)
        yield Notice(recipient, (Reason("own_case_decided", {"state": released.state}),), needs_me=True)

    def entitled(self, released: ReleasedCase, recipients: Iterable[Recipient]) -> set[Recipient]:
        owner = released.administration_id
        return {one for one in recipients if one.administration_id == owner}


register_subscribable(Published())
register(Corrected())
register(Withdrawn())
register(Decided())
