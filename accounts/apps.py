from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Who is who"

    def ready(self) -> None:
        from accounts import access_rules  # noqa: F401  (registers the policies)
        from accounts.access import checks  # noqa: F401  (registers the start-up checks)
        from accounts.api import description  # noqa: F401  (registers how the API describes credentials)
