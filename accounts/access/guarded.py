"""Querysets that refuse to be read except through a policy."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class UnguardedRead(RuntimeError):
    """Rows were read, counted or written through `objects` without a policy's `visible_to`."""


class GuardedQuerySet[M: models.Model](models.QuerySet[M]):
    """Evaluates only after `cleared_by_policy()`, which policies alone call. Never writes."""

    _cleared: bool = False

    def cleared_by_policy(self) -> Self:
        """Marks this queryset as narrowed by a policy."""
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._cleared = True
        return clone

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._cleared = self._cleared
        return clone

    def _demand(self) -> None:
        if not self._cleared:
            raise UnguardedRead(f"{self.model.__name__}.objects was read without its policy")

    def _fetch_all(self) -> None:
        self._demand()
        super()._fetch_all()  # type: ignore[misc]

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._demand()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._demand()
        return super().count()

    def exists(self) -> bool:
        self._demand()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> Any:
        self._demand()
        return super().aggregate(*args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        self._demand()
        return super().explain(*args, **kwargs)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._demand()
        return super().resolve_expression(*args, **kwargs)  # type: ignore[misc]

    def _refuse_write(self, *args: Any, **kwargs: Any) -> Any:
        raise UnguardedRead(f"{self.model.__name__}.objects never writes: actions use `unguarded`")

    create = get_or_create = update_or_create = bulk_create = bulk_update = _refuse_write
    update = delete = _refuse_write


class GuardedManager(models.Manager.from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    """The `objects` of every model that has a policy."""


class GuardedModel(models.Model):
    """A model with a policy: `objects` is guarded, `unguarded` is for actions, tasks and the kernel."""

    unguarded: Any = models.Manager()
    objects: Any = GuardedManager()

    class Meta:
        abstract = True
        base_manager_name = "unguarded"
        default_manager_name = "unguarded"
