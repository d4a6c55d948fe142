"""The words of this room's alerts: that something came, never what (alerts.portal.faces)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts.portal import faces
from alerts.portal.faces import Line
from comm.actions.messages import POSTED


class SealedFace:
    kind = POSTED
    pointing = frozenset({"sealed_for_you"})

    def line(self, headline: dict[str, Any]) -> Line:
        return Line(_("Sealed group"), reverse("sealed"), "", _("Something new; only its members can open it."))

    def reason(self, reason: dict[str, Any]) -> str:
        return _("you are a member of the group") if reason.get("code") == "sealed_for_you" else ""


faces.show(SealedFace())
