"""The ledger of one alert, for its seat; for the publisher, how many it reached."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from alerts.models import Alert, Channel, DeliveryState, Why
from alerts.queries.ledger import deliveries_of, network_counts

_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_DELIVERY = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "The webhook-id of every attempt."},
        "channel": {"type": "string", "enum": Channel.values},
        "endpoint": {"type": "string", "format": "uuid"},
        "endpoint_name": {"type": "string"},
        "state": {"type": "string", "enum": DeliveryState.values},
        "reason": {"type": "string", "enum": ["", *Why.values], "description": "Why it ended undelivered."},
        "attempts": {"type": "integer"},
        "last_status": {"type": ["integer", "null"], "description": "The last HTTP status of the receiver."},
        "last_error": {"type": "string"},
        "made_at": _MOMENT,
        "next_at": {**_MOMENT, "description": "Not tried again before; null once it ended."},
        "ended_at": _MOMENT,
    },
}
_COUNTS = {
    "type": ["object", "null"],
    "description": "For the administration that published the subject: how many, never to whom.",
    "properties": {
        "inboxes": {"type": "integer"},
        "webhooks": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
_ANSWER = {
    "type": "object",
    "properties": {
        "alert": {"type": "string", "format": "uuid"},
        "inbox": {"type": "object", "properties": {"made_at": _MOMENT, "read_at": _MOMENT}},
        "deliveries": {"type": "array", "items": _DELIVERY},
        "network": _COUNTS,
    },
}


class AlertDeliveries(DeclaredView):
    """What became of one alert beside the inbox: a line for each of the seat's endpoints that can be seen."""

    object = Alert
    actions = {"GET": Action.READ}

    @extend_schema(operation_id="alert_deliveries", responses={200: _ANSWER})
    def get(self, request: Request, pk: UUID) -> Response:
        alert = self.load(Alert, pk=pk)
        return Response(
            {
                "alert": alert.pk,
                "inbox": {"made_at": alert.made_at, "read_at": alert.read_at},
                "deliveries": [
                    {
                        "id": one.pk,
                        "channel": one.channel,
                        "endpoint": one.endpoint_id,
                        "endpoint_name": one.endpoint.name,
                        "state": one.state,
                        "reason": one.reason,
                        "attempts": one.attempts,
                        "last_status": one.last_status,
                        "last_error": one.last_error,
                        "made_at": one.made_at,
                        "next_at": one.next_at if one.state == DeliveryState.WAITING else None,
                        "ended_at": one.ended_at,
                    }
                    for one in deliveries_of(self.actor, alert)
                ],
                "network": network_counts(self.actor, alert),
            }
        )
