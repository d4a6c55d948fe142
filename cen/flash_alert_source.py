"""How announcements of flashes are answered (alerts.sources); written at once, with the fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from alerts.sources import Notice, Reason, Recipient, register
from cen.models import Flash, FlashAddressee, FlashEscalation


def _headline(flash: Flash) -> dict[str, Any]:
    """`urgent` tells channels not to gather or delay it; a drill's title and reference begin with DRILL."""
    return {
        "reference": flash.reference,
        "edition": flash.edition,
        "title": flash.title,
        "tlp": flash.tlp,
        "flash_kind": flash.kind,
        "follow_kind": flash.follow_kind,
        "drill": flash.drill,
        "urgent": True,
        "flash_id": str(flash.pk),
    }


class _OfFlash:
    def headline(self, subject: Any) -> dict[str, Any]:
        return _headline(subject)


class FlashIssued(_OfFlash):
    """A flash: the desk of each addressed administration, once, for people and machines there alike."""

    kind = "flash.issued"

    def subject(self, subject_id: str) -> Flash:
        found: Flash = Flash.unguarded.get(pk=subject_id)
        return found

    def pointed(self, flash: Flash) -> Iterable[Notice]:
        asked = flash.acknowledge_by is not None
        for key in sorted(flash.addressee_ids):
            yield Notice(
                Recipient(administration_id=key), (Reason("flash_for_you"),), asked, asked, flash.acknowledge_by
            )

    def entitled(self, flash: Flash, recipients: Iterable[Recipient]) -> set[Recipient]:
        return {one for one in recipients if one.administration_id in flash.addressee_ids}


class FlashEscalated(_OfFlash):
    """A step of its escalation: the officers it turned to, at their administration."""

    kind = "flash.escalated"

    def subject(self, subject_id: str) -> FlashEscalation:
        found: FlashEscalation = FlashEscalation.unguarded.select_related("flash").get(pk=subject_id)
        return found

    def headline(self, step: FlashEscalation) -> dict[str, Any]:
        return _headline(step.flash)

    def pointed(self, step: FlashEscalation) -> Iterable[Notice]:
        for officer_id in sorted(step.officer_ids, key=str):
            recipient = Recipient(administration_id=step.administration_id, officer_id=officer_id)
            yield Notice(recipient, (Reason("flash_escalated"),), True, True, step.flash.acknowledge_by)

    def entitled(self, step: FlashEscalation, recipients: Iterable[Recipient]) -> set[Recipient]:
        postings = policy_for(Flash).audience(step.flash, Action.ACKNOWLEDGE)
        seats = set(postings.values_list("administration_id", "officer_id"))
        return {one for one in recipients if (one.administration_id, one.officer_id) in seats}


class FlashOverdue(_OfFlash):
    """The time to acknowledge ran out somewhere: the issuing seat, once an edition."""

    kind = "flash.overdue"

    def subject(self, subject_id: str) -> Flash:
        found: Flash = Flash.unguarded.get(pk=subject_id)
        return found

    def pointed(self, flash: Flash) -> Iterable[Notice]:
        missing = FlashAddressee.unguarded.filter(flash=flash, acknowledged_at__isnull=True).count()
        issuer = Recipient(flash.administration_id, flash.liaison_office_id, flash.secretariat)
        yield Notice(issuer, (Reason("flash_unacknowledged", {"administrations": missing}),), needs_me=True)

    def entitled(self, flash: Flash, recipients: Iterable[Recipient]) -> set[Recipient]:
        return set(recipients)


register(FlashIssued())
register(FlashEscalated())
register(FlashOverdue())
