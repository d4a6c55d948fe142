"""How announcements of warning notices are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from alerts.sources import Notice, Reason, Recipient, register
from cen.models import WarningAcknowledgement, WarningNotice


class WarningIssued:
    """A warning notice: each officer of the addressed administrations who may acknowledge it."""

    kind = "warning.issued"

    def headline(self, notice: WarningNotice) -> dict[str, Any]:
        return {
            "reference": notice.reference,
            "title": notice.title,
            "tlp": notice.tlp,
            "urgency": notice.body.get("urgency", ""),
            "follow_kind": notice.follow_kind,
            "warning_id": str(notice.pk),
        }

    def pointed(self, notice: WarningNotice) -> Iterable[Notice]:
        said = set(WarningAcknowledgement.unguarded.filter(warning=notice).values_list("administration_id", flat=True))
        # What was followed up meanwhile asks for nothing any more.
        stands = not WarningNotice.unguarded.filter(follows=notice).exists()
        for recipient in sorted(self._audience(notice), key=lambda one: str(one.officer_id)):
            asked = stands and notice.acknowledge_by is not None and recipient.administration_id not in said
            yield Notice(
                recipient, (Reason("warning_for_you"),), asked, asked, notice.acknowledge_by if asked else None
            )

    def entitled(self, notice: WarningNotice, recipients: Iterable[Recipient]) -> set[Recipient]:
        return set(recipients) & self._audience(notice)

    def subject(self, subject_id: str) -> WarningNotice:
        found: WarningNotice = WarningNotice.unguarded.get(pk=subject_id)
        return found

    @staticmethod
    def _audience(notice: WarningNotice) -> set[Recipient]:
        postings = policy_for(WarningNotice).audience(notice, Action.ACKNOWLEDGE)
        seats = postings.values_list("administration_id", "officer_id").distinct()
        return {Recipient(administration_id=administration, officer_id=officer) for administration, officer in seats}


register(WarningIssued())
