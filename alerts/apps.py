from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from alerts import (
            access_rules,  # noqa: F401  (registers the policies)
            webhook_alert_source,  # noqa: F401  (registers itself)
        )
        from alerts.portal import (
            home_tasks,  # noqa: F401  (registers what stands on the home page)
            webhook_home,  # noqa: F401  (registers what it says of webhooks)
        )
