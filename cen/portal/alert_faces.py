"""The words of this room's alerts (alerts.portal.faces), and what they open."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.portal import faces
from alerts.portal.faces import Line
from cen.codelists import lists
from cen.identifiers.kinds import KINDS
from cen.models import FollowKind
from cen.portal.criteria_form import PublishedCriteria

OF_ROLE = {
    "departure": gettext_lazy("it departed from you"),
    "transit": gettext_lazy("it came through you"),
    "destination": gettext_lazy("it was bound for you"),
}


def _case_text(headline: dict[str, Any]) -> str:
    """Categories, place and day of a case, in the reader's language."""
    parts = [lists.label("category", code) for code in headline.get("categories") or ()]
    if country := headline.get("place_country"):
        parts.append(lists.label("country", country))
    if day := headline.get("seized_on"):
        parts.append(date_format(date.fromisoformat(day), "j M Y"))
    return ", ".join(parts)


def _watched(reason: dict[str, Any]) -> str:
    """Why a watch-list told of a case; the owner of the case learns no more than that somebody watches."""
    kind = KINDS.get(str(reason.get("kind", "")))
    if kind and reason.get("code") == "watch_hit":
        said = _("on your watch-list (%(kind)s): “%(why)s”") % {"kind": kind.label, "why": reason.get("why", "")}
        return f"{said} · {reason['action']}" if reason.get("action") else said
    if kind and reason.get("code") == "watched_elsewhere":
        return _("an identifier of your case stands on somebody’s watch-list (%s)") % kind.label
    return ""


class PublishedFace:
    kind = "case.published"
    pointing = frozenset({"named_on_route"})

    def line(self, headline: dict[str, Any]) -> Line:
        reference = str(headline.get("reference", ""))
        url = reverse("published_case", args=[reference]) if headline.get("state") == "published" else ""
        return Line(reference, url, str(headline.get("state", "")), _case_text(headline))

    def reason(self, reason: dict[str, Any]) -> str:
        if reason.get("code") == "named_on_route":
            role = OF_ROLE.get(str(reason.get("role")))
            return str(role) if role else _("its route names your administration")
        return _("your own case was published") if reason.get("code") == "own_case_published" else _watched(reason)


class CorrectedFace(PublishedFace):
    kind = "case.corrected"
    pointing = frozenset()

    def reason(self, reason: dict[str, Any]) -> str:
        if reason.get("code") != "told_of_earlier":
            return _watched(reason)
        return _("version %s took the place of the one you were told of") % reason.get("edition", "")


class WithdrawnFace:
    kind = "case.withdrawn"
    pointing: frozenset[str] = frozenset()

    def line(self, headline: dict[str, Any]) -> Line:
        return Line(str(headline.get("reference", "")), "", str(headline.get("state", "")))

    def reason(self, reason: dict[str, Any]) -> str:
        return _("its owner took it back; do not use it any more") if reason.get("code") == "told_of_withdrawn" else ""


class DecidedFace:
    kind = "case.decided"
    pointing: frozenset[str] = frozenset()

    def line(self, headline: dict[str, Any]) -> Line:
        reference, state = str(headline.get("reference", "")), str(headline.get("state", ""))
        case_id = headline.get("case_id")
        url = reverse("own_case", args=[case_id]) if case_id else reverse("own_cases")
        return Line(reference, url, state, _case_text(headline))

    def reason(self, reason: dict[str, Any]) -> str:
        return _("your liaison office decided on your case") if reason.get("code") == "own_case_decided" else ""


class WarningFace:
    kind = "warning.issued"
    pointing: frozenset[str] = frozenset()

    def line(self, headline: dict[str, Any]) -> Line:
        parts = [str(headline.get("reference", "")), lists.label("urgency", str(headline.get("urgency", "")))]
        if kind := headline.get("follow_kind"):
            parts.insert(1, str(FollowKind(kind).label))
        url = reverse("warning", args=[headline["warning_id"]]) if headline.get("warning_id") else ""
        return Line(
            str(headline.get("title", "")), url, "", " · ".join(filter(None, parts)), str(headline.get("tlp", ""))
        )

    def reason(self, reason: dict[str, Any]) -> str:
        return _("a warning for your administration") if reason.get("code") == "warning_for_you" else ""


class RemindedFace(WarningFace):
    """A warning that waits for an answer: before the moment, after it, and for the contact point."""

    def __init__(self, kind: str, code: str, sentence: Any) -> None:
        self.kind, self.code, self.sentence = kind, code, sentence

    def reason(self, reason: dict[str, Any]) -> str:
        return str(self.sentence) if reason.get("code") == self.code else ""


faces.show(PublishedFace())
faces.show(WarningFace())
for _kind, _code, _sentence in (
    ("warning.due_soon", "answer_due_soon", gettext_lazy("your feedback on it is due soon")),
    ("warning.unanswered", "answer_overdue", gettext_lazy("your feedback on it is overdue")),
    (
        "warning.unanswered_still",
        "answer_overdue_still",
        gettext_lazy("your administration gave no feedback on it, though it was reminded"),
    ),
):
    faces.show(RemindedFace(_kind, _code, _sentence))
faces.show(CorrectedFace())
faces.show(WithdrawnFace())
faces.show(DecidedFace())
faces.edit_with(PublishedCriteria())
