"""How announcements of disclosures are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from alerts.sources import Notice, Reason, Recipient, register
from cen.models import Disclosure


class DisclosureNotice:
    """Shared by the kinds that concern one disclosure: never subscribable, told to named officers."""

    def subject(self, subject_id: str) -> Disclosure:
        found: Disclosure = Disclosure.unguarded.select_related("released_case").get(pk=subject_id)
        return found

    def headline(self, one: Disclosure) -> dict[str, Any]:
        return {
            "reference": one.reference,
            "state": one.state,
            "disclosure": str(one.pk),
            "case": one.released_case.reference,
        }

    def entitled(self, disclosure: Disclosure, recipients: Iterable[Recipient]) -> set[Recipient]:
        """Who may read the disclosure now."""
        readers = policy_for(Disclosure).audience(disclosure, Action.READ)
        may = {(one.administration_id, one.liaison_office_id, one.secretariat, one.officer_id) for one in readers}
        return {
            one
            for one in recipients
            if (one.administration_id, one.liaison_office_id, one.secretariat, one.officer_id) in may
        }


class DisclosureAsked(DisclosureNotice):
    """Somebody asked for nominal detail: each contact point of the owner must answer."""

    kind = "disclosure.asked"

    def pointed(self, disclosure: Disclosure) -> Iterable[Notice]:
        for posting in policy_for(Disclosure).audience(disclosure, Action.GRANT):
            recipient = Recipient(administration_id=posting.administration_id, officer_id=posting.officer_id)
            yield Notice(recipient, (Reason("disclosure_asked"),), needs_me=True)


class DisclosureAnswered(DisclosureNotice):
    """The owner granted or refused: the asker learns of it."""

    kind = "disclosure.answered"

    def pointed(self, one: Disclosure) -> Iterable[Notice]:
        recipient = Recipient(
            one.asking_administration_id, one.asking_liaison_office_id, one.asking_secretariat, one.asked_by_id
        )
        yield Notice(recipient, (Reason(self.kind.replace(".", "_")),))


class DisclosureRevoked(DisclosureAnswered):
    """The owner ended a grant before its day."""

    kind = "disclosure.revoked"


for source in (DisclosureAsked(), DisclosureAnswered(), DisclosureRevoked()):
    register(source)
