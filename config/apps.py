from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "The house"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers what refuses an unsafe start)
