"""Who holds which role at which seat, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access.guarded import GuardedManager
from accounts.models.administration import Administration
from accounts.models.liaison_office import LiaisonOffice
from accounts.models.office import Office
from accounts.roles import Role


class PostingRows(models.QuerySet["Posting"]):
    def in_force(self, on: date | None = None) -> Self:
        """Postings of that day (default: today, UTC) of people who may still sign in."""
        day = on or timezone.now().date()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day, officer__is_active=True)


class Posting(models.Model):
    """A role at exactly one seat: an administration, a liaison office or the Secretariat.

    since is the first day, until the first day no longer (None: open). `secretariat` is True or None, so
    that it can be compared like the two foreign keys.
    """

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="postings")
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="postings"
    )
    liaison_office = models.ForeignKey(
        LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="postings"
    )
    secretariat = models.BooleanField(null=True, blank=True)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=30, choices=Role.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    unguarded: ClassVar[Any] = models.Manager.from_queryset(PostingRows)()
    objects: ClassVar[Any] = GuardedManager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        constraints = [
            models.CheckConstraint(
                name="posting_has_one_seat",
                condition=(
                    Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["officer", "since"], name="posting_by_officer"),
            models.Index(fields=["administration", "role"], name="posting_by_administration"),
        ]

    def __str__(self) -> str:
        return f"{self.officer}: {self.get_role_display()}"

    @property
    def is_over(self) -> bool:
        """Whether the last day has passed."""
        return self.until is not None and self.until <= timezone.now().date()

    @property
    def seat_key(self) -> str:
        """The seat as a word for the session: `administration:5`, `liaison_office:2`, `secretariat`."""
        if self.administration_id is not None:
            return f"administration:{self.administration_id}"
        if self.liaison_office_id is not None:
            return f"liaison_office:{self.liaison_office_id}"
        return "secretariat"
