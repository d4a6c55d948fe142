"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from alerts.portal import inbox

urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<uuid:alert_id>/read", inbox.mark_read, name="mark_read"),
]
