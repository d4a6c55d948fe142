"""All policies by model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from accounts.access.policy import Policy

_policies: dict[type[Model], Policy[Any]] = {}


def register[M: Model](policy: Policy[M]) -> Policy[M]:
    """Makes the policy known; a model has exactly one."""
    if policy.model in _policies:
        raise RuntimeError(f"{policy.model.__name__} has two policies")
    _policies[policy.model] = policy
    return policy


def policy_for[M: Model](model: type[M]) -> Policy[M]:
    """The policy of the model; KeyError where there is none, which refuses everything."""
    return _policies[model]


def policies() -> Iterator[Policy[Any]]:
    """All policies, by the name of the model."""
    yield from (_policies[model] for model in sorted(_policies, key=lambda m: m._meta.label))
