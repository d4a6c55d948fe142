"""How this room announces that one of its own webhooks ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alerts.channels.webhook.endings import KIND
from alerts.models import Endpoint
from alerts.sources import Notice, Reason, Recipient, register


class WebhookEnded:
    """A receiver said that it is gone: its seat's desk, so that somebody puts another in its place."""

    kind = KIND

    def subject(self, subject_id: str) -> Endpoint:
        found: Endpoint = Endpoint.unguarded.get(pk=subject_id.partition("|")[0])
        return found

    def headline(self, endpoint: Endpoint) -> dict[str, Any]:
        return {"reference": endpoint.name, "endpoint_id": str(endpoint.pk)}

    def pointed(self, endpoint: Endpoint) -> Iterable[Notice]:
        seat = Recipient(endpoint.administration_id, endpoint.liaison_office_id, endpoint.secretariat)
        yield Notice(seat, (Reason("webhook_gone"),), needs_me=True)

    def entitled(self, endpoint: Endpoint, recipients: Iterable[Recipient]) -> set[Recipient]:
        return set(recipients)


register(WebhookEnded())
