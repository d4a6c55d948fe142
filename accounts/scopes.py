"""What an API credential may be used for. A scope narrows its owner's rights; it never adds one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    PUBLISHED_READ = "published:read", _("Read and search published cases")
    IDENTIFIERS_READ = "identifiers:read", _("Search identifiers as the policy allows")
    OWN_READ = "own:read", _("Read the administration's own non-nominal case data")
    OWN_WRITE = "own:write", _("Record drafts of the administration's own cases")
    ALERTS_READ = "alerts:read", _("Read the inbox")
    ALERTS_WRITE = "alerts:write", _("Mark alerts as read or acknowledged")
    SEALED = "sealed", _("Take part in sealed groups as the administration's agent")
    REFERENCE_READ = "reference:read", _("Read code lists and the directory of administrations")


# Own cases are an administration's: a key of another kind of seat could carry their scopes, but never use them.
_OF_ADMINISTRATIONS = frozenset({Scope.OWN_READ, Scope.OWN_WRITE, Scope.SEALED})


def scopes_for(*, administration: bool) -> tuple[Scope, ...]:
    """The scopes a key of such a seat can have, in the order they are offered."""
    return tuple(scope for scope in Scope if administration or scope not in _OF_ADMINISTRATIONS)
