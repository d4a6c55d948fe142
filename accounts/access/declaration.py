"""What a view declares: its object, its action, its methods. Without one the application does not start."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model

from accounts.access.actions import Action


@dataclass(frozen=True, slots=True)
class Declaration:
    """object None with a reason: open to everybody (sign-in, health).

    load: the URL's keyword that names the object, looked up in the field `by` among those visible for `within`.
    """

    object: type[Model] | None
    actions: dict[str, Action]
    load: str = ""
    by: str = ""
    within: Action = Action.READ
    public_because: str = ""

    @property
    def is_public(self) -> bool:
        return bool(self.public_because)
