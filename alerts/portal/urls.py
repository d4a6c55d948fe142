"""Addresses of the inbox and of what one follows."""

from __future__ import annotations

from django.urls import path

from alerts.portal import inbox, subscriptions

urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<uuid:alert_id>", inbox.open_alert, name="open_alert"),
    path("inbox/<uuid:alert_id>/read", inbox.mark_read, name="mark_read"),
    path("subscriptions", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/new", subscriptions.new_subscription, name="new_subscription"),
    path("subscriptions/<uuid:subscription_id>", subscriptions.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/switch", subscriptions.switch_subscription, name="switch_subscription"),
    path("subscriptions/<uuid:subscription_id>/delete", subscriptions.end_subscription, name="end_subscription"),
]
