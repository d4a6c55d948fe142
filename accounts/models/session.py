"""Open sessions, with the person they belong to, so that a person can see and end them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """officer is set once somebody is signed in; what else is shown stands in the session's own data."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sign_in.sessions import SessionStore

        return SessionStore
