"""Code lists, HS headings and places, as loaded; editable data with validity dates."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from accounts.models.names import Named


class CodeList(models.Model):
    """One list. `version` is the SHA-256 of what was loaded, or the label of an official edition."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"

    def __str__(self) -> str:
        return self.name


class Code(Named):
    """One code of a list. A code that went out of use keeps its row, with `valid_to` (first day without)."""

    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    parent = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    applies_to_mode = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        ordering = ["code_list", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="code_once_in_list")]


class HsHeading(models.Model):
    """A heading of the Harmonized System: 2, 4 or 6 digits of one version.

    A heading that a newer file of the same version no longer has keeps its row, with `valid_to` (first day
    without).
    """

    version = models.CharField(max_length=4)
    code = models.CharField(max_length=6)
    text = models.TextField()
    valid_to = models.DateField(null=True, blank=True)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="hs_code_once_in_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Place(models.Model):
    """A port, border post, mail centre or other place by its UN/LOCODE, or an airport by its IATA code.

    Airports come without `locode`. `name_plain` is the name in ASCII, for searching. `functions` holds the
    eight positions of UN/LOCODE (1 port, 2 rail, 3 road, 4 airport, 5 mail, 6 multimodal, 7 fixed, B border).
    `source` says who gave the row; `valid_to` is the first day on which its source no longer had it.
    """

    locode = models.CharField(max_length=5, blank=True)
    iata = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=150)
    name_plain = models.CharField(max_length=150)
    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=3, blank=True)
    functions = models.CharField(max_length=8, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        constraints = [
            models.UniqueConstraint(fields=["locode"], condition=~Q(locode=""), name="place_once_a_locode"),
            models.UniqueConstraint(fields=["iata"], condition=Q(locode=""), name="airport_once_an_iata"),
        ]
        indexes = [
            models.Index(fields=["iata"], name="place_iata"),
            GinIndex(fields=["name_plain"], name="place_name_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name
