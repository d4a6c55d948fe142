"""The live stream for machines: when to ask for alerts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from alerts.channels.live.answer import CONTENT_TYPE, Ticket, live_answer
from alerts.models import Alert

_AFTER = "The number of the newest alert that is known; the header Last-Event-ID wins over it."
_TEXT = (
    "Events `look` (something is new: ask `/api/v1/alerts?after=…`) and `at` (nothing is), each with the number of the "
    "newest alert as `id`. A comment every 15 seconds. Ends within 5 seconds once the key no longer opens it."
)


class AlwaysTheFirst(BaseContentNegotiation):
    """The stream has one form; its refusals are problem documents whatever was asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class AlertStream(DeclaredView):
    """Hints that say "look", as Server-Sent Events."""

    object = Alert
    actions = {"GET": Action.LIST}
    parameters = ("after",)
    content_negotiation_class = AlwaysTheFirst

    @extend_schema(
        operation_id="alerts_stream",
        description=_TEXT,
        parameters=[OpenApiParameter("after", int, description=_AFTER)],
        responses={(200, CONTENT_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        return live_answer(request._request, self.actor, Ticket(key=str(self.actor.client_id)))
