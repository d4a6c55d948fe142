from __future__ import annotations

from django.apps import AppConfig


class CommConfig(AppConfig):
    name = "comm"
    verbose_name = "Closed user groups"

    def ready(self) -> None:
        from comm import access_rules, alert_sources  # noqa: F401  (register themselves)
        from comm.portal import alert_faces  # noqa: F401  (registers words of alerts)
