"""Ids that come from clients: 16 bytes, kept as 32 hexadecimal digits so that addresses and rows read alike."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models


class Hex16(models.CharField):  # type: ignore[type-arg]
    """The id of a chain, an account, a group, a device or a file."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        kwargs["validators"] = [RegexValidator(r"^[0-9a-f]{32}\Z")]
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        kwargs.pop("validators", None)
        return name, path, args, kwargs
