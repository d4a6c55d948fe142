"""How reminders of warnings that ask for an answer are answered (alerts.sources)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.roles import Role
from alerts.sources import Notice, Reason, Recipient, register
from cen.models import WarningNotice, WarningRequest


class _OfRequest:
    """Whoever may answer at the administration; `code` says why it comes."""

    code = ""
    roles: tuple[Role, ...] = ()

    def subject(self, subject_id: str) -> WarningRequest:
        found: WarningRequest = WarningRequest.unguarded.select_related("warning").get(pk=subject_id)
        return found

    def headline(self, request: WarningRequest) -> dict[str, Any]:
        notice = request.warning
        return {
            "reference": notice.reference,
            "title": notice.title,
            "tlp": notice.tlp,
            "urgency": notice.body.get("urgency", ""),
            "answer_by": request.answer_by.isoformat(),
            "warning_id": str(notice.pk),
        }

    def pointed(self, request: WarningRequest) -> Iterable[Notice]:
        for recipient in sorted(self._audience(request), key=lambda one: str(one.officer_id)):
            yield Notice(recipient, (Reason(self.code),), needs_me=True)

    def entitled(self, request: WarningRequest, recipients: Iterable[Recipient]) -> set[Recipient]:
        return set(recipients) & self._audience(request)

    def _audience(self, request: WarningRequest) -> set[Recipient]:
        postings = policy_for(WarningNotice).audience(request.warning, Action.ANSWER)
        postings = postings.filter(administration_id=request.administration_id)
        if self.roles:
            postings = postings.filter(role__in=self.roles)
        officers = postings.values_list("officer_id", flat=True).distinct()
        return {Recipient(administration_id=request.administration_id, officer_id=one) for one in officers}


class DueSoon(_OfRequest):
    kind, code = "warning.due_soon", "answer_due_soon"


class Unanswered(_OfRequest):
    kind, code = "warning.unanswered", "answer_overdue"


class UnansweredStill(_OfRequest):
    """The contact point alone: its people were reminded twice."""

    kind, code, roles = "warning.unanswered_still", "answer_overdue_still", (Role.NCP,)


register(DueSoon())
register(Unanswered())
register(UnansweredStill())
