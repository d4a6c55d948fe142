"""The words of alerts about flashes (alerts.portal.faces), and what they open."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.portal import faces
from alerts.portal.faces import Line
from cen.codelists import lists
from cen.models import FlashFollow


class FlashFace:
    kind = "flash.issued"
    pointing: frozenset[str] = frozenset()

    def line(self, headline: dict[str, Any]) -> Line:
        parts = [str(headline.get("reference", "")), lists.label("flash_kind", str(headline.get("flash_kind", "")))]
        if kind := headline.get("follow_kind"):
            parts.insert(1, str(FlashFollow(kind).label))
        url = reverse("flash", args=[headline["flash_id"]]) if headline.get("flash_id") else ""
        text = " · ".join(filter(None, parts))
        return Line(str(headline.get("title", "")), url, "", text, str(headline.get("tlp", "")))

    def reason(self, reason: dict[str, Any]) -> str:
        return _("a flash for your administration") if reason.get("code") == "flash_for_you" else ""


class EscalatedFace(FlashFace):
    kind = "flash.escalated"

    def reason(self, reason: dict[str, Any]) -> str:
        if reason.get("code") != "flash_escalated":
            return ""
        return _("nobody of your administration acknowledged it in time, and you are on the list")


class OverdueFace(FlashFace):
    kind = "flash.overdue"

    def reason(self, reason: dict[str, Any]) -> str:
        if reason.get("code") != "flash_unacknowledged":
            return ""
        number = int(reason.get("administrations", 0))
        text = ngettext(
            "%(number)s administration has not acknowledged it in time: see the board for whom to call",
            "%(number)s administrations have not acknowledged it in time: see the board for whom to call",
            number,
        )
        return text % {"number": number}


faces.show(FlashFace())
faces.show(EscalatedFace())
faces.show(OverdueFace())
