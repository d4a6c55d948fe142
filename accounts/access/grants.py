"""Per-object grants: the only place that knows django-guardian.

Used for closed user groups and disclosures only (thousands of objects), through direct foreign-key permission
models, so that a grant dies with its object. Superusers and model-level permissions never count.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q
from guardian.shortcuts import assign_perm, remove_perm
from guardian.utils import get_user_obj_perms_model

from accounts.access.clause import NONE, Clause, value_at
from accounts.actor import Actor


def give(officer: Any, permission: str, subject: Model) -> None:
    """Gives the officer the permission (a codename of the object's model) on this object."""
    assign_perm(permission, officer, subject)


def give_all(officers: Any, permission: str, subject: Model) -> None:
    """Gives each of the officers the permission on this object, in one statement."""
    found = list(officers)
    if found:
        assign_perm(permission, found, subject)


def take(officer: Any, permission: str, subject: Model) -> None:
    """Takes the permission back; taking what was not given is no error."""
    remove_perm(permission, officer, subject)


def holders(permission: str, subject: Model) -> list[Any]:
    """The officer ids that hold the permission on the object."""
    granted: Any = get_user_obj_perms_model(subject)
    rows = granted.objects.filter(content_object=subject, permission__codename=permission, user__is_active=True)
    return list(rows.values_list("user_id", flat=True))


class Granted(Clause):
    """The officer holds a grant on this very object (or on the one at `path`)."""

    def __init__(self, model: type[Model], permission: str, sentence: str, path: str = "pk") -> None:
        self.model, self.permission, self.sentence, self.path = model, permission, sentence, path

    def _objects(self, actor: Actor) -> Any:
        """The keys of the objects on which the officer holds the grant, as a sub-query."""
        granted: Any = get_user_obj_perms_model(self.model)  # type: ignore[arg-type]
        rows = granted.objects.filter(
            user_id=actor.officer_id, user__is_active=True, permission__codename=self.permission
        )
        return rows.values("content_object_id")

    def holds(self, actor: Actor, subject: Model) -> bool:
        return actor.officer_id is not None and (
            self._objects(actor).filter(content_object_id=value_at(subject, self.path)).exists()
        )

    def rows(self, actor: Actor) -> Q:
        if actor.officer_id is None:
            return NONE
        return Q(**{f"{self.path}__in": self._objects(actor)})

    def seats(self, subject: Model) -> Q:
        granted = subject if self.path == "pk" else self.model._base_manager.get(pk=value_at(subject, self.path))
        found = holders(self.permission, granted)
        return Q(officer_id__in=found) if found else NONE

    def possible(self, actor: Actor) -> bool:
        return actor.officer_id is not None
