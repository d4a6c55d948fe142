from __future__ import annotations

from django.apps import AppConfig


class CommConfig(AppConfig):
    name = "comm"
    verbose_name = "Closed user groups"
