"""What a view declares: its object, its action, its methods. Without one the application does not start."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model

from accounts.access.actions import Action


@dataclass(frozen=True, slots=True)
class Declaration:
    """object None with a reason: open to everybody (sign-in, health)."""

    object: type[Model] | None
    actions: dict[str, Action]
    load: str = ""
    public_because: str = ""

    @property
    def is_public(self) -> bool:
        return bool(self.public_because)
