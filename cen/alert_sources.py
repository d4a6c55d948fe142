"""How this room's announcements are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.models import Administration
from alerts.sources import Notice, Reason, Recipient, register
from cen.models import Disclosure, ReleasedCase
from cen.queries.criteria import Criteria


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


class Decided:
    """A liaison office returned or rejected a version: its owner must act."""

    kind = "case.decided"
    subscribable = False

    def headline(self, subject_id: str) -> dict[str, Any]:
        return _headline(_subject(subject_id))

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        released = _subject(subject_id)
        recipient = Recipient(administration_id=released.administration_id)
        yield Notice(recipient, (Reason("own_case_decided", {"state": released.state}),), needs_me=True)

    def matches(self, subject_id: str, criteria: str) -> bool:
        return False

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        owner = _subject(subject_id).administration_id
        return {one for one in recipients if one.administration_id == owner}


class DisclosureNotice:
    """Shared by the kinds that concern one disclosure: never subscribable, told to named officers."""

    subscribable = False

    def headline(self, subject_id: str) -> dict[str, Any]:
        one = Disclosure.unguarded.select_related("released_case").get(pk=subject_id)
        return {
            "reference": one.reference,
            "state": one.state,
            "disclosure": str(one.pk),
            "case": one.released_case.reference,
        }

    def matches(self, subject_id: str, criteria: str) -> bool:
        return False

    def entitled(self, subject_id: str, recipients: Iterable[Recipient]) -> set[Recipient]:
        """Who may read the disclosure now."""
        readers = policy_for(Disclosure).audience(Disclosure.unguarded.get(pk=subject_id), Action.READ)
        may = {(one.administration_id, one.liaison_office_id, one.secretariat, one.officer_id) for one in readers}
        return {
            one
            for one in recipients
            if (one.administration_id, one.liaison_office_id, one.secretariat, one.officer_id) in may
        }


class DisclosureAsked(DisclosureNotice):
    """Somebody asked for nominal detail: each contact point of the owner must answer."""

    kind = "disclosure.asked"

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        disclosure = Disclosure.unguarded.get(pk=subject_id)
        for posting in policy_for(Disclosure).audience(disclosure, Action.GRANT):
            recipient = Recipient(administration_id=posting.administration_id, officer_id=posting.officer_id)
            yield Notice(recipient, (Reason("disclosure_asked"),), needs_me=True)


class DisclosureAnswered(DisclosureNotice):
    """The owner granted or refused: the asker learns of it."""

    kind = "disclosure.answered"

    def pointed(self, subject_id: str) -> Iterable[Notice]:
        one = Disclosure.unguarded.get(pk=subject_id)
        recipient = Recipient(
            one.asking_administration_id, one.asking_liaison_office_id, one.asking_secretariat, one.asked_by_id
        )
        yield Notice(recipient, (Reason(self.kind.replace(".", "_")),))


class DisclosureRevoked(DisclosureAnswered):
    """The owner ended a grant before its day."""

    kind = "disclosure.revoked"


for source in (DisclosureAsked(), DisclosureAnswered(), DisclosureRevoked()):
    register(source)
register(Published())
register(Decided())
