"""A mail that is still to be sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.invitation import Invitation
from audit.uuid7 import uuid7


class LetterKind(models.TextChoices):
    """What the mail says; each has a template in templates/accounts/letters/."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD_LINK = "password_link", _("Link for a new password")
    FACTORS_RESET = "factors_reset", _("Your second factors were reset")
    PASSWORD_CHANGED = "password_changed", _("Your password was changed")
    FACTORS_CHANGED = "factors_changed", _("Your second factors were changed")


class Letter(models.Model):
    """Written in the transaction of its reason, deleted once the mail left; it never holds a secret.

    Links are made by the worker that sends. officer is None for a password link that somebody asked for an
    unknown address: such a letter is written all the same, so that the answer takes the same time, and thrown
    away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()
