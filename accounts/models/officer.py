"""A person of the network."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedManager
from audit.uuid7 import uuid7


def plain_address(email: str) -> str:
    """The address as it is compared and limited: NFKC, casefolded, without blanks at its ends."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


class OfficerManager(BaseUserManager["Officer"]):
    """Makes officers; there are no superusers."""

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> Officer:
        officer = self.model(email=plain_address(email), **facts)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer

    def get_by_natural_key(self, username: str | None) -> Officer:
        return self.get(email=plain_address(username or ""))


class OfficerDirectory(GuardedManager):
    """The guarded `objects` of officers; in the past of a migration, where no policy stands, a plain one."""

    use_in_migrations = True

    def get_queryset(self) -> Any:
        if self.model.__module__ == "__fake__":
            return models.QuerySet(self.model, using=self._db)
        return super().get_queryset()


class Officer(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. Rights come from postings only; nobody is a superuser.

    Raising `auth_epoch` ends every session and key of the person at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    auth_epoch = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=2, default="en")
    time_zone = models.CharField(max_length=50, default="UTC")
    keys_on = models.BooleanField(default=True)
    compact = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    unguarded: ClassVar[OfficerManager] = OfficerManager()
    objects: ClassVar[Any] = OfficerDirectory()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        ordering = ["display_name"]
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name
