"""Addresses of the inbox and of what one follows."""

from __future__ import annotations

from django.urls import path

from alerts.portal import inbox, live, mail_settings, subscriptions, webhooks

urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("live", live.live, name="live"),
    path("inbox/unread", live.unread, name="unread"),
    path("inbox/<uuid:alert_id>", inbox.open_alert, name="open_alert"),
    path("inbox/<uuid:alert_id>/read", inbox.mark_read, name="mark_read"),
    path("subscriptions", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/new", subscriptions.new_subscription, name="new_subscription"),
    path("subscriptions/<uuid:subscription_id>", subscriptions.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/switch", subscriptions.switch_subscription, name="switch_subscription"),
    path("subscriptions/<uuid:subscription_id>/delete", subscriptions.end_subscription, name="end_subscription"),
    path("subscriptions/mail", mail_settings.mail_settings, name="mail_settings"),
    path("webhooks", webhooks.webhooks, name="webhooks"),
    path("webhooks/new", webhooks.new_webhook, name="new_webhook"),
    path("webhooks/<uuid:endpoint_id>", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:endpoint_id>/secret", webhooks.rotate_secret, name="rotate_secret"),
    path("webhooks/<uuid:endpoint_id>/test", webhooks.test_webhook, name="test_webhook"),
    path("webhooks/<uuid:endpoint_id>/off", webhooks.disable_webhook, name="disable_webhook"),
    path("webhooks/<uuid:endpoint_id>/on", webhooks.enable_webhook, name="enable_webhook"),
    path("webhooks/<uuid:endpoint_id>/replay", webhooks.replay_deliveries, name="replay_deliveries"),
]
