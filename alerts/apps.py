from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from alerts import access_rules  # noqa: F401  (registers the policies)
        from alerts.portal import home_tasks  # noqa: F401  (registers what stands on the home page)
