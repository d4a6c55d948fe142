"""What webhooks put on the home page, and how an ended one looks in the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.portal.tasks_of_home import HomeTask, register_tasks
from accounts.refusals import StepUpNeeded
from alerts.channels.webhook.endings import KIND
from alerts.models import Delivery, Endpoint
from alerts.portal.faces import Line, show

COUNTED = 1_000


@register_tasks
def given_up(actor: Actor) -> Iterator[HomeTask]:
    """Deliveries that were given up and can be sent again."""
    if isinstance(policy_for(Endpoint).possible(actor, Action.LIST), StepUpNeeded | None):
        dead = policy_for(Delivery).visible_to(actor, Action.REPLAY)
        dead = dead.filter(alert__isnull=False, endpoint__disabled_at__isnull=True)
        number = dead[:COUNTED].count()
        yield HomeTask(_("Webhook deliveries given up"), number, reverse("webhooks"), "link", more=number >= COUNTED)


class WebhookEndedFace:
    """Words for a webhook whose receiver said that it is gone."""

    kind = KIND
    pointing: frozenset[str] = frozenset()

    def line(self, headline: dict[str, Any]) -> Line:
        title = _t("The webhook “%s” was switched off") % headline.get("reference", "")
        key = headline.get("endpoint_id")
        return Line(title, reverse("webhook", args=[key]) if key else "")

    def reason(self, reason: dict[str, Any]) -> str:
        return _t("because its receiver answered that it is gone for good (410)")


show(WebhookEndedFace())
