"""Who may reach an API view at all; apart from the view, since the framework's settings name it."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Refusal


class NotSignedIn(Refusal):
    """No credential, or one that does not count: the same answer for all reasons."""

    status = 401
    code = "not_signed_in"
    sentence = "Send a valid API credential: Authorization: Bearer prefix.secret"


class DeclaredAndPossible(BasePermission):
    """Refuses whoever could not do the declared action to any object at all."""

    def has_permission(self, request: Request, view: Any) -> bool:
        declaration = getattr(view, "declaration", None)
        if declaration is None or declaration.object is None:
            return False
        if not isinstance(request.auth, Actor):
            raise NotSignedIn
        action = declaration.actions.get(str(request.method))
        if action is None:
            raise MethodNotAllowed(str(request.method))
        if refusal := policy_for(declaration.object).possible(request.auth, action):
            raise refusal
        return True
