from __future__ import annotations

from django.apps import AppConfig


class CenConfig(AppConfig):
    name = "cen"
    verbose_name = "Seizures and incidents"

    def ready(self) -> None:
        from cen import (  # noqa: F401  (register themselves)
            access_rules,
            alert_sources,
            disclosure_alert_source,
            flash_alert_source,
            request_alert_source,
            warning_alert_source,
        )
        from cen.portal import (  # noqa: F401  (register words of alerts, editors, home tasks)
            alert_faces,
            disclosure_faces,
            flash_faces,
            home_tasks,
        )
