"""How this room's announcements are answered (alerts.sources)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from accounts.models import Administration
from alerts.models import Alert
from alerts.sources import Notice, Reason, Recipient, register
from cen.lifecycle import ReleasedState
from cen.models import ReleasedCase
from cen.queries.criteria import Criteria

# The kinds by which somebody hears that a version was published.
TELLING = ("case.published", "case.corrected")


class _InHand(threading.local):
    """The version whose announcement this thread is fanning out.

    A fan-out asks `pointed` first, which reads it anew; matching thousands of subscriptions asks no more.
    """

    released: ReleasedCase | None = None

    def read(self, subject_id: str) -> ReleasedCase:
        self.released = ReleasedCase.unguarded.get(pk=subject_id)
        return self.released

    def held(self, subject_id: str) -> ReleasedCase:
        held = self.released
        return held if held is not None and str(held.pk) == subject_id else self.read(subject_id)


_in_hand = _InHand()


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

    subscribable = False

    def headline(self, subject_id: str) -> dict[str, Any]:
        return _headline(_in_hand.held(subject_id))

    def matches(self, subject_id: str, criteria: str) -> bool:
        return False


class Published(_OfVersion):
    """A version was published: subscribers, and administrations that its route names.

    Whoever heard of an earlier version hears of this one as its correction, and only once.
    """

    kind = "case.published"
    subscribable = True

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _in_hand.read(subject_id)
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
        return Criteria.read(criteria).matches(_in_hand.held(subject_id))

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        """A published case is open to every seat; only what stopped being published reaches nobody."""
        released = _in_hand.held(subject_id)
        if released.state != ReleasedState.PUBLISHED:
            return set()
        return set(recipients) - (_told_before(released) if released.edition > 1 else set())


class Corrected(_OfVersion):
    """A version took the place of an earlier one: everybody who was alerted about that."""

    kind = "case.corrected"

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _in_hand.read(subject_id)
        for recipient in _told_before(released):
            yield Notice(recipient, (Reason("told_of_earlier", {"edition": released.edition}),))

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        published = _in_hand.held(subject_id).state == ReleasedState.PUBLISHED
        return set(recipients) if published else set()


class Withdrawn(_OfVersion):
    """The owner took a published case back: everybody who was alerted about any version of it.

    Its content is closed to them now, so the headline says no more than that, and why.
    """

    kind = "case.withdrawn"

    def headline(self, subject_id: str) -> dict[str, Any]:
        released = _in_hand.held(subject_id)
        return {
            "reference": released.reference,
            "edition": released.edition,
            "state": released.state,
            "reason": released.end_reason,
            "administration_id": released.administration_id,
        }

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _in_hand.read(subject_id)
        every = ReleasedCase.unguarded.filter(reference=released.reference).values_list("pk", flat=True)
        for recipient in _told_of(every):
            yield Notice(recipient, (Reason("told_of_withdrawn", {"reason": released.end_reason}),))

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        """That it is gone is for whom it had reached."""
        return set(recipients)


class Decided(_OfVersion):
    """A liaison office returned or rejected a version: its owner must act."""

    kind = "case.decided"

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _in_hand.read(subject_id)
        recipient = Recipient(administration_id=released.administration_id)
        yield Notice(recipient, (Reason("own_case_decided", {"state": released.state}),), needs_me=True)

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        owner = _in_hand.held(subject_id).administration_id
        return {one for one in recipients if one.administration_id == owner}


register(Published())
register(Corrected())
register(Withdrawn())
register(Decided())
